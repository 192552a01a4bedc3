"""A world and a twin's options -> the world of the twin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lnnstats.digest import canonical
from lnnstats.parts.base import Part
from lnnstats.parts.inits import INITS
from lnnstats.parts.networks import NETWORKS, Linear, Network
from lnnstats.parts.optimizers import OPTIMIZERS
from lnnstats.parts.responses import Twin
from lnnstats.parts.training import LOSSES
from lnnstats.study.substitute import substitute, value
from lnnstats.study.values import World

PARTS: Mapping[str, type[Part]] = {**NETWORKS, **INITS, **OPTIMIZERS, **LOSSES}


def twin_of(world: World, options: Twin) -> World:
    """The run's world but for what the twin names; where that is a whole part, what the part leaves open is the run's.

    Raises pydantic's ValidationError, and NoSuchField of a path that the world lacks.
    """
    named = {path: _completed(value(world, path), level) for path, level in options.but_for.items()}
    found = substitute(world, named)
    if options.single_layer == "no":
        return found
    return found.model_copy(update={"network": single_layer(found.network)})


def single_layer(network: Network) -> Network:
    """One layer of the network's kind (of convolutions a dense one), biases and init as the network has them."""
    kind: type[Any] = Linear if network.of_images else type(network)
    return kind(bias=network.bias, init=network.init)


def rates(options: Twin) -> tuple[float, ...]:
    """The multiples of the run's learning rate at which there is a twin each."""
    return getattr(options, "rates", (1.0,))


def key(options: Twin, rate: float) -> str:
    """Responses with the same key share a twin."""
    return canonical([options.single_layer, options.but_for, options.gradients, rate])


def scaled(world: World, multiple: float) -> World:
    """The world at a multiple of its learning rate."""
    optimizer = world.training.optimizer
    faster = optimizer.model_copy(update={"learning_rate": optimizer.learning_rate * multiple})
    return world.model_copy(update={"training": world.training.model_copy(update={"optimizer": faster})})


def _completed(present: Any, level: Any) -> Any:
    """A part in place of the present one, with the options of it that both have and the level does not name."""
    kind, options = (level, {}) if isinstance(level, str) else next(iter(level.items())) if _one(level) else ("", {})
    if not isinstance(present, Part) or kind not in PARTS:
        return level
    kept = present.model_dump()[present.kind].items()
    return {kind: {**{name: own for name, own in kept if name in PARTS[kind].model_fields}, **(options or {})}}


def _one(level: Any) -> bool:
    return isinstance(level, Mapping) and len(level) == 1
