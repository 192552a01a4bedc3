"""A planned contrast of independent groups: one vector a group and weights in, Evidence on the contrast out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, known_option
from ..effects import hedges_correction
from ..pivots.means import mean_evidence
from ..pivots.noncentral_t import noncentral_t_limits
from ..pivots.student import Student
from ..samples.factorial_data import factorial_design
from ..samples.planned import zero_sum
from ..scales import named_scale
from ..values import EFFECT_LEVEL, Degenerate, Effect, Evidence


def group_contrast(
    *groups: ArrayLike, weights: Sequence[float], variances: str = "unequal", scale: str = "log"
) -> Evidence:
    """theta = sum_j w_j mean_j of f(values), f the `scale`; groups [n_1], [n_2], ..., weights that sum to 0.

    `variances="unequal"`: each group its own variance, df by Satterthwaite (1946); two groups with weights 1 and -1
    give Welch's t. `"equal"`: the pooled variance of all groups on N - k df. On a log scale exp(theta) is a ratio of
    geometric means where positive weights sum to 1. Groups of weight 0 enter the pooled variance only.

    Raises UnusableValues for values outside the scale, Degenerate for a weighted group of fewer than 2 blocks
    ("unequal"), an empty group, no error df, or groups that do not vary.
    """
    shares = zero_sum(weights, len(groups), "groups")
    design, floor = factorial_design(groups, (len(groups),), scale)
    pivot = _pivot(design.groups, shares, variances, floor)
    shown = named_scale(scale)
    return mean_evidence(
        pivot,
        pivot,
        procedure="group_contrast",
        estimand=f"weighted sum of the group means of {shown.words}",
        measure=shown.measure,
        display=shown.display,
        n=int(design.counts.sum()),
        effects=_standardised(pivot, shares, design.counts) if variances == "equal" else (),
    )


def _pivot(groups: tuple[FloatArray, ...], shares: FloatArray, variances: str, floor: float) -> Student:
    """Estimate, standard error and df of the contrast of groups [n, 1]."""
    known_option("variances", variances, ("unequal", "equal"))
    counts = np.array([float(len(group)) for group in groups])
    scatters = np.array([((group - group.mean()) ** 2).sum() for group in groups])
    estimate = float(shares @ [group.mean() for group in groups])
    pool = _pooled if variances == "equal" else _satterthwaite
    variance, df = pool(shares, counts, scatters)
    if variance <= floor * float((shares**2 / counts).sum()):
        raise Degenerate("zero_variance", "the blocks of the groups compared do not vary beyond rounding.")
    return Student(estimate, math.sqrt(variance), df)


def _pooled(shares: FloatArray, counts: FloatArray, scatters: FloatArray) -> tuple[float, float]:
    """Variance of the contrast, and its df, with one variance for all groups."""
    df = float(counts.sum()) - counts.size
    if df < 1:
        raise Degenerate("too_few_blocks", f"{int(counts.sum())} blocks in {counts.size} groups leave no error term.")
    return float(scatters.sum()) / df * float((shares**2 / counts).sum()), df


def _satterthwaite(shares: FloatArray, counts: FloatArray, scatters: FloatArray) -> tuple[float, float]:
    """Variance of the contrast, and its df, with each group's own variance."""
    used = shares != 0
    if counts[used].min() < 2:
        raise Degenerate("too_few_blocks", "a group compared holds one block; its variance needs at least 2.")
    n = counts[used]
    parts = shares[used] ** 2 * scatters[used] / (n * (n - 1))
    total = float(parts.sum())
    return total, total**2 / float((parts**2 / (n - 1)).sum()) if total > 0 else 1.0


def _standardised(pivot: Student, shares: FloatArray, counts: FloatArray) -> tuple[Effect, ...]:
    """The contrast in pooled standard deviations, Hedges-corrected; none on one df, where the correction is zero."""
    if pivot.df < 2:
        return ()
    factor = hedges_correction(pivot.df) * math.sqrt(float((shares**2 / counts).sum()))
    low, high = noncentral_t_limits(pivot.statistic, pivot.df, EFFECT_LEVEL)
    method = "noncentral t, Hedges-corrected, pooled standard deviation"
    return (Effect("g", factor * pivot.statistic, factor * low, factor * high, EFFECT_LEVEL, method),)
