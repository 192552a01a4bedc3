"""The world of a study and of each level of its factors: can it be trained, and measured as declared?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from lnnstats.parts.inits import INITS
from lnnstats.parts.responses import EndToEnd, Response, TimeTo
from lnnstats.study.checks.misfits import misfits
from lnnstats.study.checks.values import Inconsistency, Place, unknown
from lnnstats.study.substitute import NoSuchField, concrete, substitute
from lnnstats.study.values import DRAWS, Study, World


def world(study: Study) -> Iterator[Inconsistency]:
    """Data and network, both or neither, that fit each other."""
    for name in ("data", "network"):
        if (study.data is None) != (study.network is None) and getattr(study, name) is None:
            yield Inconsistency(
                (name,),
                "required field is missing",
                hint="a study that trains names its data and its network; a plan for a table names neither",
            )
    if study.trains and not study.factors:
        yield from misfit(study.world, ("network",))


def misfit(world: World, path: Place) -> Iterator[Inconsistency]:
    """Parts that do not fit each other; cells of several factors are asked when the design is expanded."""
    if world.training.loss.kind == "cross_entropy" and not world.data.labelled:
        yield Inconsistency(path, "cross_entropy needs classes", world.data.kind, "a data source with classes")
    batch, points = world.training.batch, world.data.train
    if isinstance(batch, int) and batch > points:
        where = ("training", "batch") if path == ("network",) else path
        yield Inconsistency(where, "a batch larger than the training split", str(batch), f"1 to {points}, or full")
    yield from _convolved(world, path) if world.network.of_images else _too_narrow(world, path)


def _convolved(world: World, path: Place) -> Iterator[Inconsistency]:
    """A network of images has images, and an init that is told for its layers."""
    inits: Mapping[str, Any] = INITS
    if world.data.image is None:
        yield Inconsistency(path, f"{world.network.kind} needs images", world.data.kind, "a data source of images")
    if world.network.init.dense:
        message = f"init {world.network.init.kind} is of dense layers, {world.network.kind} has others"
        allowed = ", ".join(name for name, init in inits.items() if not init.dense)
        yield Inconsistency(path, message, world.network.init.kind, allowed)


def _too_narrow(world: World, path: Place) -> Iterator[Inconsistency]:
    """An init that passes full rank on has no hidden layer narrower than both ends: through a narrower one, neither the
    singular values of W_e nor the identity fit.
    """
    rank = min(world.data.inputs, world.data.outputs)
    shapes = world.network.shapes(world.data.inputs, world.data.outputs)
    narrowest = min((rows for rows, _ in shapes[:-1]), default=rank)
    if world.network.init.full_rank and narrowest < rank:
        message = f"init {world.network.init.kind} needs hidden layers as wide as the smaller of inputs and outputs"
        yield Inconsistency(path, message, f"width {narrowest}", f"{rank} or more, or another init")


def factors(study: Study) -> Iterator[Inconsistency]:
    """Factors on fields of the world, each level a world of its own."""
    for path, factor in study.factors.items():
        place = ("factors", path)
        if len(set(map(str, factor.labels))) < len(factor.labels):
            yield Inconsistency((*place, "levels"), "levels must differ", str(list(factor.labels)))
        if factor.reference is not None and factor.reference not in factor.labels:
            yield unknown((*place, "reference"), "level", factor.reference, factor.labels)
        if not study.trains or path.startswith(DRAWS):
            continue
        try:
            concrete(study.world, path)
        except NoSuchField as error:
            yield unknown(place, "field", error.name, error.allowed)
            continue
        if path == "training.steps":
            hint = "record responses at steps, and fix one in a hypothesis with at: {step: N}"
            yield Inconsistency(place, "the budget is an axis of every response, not a factor", hint=hint)
        levels = enumerate(factor.levels)
        wrong = [problem for index, level in levels for problem in _level(study, path, index, level)]
        yield from _once(wrong)


def _once(wrong: Iterable[Inconsistency]) -> tuple[Inconsistency, ...]:
    """Of inconsistencies in the same words the first: a level has what is wrong without it."""
    told: dict[tuple[str, str], Inconsistency] = {}
    for one in wrong:
        told.setdefault((one.message, one.found), one)
    return tuple(told.values())


def _level(study: Study, path: str, index: int, level: object) -> Iterator[Inconsistency]:
    place = ("factors", path, "levels", index)
    try:
        world = substitute(study.world, {path: level})
    except NoSuchField as error:
        yield unknown(place, "field", error.name, error.allowed)
    except ValidationError as error:
        for found in misfits(level, error, World):
            yield replace(found, path=(*place, *found.path), message=found.message or "not a value of this field")
    else:
        yield from misfit(world, place) if len(study.factors) == 1 else ()
        for response in study.responses.values():
            if not any(_unmeasurable(study.world, response, place)):
                yield from _unmeasurable(world, response, place)


def _unmeasurable(world: World, response: Response, path: Place) -> Iterator[Inconsistency]:
    for need in sorted(response.needs - _offers(world)):
        found = f"{world.data.kind}, {world.network.kind}, {world.training.loss.kind}, batch {world.training.batch}"
        yield Inconsistency(path, f"{response.kind} needs {_NEEDS[need]}", found)
    if isinstance(response, EndToEnd) and response.of == "entry":
        yield from _missing_entry(world, response, path)


def _missing_entry(world: World, response: EndToEnd, path: Place) -> Iterator[Inconsistency]:
    outputs, inputs = world.data.outputs, world.data.inputs
    if response.output > outputs or response.input > inputs:
        found = f"output {response.output}, input {response.input}"
        allowed = f"output 1 to {outputs}, input 1 to {inputs}, or 0 for the intercept"
        yield Inconsistency(path, "an entry that the end-to-end map lacks", found, allowed)


def responses(study: Study) -> Iterator[Inconsistency]:
    """Responses that the world can give."""
    for name, response in study.responses.items():
        place = ("responses", name)
        if isinstance(response, TimeTo) and (response.of not in study.responses or response.of == name):
            yield unknown((*place, "time_to", "of"), "response", response.of, [n for n in study.responses if n != name])
        elif isinstance(response, TimeTo) and study.responses[response.of].axes != ("step",):
            yield Inconsistency((*place, "time_to", "of"), "a time is of a response with one value a step", response.of)
        last = max(response.steps) if isinstance(response.steps, tuple) else 0
        if study.trains and last > study.training.steps:
            yield Inconsistency(place, "a step beyond the budget", str(last), f"0 to {study.training.steps}")
        if study.trains:
            yield from _unmeasurable(study.world, response, place)
            if response.kind == "measured":
                yield Inconsistency(
                    place,
                    "measured is a column of your own table; this study trains",
                    response.kind,
                    "a response that training produces",
                )


_NEEDS = {
    "linear": "a linear network",
    "mse": "the mean squared error as loss",
    "classes": "a data source with classes",
    "points": "a program that sees the points: mini-batches, another loss than mse, or a network that is not linear",
    "dense": "a network of dense layers",
}


def _offers(world: World) -> frozenset[str]:
    offers = {
        "linear": world.network.linear,
        "mse": world.training.loss.kind == "mse",
        "classes": world.data.labelled,
        "points": world.training.batch != "full" or world.training.loss.kind != "mse" or not world.network.linear,
        "dense": not world.network.of_images,
    }
    return frozenset(need for need, there in offers.items() if there)
