"""Accelerated failure times of runs that share blocks: a model of all runs in, its estimate and error out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import BoolArray, FloatArray
from ..effects import ratio_effect
from ..pivots.likelihood_root import LikelihoodRoot
from ..pivots.student import Student
from ..resampling.jackknife import jackknife_error
from ..rounding import rounding_error
from ..samples.risk_sets import censored_times
from ..values import EFFECT_LEVEL, Degenerate, Effect, UnusableValues
from .aft_likelihood import Location, location

FEWEST_EVENTS = 3
FEWEST_BLOCKS = 3


def positive_times(time: ArrayLike, observed: ArrayLike, name: str) -> tuple[FloatArray, BoolArray]:
    """Times that have a finite logarithm."""
    at, seen = censored_times(time, observed, name)
    if wrong := int((~np.isfinite(at) | (at <= 0)).sum()):
        raise UnusableValues(
            f"{name}: {wrong} of {at.size} times are 0 or infinite, and their logarithm is not finite; give a run "
            "without an event its horizon and observed = False, and an event at 0 a declared smallest time."
        )
    return at, seen


def leave_blocks_out(model: Location, block: NDArray[np.int64], distribution: str) -> Student:
    """The estimate of the model of all runs, its error by leaving out one of n blocks at a time, n - 1 df."""
    theta, n = model.fit()[0], int(block.max()) + 1
    if n < FEWEST_BLOCKS:
        raise Degenerate("too_few_blocks", f"{n} blocks; leaving one out needs at least {FEWEST_BLOCKS}.")
    left_out = np.array([_without(model, block == one, distribution).fit()[0] for one in range(n)])
    error = jackknife_error([left_out])
    if not error or error <= n * rounding_error(max(1.0, abs(theta))):
        raise Degenerate("zero_variance", f"the estimate is the same without any of the {n} blocks; nothing to test.")
    return Student(theta, error, n - 1.0)


def independent_runs(model: Location, name: str) -> tuple[Effect, ...]:
    """The time ratio with the limits that would hold if the runs of a block were independent."""
    theta, error, largest = model.fit()
    tests = LikelihoodRoot(model.profile, theta, largest, theta, error, max(FEWEST_EVENTS, int(model.seen.sum())))
    return (ratio_effect(name, theta, tests.interval(EFFECT_LEVEL), "likelihood ratio, runs independent"),)


def _without(model: Location, runs: BoolArray, distribution: str) -> Location:
    """The model without some of its runs."""
    return location(model.log_time[~runs], model.seen[~runs], model.x[~runs], distribution)
