"""Sphericity of p orthonormal contrasts: their scatter matrices [..., p, p] in, epsilon and Mauchly's W out.

Epsilon is 1 where all contrasts vary alike and independently, and 1/p at worst.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, known_option

CORRECTIONS = ("gg", "hf", "none")


def greenhouse_geisser(scatter: FloatArray) -> FloatArray:
    """tr(S)^2 / (p tr(S S)) [...] (Box 1954; Greenhouse & Geisser 1959); 1 where S is zero."""
    p = scatter.shape[-1]
    total, squares = np.trace(scatter, axis1=-2, axis2=-1) ** 2, (scatter**2).sum(axis=(-2, -1))
    return np.where(squares > 0, total / np.where(squares > 0, p * squares, 1.0), 1.0)


def huynh_feldt(epsilon: ArrayLike, p: int, df: float) -> FloatArray:
    """Huynh & Feldt (1976) from the Greenhouse-Geisser epsilon, as Lecoutre (1991) put it for groups; cut to [., 1].

    ((df + 1) p e - 2) / (p (df - p e)), df the blocks less the groups. Where df = p e the estimate is undefined and e
    is kept.
    """
    lower = np.asarray(epsilon, dtype=np.float64)
    room = df - p * lower
    usable = room > 1e-9 * df
    return np.where(usable, np.minimum(1.0, ((df + 1) * p * lower - 2) / (p * np.where(usable, room, 1.0))), lower)


def mauchly(scatter: FloatArray, df: float) -> FloatArray:
    """W = det(S) / (tr(S) / p)^p [...] (Mauchly 1940); nan where df < p, for S is singular by design then."""
    p = scatter.shape[-1]
    if df < p:
        return np.full(scatter.shape[:-2], np.nan)
    size = np.trace(scatter, axis1=-2, axis2=-1)[..., None, None] / p
    return np.asarray(np.linalg.det(scatter / np.where(size > 0, size, 1.0)))


def correction_factor(scatter: FloatArray, df: float, correction: str) -> FloatArray:
    """The epsilon [...] by which both degrees of freedom are multiplied: "gg", "hf", or "none" (1)."""
    known_option("correction", correction, CORRECTIONS)
    if correction == "none":
        return np.ones(scatter.shape[:-2])
    lower = greenhouse_geisser(scatter)
    return lower if correction == "gg" else huynh_feldt(lower, scatter.shape[-1], df)
