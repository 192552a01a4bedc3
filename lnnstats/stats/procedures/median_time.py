"""Median times: times of two levels within blocks, or of two groups, in; Evidence on the difference of medians out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import BoolArray, FloatArray, same_length
from ..effects import probability_of_order
from ..exact.median_interval import MedianTest
from ..models.median_contrast import Steps, median_contrast, median_steps
from ..samples.restricted_times import restricted_times
from ..samples.risk_sets import censored_times
from ..samples.survival_curve import SurvivalCurve
from ..scales import Scale, named_scale
from ..values import EFFECT_LEVEL, Degenerate, Effect, Evidence, UnusableValues
from .kaplan_meier import kaplan_meier

FEW_RUNS = 20


def median_time(treatment: ArrayLike, reference: ArrayLike, *, horizon: float) -> Evidence:
    """theta = median over blocks of min(T, horizon) under treatment minus under reference; times [n] >= 0.

    +inf means never. Tests and limits by counting blocks on either side of a threshold: exact whatever the
    distribution, and conservative where differences tie with the threshold (two runs that both never arrive differ
    by 0). With fewer than six blocks a 95% limit is infinite.
    """
    first = restricted_times(treatment, horizon, "treatment")
    second = restricted_times(reference, horizon, "reference")
    same_length(first, second, "treatment, reference")
    exact = MedianTest(np.sort(first - second))
    n, ties = first.size, int((first == second).sum())
    return Evidence(
        procedure="median_time",
        estimand=f"median over blocks of the difference in time up to {horizon:g}, treatment minus reference",
        measure="difference",
        estimate=exact.estimate,
        null=0.0,
        n=n,
        statistic_name="blocks with treatment greater",
        statistic=float((first > second).sum()),
        df=None,
        tests=exact,
        attainable=0.5**n,
        display="identity",
        effects=(probability_of_order(first, second, "<"),),
        checks=(f"ties: in {ties} of {n} blocks the times are equal, which counts for neither side.",) if ties else (),
    )


def median_time_groups(
    treatment: ArrayLike,
    reference: ArrayLike,
    treatment_observed: ArrayLike,
    reference_observed: ArrayLike,
    *,
    scale: str = "raw",
) -> Evidence:
    """theta = median time, treatment [n1] minus reference [n2], independent groups; `scale` "log" or "log1p": of logs.

    Kaplan-Meier medians; tests and limits by Su & Wei (1993) on the log-log scale of survival, without any estimate
    of a density: the two-sample form of Brookmeyer & Crowley's interval. A median that is not reached makes the
    estimate and a limit infinite; Degenerate if neither is. UnusableValues for times of 0 on the log scale.
    """
    chosen = named_scale(scale)
    transform = chosen.transform
    groups = (
        _on_scale(treatment, treatment_observed, "treatment", chosen),
        _on_scale(reference, reference_observed, "reference", chosen),
    )
    first, second = (kaplan_meier(*group) for group in groups)
    if math.isinf(first.median) and math.isinf(second.median):
        raise Degenerate("no_events", "neither median is reached: less than half of either group have their event.")
    steps = [median_steps(curve) for curve in (first, second)]
    with np.errstate(divide="ignore"):  # a curve without a finite time starts at 0
        tests = median_contrast(*(Steps(transform(s.start), transform(s.end), s.distance) for s in steps))
    sizes = [times.size for times, _ in groups]
    return Evidence(
        procedure="median_time_groups",
        estimand=f"{'difference' if scale == 'raw' else 'log ratio'} of median times, treatment to reference",
        measure="difference" if scale == "raw" else "time_ratio",
        estimate=float(transform(np.array(first.median)) - transform(np.array(second.median))),
        null=0.0,
        n=sum(sizes),
        statistic_name="signed root",
        statistic=tests.root(0.0),
        df=None,
        tests=tests,
        attainable=0.0,
        display=chosen.display,
        effects=(_median(first, "median time under treatment"), _median(second, "median time under reference")),
        checks=_size_check(min(sizes)),
    )


def _on_scale(time: ArrayLike, observed: ArrayLike, name: str, scale: Scale) -> tuple[FloatArray, BoolArray]:
    """Times that the scale is defined for."""
    at, seen = censored_times(time, observed, name)
    if outside := int((at <= scale.floor).sum()):
        raise UnusableValues(f"{name}: {outside} of {at.size} times are 0, where logs are not defined; {scale.remedy}.")
    return at, seen


def _median(curve: SurvivalCurve, name: str) -> Effect:
    """One median with its limits."""
    method = "Brookmeyer-Crowley, log-log"
    return Effect(name, curve.median, curve.median_low, curve.median_high, EFFECT_LEVEL, method)


def _size_check(smaller: int) -> tuple[str, ...]:
    if smaller >= FEW_RUNS:
        return ()
    return (f"approximation: {smaller} runs in the smaller group; the limits of a median rest on a normal law.",)
