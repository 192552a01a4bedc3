"""Evidence on the mean of one number a block, by Student's t or by sign flips: what planned comparisons share."""

from __future__ import annotations

import math
from dataclasses import replace

from ..arrays import FloatArray
from ..effects import standardised_mean
from ..resampling.permutation_tail import known_option
from ..resampling.sign_flip import sign_flip
from ..values import EFFECT_LEVEL, Effect, Evidence
from .means import mean_evidence
from .student import skewness_check, student

METHODS = ("t", "sign_flip")


def block_mean(
    values: FloatArray,
    magnitude: float,
    *,
    procedure: str,
    estimand: str,
    measure: str,
    what: str = "values of the blocks",
    method: str = "t",
    resamples: int = 9999,
    seed: int = 0,
) -> Evidence:
    """theta = mean of `values` [n]; "t" for normal, "sign_flip" for symmetric ones. measure "ratio" shows exp(theta).

    `what` names the values in warnings. Degenerate with fewer than two blocks, or values that differ by the rounding of
    `magnitude` only.
    """
    known_option("method", method, METHODS)
    pivot = student(values, magnitude)
    evidence = mean_evidence(
        pivot,
        pivot,
        procedure=procedure,
        estimand=estimand,
        measure=measure,
        display="exp" if measure == "ratio" else "identity",
        effects=standardised_mean(pivot),
        checks=skewness_check(values, what),
    )
    evidence = replace(evidence, standard_error=pivot.error)
    return evidence if method == "t" else _flipped(evidence, values, resamples, seed)


def difference_measure(scale: str) -> str:
    """What a difference on a scale is: a ratio on the log scales, else a difference."""
    return "difference" if scale == "raw" else "ratio"


def as_effect(name: str, evidence: Evidence) -> Effect:
    """An Evidence as an effect size, as it is shown, with its 95% interval."""
    show = _exp if evidence.display == "exp" else float
    low, high = evidence.interval(EFFECT_LEVEL)
    method = "t over blocks" if evidence.df else "sign flips of the blocks"
    return Effect(name, show(evidence.estimate), show(low), show(high), EFFECT_LEVEL, method)


def _exp(x: float) -> float:
    """exp(x), infinite beyond the largest number."""
    return math.exp(x) if x < 700 else math.inf


def _flipped(evidence: Evidence, values: FloatArray, resamples: int, seed: int) -> Evidence:
    """The same mean with the tests of the sign flips."""
    flips = sign_flip(values, measure=evidence.measure, resamples=resamples, seed=seed)
    return replace(
        evidence,
        df=flips.df,
        p_above=flips.p_above,
        p_below=flips.p_below,
        interval=flips.interval,
        attainable=flips.attainable,
        checks=(*evidence.checks, *flips.checks),
    )
