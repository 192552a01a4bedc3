"""The false discovery rate, for exploration: p [..., m] in, adjusted p [..., m] out, in the order given."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from .values import ascending, probabilities, restored


def benjamini_hochberg(p_values: ArrayLike) -> FloatArray:
    """Step-up: smallest of m p_(j) / j over j >= i (Benjamini & Hochberg 1995).

    Keeps the expected share of false among the decided claims at alpha where the p-values of the true nulls are
    independent or positively dependent (PRDS, Benjamini & Yekutieli 2001).
    """
    p, order = ascending(probabilities(p_values, "p_values"))
    m = p.shape[-1]
    stepped = m * p / np.arange(1, m + 1)
    return restored(np.minimum.accumulate(stepped[..., ::-1], axis=-1)[..., ::-1], order)


def benjamini_yekutieli(p_values: ArrayLike) -> FloatArray:
    """Benjamini-Hochberg times 1 + 1/2 + ... + 1/m (Benjamini & Yekutieli 2001, theorem 1.3); any dependence."""
    p, order = ascending(probabilities(p_values, "p_values"))
    m = p.shape[-1]
    stepped = (1 / np.arange(1, m + 1)).sum() * (m * p / np.arange(1, m + 1))
    return restored(np.minimum.accumulate(stepped[..., ::-1], axis=-1)[..., ::-1], order)
