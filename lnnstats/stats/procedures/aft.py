"""Accelerated failure times: times of two groups, or of two levels within blocks, in; the log time ratio out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import same_length
from ..effects import ratio_effect
from ..models.aft_blocks import FEWEST_EVENTS, independent_runs, leave_blocks_out, positive_times
from ..models.aft_likelihood import Location, location
from ..pivots.likelihood_root import LikelihoodRoot
from ..pivots.means import mean_evidence
from ..pivots.student import Student
from ..samples.risk_sets import some_events
from ..values import EFFECT_LEVEL, Evidence


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
    tests = leave_blocks_out(model, np.tile(np.arange(n), 2), distribution)
    return mean_evidence(
        tests,
        tests,
        procedure="paired_aft",
        estimand=f"log ratio of times, treatment to reference, over the same blocks, {distribution} times",
        measure="time_ratio",
        display="exp",
        n=n,
        effects=independent_runs(model, "time ratio"),
    )


def _model(
    treatment: ArrayLike, reference: ArrayLike, treatment_observed: ArrayLike, reference_observed: ArrayLike, name: str
) -> Location:
    """The likelihood of both groups together, treatment first."""
    first, seen_1 = positive_times(treatment, treatment_observed, "treatment")
    second, seen_2 = positive_times(reference, reference_observed, "reference")
    times, seen = np.concatenate([first, second]), np.concatenate([seen_1, seen_2])
    return location(np.log(times), seen, np.where(np.arange(times.size) < first.size, 1.0, 0.0), name)
