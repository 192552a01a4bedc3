"""Aligned rank transform: values of two crossed factors within each block in, Evidence on one of their effects out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, known_option
from ..pivots.no_effect import NoEffect, no_effect_evidence
from ..ranks.mid_ranks import mid_ranks, rounded, tie_check
from ..samples.factorial_data import factorial_design
from ..scales import on_scale
from ..values import Degenerate, Evidence
from ..variance.factor_coding import Term

TERMS: Mapping[str, Term] = {"first": (0,), "second": (1,), "interaction": (0, 1)}


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
    design, floor = factorial_design([ranks], (), "raw")
    test = design.test(TERMS[effect])
    if float(test.error) / test.error_df <= floor:
        raise Degenerate("zero_variance", f"the aligned ranks have no error: the {effect} is the same in every block.")
    n, f, epsilon = len(array), float(test.f), float(test.epsilon("gg"))
    return no_effect_evidence(
        NoEffect("aligned_ranks", float(test.p("gg"))),
        estimand=f"partial eta squared of the aligned ranks ({effect})",
        measure="partial_eta_squared_of_ranks",
        estimate=f / (f + n - 1),
        n=n,
        statistic_name="F",
        statistic=f,
        df=epsilon * test.error_df,
        numerator_df=epsilon * test.df,
        attainable=0.0,
        checks=tie_check(aligned.ravel()),
    )


def component(cells: FloatArray, effect: str) -> FloatArray:
    """The part of `cells` [a, b] that belongs to a main effect ([a, 1] or [1, b]) or to the interaction [a, b]."""
    grand, rows, columns = cells.mean(), cells.mean(axis=1, keepdims=True), cells.mean(axis=0, keepdims=True)
    return {"first": rows - grand, "second": columns - grand, "interaction": cells - rows - columns + grand}[effect]


def align(array: FloatArray, effect: str) -> FloatArray:
    """Residuals from the cell means [a, b], plus the component of the cell means that belongs to `effect`."""
    cells = array.mean(axis=0)
    return array - cells + component(cells, effect)


def _check(array: FloatArray, effect: str) -> None:
    """Refuse an unknown effect, a factor of one level, a single block, and an array of one value."""
    known_option("effect", effect, TERMS)
    if min(array.shape[1:]) < 2:
        raise ValueError(f"values: {array.shape[1]} x {array.shape[2]} levels; each factor needs at least 2.")
    if len(array) < 2:
        raise Degenerate("too_few_blocks", f"{len(array)} block; an effect within blocks needs at least 2.")
    if np.ptp(array) == 0:
        raise Degenerate("zero_variance", f"all {array.size} values are equal; nothing to test.")
