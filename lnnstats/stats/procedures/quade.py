"""Quade's test: values at k levels of each block in, Evidence on a concordance weighted by the blocks' ranges out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, float_array
from ..pivots.no_effect import NoEffect, no_effect_evidence
from ..ranks.mid_ranks import block_tie_check, mid_ranks, rounded
from ..ranks.rank_omnibus import blocks_f, rank_tail, ranked_blocks
from ..resampling.jackknife import jackknife_error
from ..resampling.permutation_tail import METHODS
from ..resampling.within_blocks import squared_length
from ..resolution import at_resolution
from ..values import Evidence


def quade(
    values: ArrayLike,
    *,
    resolution: float | None = None,
    method: str = "f",
    resamples: int = 9999,
    seed: int = 0,
) -> Evidence:
    """theta = |sum_i b_i|^2 / (sum_i |b_i|)^2, a weighted Kendall's W of `values` [n, k]; decides theta > 0 only.

    b_i = Q_i a_i, a_i the centred mid-ranks of block i and Q_i the mid-rank of its range among the blocks (Quade 1979):
    blocks where the levels lie far apart weigh more. theta is 1 where all blocks agree. With A = sum |b_i|^2 and
    B = |sum b_i|^2 / n, F = (n - 1) B / (A - B) on k - 1 and (k - 1)(n - 1) df. `method`, `resolution`, +inf and the
    refusals as in `friedman`; the range of a block with a diverged run is infinite, the largest.
    """
    ranks = ranked_blocks(values, resolution, method, ("f", *METHODS))
    scores = weighted_scores(at_resolution(float_array(values, "values", 2), resolution), ranks)
    n, k = ranks.shape
    f = quade_statistic(scores)
    tail = rank_tail(scores, f, method, resamples, seed)
    return no_effect_evidence(
        NoEffect("quade", tail.p),
        estimand="concordance of the blocks' ranks of the levels, weighted by the rank of each block's range",
        measure="weighted_kendalls_w",
        estimate=float(concordances(scores.sum(axis=0), np.sqrt(squared_length(scores)).sum())),
        n=n,
        statistic_name="F",
        statistic=f,
        df=float((k - 1) * (n - 1)),
        numerator_df=float(k - 1),
        attainable=tail.attainable,
        standard_error=jackknife_error([left_out(scores)]),
        checks=(*block_tie_check(ranks), *tail.checks),
    )


def weighted_scores(array: FloatArray, ranks: FloatArray) -> FloatArray:
    """4 Q_i a_i [n, k], whole numbers."""
    top, bottom = array.max(axis=1), array.min(axis=1)
    ranges = np.subtract(top, bottom, out=np.zeros(len(array)), where=top > bottom)
    return 2 * mid_ranks(rounded(ranges))[:, None] * (2 * ranks - (ranks.shape[1] + 1))


def quade_statistic(scores: FloatArray) -> float:
    """F = (n - 1) B / (A - B); infinite where A = B, every block the same scores."""
    n = len(scores)
    return blocks_f(float(squared_length(scores.sum(axis=0))) / n / float(squared_length(scores).sum()), n)


def concordances(sums: FloatArray, lengths: FloatArray) -> FloatArray:
    """Squared length of the sums over the square of the summed lengths, at most 1; nan where all is tied."""
    largest = np.asarray(lengths, dtype=np.float64) ** 2
    share = np.divide(squared_length(sums), largest, out=np.full(largest.shape, math.nan), where=largest > 0)
    return np.minimum(1.0, share)


def left_out(scores: FloatArray) -> FloatArray:
    """The estimate without each block in turn, the other blocks keeping their weights."""
    lengths = np.sqrt(squared_length(scores))
    return concordances(scores.sum(axis=0) - scores, lengths.sum() - lengths)
