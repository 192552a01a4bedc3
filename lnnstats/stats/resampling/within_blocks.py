"""Permutations of the levels within each block: scores [n, k] in, the tail of the length of their column sums out.

Friedman's, Quade's and the F statistic of a complete block design all order the (k!)^n permutations by the squared
length of the column sums of scores centred in each block: the other sums of squares do not change.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import permutations

import numpy as np
from scipy import special

from ..arrays import FloatArray
from ..ranks.mid_ranks import tie_sizes
from ..rounding import ROUNDING
from .draws import raw_stream, slabs
from .permutation_tail import MOST_MOVES, Scores, UpperTail, drawn_tail, exact_tail, merged


def length_tail(scores: Scores, method: str, resamples: int, seed: int) -> UpperTail:
    """Tail of sum_j S_j^2, S_j the column sums of `scores` (each row sums to zero), given what each row holds.

    "exact" lists every distinct sum while there are at most 2^20, and draws `resamples` permutations otherwise.
    Integer scores are exact; of others, sums within 1e-12 of the largest possible one count as equal.
    """
    observed = float(squared_length(scores.sum(axis=0)))
    slack = ROUNDING * len(scores) * float((scores.astype(np.float64) ** 2).sum())
    listed = column_sums(scores) if method == "exact" else None
    if listed is not None:
        return exact_tail(squared_length(listed[0]), listed[1], observed, slack)
    return drawn_tail(_drawn_lengths(scores, resamples, seed), observed, slack, least_probability(scores))


def squared_length(sums: Scores) -> FloatArray:
    """sum_j S_j^2 along the last axis."""
    return np.asarray((sums.astype(np.float64) ** 2).sum(axis=-1))


def least_probability(scores: Scores) -> float:
    """P(largest length): all blocks in one order, in any naming of the columns.

    The length is largest exactly where the rows are ordered alike, so there are as many such tables as distinct
    namings of the columns of the sorted one, among the distinct tables there are.
    """
    k = scores.shape[1]
    columns = np.unique(np.sort(scores, axis=1), axis=1, return_counts=True)[1]
    logarithm = special.gammaln(k + 1) - special.gammaln(columns + 1).sum()
    return math.exp(logarithm - sum(_log_arrangements(row) for row in scores))


def column_sums(scores: Scores) -> tuple[Scores, FloatArray] | None:
    """Every distinct column sum, sorted within itself, with its probability; None where that takes over 2^20 moves.

    Naming the columns anew changes no length, so the first block stays put and each state is kept in sorted order.
    """
    states, mass, moves = np.sort(scores[:1], axis=1), np.ones(1), 0
    for row in scores[1:]:
        moves += round(len(states) * math.exp(_log_arrangements(row)))
        if moves > MOST_MOVES:
            return None
        arranged = _arrangements(tuple(row.tolist()))
        states = np.sort((states[:, None, :] + arranged).reshape(-1, scores.shape[1]), axis=1)
        states, mass = merged(states, np.repeat(mass / len(arranged), len(arranged)))
    return states, mass


def _log_arrangements(row: Scores) -> float:
    """log of k! / product of (tie size)!."""
    return float(special.gammaln(row.size + 1) - special.gammaln(tie_sizes(row) + 1).sum())


@lru_cache(maxsize=256)  # untied rank rows are all alike
def _arrangements(row: tuple[float, ...]) -> Scores:
    """The distinct orders of a row's values, one a line."""
    return np.array(sorted(set(permutations(row))))


def _drawn_lengths(scores: Scores, resamples: int, seed: int) -> FloatArray:
    """The squared length under `resamples` random permutations within the rows."""
    stream, (n, k) = raw_stream(seed), scores.shape
    parts = []
    for rows in slabs(resamples, n * k):
        order = np.argsort(stream.random_raw(rows * n * k).reshape(rows, n, k), axis=2)
        parts.append(squared_length(np.take_along_axis(scores[None], order, axis=2).sum(axis=1)))
    return np.concatenate(parts)
