"""Page's test: values at k levels of each block, in the predicted ascending order, in; Evidence on direction out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from ..arrays import FloatArray, float_array
from ..exact.lattice import LatticeSum, Part, SaddlepointTails, tails
from ..exact.permutations import arrangement_counts
from ..pivots.no_effect import Direction
from ..pivots.student import Student, student
from ..ranks.mid_ranks import block_ranks, block_tie_check, tie_sizes
from ..resolution import at_resolution
from ..values import EFFECT_LEVEL, Degenerate, Effect, Evidence

MOST_LEVELS_EXACT = 10


def page(values: ArrayLike, *, resolution: float | None = None) -> Evidence:
    """theta = mean over blocks of Spearman's rho between values [n, k] and column order; tests its sign only.

    Page's L = sum over blocks of sum_j j r_j (Page 1963), r mid-ranks within the block, against the permutations of
    each block's own tie pattern: exact for k <= 10 while the support is moderate, otherwise by saddlepoint (exact
    cumulants) or, for k > 10, the normal with exact mean and variance; `checks` says which. Values below `resolution`
    tie; +inf is the worst rank (a run that diverged) and ties with +inf. A block with all values tied has rho = 0.

    The null is exchangeability, so no threshold but 0 has a test: p_above(t != 0) raises ValueError. `interval` is
    the set of signs not rejected, within [-1, 1]: (smallest positive number, 1), (-1, largest negative) or (-1, 1).
    Degenerate if every block is tied throughout.
    """
    array = at_resolution(float_array(values, "values", 2), resolution)
    if array.shape[1] < 2:
        raise ValueError(f"values: {array.shape[1]} level; an ordered alternative needs at least 2.")
    ranks = block_ranks(array)
    rho = block_correlations(ranks)
    if not rho_defined(ranks).any():
        raise Degenerate("no_discordance", f"in each of the {len(array)} blocks all values tie.")
    null = _null_distribution(ranks)
    direction = Direction("page", null.p_high, null.p_low, 0.0, -1.0, 1.0)
    return Evidence(
        procedure="page",
        estimand="mean over blocks of Spearman's rank correlation with the predicted order",
        measure="rank_correlation",
        estimate=float(rho.mean()),
        null=0.0,
        n=len(array),
        statistic_name="L",
        statistic=page_statistic(ranks),
        df=None,
        tests=direction,
        attainable=null.attainable,
        display="identity",
        effects=_mean_correlation(rho),
        checks=block_tie_check(ranks, "conditional on them") + null.checks,
        standard_error=_error(rho),
    )


@dataclass(frozen=True, slots=True)
class Null:
    """Both tails of L under exchangeability, the smallest tail the tie patterns allow, and how they were computed."""

    p_high: float
    p_low: float
    attainable: float
    checks: tuple[str, ...] = ()


def page_statistic(ranks: FloatArray) -> float:
    """L = sum over blocks and levels of position times rank."""
    return float((ranks @ np.arange(1, ranks.shape[1] + 1)).sum())


def block_correlations(ranks: FloatArray) -> FloatArray:
    """Spearman's rho of each block with the column order, zero where all ranks tie."""
    centred = ranks - (ranks.shape[1] + 1) / 2
    order = np.arange(ranks.shape[1]) - (ranks.shape[1] - 1) / 2
    size = np.sqrt((centred**2).sum(axis=1) * (order @ order))
    return np.where(size > 0, centred @ order / np.where(size > 0, size, 1.0), 0.0)


def rho_defined(ranks: FloatArray) -> NDArray[np.bool_]:
    """Blocks whose values are not all tied."""
    return np.ptp(ranks, axis=1) > 0


def _null_distribution(ranks: FloatArray) -> Null:
    """Exact or approximate tails of the observed L, by the number of levels and the size of the support."""
    if ranks.shape[1] > MOST_LEVELS_EXACT:
        return _normal_null(ranks)
    total, observed = _conditional_sum(ranks)
    distribution = tails(total, observed)
    attainable = math.exp(min(total.log_probability_of_maximum(), total.reflected().log_probability_of_maximum()))
    approximate = isinstance(distribution, SaddlepointTails)
    check = ("approximation: L has too many possible values; saddlepoint tails with exact cumulants.",)
    return Null(distribution.upper(0.0), distribution.lower(0.0), attainable, check if approximate else ())


def _conditional_sum(ranks: FloatArray) -> tuple[LatticeSum, int]:
    """L given the tie patterns as a sum on a lattice, and the observed value counted from its minimum."""
    ordered = np.sort(ranks, axis=1)
    patterns, copies = np.unique(ordered[rho_defined(ranks)], axis=0, return_counts=True)
    pieces = [arrangement_counts(tuple(tie_sizes(pattern).tolist())) for pattern in patterns]
    span = math.gcd(*(int(place) for _, counts in pieces for place in np.flatnonzero(counts)))
    parts = tuple(Part(counts[::span], int(n)) for (_, counts), n in zip(pieces, copies, strict=True))
    smallest = sum(least * int(n) for (least, _), n in zip(pieces, copies, strict=True))
    observed = round(2 * page_statistic(ranks[rho_defined(ranks)])) - smallest
    return LatticeSum(parts), observed // span


def _normal_null(ranks: FloatArray) -> Null:
    """Normal tails with the permutation mean and variance of L given the ties (no continuity correction)."""
    k = ranks.shape[1]
    centred, order = ranks - (k + 1) / 2, np.arange(k) - (k - 1) / 2
    z = float((centred @ order).sum() / math.sqrt((centred**2).sum() * (order @ order) / (k - 1)))
    logs = -special.gammaln(k + 1) * len(ranks)
    check = (f"approximation: {k} levels; normal tails with the exact conditional mean and variance of L.",)
    return Null(float(special.ndtr(-z)), float(special.ndtr(z)), math.exp(logs), check)


def _mean_correlation(rho: FloatArray) -> tuple[Effect, ...]:
    """Mean rho with a t interval over blocks; none where the blocks do not vary."""
    try:
        pivot: Student = student(rho, 1.0)
    except Degenerate:
        return ()
    low, high = pivot.interval(EFFECT_LEVEL)
    name, method = "mean rank correlation", "t over blocks, cut to [-1, 1]"
    return (Effect(name, pivot.estimate, max(-1.0, low), min(1.0, high), EFFECT_LEVEL, method),)


def _error(rho: FloatArray) -> float | None:
    """Standard error of the mean rho over blocks; None for one block."""
    return float(rho.std(ddof=1) / math.sqrt(rho.size)) if rho.size > 1 else None
