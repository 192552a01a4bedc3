"""Friedman's test: values at k levels of each block in, Evidence on Kendall's concordance W out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..pivots.no_effect import NoEffect, no_effect_evidence
from ..ranks.mid_ranks import block_tie_check
from ..ranks.rank_omnibus import blocks_f, rank_tail, ranked_blocks
from ..resampling.jackknife import FISHER, jackknife_effect, jackknife_error
from ..resampling.permutation_tail import METHODS
from ..resampling.within_blocks import squared_length
from ..values import Effect, Evidence


def friedman(
    values: ArrayLike,
    *,
    resolution: float | None = None,
    method: str = "f",
    resamples: int = 9999,
    seed: int = 0,
) -> Evidence:
    """theta = Kendall's W, the concordance of the blocks' ranks of `values` [n, k]; decides W > 0 only.

    W = |sum_i a_i|^2 / (n sum_i |a_i|^2), a_i the centred mid-ranks of block i: tie-corrected, within [0, 1]. `method`
    "f": F = (n - 1) W / (1 - W) on k - 1 and (k - 1)(n - 1) df (Iman & Davenport 1980), its p never below the smallest
    that a permutation test could give; "exact": the permutations of the levels within the blocks given the ties, all of
    them up to 2^20 distinct sums, else `resamples` random ones; "monte_carlo": always those. Values below `resolution`
    tie; +inf is the worst rank (a run that diverged). Degenerate with fewer than two blocks, or all of them tied.
    """
    ranks = ranked_blocks(values, resolution, method, ("f", *METHODS))
    centred = 2 * ranks - (ranks.shape[1] + 1)
    n, k = ranks.shape
    concordance = kendalls_w(centred)
    f = blocks_f(concordance, n)
    tail = rank_tail(centred, f, method, resamples, seed)
    left_out = correlations_left_out(centred)
    return no_effect_evidence(
        NoEffect("friedman", tail.p),
        estimand="concordance (Kendall's W) of the blocks' ranks of the levels",
        measure="kendalls_w",
        estimate=concordance,
        n=n,
        statistic_name="F",
        statistic=f,
        df=float((k - 1) * (n - 1)),
        numerator_df=float(k - 1),
        attainable=tail.attainable,
        standard_error=jackknife_error([(n - 1) / n * left_out]),
        effects=mean_correlation(concordance, left_out),
        checks=(*block_tie_check(ranks), *tail.checks),
    )


def kendalls_w(centred: FloatArray) -> float:
    """W of the centred ranks [n, k]."""
    largest = len(centred) * float(squared_length(centred).sum())
    return min(1.0, float(squared_length(centred.sum(axis=0))) / largest)


def correlations_left_out(centred: FloatArray) -> FloatArray:
    """Mean rank correlation of two blocks without each block in turn, (|sum a|^2 - sum |a|^2) / ((n - 1) sum |a|^2).

    nan where fewer than two blocks, or nothing but ties, are left.
    """
    n, sizes = len(centred), squared_length(centred)
    rest = sizes.sum() - sizes
    products = squared_length(centred.sum(axis=0) - centred) - rest
    return np.divide(products, (n - 2) * rest, out=np.full(n, math.nan), where=(n - 2) * rest > 0)


def mean_correlation(concordance: float, left_out: FloatArray) -> tuple[Effect, ...]:
    """Mean rank correlation of two blocks, (n W - 1) / (n - 1): W without its bias, 1 / n by chance alone."""
    n = left_out.size
    estimate = (n * concordance - 1) / (n - 1)
    return jackknife_effect("mean rank correlation of two blocks", estimate, [left_out], n - 1, FISHER)
