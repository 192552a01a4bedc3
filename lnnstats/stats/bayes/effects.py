"""Bayes factors as effects beside a test: a t statistic or pairs in, an Effect with its range over priors out.

They are secondary and never decide. The limits are no confidence limits but the smallest and the largest factor over
the declared widths of the prior.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import finite_array, same_length
from ..effects import exponential
from ..rounding import ROUNDING
from ..values import Degenerate, Effect
from . import correlation
from . import t as student_prior
from .correlation import ObservedCorrelation
from .t import ObservedT


def paired_observation(t: float, n: int) -> ObservedT:
    """What a one-sample or paired t of n blocks says of delta = mean / sd."""
    return ObservedT(t, n - 1, n)


def groups_observation(t: float, n_1: int, n_2: int) -> ObservedT:
    """What a pooled two-sample t says of delta = difference / common sd; of Welch's t an approximation."""
    return ObservedT(t, n_1 + n_2 - 2, n_1 * n_2 / (n_1 + n_2))


def jzs_effect(observed: ObservedT) -> Effect:
    """BF10 with a Cauchy prior of scale sqrt(2)/2 on delta, and its range over 0.5, sqrt(2)/2 and 1."""
    return _effect("BF10 (JZS, r = 0.707)", observed.log_bf10, student_prior.MEDIUM, student_prior.WIDTHS)


def directed_effect(observed: ObservedT, sign: str) -> Effect:
    """BF+0 (`sign` "+") or BF-0 ("-"): the prior cut to positive or negative delta, against delta = 0."""
    if sign not in ("+", "-"):
        raise ValueError(f"sign: {sign!r} is no direction; give '+' or '-'.")
    low, high = (0.0, math.inf) if sign == "+" else (-math.inf, 0.0)
    name = f"BF{sign}0 (JZS, r = 0.707)"
    return _effect(name, lambda r: observed.log_bf(low, high, r), student_prior.MEDIUM, student_prior.WIDTHS)


def interval_null_effect(observed: ObservedT, low: float, high: float) -> Effect:
    """The Bayes factor of delta outside [low, high] against delta within; the bounds are in standard deviations."""
    if not low < high:
        raise ValueError(f"low, high: [{low!r}, {high!r}] is no interval; give bounds in ascending order.")
    name = f"BF outside against within {low:.3g} to {high:.3g} sd (JZS, r = 0.707)".replace("-", "−")
    return _effect(name, lambda r: observed.log_bf_outside(low, high, r), student_prior.MEDIUM, student_prior.WIDTHS)


def correlation_effect(first: ArrayLike, second: ArrayLike) -> Effect:
    """BF10 of a correlation of pairs, arrays [n], with a uniform prior; its range over kappa = 1/3, 1/2 and 1.

    Degenerate for fewer than three pairs, a constant variable, or pairs exactly on a line.
    """
    observed = observed_correlation(first, second)
    widths = correlation.WIDTHS
    return _effect("BF10 (correlation, kappa = 1)", observed.log_bf10, correlation.UNIFORM, widths)


def observed_correlation(first: ArrayLike, second: ArrayLike) -> ObservedCorrelation:
    """Pearson's r of pairs that vary and do not lie on a line."""
    x, y = finite_array(first, "first", 1), finite_array(second, "second", 1)
    same_length(x, y, "first, second")
    if x.size < 3:
        raise Degenerate("too_few_blocks", f"{x.size} pairs; a correlation needs at least 3.")
    u, v = x - x.mean(), y - y.mean()
    if np.abs(u).max() <= ROUNDING * np.abs(x).max() or np.abs(v).max() <= ROUNDING * np.abs(y).max():
        raise Degenerate("zero_variance", "one variable is constant; it has no correlation.")
    r = float(u @ v / math.sqrt(float(u @ u) * float(v @ v)))
    if 1 - abs(r) <= ROUNDING:
        raise Degenerate("zero_variance", f"all {x.size} pairs lie on one line; nothing to weigh.")
    return ObservedCorrelation(r, x.size)


def _effect(name: str, log_factor: Callable[[float], float], width: float, widths: Sequence[float]) -> Effect:
    """The factor at `width`, with the smallest and largest over `widths`."""
    factors = [exponential(log_factor(each)) for each in widths]
    shown = ", ".join(f"{each:.3g}" for each in widths)
    method = f"no confidence limits: range over prior widths {shown}"
    return Effect(name, factors[list(widths).index(width)], min(factors), max(factors), None, method)
