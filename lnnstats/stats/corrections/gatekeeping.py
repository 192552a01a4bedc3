"""Familywise error over claims in a declared order: p [..., m] in, adjusted p [..., m] out; any dependence."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import FloatArray
from .step import holm
from .values import probabilities

NEVER = 2.0  # p / weight of a claim that holds no share: beyond every level
TINY = 1e-12  # rounding of sums of shares


def fixed_sequence(p_values: ArrayLike) -> FloatArray:
    """Claims in declared order, each at full alpha while all before it are decided: running maximum (Maurer 1995)."""
    return np.maximum.accumulate(probabilities(p_values, "p_values"), axis=-1)


def serial_gatekeeping(p_values: ArrayLike, ranks: ArrayLike) -> FloatArray:
    """Families in the order of `ranks` [m]: Holm inside, the next opens when all are decided (Westfall & Krishen 2001).

    One family is Holm; every claim a family of its own is the fixed sequence.
    """
    p, rank = probabilities(p_values, "p_values"), np.asarray(ranks)
    if rank.shape != p.shape[-1:]:
        raise ValueError(f"ranks: shape {rank.shape} for {p.shape[-1]} claims; give the rank of each claim's family.")
    adjusted, gate = np.empty_like(p), np.zeros((*p.shape[:-1], 1))
    for each in np.unique(rank):
        adjusted[..., rank == each] = np.maximum(gate, holm(p[..., rank == each]))
        gate = adjusted[..., rank == each].max(axis=-1, keepdims=True)
    return adjusted


def fallback(p_values: ArrayLike, weights: ArrayLike) -> FloatArray:
    """Each claim at its own share of alpha; a decided claim hands what it had to the next (Wiens 2003)."""
    p = probabilities(p_values, "p_values")
    return graphical(p, weights, np.eye(p.shape[-1], k=1))


def graphical(p_values: ArrayLike, weights: ArrayLike, transitions: ArrayLike) -> FloatArray:
    """Weighted Bonferroni on a graph (Bretz, Maurer, Brannath & Posch 2009, algorithm 1 and adjusted p).

    `weights` [m]: each claim's share of alpha; `transitions` [m, m]: the part of a decided claim's share that goes to
    each other claim. The claim with the smallest p / weight is decided next, its share moves on, and the graph closes
    over it. Weights 1/m and transitions 1/(m - 1) are Holm; a chain from a first claim of weight 1 is the fixed
    sequence. Raises ValueError for negative entries, sums above 1, or a claim that hands to itself.
    """
    p = probabilities(p_values, "p_values")
    m = p.shape[-1]
    shares, g = _graph(weights, transitions, m)
    w = np.broadcast_to(shares, p.shape)
    g = np.broadcast_to(g, (*p.shape, m))
    adjusted, reached = np.ones_like(p), np.zeros((*p.shape[:-1], 1))
    is_open = np.ones(p.shape, dtype=bool)
    for _ in range(m):
        ratio = np.minimum(NEVER, np.divide(p, w, out=np.full_like(p, NEVER), where=w > 0))
        j = np.where(is_open, ratio, np.inf).argmin(axis=-1)[..., None]
        reached = np.maximum(reached, np.take_along_axis(ratio, j, axis=-1))
        np.put_along_axis(adjusted, j, np.minimum(1.0, reached), axis=-1)
        np.put_along_axis(is_open, j, False, axis=-1)
        w, g = _without(w, g, j)
    return adjusted


def _graph(weights: ArrayLike, transitions: ArrayLike, m: int) -> tuple[FloatArray, FloatArray]:
    w, g = np.asarray(weights, dtype=np.float64), np.asarray(transitions, dtype=np.float64)
    if w.shape != (m,) or not (w >= 0).all() or w.sum() > 1 + TINY:
        raise ValueError(f"weights: expected {m} shares of alpha, none negative, with a sum of at most 1.")
    if g.shape != (m, m) or not (g >= 0).all() or (g.sum(axis=1) > 1 + TINY).any() or np.diag(g).any():
        raise ValueError(
            f"transitions: expected {m} x {m} parts, none negative, rows with a sum of at most 1, zero diagonal."
        )
    return w, g


def _without(w: FloatArray, g: FloatArray, j: NDArray[np.intp]) -> tuple[FloatArray, FloatArray]:
    """The graph closed over claim j: w_l + w_j g_jl, and (g_lk + g_lj g_jk) / (1 - g_lj g_jl)."""
    m = w.shape[-1]
    row = np.take_along_axis(g, j[..., None], axis=-2)[..., 0, :]
    column = np.take_along_axis(g, j[..., None], axis=-1)[..., 0]
    kept = 1 - column * row
    # A claim that hands all to j and gets all from j has nobody else; below TINY the quotient is rounding.
    factor = np.divide(1.0, kept, out=np.zeros_like(kept), where=kept > TINY)
    closed = (g + column[..., :, None] * row[..., None, :]) * factor[..., None]
    stays = np.arange(m) != j
    away = stays[..., :, None] & stays[..., None, :] & ~np.eye(m, dtype=bool)
    return np.where(stays, w + np.take_along_axis(w, j, axis=-1) * row, 0.0), np.where(away, closed, 0.0)
