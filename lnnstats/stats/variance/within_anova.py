"""Effects of a two-factor design within blocks: values [n, a, b] in, deviations, F and epsilon out."""

from __future__ import annotations

import math

import numpy as np

from ..arrays import FloatArray

EFFECTS = ("first", "second", "interaction")


def component(cells: FloatArray, effect: str) -> FloatArray:
    """The part of `cells` [..., a, b] that belongs to a main effect ([..., a, 1] or [..., 1, b]) or the interaction."""
    grand = cells.mean(axis=(-2, -1), keepdims=True)
    rows, columns = cells.mean(axis=-1, keepdims=True), cells.mean(axis=-2, keepdims=True)
    if effect == "first":
        return rows - grand
    if effect == "second":
        return columns - grand
    return cells - rows - columns + grand


def effect_df(effect: str, a: int, b: int) -> int:
    """a - 1, b - 1 or their product."""
    return {"first": a - 1, "second": b - 1, "interaction": (a - 1) * (b - 1)}[effect]


def effect_f(values: FloatArray, effect: str) -> tuple[float, float]:
    """F against the effect's own error, effect x block, and the Greenhouse-Geisser epsilon of the latter.

    The components of the blocks are vectors in a space of `effect_df` dimensions; epsilon = tr(S)^2 / (df tr(S^2)) of
    their covariance S. F is infinite where the error is zero beside the effect, nan where both are.
    """
    n, df = len(values), effect_df(effect, *values.shape[1:])
    vectors = component(values, effect).reshape(n, -1)
    mean = vectors.mean(axis=0)
    covariance = np.atleast_2d(np.cov(vectors, rowvar=False))
    trace, hypothesis = float(np.trace(covariance)), n * float(mean @ mean)
    if trace <= 1e-24 * max(hypothesis, float((vectors**2).sum())):
        return (math.inf if hypothesis > 0 else math.nan), 1.0
    return hypothesis / trace, min(1.0, max(1 / df, trace**2 / (df * float((covariance**2).sum()))))
