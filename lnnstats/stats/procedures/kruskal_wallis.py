"""Kruskal-Wallis test: one vector of values a group in, Evidence on the rank epsilon squared out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ..arrays import FloatArray, known_option
from ..pivots.no_effect import NoEffect, no_effect_evidence
from ..ranks.mid_ranks import mid_ranks, tie_check
from ..resampling.group_labels import drawn_group_sums, group_sums, log_labellings
from ..resampling.jackknife import UNEXPLAINED, jackknife_effect, jackknife_error
from ..resampling.permutation_tail import METHODS, UpperTail, drawn_tail, exact_tail
from ..rounding import ROUNDING
from ..samples.groups import Groups, independent_groups
from ..values import Evidence


def kruskal_wallis(
    groups: Sequence[ArrayLike],
    *,
    resolution: float | None = None,
    method: str = "chi2",
    resamples: int = 9999,
    seed: int = 0,
) -> Evidence:
    """theta = epsilon squared = H / (N - 1), the share of the ranks' variance between groups; decides theta > 0 only.

    H = (N - 1) SS_between / SS_total of the pooled mid-ranks, Kruskal & Wallis (1952) with their tie correction.
    `method` "chi2": chi-squared on k - 1 df, its p never below that of one labelling; "exact": all labellings given
    the ties, while their sums take at most 2^20 steps, else `resamples` random ones; "monte_carlo": always those.
    Values below `resolution` tie; +inf is the worst rank. Degenerate if all values tie or a group is empty.
    """
    known_option("method", method, ("chi2", *METHODS))
    sample = independent_groups(groups, resolution, "a test of groups")
    centred = 2 * mid_ranks(sample.pooled) - (sample.pooled.size + 1)
    h = kruskal_statistic(centred, sample)
    tail = _tail(centred, sample, h, method, resamples, seed)
    estimate, without = h / (centred.size - 1), sample.split(left_out(sample))
    return no_effect_evidence(
        NoEffect("kruskal_wallis", tail.p),
        estimand="share of the variance of the pooled ranks that lies between the groups (epsilon squared)",
        measure="epsilon_squared",
        estimate=estimate,
        n=centred.size,
        statistic_name="H",
        statistic=h,
        df=float(sample.sizes.size - 1),
        attainable=tail.attainable,
        standard_error=jackknife_error(without),
        effects=jackknife_effect("epsilon squared", estimate, without, centred.size - sample.sizes.size, UNEXPLAINED),
        checks=(*tie_check(sample.pooled), *tail.checks),
    )


def kruskal_statistic(centred: FloatArray, sample: Groups) -> float:
    """H of centred pooled ranks; at most N - 1."""
    sums = np.array([piece.sum() for piece in sample.split(centred)])
    share = float((sums**2 / sample.sizes).sum() / (centred @ centred))
    return (centred.size - 1) * min(1.0, share)


def left_out(sample: Groups) -> FloatArray:
    """Epsilon squared without each value in turn, the others ranked anew; nan where nothing but ties is left.

    Taking x away lowers the rank of every larger value by 1 and of every equal one by 1/2, so each group's sum of ranks
    changes by a count; the ranks' total sum of squares is (M^3 - M - sum (t^3 - t)) / 12 for M = N - 1 values.
    """
    x, m = sample.pooled, sample.pooled.size - 1
    below = np.stack([_at_or_above(piece, x) for piece in sample.split(x)], axis=1)
    own = np.eye(sample.sizes.size)[sample.labels]
    ranks, sizes = mid_ranks(x), sample.sizes - own
    sums = np.array([piece.sum() for piece in sample.split(ranks)]) - below + own / 2 - own * ranks[:, None]
    deviations = sums - sizes * (m + 1) / 2
    between = np.divide(deviations**2, sizes, out=np.zeros_like(sums), where=sizes > 0).sum(axis=1)
    total = _sum_of_squares_left(x)
    return np.divide(between, total, out=np.full(x.size, math.nan), where=total > 0)


def _at_or_above(group: FloatArray, x: FloatArray) -> FloatArray:
    """How many of a group's values lie above each x, those equal counted half."""
    ascending = np.sort(group)
    below, within = (np.searchsorted(ascending, x, side=side) for side in ("left", "right"))
    return group.size - (below + within) / 2.0


def _sum_of_squares_left(x: FloatArray) -> FloatArray:
    """The total sum of squares of the ranks without each value in turn."""
    m = x.size - 1.0
    _, place, sizes = np.unique(x, return_inverse=True, return_counts=True)
    t = sizes.astype(np.float64)
    ties = (t**3 - t).sum() - 3 * (t**2 - t)[place]
    return np.asarray((m**3 - m - ties) / 12)


def _tail(
    centred: FloatArray, sample: Groups, h: float, method: str, resamples: int, seed: int
) -> UpperTail:
    """p of H by chi-squared or by labellings; equal H are equal to 1e-12 of N - 1."""
    least, unit = math.exp(-log_labellings(sample.sizes)), (centred.size - 1) / (centred @ centred)
    if method == "chi2":
        return UpperTail(max(least, float(special.chdtrc(sample.sizes.size - 1, h))), least)
    slack, whole = ROUNDING * (centred.size - 1), np.round(centred).astype(np.int64)
    listed = group_sums(whole, sample.sizes) if method == "exact" else None
    if listed is not None:
        return exact_tail(unit * (listed[0] ** 2 / sample.sizes).sum(axis=1), listed[1], h, slack)
    sums = drawn_group_sums(centred, sample.sizes, resamples, seed)
    return drawn_tail(unit * (sums**2 / sample.sizes).sum(axis=1), h, slack, least)
