"""Hypothesis -> the axes of its response (steps, layers, measurements) that it names several places of: factors of
every run.

A budget is an axis, so that it needs no training of its own: `at: {step: [1000, 10000]}` makes each a stratum, and a
test `along: step` compares them within blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lnnstats.parts.responses.base import AXES, Axis, measurements
from lnnstats.study.values import At, Factor, Hypothesis, Plan


def axis_factors(hypothesis: Hypothesis) -> dict[str, Factor]:
    """The factors that a hypothesis makes of its axes: compared where its test names them, else strata."""
    places = {axis: place for axis, place in hypothesis.at.items() if isinstance(place, tuple)}
    return {
        axis: Factor(
            levels=levels,
            scale="nominal" if axis == "measurement" else "ratio",
            role="treatment" if axis in hypothesis.test.compared else "stratum",
        )
        for axis, levels in places.items()
    }


def facing(plan: Plan, hypothesis: Hypothesis) -> Plan:
    """The plan as a hypothesis sees it, its axes among the factors."""
    return plan.model_copy(update={"factors": {**plan.factors, **axis_factors(hypothesis)}})


def of_runs(paths: Iterable[str]) -> tuple[str, ...]:
    """The factors that tell runs apart, less the axes within a run."""
    return tuple(path for path in paths if path not in AXES)


def chosen(hypothesis: Hypothesis, response: Any) -> Mapping[Axis, At]:
    """The one place that a hypothesis takes on each axis that it does not reduce or name several places of: the last
    step, a layer that it names, and the only measurement that there is.
    """
    taken: dict[Axis, At] = {"step": "last"}
    if len(kinds := measurements(response)) == 1:
        taken["measurement"] = kinds[0]
    named = {axis: place for axis, place in hypothesis.at.items() if not isinstance(place, tuple)}
    free = {*hypothesis.reduce, *axis_factors(hypothesis)}
    return {axis: place for axis, place in (taken | named).items() if axis not in free}
