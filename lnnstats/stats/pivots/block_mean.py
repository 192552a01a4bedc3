"""Evidence on the mean of one number a block, by Student's t or by sign flips: what planned comparisons share."""

from __future__ import annotations

from ..arrays import FloatArray, known_option
from ..effects import ratio_effect, standardised_mean
from ..resampling.flips import Flips, flip_thresholds
from ..values import EFFECT_LEVEL, Effect, Evidence
from .means import mean_evidence
from .reference_set import ReferenceSet
from .student import Student, skewness_check, student

METHODS = ("t", "sign_flip")
MOST_WORK = 400_000_000


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
    tests, approximation = (pivot, ()) if method == "t" else flip_tests(values, pivot, resamples, seed)
    return mean_evidence(
        pivot,
        tests,
        procedure=procedure,
        estimand=estimand,
        measure=measure,
        display="exp" if measure == "ratio" else "identity",
        effects=standardised_mean(pivot),
        checks=skewness_check(values, what) + approximation,
    )


def flip_tests(
    values: FloatArray, pivot: Student, resamples: int, seed: int
) -> tuple[Student | ReferenceSet, tuple[str, ...]]:
    """The tests of the centre of `values` [n] by sign flips; `pivot` where these cost too much, which a check says."""
    flips = Flips(values.size, resamples, seed)
    if not flips.enumerated and values.size * resamples > MOST_WORK:
        return pivot, (f"approximation: {values.size} blocks; Student's t stands in for the sign flips.",)
    return flip_thresholds(values[:, None], flips), ()


def as_effect(name: str, evidence: Evidence) -> Effect:
    """An Evidence as an effect size, as it is shown, with its 95% interval."""
    limits, method = evidence.interval(EFFECT_LEVEL), "t over blocks" if evidence.df else "sign flips of the blocks"
    if evidence.display == "exp":
        return ratio_effect(name, evidence.estimate, limits, method)
    return Effect(name, evidence.estimate, *limits, EFFECT_LEVEL, method)
