"""Effect sizes of pairs, each with its interval: differences or ordered pairs in, an Effect out."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from .arrays import BoolArray, FloatArray
from .intervals import newcombe_paired, noncentral_t_limits, wilson
from .student import Student
from .values import EFFECT_LEVEL, Effect


def standardised_mean(pivot: Student) -> tuple[Effect, ...]:
    """g_z = J(df) t / sqrt(n), Hedges' correction J, limits from the noncentral t; none for n = 2, where J is zero."""
    if pivot.df < 2:
        return ()
    factor = hedges_correction(pivot.df) / math.sqrt(pivot.df + 1)
    low, high = noncentral_t_limits(pivot.statistic, pivot.df, EFFECT_LEVEL)
    estimate = factor * pivot.statistic
    return (Effect("g_z", estimate, factor * low, factor * high, EFFECT_LEVEL, "noncentral t, Hedges-corrected"),)


def hedges_correction(df: float) -> float:
    """J(m) = Gamma(m/2) / (sqrt(m/2) Gamma((m-1)/2)) (Hedges 1981)."""
    return float(np.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2)) / math.sqrt(df / 2))


def probability_of_order(first: FloatArray, second: FloatArray, relation: str) -> Effect:
    """Share of blocks with first `relation` second ("<" or ">"), ties counted half, with Wilson's interval."""
    wins = (first < second).sum() if relation == "<" else (first > second).sum()
    count = float(wins) + 0.5 * float((first == second).sum())
    low, high = wilson(count, first.size, EFFECT_LEVEL)
    name = f"P(treatment {relation} reference)"
    return Effect(name, count / first.size, float(low), float(high), EFFECT_LEVEL, "Wilson, ties counted half")


def paired_risk_difference(first: BoolArray, second: BoolArray, name: str) -> Effect:
    """P(first) - P(second) over the same blocks, with method 10 of Newcombe (1998)."""
    both, only_first = int((first & second).sum()), int((first & ~second).sum())
    only_second = int((second & ~first).sum())
    neither = first.size - both - only_first - only_second
    low, high = newcombe_paired(both, only_first, only_second, neither, EFFECT_LEVEL)
    return Effect(name, (only_first - only_second) / first.size, low, high, EFFECT_LEVEL, "Newcombe method 10")


def ratio_effect(name: str, log_estimate: float, log_limits: tuple[float, float], method: str) -> Effect:
    """A ratio from its logarithm and the limits of that, both possibly infinite."""
    with np.errstate(over="ignore"):
        estimate, low, high = (float(x) for x in np.exp([log_estimate, *log_limits]))
    return Effect(name, estimate, low, high, EFFECT_LEVEL, method)
