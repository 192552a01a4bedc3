"""Accelerated failure times: times of two groups, or of two levels within blocks, in; the log time ratio out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import BoolArray, FloatArray, same_length
from ..effects import ratio_effect
from ..models.aft_likelihood import Location, location
from ..pivots.likelihood_root import LikelihoodRoot
from ..pivots.means import mean_evidence
from ..pivots.student import Student
from ..resampling.jackknife import jackknife_error
from ..rounding import rounding_error
from ..samples.risk_sets import censored_times, some_events
from ..values import EFFECT_LEVEL, Degenerate, Effect, Evidence, UnusableValues

FEWEST_EVENTS = 3
FEWEST_BLOCKS = 3


def aft(
    treatment: ArrayLike,
    reference: ArrayLike,
    treatment_observed: ArrayLike,
    reference_observed: ArrayLike,
    *,
    distribution: str = "lognormal",
) -> Evidence:
    """theta = log time ratio, treatment to reference, of independent groups; positive times [n1] and [n2].

    log T = mu + theta x + sigma e with e normal, smallest extreme ("weibull") or logistic; `observed` is False where
    a time is censored. Tests and interval by the profile likelihood ratio turned into Student's t with events - 2 df:
    exactly his test for uncensored log-normal times, and near its level elsewhere, where the normal law of the signed
    root is not. Wald's limits are an effect. UnusableValues for times that are not positive or infinite,
    Degenerate for fewer than three events, a group without any, or events that all come at one time.
    """
    model = _model(treatment, reference, treatment_observed, reference_observed, distribution)
    events, n = int(model.seen.sum()), model.seen.size
    some_events(events, FEWEST_EVENTS, n)
    theta, error, largest = model.fit()
    tests = LikelihoodRoot(model.profile, theta, largest, theta, error, events)
    wald = ratio_effect("time ratio", theta, Student(theta, error).interval(EFFECT_LEVEL), "Wald")
    return Evidence(
        procedure="aft",
        estimand=f"log ratio of times, treatment to reference, independent groups, {distribution} times",
        measure="time_ratio",
        estimate=theta,
        null=0.0,
        n=n,
        statistic_name="t",
        statistic=tests.pivot(0.0),
        df=tests.df,
        tests=tests,
        attainable=0.0,
        display="exp",
        effects=(wald,),
        standard_error=error,
    )


def paired_aft(
    treatment: ArrayLike,
    reference: ArrayLike,
    treatment_observed: ArrayLike,
    reference_observed: ArrayLike,
    *,
    distribution: str = "lognormal",
) -> Evidence:
    """As `aft` for the two levels of the same blocks, [n]: the runs of a block may depend on each other.

    The estimate is that of `aft` (working independence); its standard error leaves out one block at a time, and tests
    and interval are Student's t with n - 1 df (Lipsitz, Dear & Zhao 1994). Degenerate for fewer than three blocks, if
    a group loses its last event with a block, or if no block changes the estimate.
    """
    model = _model(treatment, reference, treatment_observed, reference_observed, distribution)
    n = model.seen.size // 2
    same_length(model.seen[:n], np.asarray(reference), "treatment, reference")
    if n < FEWEST_BLOCKS:
        raise Degenerate("too_few_blocks", f"{n} blocks; leaving one out needs at least {FEWEST_BLOCKS}.")
    theta, _, largest = model.fit()
    left_out = np.array([_without(model, block, n, distribution).fit()[0] for block in range(n)])
    error = jackknife_error([left_out])
    if not error or error <= n * rounding_error(max(1.0, abs(theta))):
        raise Degenerate("zero_variance", f"the estimate is the same without any of the {n} blocks; nothing to test.")
    tests = Student(theta, error, n - 1.0)
    return mean_evidence(
        tests,
        tests,
        procedure="paired_aft",
        estimand=f"log ratio of times, treatment to reference, over the same blocks, {distribution} times",
        measure="time_ratio",
        display="exp",
        n=n,
        effects=_independent_runs(model, theta, largest),
    )


def _model(
    treatment: ArrayLike, reference: ArrayLike, treatment_observed: ArrayLike, reference_observed: ArrayLike, name: str
) -> Location:
    """The likelihood of both groups together, treatment first."""
    first, seen_1 = _positive(treatment, treatment_observed, "treatment")
    second, seen_2 = _positive(reference, reference_observed, "reference")
    times, seen = np.concatenate([first, second]), np.concatenate([seen_1, seen_2])
    return location(np.log(times), seen, np.arange(times.size) < first.size, name)


def _positive(time: ArrayLike, observed: ArrayLike, name: str) -> tuple[FloatArray, BoolArray]:
    """Times that have a finite logarithm."""
    at, seen = censored_times(time, observed, name)
    if wrong := int((~np.isfinite(at) | (at <= 0)).sum()):
        raise UnusableValues(
            f"{name}: {wrong} of {at.size} times are 0 or infinite, and their logarithm is not finite; give a run "
            "without an event its horizon and observed = False, and an event at 0 a declared smallest time."
        )
    return at, seen


def _without(model: Location, block: int, n: int, distribution: str) -> Location:
    """The model without the two runs of a block."""
    keep = np.arange(2 * n) % n != block
    return location(model.log_time[keep], model.seen[keep], model.treated[keep] == 1, distribution)


def _independent_runs(model: Location, theta: float, largest: float) -> tuple[Effect, ...]:
    """The time ratio with the limits that would hold if the runs of a block were independent."""
    _, error, _ = model.fit()
    tests = LikelihoodRoot(model.profile, theta, largest, theta, error, max(FEWEST_EVENTS, int(model.seen.sum())))
    return (ratio_effect("time ratio", theta, tests.interval(EFFECT_LEVEL), "likelihood ratio, runs independent"),)
