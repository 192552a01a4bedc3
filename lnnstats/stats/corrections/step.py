"""Familywise error over exchangeable claims: p [..., m] in, adjusted p [..., m] out, in the order given.

A claim is decided at any alpha at or above its adjusted p. Leading axes are families of their own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from .values import ascending, probabilities, restored


def bonferroni(p_values: ArrayLike) -> FloatArray:
    """m p, at most 1 (Dunn 1961); any dependence."""
    p = probabilities(p_values, "p_values")
    return np.minimum(1.0, p.shape[-1] * p)


def holm(p_values: ArrayLike) -> FloatArray:
    """Step-down Bonferroni (Holm 1979): running maximum of (m - i + 1) p_(i); any dependence."""
    p, order = ascending(probabilities(p_values, "p_values"))
    factor = np.arange(p.shape[-1], 0, -1)
    return restored(np.maximum.accumulate(factor * p, axis=-1), order)


def hochberg(p_values: ArrayLike) -> FloatArray:
    """Step-up with Holm's constants (Hochberg 1988): smallest of (m - j + 1) p_(j) over j >= i.

    Valid where Simes' inequality holds for the true nulls: independent or positively dependent (MTP2) statistics
    (Sarkar 1998). Two one-sided claims about the same data in opposite directions are negatively dependent.
    """
    p, order = ascending(probabilities(p_values, "p_values"))
    stepped = np.arange(p.shape[-1], 0, -1) * p
    return restored(np.minimum.accumulate(stepped[..., ::-1], axis=-1)[..., ::-1], order)


def hommel(p_values: ArrayLike) -> FloatArray:
    """The closed test with Simes' local test (Hommel 1988), by the algorithm of Wright (1992).

    Never larger than Hochberg's, and valid where his is. Of the intersections of s claims that hold claim i, the one
    with the largest Simes p keeps the s - 1 largest other p-values.
    """
    p, order = ascending(probabilities(p_values, "p_values"))
    m = p.shape[-1]
    if m == 0:
        return p
    adjusted = np.broadcast_to((m * p / np.arange(1, m + 1)).min(axis=-1, keepdims=True), p.shape)
    for s in range(m - 1, 0, -1):
        adjusted = np.maximum(adjusted, _simes_at_worst(p, s))
    return restored(adjusted, order)


def _simes_at_worst(p: FloatArray, s: int) -> FloatArray:
    """For each claim of a sorted family, the Simes p of itself and the s - 1 largest others."""
    m = p.shape[-1]
    last = (s * p[..., m - s + 1 :] / np.arange(2, s + 1)).min(axis=-1, initial=1.0)[..., None]
    low = np.minimum(s * p[..., : m - s + 1], last)
    return np.concatenate([low, np.broadcast_to(low[..., -1:], (*p.shape[:-1], s - 1))], axis=-1)
