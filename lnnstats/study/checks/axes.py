"""Where a hypothesis looks along the axes of its response, and among which runs: is it there?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from lnnstats.parts.responses.base import AXES, measurements
from lnnstats.study.checks.values import Inconsistency, Place, unknown
from lnnstats.study.substitute import NoSuchField, substitute
from lnnstats.study.values import Hypothesis, Study

_UNRECORDED = "not a recorded step"


def factors(study: Study) -> Iterator[Inconsistency]:
    """Factors that are called as no axis is."""
    for path in (path for path in study.factors if path in AXES):
        hint = f"call it otherwise; a hypothesis takes places on an axis as levels, at: {{{path}: [...]}}"
        yield Inconsistency(("factors", path), "the name of an axis of responses", path, hint=hint)


def axes(study: Study, hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    """Places on axes that the response has, that were recorded; an axis of several places either placed or reduced."""
    response = study.responses[hypothesis.response]
    for name in ("at", "reduce"):
        for axis in getattr(hypothesis, name):
            if axis not in response.axes:
                yield unknown((*place, name, axis), "axis", axis, response.axes)
    for axis in (axis for axis in hypothesis.at if axis in hypothesis.reduce):
        yield Inconsistency((*place, "reduce", axis), "an axis is reduced or placed, not both", f"at: {{{axis}: ...}}")
    yield from _open(response, hypothesis, place)
    for axis in [axis for axis in hypothesis.at if axis in response.axes]:
        at = (*place, "at", axis)
        named = _named(axis, hypothesis.at[axis])
        if again := [one for index, one in enumerate(named) if one in named[:index]]:
            yield Inconsistency(at, f"a {axis} named twice", str(again[0]), f"each {axis} once")
        yield from (replace(found, path=at) for one in named if (found := _absent(study, response, axis, one)))
    yield from _without_value(study, response, hypothesis.at.get("layer"), (*place, "at", "layer"))


def _open(response: Any, hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    """Axes with several places in one state, of which the hypothesis says nothing."""
    settled, name = (*hypothesis.at, *hypothesis.reduce), hypothesis.response
    if "layer" in response.axes and "layer" not in settled:
        yield Inconsistency(place, "the response has a layer axis", name, "at: {layer: N} or reduce: {layer: max}")
    if len(kinds := measurements(response)) > 1 and "measurement" not in settled:
        allowed = f"at: {{measurement: {kinds[0]}}} or reduce: {{measurement: max}}"
        yield Inconsistency(place, "the response has several measurements", f"{name}: {', '.join(kinds)}", allowed)


def _without_value(study: Study, response: Any, at: Any, place: Place) -> Iterator[Inconsistency]:
    """A layer, or the last, that has no value of the response in any cell, where no factor changes the layers."""
    if not study.trains or any(path.startswith(("data", "network")) for path in study.factors):
        return
    data, network = study.world.data, study.world.network
    if network.of_images and data.image is None:  # which is said of the world
        return
    shapes = network.shapes(data.inputs, data.outputs, data.image)
    layer = len(shapes) if at == "last" else at
    if isinstance(layer, int) and 1 <= layer <= len(shapes) and not response.defined(*shapes[layer - 1]):
        rows, columns = shapes[layer - 1]
        found = f"layer {layer}, {rows} x {columns}"
        yield Inconsistency(place, f"{response.kind} has no value of such a layer", found, "another layer")


def _named(axis: str, at: Any) -> tuple[Any, ...]:
    """The places that are named: none for the `last` of steps or layers."""
    return at if isinstance(at, tuple) else () if at == "last" and axis != "measurement" else (at,)


def _absent(study: Study, response: Any, axis: str, at: Any) -> Inconsistency | None:
    """What is wrong with a place on an axis; what a table holds, it says itself."""
    if axis == "measurement":
        there = measurements(response)
        return None if at in there else unknown((), axis, at, there)
    if not isinstance(at, int):
        return Inconsistency((), f"no such {axis}", repr(at), "a number, or last")
    recorded, layers = response.recorded(study.training.steps), deepest(study)
    if axis == "step" and study.trains and at not in recorded:
        return Inconsistency((), _UNRECORDED, str(at), ", ".join(map(str, recorded)))
    if axis == "layer" and study.trains and not 1 <= at <= layers:
        return Inconsistency((), "no such layer", str(at), f"1 to {layers}, or last")
    return None


def among(study: Study, hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    """A condition on runs that are there, of a test that compares nothing: each of its runs is of one cell."""
    condition, test = hypothesis.among, hypothesis.test
    if condition is None:
        return
    if test.compared:
        message = "a condition on outcomes would compare what it has selected: use a test of one cell"
        yield Inconsistency(place, message, test.kind, "binomial, with the levels as strata or fixed by `where`")
    if condition.response not in study.responses:
        yield unknown((*place, "response"), "response", condition.response, study.responses)
        return
    response = study.responses[condition.response]
    if response.axes != ("step",):
        yield Inconsistency((*place, "response"), "a condition is on one value a state", condition.response)
    elif study.trains and isinstance(condition.step, int):
        recorded = response.recorded(study.training.steps)
        if condition.step not in recorded:
            yield Inconsistency((*place, "step"), _UNRECORDED, str(condition.step), ", ".join(map(str, recorded)))


def deepest(study: Study) -> int:
    """The most layers that a level of a factor gives the network, or that it has without factors."""
    paths = [path for path in study.factors if study.trains and path.split(".")[0] == "network"]
    depths = [_depth(study, path, level) for path in paths for level in study.factors[path].levels]
    return max([study.network.depth if study.network else 1, *depths])


def _depth(study: Study, path: str, level: Any) -> int:
    """Of the world with a level; of one that is a world with levels of other factors only, what it says itself."""
    try:
        return substitute(study.world, {path: level}).network.depth
    except (NoSuchField, ValidationError):
        depth = len(level) + 1 if isinstance(level, list | tuple) else level
        return depth if isinstance(depth, int) and path.endswith(("depth", "width")) else 1
