"""How a procedure is called: the arrays it takes, the options its second source shares, those of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnnstats.analysis.select import Sample
from lnnstats.stats.values import Agreement, Evidence, UnusableValues
from lnnstats.study.values import Hypothesis, Plan

Arrays = tuple[NDArray[Any], ...]


@dataclass(frozen=True, eq=False)
class Call:
    """The arrays a procedure takes, the options its second source shares, and those of its own."""

    arrays: tuple[Any, ...]
    shared: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A procedure's line in the table of its family: how it is called, what runs, what checks it."""

    call: Callable[[Sample, Hypothesis, Plan], Call]
    procedure: Callable[..., Evidence]
    second_source: Callable[..., tuple[Agreement, ...]]


def pair(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Treatment and reference within blocks, on the scale of the test."""
    return Call(columns(sample), {"scale": hypothesis.test.scale})


def columns(sample: Sample) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The two compared columns, treatment first."""
    return sample.values[:, 0], sample.values[:, 1]


def resolution(hypothesis: Hypothesis, plan: Plan) -> dict[str, float | None]:
    """Below what values tie."""
    return {"resolution": plan.responses[hypothesis.response].resolution}


def resampling(hypothesis: Hypothesis, plan: Plan) -> dict[str, int]:
    """How many resamples, drawn from which seed."""
    return {"resamples": hypothesis.test.resamples, "seed": plan.seed}


def scores(levels: tuple[Any, ...], how: str) -> NDArray[np.float64]:
    """Scores of ordered levels: the levels, their ranks 1..k, log2 or log of them; levels that are no numbers rank."""
    numeric = all(isinstance(level, int | float) for level in levels)
    if how == "rank" or not numeric:
        return np.arange(1.0, len(levels) + 1)
    return TRANSFORMS[how](np.asarray(levels, dtype=float))


TRANSFORMS: Mapping[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "level": lambda levels: levels,
    "log2": np.log2,
    "log": np.log,
}


def scored(sample: Sample, hypothesis: Hypothesis) -> NDArray[np.float64]:
    """The scores of a trend's levels."""
    return scores(sample.levels, hypothesis.test.scores)


def events(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> NDArray[np.bool_]:
    """Which runs had the event: beyond or below the resolution, or a time reached within the horizon.

    A diverged run stands on the worse side of the resolution. Raises UnusableValues for a run that has no value.
    """
    of = hypothesis.test.of
    if of == "reached":
        return sample.observed
    response = plan.responses[hypothesis.response]
    assert response.resolution is not None  # a study whose event needs one and has none does not load
    if undefined := int((np.isnan(sample.values) & ~sample.diverged & sample.present).sum()):
        raise UnusableValues(f"{undefined} runs have no value of {hypothesis.response}, and an event needs one")
    above = np.where(sample.diverged, response.better == "lower", sample.values > response.resolution)
    return above if of == "above_resolution" else ~above
