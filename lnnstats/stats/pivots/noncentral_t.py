"""The noncentral t distribution: t, degrees of freedom and noncentrality in, its tail and noncentrality limits out."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from .roots import increasing_root
from .student import tail

NODES, WEIGHTS = np.polynomial.legendre.leggauss(160)
NEGLIGIBLE = 1e-18
NORMAL_REACH = 9.0


def noncentral_t_cdf(t: float, df: float, noncentrality: float) -> float:
    """P(T <= t) for T = (Z + noncentrality) / S, S = chi_df / sqrt(df), without the NaN tails of other routines.

    P = E[Phi(t S - nc)] over S, or over Z where |t| is so large that Phi is nearly a step in S; each form is smooth
    over some twenty standard deviations, where 160 Gauss-Legendre nodes leave no error beyond rounding.
    """
    if t < 0:
        return 1.0 - noncentral_t_cdf(-t, df, -noncentrality)
    average = _average_over_normal if t > math.sqrt(2 * df) else _average_over_chi
    return min(1.0, max(0.0, average(t, df, noncentrality)))


def _average_over_chi(t: float, df: float, noncentrality: float) -> float:
    """E over S of Phi(t S - nc); the density s^(df - 1) exp(-df s^2 / 2) is normalised on the nodes."""
    low = math.sqrt(2 * special.gammaincinv(df / 2, NEGLIGIBLE) / df)
    high = math.sqrt(2 * special.gammainccinv(df / 2, NEGLIGIBLE) / df)
    s = low + (high - low) * (NODES + 1) / 2
    logarithm = (df - 1) * np.log(s) - df * s * s / 2
    mass = WEIGHTS * np.exp(logarithm - logarithm.max())
    return float(mass @ special.ndtr(t * s - noncentrality) / mass.sum())


def _average_over_normal(t: float, df: float, noncentrality: float) -> float:
    """E over Z of P(S >= (Z + nc) / t), for t > 0: Phi(-nc) + integral over z > -nc."""
    low = max(-noncentrality, -NORMAL_REACH)
    if low >= NORMAL_REACH:
        return 1.0
    half = (NORMAL_REACH - low) / 2
    z = low + half * (NODES + 1)
    survival = special.gammaincc(df / 2, df / 2 * ((z + noncentrality) / t) ** 2)
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return float(special.ndtr(-noncentrality) + half * (WEIGHTS @ (density * survival)))


def noncentral_t_limits(t: float, df: float, level: float) -> tuple[float, float]:
    """Two-sided limits of the noncentrality of which `t` on `df` degrees of freedom is one draw."""
    step, a = math.sqrt(1 + t * t / (2 * df)), tail(level)

    def exceed(noncentrality: float) -> float:
        return noncentral_t_cdf(-t, df, -noncentrality)

    return increasing_root(exceed, a, t, step), increasing_root(exceed, 1 - a, t, step)
