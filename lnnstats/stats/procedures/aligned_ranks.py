"""Aligned rank transform: values of two crossed factors within each block in, Evidence on one of their effects out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..pivots.no_effect import NoEffect, no_effect_evidence
from ..pivots.noncentral_f import f_upper_tail
from ..ranks.mid_ranks import mid_ranks, rounded, tie_check
from ..scales import on_scale
from ..values import Degenerate, Evidence
from ..variance.within_anova import EFFECTS, component, effect_df, effect_f


def aligned_ranks(values: ArrayLike, *, effect: str = "interaction", scale: str = "raw") -> Evidence:
    """theta = partial eta squared of the aligned ranks of f(values [n, a, b]) for one `effect`; decides theta > 0 only.

    `effect`: "interaction" or the main effect of the "first" or "second" factor. Each value is aligned, residual from
    its cell mean plus the estimated effect alone, all n a b of them are ranked, and F of the effect is taken against
    effect x block, with Greenhouse-Geisser df (Higgins & Tashtoush 1994; Wobbrock et al. 2011). Aligning by means wants
    finite values and a scale on which effects add. Degenerate with fewer than two blocks, or an
    effect that does not vary over the blocks.
    """
    array = on_scale(values, scale, "values", 3)
    _check(array, effect)
    aligned = rounded(align(array, effect))
    ranks = mid_ranks(aligned.ravel()).reshape(aligned.shape)
    f, epsilon = effect_f(ranks, effect)
    if not math.isfinite(f):
        raise Degenerate("zero_variance", f"the aligned ranks have no error: the {effect} is the same in every block.")
    n, df1 = len(array), effect_df(effect, *array.shape[1:])
    numerator, denominator = epsilon * df1, epsilon * df1 * (n - 1)
    return no_effect_evidence(
        NoEffect("aligned_ranks", float(f_upper_tail(f, numerator, denominator))),
        estimand=f"partial eta squared of the aligned ranks ({effect})",
        measure="partial_eta_squared_of_ranks",
        estimate=f / (f + n - 1),
        n=n,
        statistic_name="F",
        statistic=f,
        df=denominator,
        numerator_df=numerator,
        attainable=0.0,
        checks=tie_check(aligned.ravel()),
    )


def align(array: FloatArray, effect: str) -> FloatArray:
    """Residuals from the cell means [a, b], plus the component of the cell means that belongs to `effect`."""
    cells = array.mean(axis=0)
    return array - cells + component(cells, effect)


def _check(array: FloatArray, effect: str) -> None:
    """Refuse an unknown effect, a factor of one level, a single block, and an array of one value."""
    if effect not in EFFECTS:
        raise ValueError(f"effect: {effect!r} is not known; choose one of {', '.join(EFFECTS)}.")
    if min(array.shape[1:]) < 2:
        raise ValueError(f"values: {array.shape[1]} x {array.shape[2]} levels; each factor needs at least 2.")
    if len(array) < 2:
        raise Degenerate("too_few_blocks", f"{len(array)} block; an effect within blocks needs at least 2.")
    if np.ptp(array) == 0:
        raise Degenerate("zero_variance", f"all {array.size} values are equal; nothing to test.")
