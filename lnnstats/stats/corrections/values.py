"""What corrections share: the joint decision, the check of p-values, sorting along the last axis and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class JointDecision:
    """Decisions on m claims, each with a null to be rejected for support and one for refutation; arrays [..., m].

    A decision is its adjusted p at or below alpha. A claim may be both supported and refuted when its two nulls
    leave room between them; what that means belongs to the kind of claim.
    """

    supported: BoolArray
    refuted: BoolArray
    p_support_adjusted: FloatArray
    p_refute_adjusted: FloatArray


def probabilities(values: ArrayLike, name: str) -> FloatArray:
    """`values` as float64 [..., m] within [0, 1].

    NaN is refused: leaving a claim out would shrink its family after the data were seen.
    """
    p = np.asarray(values, dtype=np.float64)
    if p.ndim == 0 or not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"{name}: expected a vector of p-values within [0, 1]; give an untestable claim p = 1.")
    return p


def ascending(p: FloatArray) -> tuple[FloatArray, NDArray[np.intp]]:
    """p sorted along its last axis, and the order that sorts it."""
    order = np.argsort(p, axis=-1, kind="stable")
    return np.take_along_axis(p, order, axis=-1), order


def restored(adjusted: FloatArray, order: NDArray[np.intp]) -> FloatArray:
    """Sorted adjusted p-values, at most 1, back in the order given."""
    out = np.empty_like(adjusted)
    np.put_along_axis(out, order, np.minimum(1.0, adjusted), axis=-1)
    return out
