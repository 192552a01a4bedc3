"""Welch's ANOVA: one vector of blocks for each of k groups in, Evidence on a difference of their means out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..pivots.omnibus_f import FPivot, omnibus_evidence
from ..resampling.group_jackknife import group_jackknife
from ..samples.factorial_data import factorial_design
from ..scales import named_scale
from ..values import Degenerate, Evidence
from ..variance.variance_effects import share_effect


def welch_anova(*groups: ArrayLike, scale: str = "log") -> Evidence:
    """theta = l / (l + N), l = sum_j n_j (mu_j - mu)^2 / sigma_j^2, mu weighted by n_j / sigma_j^2; groups [n_1], ...

    The partial eta squared of unequal variances: with equal ones it is that of `anova`. F and its df2 by Welch (1951);
    the estimate is F df1 / (F df1 + N - k). Both the F distribution at 0 and the noncentral one elsewhere are
    approximations (Jan & Shieh 2014), good from about 8 blocks a group: simulated size at theta = 0.1 to 0.5 is 0.01
    to 0.06. Beside it omega squared from F, df1 (F - 1) / (F df1 + df2 + 1).

    Raises UnusableValues for values outside the scale, Degenerate for a group of fewer than 2 blocks or a constant one.
    """
    design, floor = factorial_design(groups, (len(groups),), scale)
    if len(groups) < 2:
        raise ValueError(f"groups: {len(groups)} group; a comparison needs at least 2.")
    f, df1, df2 = (float(x) for x in welch_f(*_moments(design.groups, floor)))

    def eta_squared(counts: FloatArray, means: FloatArray, scatters: FloatArray) -> FloatArray:
        return _share(welch_f(counts, means[..., 0], scatters / (counts - 1))[0], counts)

    return omnibus_evidence(
        FPivot(f, df1, df2, estimate=float(_share(np.array(f), design.counts)), size=float(design.counts.sum())),
        procedure="welch_anova",
        estimand=f"partial eta squared of the group in {named_scale(scale).words}, variances unequal",
        n=int(design.counts.sum()),
        standard_error=group_jackknife(design.groups, eta_squared) if design.counts.min() > 2 else None,
        effects=(share_effect("partial omega squared", df1 * (f - 1) / (f * df1 + df2 + 1), df1, df2),),
    )


def _share(f: FloatArray, counts: FloatArray) -> FloatArray:
    """F df1 / (F df1 + N - k)."""
    k = counts.size
    return f * (k - 1) / (f * (k - 1) + counts.sum() - k)


def welch_f(counts: FloatArray, means: FloatArray, variances: FloatArray) -> tuple[FloatArray, float, FloatArray]:
    """Welch's F [...], df1 and df2 [...] of k groups: counts [k], means [..., k], variances [..., k]."""
    k, weights = counts.size, counts / variances
    total = weights.sum(axis=-1, keepdims=True)
    centre = (weights * means).sum(axis=-1, keepdims=True) / total
    spread = ((1 - weights / total) ** 2 / (counts - 1)).sum(axis=-1)
    between = (weights * (means - centre) ** 2).sum(axis=-1) / (k - 1)
    return between / (1 + 2 * (k - 2) / (k * k - 1) * spread), k - 1.0, (k * k - 1) / (3 * spread)


def _moments(groups: tuple[FloatArray, ...], floor: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Counts, means and variances of groups [n, 1]; refuses what has no variance."""
    counts = np.array([float(len(group)) for group in groups])
    if counts.min() < 2:
        raise Degenerate("too_few_blocks", "a group holds one block; its variance needs at least 2.")
    variances = np.array([group.var(ddof=1) for group in groups])
    if (variances <= floor).any():
        raise Degenerate("zero_variance", "the blocks of a group do not vary beyond rounding; its weight is infinite.")
    return counts, np.array([group.mean() for group in groups]), variances
