"""Compound claims: the p-values of the components in, those of the compound and of its opposite out."""

from __future__ import annotations

from numpy.typing import ArrayLike

from ..arrays import FloatArray
from .values import probabilities


def conjunction(p_support: ArrayLike, p_refute: ArrayLike) -> tuple[float, float]:
    """p of "all components hold" (the largest, intersection-union) and of "some component fails" (Bonferroni)."""
    support, refute = _components(p_support, p_refute)
    return float(support.max()), min(1.0, refute.size * float(refute.min()))


def disjunction(p_support: ArrayLike, p_refute: ArrayLike) -> tuple[float, float]:
    """p of "some component holds" (Bonferroni) and of "all components fail" (the largest, intersection-union)."""
    support, refute = _components(p_support, p_refute)
    return min(1.0, support.size * float(support.min())), float(refute.max())


def _components(p_support: ArrayLike, p_refute: ArrayLike) -> tuple[FloatArray, FloatArray]:
    support, refute = probabilities(p_support, "p_support"), probabilities(p_refute, "p_refute")
    if not support.size or support.shape != refute.shape:
        raise ValueError(
            f"compound claim: {support.size} and {refute.size} components; give the same number, at least 1."
        )
    return support, refute
