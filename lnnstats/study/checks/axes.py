"""Where a hypothesis looks along the axes of its response, and among which runs: is it there?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lnnstats.study.checks.values import Inconsistency, Place, unknown
from lnnstats.study.values import Hypothesis, Study

_UNRECORDED = "not a recorded step"


def axes(study: Study, hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    """Steps and layers that the response has and that were recorded."""
    response = study.responses[hypothesis.response]
    for name in ("at", "reduce"):
        for axis in getattr(hypothesis, name):
            if axis not in response.axes:
                yield unknown((*place, name, axis), "axis", axis, response.axes)
    if "layer" in response.axes and "layer" not in (*hypothesis.at, *hypothesis.reduce):
        yield Inconsistency(
            place, "the response has a layer axis", hypothesis.response, "at: {layer: N} or reduce: {layer: max}"
        )
    deepest, recorded = _deepest(study), response.recorded(study.training.steps)
    for axis in [axis for axis in hypothesis.at if axis in response.axes]:
        numbered = _numbered(hypothesis.at[axis])
        if again := [at for index, at in enumerate(numbered) if at in numbered[:index]]:
            yield Inconsistency((*place, "at", axis), f"a {axis} named twice", str(again[0]), f"each {axis} once")
        for at in numbered if study.trains else ():
            if axis == "layer" and not 1 <= at <= deepest:
                yield Inconsistency((*place, "at", axis), "no such layer", str(at), f"1 to {deepest}, or last")
            elif axis == "step" and at not in recorded:
                yield Inconsistency((*place, "at", axis), _UNRECORDED, str(at), ", ".join(map(str, recorded)))


def _numbered(at: Any) -> tuple[int, ...]:
    """The numbered places of an axis: none for `last`."""
    return at if isinstance(at, tuple) else (at,) if isinstance(at, int) else ()


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


def _deepest(study: Study) -> int:
    """The most layers that a cell can have, as far as the file says it in numbers."""
    depths = study.factors["network.depth"].levels if "network.depth" in study.factors else ()
    return max([study.network.depth if study.network else 1, *(d for d in depths if isinstance(d, int))])
