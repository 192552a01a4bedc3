"""Hypothesis -> the axes of its response (steps, layers) that it names several places of: factors of every run.

A budget is an axis, so that it needs no training of its own: `at: {step: [1000, 10000]}` makes each a stratum, and a
test `along: step` compares them within blocks.
"""

from __future__ import annotations

from collections.abc import Iterable

from lnnstats.study.values import Factor, Hypothesis, Plan

AXES = ("step", "layer")


def axis_factors(hypothesis: Hypothesis) -> dict[str, Factor]:
    """The factors that a hypothesis makes of its axes: compared where its test names them, else strata."""
    places = {axis: place for axis, place in hypothesis.at.items() if isinstance(place, tuple)}
    return {
        axis: Factor(levels=levels, scale="ratio", role="treatment" if axis in hypothesis.test.compared else "stratum")
        for axis, levels in places.items()
    }


def facing(plan: Plan, hypothesis: Hypothesis) -> Plan:
    """The plan as a hypothesis sees it, its axes among the factors."""
    return plan.model_copy(update={"factors": {**plan.factors, **axis_factors(hypothesis)}})


def of_runs(paths: Iterable[str]) -> tuple[str, ...]:
    """The factors that tell runs apart, less the axes within a run."""
    return tuple(path for path in paths if path not in AXES)
