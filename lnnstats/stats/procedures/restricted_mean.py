"""Restricted mean time: times up to a horizon in, Evidence on the difference of their means out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, same_length
from ..effects import probability_of_order, standardised_mean
from ..pivots.means import mean_evidence
from ..pivots.student import Student, skewness_check, student
from ..samples.restricted_times import restricted_times
from ..samples.risk_sets import censored_times
from ..samples.two_groups import difference
from ..values import EFFECT_LEVEL, Degenerate, Effect, Evidence, UnusableValues
from .kaplan_meier import kaplan_meier


def restricted_mean(treatment: ArrayLike, reference: ArrayLike, *, horizon: float) -> Evidence:
    """theta = mean over blocks of min(T, horizon), treatment minus reference; times [n] >= 0, +inf for never.

    Every run is followed to the horizon, so min(T, horizon) is known of each and the test is a paired t on it, in the
    units of the times. A run censored earlier has no place here. Degenerate if the differences do not vary.
    """
    first = restricted_times(treatment, horizon, "treatment")
    second = restricted_times(reference, horizon, "reference")
    same_length(first, second, "treatment, reference")
    differences = first - second
    pivot = student(differences, horizon)
    return mean_evidence(
        pivot,
        pivot,
        procedure="restricted_mean",
        estimand=f"mean over blocks of the difference in time up to {horizon:g}, treatment minus reference",
        measure="difference",
        display="identity",
        effects=(*standardised_mean(pivot), probability_of_order(first, second, "<")),
        checks=skewness_check(differences, "paired differences of restricted times"),
    )


def restricted_mean_groups(
    treatment: ArrayLike,
    reference: ArrayLike,
    treatment_observed: ArrayLike,
    reference_observed: ArrayLike,
    *,
    horizon: float | None = None,
) -> Evidence:
    """theta = area under the Kaplan-Meier curve up to the horizon, treatment [n1] minus reference [n2].

    Greenwood variances (Irwin 1949; Karrison 1997), each times n / (n - 1), and Welch's degrees of freedom: without
    censoring this is Welch's t on min(T, horizon). By default the horizon is the last time at which both curves are
    known. The normal limits without these factors, as survival programs print them, are an effect. UnusableValues for
    a horizon at which a curve is no longer known; Degenerate for a group of one run or if neither curve falls.
    """
    groups = [
        censored_times(treatment, treatment_observed, "treatment"),
        censored_times(reference, reference_observed, "reference"),
    ]
    curves = [kaplan_meier(*group) for group in groups]
    until = _horizon(horizon, min(curve.horizon_limit for curve in curves), groups)
    sizes = np.array([len(times) for times, _ in groups], dtype=np.float64)
    areas, errors = np.array([curve.restricted_mean(until) for curve in curves]).T
    tests = _welch(areas, errors, sizes, until)
    return mean_evidence(
        tests,
        tests,
        procedure="restricted_mean_groups",
        estimand=f"difference of the mean times up to {until:g}, treatment minus reference, independent groups",
        measure="difference",
        display="identity",
        n=int(sizes.sum()),
        effects=(_greenwood(areas, errors),),
    )


def _horizon(asked: float | None, known: float, groups: list[tuple[FloatArray, np.ndarray]]) -> float:
    """The horizon asked for, or the last at which both curves are known; a finite one."""
    last = max(float(t[np.isfinite(t)].max(initial=0.0)) for t, _ in groups)
    chosen = min(known, last) if asked is None else asked
    if not 0 < chosen <= known or math.isinf(chosen):
        raise UnusableValues(
            f"horizon: {chosen:g} lies beyond (0, {known:g}], where both curves are known; runs are censored before it."
        )
    return chosen


def _welch(areas: FloatArray, errors: FloatArray, sizes: FloatArray, until: float) -> Student:
    """The difference of two areas on Welch's degrees of freedom, variances times n / (n - 1)."""
    if sizes.min() < 2:
        raise Degenerate("too_few_blocks", "a group of 1 run; a mean with an error needs at least 2.")
    if not errors.any():
        raise Degenerate("zero_variance", f"no run has its event before {until:g}; the means have no error.")
    larger = errors * np.sqrt(sizes / (sizes - 1))
    first, second = (Student(float(a), float(e), n - 1.0) for a, e, n in zip(areas, larger, sizes, strict=True))
    return difference(first, second)


def _greenwood(areas: FloatArray, errors: FloatArray) -> Effect:
    """The difference with normal limits from Greenwood's variances as they are."""
    pivot = Student(float(areas[0] - areas[1]), float(np.hypot(*errors)))
    low, high = pivot.interval(EFFECT_LEVEL)
    return Effect("difference in restricted mean", pivot.estimate, low, high, EFFECT_LEVEL, "Greenwood, normal")
