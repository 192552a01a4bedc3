"""Twins of the runs of a study: worlds that can be trained beside them, and compared with them as declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from lnnstats.parts.responses import Twin, TwinAngle, TwinDistance, TwinLoss
from lnnstats.parts.training import MeanSquaredError
from lnnstats.study.checks.misfits import misfits
from lnnstats.study.checks.values import Inconsistency, Place, unknown
from lnnstats.study.checks.worlds import misfit
from lnnstats.study.combinations import combinations
from lnnstats.study.substitute import NoSuchField, substitute
from lnnstats.study.twins import twin_of
from lnnstats.study.values import DRAWS, Scalar, Study, World

TWINNED = ("network", "training")  # sections of the world in which a twin may differ
COMMON = ("training.steps", "training.diverged_above")  # but for these


def twins(study: Study) -> Iterator[Inconsistency]:
    """Every twin of every cell of a study whose cells are worlds."""
    asked = {name: response for name, response in study.responses.items() if isinstance(response, Twin)}
    for name, options in asked.items() if study.trains else ():
        place = ("responses", name, options.kind)
        yield from _named(options, place) or _first(study, options, place)


def _first(study: Study, options: Twin, place: Place) -> Iterator[Inconsistency]:
    """What is wrong of the twins in the first cell where anything is, which is named where there are several."""
    seen: set[str] = set()
    for labels in combinations(study).planned:
        levels = {path: label for path, label in labels.items() if path.startswith(TWINNED)}
        if str(levels) in seen:
            continue
        seen.add(str(levels))
        if wrong := list(_of_world(_world(study, labels), options, place)):
            named = "".join(f" at {path} = {label}" for path, label in levels.items())
            yield from (replace(one, found=(one.found + named).strip()) for one in wrong)
            return


def _world(study: Study, labels: Mapping[str, Scalar]) -> World:
    levels = {path: study.factors[path].level(label) for path, label in labels.items() if not path.startswith(DRAWS)}
    return substitute(study.world, levels)


def _named(options: Twin, place: Place) -> list[Inconsistency]:
    """A twin differs, in the network or in training."""
    wrong = []
    if options.single_layer == "no" and not options.but_for and getattr(options, "rates", (1.0,)) == (1.0,):
        wrong.append(Inconsistency(place, "a twin that differs in nothing", hint="name single_layer, but_for or rates"))
    for path in options.but_for:
        if path.split(".")[0] not in TWINNED or path in COMMON:
            message = "a twin has the data and the budget of its run"
            wrong.append(Inconsistency((*place, "but_for", path), message, path, "fields of network and of training"))
        elif options.gradients == "shared" and not path.startswith("training.optimizer"):
            message = "gradients can be shared by runs that differ in the optimizer alone"
            wrong.append(Inconsistency((*place, "but_for", path), message, path, "training.optimizer and its fields"))
    if options.gradients == "shared" and options.single_layer != "no":
        message = "gradients can be shared by networks of the same shape"
        wrong.append(Inconsistency((*place, "single_layer"), message, options.single_layer, "no"))
    return wrong


def _of_world(world: World, options: Twin, place: Place) -> Iterator[Inconsistency]:
    try:
        twin = twin_of(world, options)
    except NoSuchField as error:
        yield unknown((*place, "but_for"), "field", error.name, error.allowed)
    except ValidationError as error:
        for found in misfits(options.but_for, error, World):
            yield replace(found, path=(*place, "but_for"), message=found.message or "not a value of this field")
    else:
        yield from misfit(twin, (*place, "but_for"))
        yield from _incomparable(world, twin, options, place)


def _incomparable(run: World, twin: World, options: Twin, place: Place) -> Iterator[Inconsistency]:
    if options.single_layer == "collapsed" and not run.network.linear:
        allowed = "a linear network, or single_layer: drawn"
        yield Inconsistency(place, "only a product of linear layers collapses to one", run.network.kind, allowed)
    if isinstance(options, TwinDistance) and options.of == "map" and not (run.network.linear and twin.network.linear):
        allowed = "linear networks"
        found = f"{run.network.kind} and {twin.network.kind}"
        yield Inconsistency(place, "the end-to-end maps are those of linear networks", found, allowed)
    if isinstance(options, TwinDistance) and options.of == "parameters" and _held(run) != _held(twin):
        message = "parameters can be compared of networks of the same shape, trained by the same program"
        yield Inconsistency(place, message, allowed="of: map, or a twin that differs in the optimizer")
    if isinstance(options, TwinDistance) and options.over == "two_steps":
        yield from _not_two_steps(run, twin, options, place)
    if isinstance(options, TwinAngle) and _shapes(run)[0][1] != _shapes(twin)[0][1]:
        yield Inconsistency(place, "rows of the first layers differ in length", allowed="a first layer of all inputs")
    if isinstance(options, TwinLoss) and options.of == "accuracy" and not run.data.labelled:
        yield Inconsistency(place, "accuracy needs a data source with classes", run.data.kind, "of: loss")


def _held(world: World) -> tuple[Any, ...]:
    """What decides how a world's parameters are held."""
    program = world.network.linear, world.training.loss == MeanSquaredError(), world.training.batch == "full"
    return _shapes(world), world.network.bias, program


def _shapes(world: World) -> tuple[tuple[int, int], ...]:
    return world.network.shapes(world.data.inputs, world.data.outputs, world.data.image)


def _not_two_steps(run: World, twin: World, options: TwinDistance, place: Place) -> Iterator[Inconsistency]:
    """The yardstick is that of averaged momentum and its factors, on the loss of all points."""
    momentum, factors = run.training.optimizer, twin.training.optimizer
    pair = momentum.kind == "ema_momentum" and not momentum.lagged and factors.kind == "gamma_sgd"
    if options.of != "parameters" or not pair or run.training.batch != "full":
        found = f"{options.of}, {momentum.kind}, {factors.kind}, batch {run.training.batch}"
        allowed = "parameters, ema_momentum that is not lagged, gamma_sgd, batch full"
        yield Inconsistency((*place, "over"), "two_steps compares averaged momentum with its factors", found, allowed)
