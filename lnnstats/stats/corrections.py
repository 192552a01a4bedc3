"""Several claims at once: arrays of one-sided p-values in, decisions and adjusted p-values out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .arrays import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class JointDecision:
    """Decisions on m claims, each with a null to be rejected for support and one for refutation; arrays [m].

    A decision is its adjusted p at or below alpha. A claim may be both supported and refuted when its two nulls
    leave room between them; what that means belongs to the kind of claim.
    """

    supported: BoolArray
    refuted: BoolArray
    p_support_adjusted: FloatArray
    p_refute_adjusted: FloatArray


def joint_two_sided(p_support: ArrayLike, p_refute: ArrayLike, alpha: float) -> JointDecision:
    """Step-down test of the 2m nulls of m claims, of which at most one per claim is true (Shaffer 1986).

    The smallest open p is rejected when p <= alpha / k, where k counts the claims with a null not yet rejected: no
    more than k of the open nulls can be true together, so the familywise error stays at or below alpha under any
    dependence. Adjusted p: the running maximum of k p, at most 1.
    """
    pair = np.stack([_probabilities(p_support, "p_support"), _probabilities(p_refute, "p_refute")], axis=1)
    claims = pair.shape[0]
    order = np.argsort(pair, axis=None, kind="stable")
    claim = order // 2
    second_visit = np.isin(np.arange(order.size), np.unique(claim, return_index=True)[1], invert=True)
    finished = np.concatenate([[0], np.cumsum(second_visit)[:-1]]) if claims else np.zeros(0, dtype=int)
    adjusted = np.empty(order.size)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate((claims - finished) * pair.ravel()[order]))
    support, refute = adjusted.reshape(claims, 2).T
    return JointDecision(support <= alpha, refute <= alpha, support, refute)


def holm(p_values: ArrayLike) -> FloatArray:
    """Adjusted p-values of Holm (1979), in the order given."""
    p = _probabilities(p_values, "p_values")
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(p.size)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(np.arange(p.size, 0, -1) * p[order]))
    return adjusted


def conjunction(p_support: ArrayLike, p_refute: ArrayLike) -> tuple[float, float]:
    """p of "all components hold" (the largest, intersection-union) and of "some component fails" (Bonferroni)."""
    support, refute = _probabilities(p_support, "p_support"), _probabilities(p_refute, "p_refute")
    if not support.size or support.size != refute.size:
        raise ValueError(f"conjunction: {support.size} and {refute.size} components; give the same number, at least 1.")
    return float(support.max()), min(1.0, refute.size * float(refute.min()))


def _probabilities(values: ArrayLike, name: str) -> FloatArray:
    """`values` as a vector of probabilities; NaN is refused because dropping a claim would shrink its family."""
    p = np.asarray(values, dtype=np.float64)
    if p.ndim != 1 or not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"{name}: expected a vector of p-values within [0, 1]; give an untestable claim p = 1.")
    return p
