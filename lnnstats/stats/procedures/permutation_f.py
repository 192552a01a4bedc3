"""Permutation F: values at k levels of each block in, Evidence on any difference of their means out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, known_option
from ..pivots.no_effect import NoEffect, no_effect_evidence
from ..ranks.rank_omnibus import blocks_f, complete_blocks
from ..resampling.permutation_tail import METHODS
from ..resampling.within_blocks import length_tail, squared_length
from ..rounding import magnitude, rounding_error
from ..scales import named_scale, on_scale
from ..values import Degenerate, Evidence


def permutation_f(
    values: ArrayLike, *, scale: str = "log", method: str = "exact", resamples: int = 9999, seed: int = 0
) -> Evidence:
    """theta = partial eta squared of the levels of f(values [n, k]) within blocks; decides theta > 0 only.

    The levels are permuted within each block, (k!)^n ways: all of them up to 2^20 distinct column sums ("exact"), else
    `resamples` random ones ("monte_carlo": always). Exact when the levels are exchangeable within a block, equal spread
    and correlation included; for equal means alone it is too liberal where blocks have slopes of their own. Degenerate
    with fewer than two blocks or where no block's values differ beyond rounding.
    """
    known_option("method", method, METHODS)
    array = complete_blocks(on_scale(values, scale, "values", 2), "a permutation within blocks")
    centred = array - array.mean(axis=1, keepdims=True)
    _varies(array, centred, scale)
    tail, (n, k) = length_tail(centred, method, resamples, seed), centred.shape
    share = levels_share(centred)
    return no_effect_evidence(
        NoEffect("permutation_f", tail.p),
        estimand=f"partial eta squared of the levels within blocks, of the {named_scale(scale).words}",
        measure="partial_eta_squared",
        estimate=share,
        n=n,
        statistic_name="F",
        statistic=blocks_f(share, n),
        df=float((k - 1) * (n - 1)),
        numerator_df=float(k - 1),
        attainable=tail.attainable,
        checks=tail.checks,
    )


def levels_share(centred: FloatArray) -> float:
    """SS_levels / (SS_levels + SS_error) of values centred in each block."""
    return min(1.0, float(squared_length(centred.sum(axis=0))) / (len(centred) * float((centred**2).sum())))


def _varies(array: FloatArray, centred: FloatArray, scale: str) -> None:
    """Refuse values that differ within blocks by rounding only."""
    if float(np.abs(centred).max()) <= rounding_error(magnitude(array, scale)):
        raise Degenerate("zero_variance", f"in each of the {len(array)} blocks all levels give the same value.")
