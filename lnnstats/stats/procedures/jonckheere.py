"""Jonckheere-Terpstra test: one vector of values a group, in the predicted order, in; Evidence on direction out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from ..arrays import FloatArray
from ..exact.jonckheere_counts import jonckheere_probabilities
from ..pivots.no_effect import Direction
from ..ranks.mid_ranks import tie_check, tie_sizes
from ..resampling.group_labels import log_labellings
from ..resampling.jackknife import FISHER, jackknife_effect, jackknife_error
from ..samples.groups import Groups, independent_groups
from ..values import Effect, Evidence

PROBABILITY = "P(a value of a later group is the larger)"


def jonckheere(groups: Sequence[ArrayLike], *, resolution: float | None = None) -> Evidence:
    """theta = P(y > x) + P(y = x) / 2 for x, y from two groups, y from the later; null 1/2, decides its side only.

    J = number of pairs in the predicted order, ties half (Terpstra 1952, Jonckheere 1954); theta = J / sum n_i n_j. Its
    null is the distribution over all labellings given the ties: exact while the recursion stays small, otherwise normal
    with the exact conditional mean and variance (Hollander & Wolfe 1999, 6.19), which `checks` says. Values below
    `resolution` tie; +inf is the worst rank (a run that diverged). Degenerate if all values tie or a group is empty.
    """
    sample = independent_groups(groups, resolution, "an ordered alternative")
    pairs = sample.sizes * (sample.pooled.size - sample.sizes)
    above = _pairs_won(sample)
    j, most = float(above.sum()) / 2, float(pairs.sum()) / 2
    tests, attainable, checks = _tests(sample, j)
    left_out = sample.split((j - above) / np.maximum(most - (pairs / sample.sizes)[sample.labels], 1.0))
    return Evidence(
        procedure="jonckheere",
        estimand="probability that of two values from two groups that of the later group is larger, ties half",
        measure="probability",
        estimate=j / most,
        null=0.5,
        n=sample.pooled.size,
        statistic_name="J",
        statistic=j,
        df=None,
        tests=tests,
        attainable=attainable,
        display="identity",
        effects=_effect(j / most, left_out),
        checks=(*tie_check(sample.pooled), *checks),
        standard_error=jackknife_error(left_out),
    )


def conditional_moments(ties: NDArray[np.int64], sizes: NDArray[np.int64]) -> tuple[float, float]:
    """Mean and variance of J over all labellings, given the ties (Hollander & Wolfe 1999, equation 6.19)."""
    n, (t, g) = int(sizes.sum()), (np.asarray(x, dtype=np.float64) for x in (ties, sizes))
    mean = (n**2 - float(g @ g)) / 4
    first = n * (n - 1) * (2 * n + 5) - sum(float((x * (x - 1) * (2 * x + 5)).sum()) for x in (t, g))
    threes = float((t * (t - 1) * (t - 2)).sum() * (g * (g - 1) * (g - 2)).sum())
    twos = float((t * (t - 1)).sum() * (g * (g - 1)).sum())
    middle = threes / (36 * n * (n - 1) * (n - 2)) if n > 2 else 0.0
    return mean, first / 72 + middle + twos / (8 * n * (n - 1))


def _pairs_won(sample: Groups) -> FloatArray:
    """For each value, in how many of its pairs with other groups the later group's value is the larger, ties half."""
    pieces = [np.sort(piece) for piece in sample.split(sample.pooled)]
    won = np.zeros(sample.pooled.size)
    for group, piece in enumerate(pieces):
        below, within = (np.searchsorted(piece, sample.pooled, side=side) for side in ("left", "right"))
        smaller = (below + within) / 2.0
        won += np.where(sample.labels > group, smaller, 0.0)
        won += np.where(sample.labels < group, piece.size - smaller, 0.0)
    return won


def _effect(probability: float, left_out: list[FloatArray]) -> tuple[Effect, ...]:
    """The probability with the interval of P(larger) - P(smaller), a correlation."""
    df = sum(values.size for values in left_out) - len(left_out)
    doubled = [2 * values - 1 for values in left_out]
    return jackknife_effect(PROBABILITY, 2 * probability - 1, doubled, df, FISHER, lambda x: (1 + x) / 2)


def _tests(sample: Groups, j: float) -> tuple[Direction, float, tuple[str, ...]]:
    """Both tails of J, the smallest tail, and how they were computed."""
    ties = tie_sizes(sample.pooled)
    probabilities = jonckheere_probabilities(ties, sample.sizes)
    if probabilities is None:
        mean, variance = conditional_moments(ties, sample.sizes)
        z, attainable = (j - mean) / math.sqrt(variance), math.exp(-log_labellings(sample.sizes))
        high, low = float(special.ndtr(-z)), float(special.ndtr(z))
        check = ("approximation: J has too many labellings; normal tails with its exact conditional variance.",)
        return Direction("jonckheere", max(high, attainable), max(low, attainable), 0.5, 0.0, 1.0), attainable, check
    place, possible = round(2 * j), probabilities[probabilities > 0]
    high, low = float(probabilities[place:].sum()), float(probabilities[: place + 1].sum())
    attainable = min(float(possible[0]), float(possible[-1]))
    return Direction("jonckheere", min(1.0, high), min(1.0, low), 0.5, 0.0, 1.0), attainable, ()
