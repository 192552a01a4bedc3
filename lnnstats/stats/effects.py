"""Effect sizes of pairs and of two groups, each with its interval: differences, order or summaries in, Effects out."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from .arrays import BoolArray, FloatArray
from .intervals import newcombe_paired, wilson
from .pivots.noncentral_t import noncentral_t_limits
from .pivots.student import Student, tail
from .samples.two_groups import Summary, difference, pooled, pooled_sd
from .values import EFFECT_LEVEL, Effect


def standardised_mean(pivot: Student) -> tuple[Effect, ...]:
    """d_z = t / sqrt(n) and g_z = J(df) d_z, Hedges' correction J; no g_z for n = 2, where J is zero."""
    factor = 1.0 / math.sqrt(pivot.df + 1)
    return (*_corrected("g_z", pivot, factor), noncentral_t_effect("d_z", pivot, factor))


def average_standardised(first: FloatArray, second: FloatArray) -> tuple[Effect, ...]:
    """d_av = mean difference / sqrt((s1² + s2²) / 2) of pairs [n]; none where neither column varies.

    Large-sample limits of Bonett (2008, Psychol. Methods 13:99), d ± z sqrt(v), with
    v = d² (s1⁴ + s2⁴ + 2 s12²) / (8 (n - 1) s⁴) + s_d² / ((n - 1) s²), s² the mean variance, s12 the covariance.
    """
    covariance, df = np.cov(first, second), first.size - 1
    spread = float(np.trace(covariance)) / 2
    if spread == 0:
        return ()
    estimate = float((first - second).mean()) / math.sqrt(spread)
    of_difference = float(np.trace(covariance)) - 2 * float(covariance[0, 1])
    variance = estimate**2 * float((covariance**2).sum()) / (8 * df * spread**2) + of_difference / (df * spread)
    reach = -float(special.ndtri(tail(EFFECT_LEVEL))) * math.sqrt(variance)
    return (Effect("d_av", estimate, estimate - reach, estimate + reach, EFFECT_LEVEL, "Bonett (2008)"),)


def standardised_groups(first: Summary, second: Summary) -> tuple[Effect, ...]:
    """g (pooled), d with the average variance, Glass' delta (spread of the reference); limits from the noncentral t.

    The noncentrality of each t, on its own degrees of freedom, is the effect over the standard error in units of the
    standardiser (Hedges 1981; Delacre et al. 2021; Algina, Keselman & Penfield 2006). An effect whose standardiser is
    zero is left out.
    """
    average = math.sqrt((first.sd**2 + second.sd**2) / 2)
    welch, common = difference(first.pivot, second.pivot), pooled(first, second)
    found = [
        *_corrected("g", common, common.error / pooled_sd(first, second)),
        noncentral_t_effect("d, average variance", welch, welch.error / average),
    ]
    if second.sd > 0:
        glass = Student(welch.estimate, welch.error, second.n - 1)
        found.append(noncentral_t_effect("Glass' delta", glass, welch.error / second.sd))
    return tuple(found)


def noncentral_t_effect(name: str, pivot: Student, factor: float, method: str = "noncentral t") -> Effect:
    """factor * t, with `factor` times the limits of the noncentrality of t."""
    low, high = noncentral_t_limits(pivot.statistic, pivot.df, EFFECT_LEVEL)
    return Effect(name, factor * pivot.statistic, factor * low, factor * high, EFFECT_LEVEL, method)


def _corrected(name: str, pivot: Student, factor: float) -> tuple[Effect, ...]:
    """The effect times Hedges' correction; none on less than two degrees of freedom, where that is zero."""
    if pivot.df < 2:
        return ()
    corrected = hedges_correction(pivot.df) * factor
    return (noncentral_t_effect(name, pivot, corrected, "noncentral t, Hedges-corrected"),)


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
    estimate, low, high = (exponential(x) for x in (log_estimate, *log_limits))
    return Effect(name, estimate, low, high, EFFECT_LEVEL, method)


def exponential(logarithm: float) -> float:
    """exp, infinite beyond the largest float."""
    with np.errstate(over="ignore"):
        return float(np.exp(logarithm))
