"""Trend of times: times at k ordered levels of each block, some censored, in; Evidence on their growth by score out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import float_array, level_scores
from ..models.aft_blocks import FEWEST_EVENTS, independent_runs, leave_blocks_out, positive_times
from ..models.aft_likelihood import Location, location
from ..pivots.means import mean_evidence
from ..pivots.student import Student
from ..samples.risk_sets import some_events
from ..values import Evidence

SHOWN = {False: "log ratio of times per unit of score", True: "exponent of times as a power of the level"}


def aft_trend(
    times: ArrayLike,
    observed: ArrayLike,
    scores: ArrayLike,
    *,
    distribution: str = "lognormal",
    exponent: bool = False,
) -> Evidence:
    """theta = b in log T = a + b score + block + sigma e: the log time ratio per unit of score; times [n, k] > 0.

    The estimate takes all runs as if they were independent (their block effects widen e alike at every level); its
    error leaves out one block at a time, and tests and interval are Student's t with n - 1 df, as in `paired_aft`.
    `observed` [n, k] is False where a time is censored. With `exponent`, for scores that are log levels, theta is the
    exponent of a power law and shown itself, else exp(theta). UnusableValues for times that are not positive or
    infinite; Degenerate for fewer than three blocks or events, or if, without some block, events are of one level only.
    """
    at = float_array(times, "times", 2)
    n, k = at.shape
    levels = level_scores(scores, k)
    unit = float(levels.std())
    log_time, seen = positive_times(at.ravel(), np.asarray(observed).ravel(), "times")
    some_events(int(seen.sum()), FEWEST_EVENTS, seen.size)
    model = location(np.log(log_time), seen, np.tile((levels - levels.mean()) / unit, n), distribution)
    per_unit = leave_blocks_out(model, np.repeat(np.arange(n), k), distribution)
    tests = Student(per_unit.estimate / unit, per_unit.error / unit, per_unit.df)
    return mean_evidence(
        tests,
        tests,
        procedure="aft_trend",
        estimand=f"{SHOWN[exponent]}, over the same blocks, {distribution} times",
        measure="exponent" if exponent else "time_ratio",
        display="identity" if exponent else "exp",
        n=n,
        effects=() if exponent else independent_runs(_rescaled(model, unit), "time ratio per unit of score"),
        checks=_censored_check(seen.reshape(n, k)),
    )


def _rescaled(model: Location, unit: float) -> Location:
    """The model by unit of score."""
    return Location(model.log_time, model.seen, model.x * unit, model.derivatives)


def _censored_check(seen: np.ndarray) -> tuple[str, ...]:
    """Says where the curve rests on the distribution: levels with most of their times censored."""
    most = int((seen.mean(axis=0) < 0.5).sum())
    if not most:
        return ()
    return (f"censoring: at {most} of {seen.shape[1]} levels most times are censored; there the law of times decides.",)
