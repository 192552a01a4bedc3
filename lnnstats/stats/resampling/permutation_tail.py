"""What a permutation test says: the statistic's null values and their mass, or random draws, in; its upper tail out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import FloatArray

MOST_MOVES = 1 << 20
METHODS = ("exact", "monte_carlo")
Scores = NDArray[Any]


@dataclass(frozen=True, slots=True)
class UpperTail:
    """P(statistic >= observed) under the permutations, and the smallest such p that any outcome could give."""

    p: float
    attainable: float
    checks: tuple[str, ...] = ()


def exact_tail(statistics: FloatArray, mass: FloatArray, observed: float, slack: float) -> UpperTail:
    """The tail of a distribution listed whole; values within `slack` of the observed one count as equal to it."""
    largest = mass[statistics >= statistics.max() - slack].sum()
    return UpperTail(min(1.0, float(mass[statistics >= observed - slack].sum())), float(largest))


def drawn_tail(statistics: FloatArray, observed: float, slack: float, attainable: float) -> UpperTail:
    """(b + 1) / (m + 1) over m random permutations (Phipson & Smyth 2010), with its Monte-Carlo error."""
    m = statistics.size
    p = (1 + int((statistics >= observed - slack).sum())) / (m + 1)
    error = math.sqrt(p * (1 - p) / m)
    check = f"approximation: p from {m} random permutations, with Monte-Carlo error {error:.2g}."
    return UpperTail(p, max(attainable, 1 / (m + 1)), (check,))


def merged(states: Scores, mass: FloatArray) -> tuple[Scores, FloatArray]:
    """Equal rows of integer `states` made one, their mass summed; rows are keyed as numbers in a mixed radix."""
    if not np.issubdtype(states.dtype, np.integer):
        return states, mass
    offset = states - states.min(axis=0)
    radix = offset.max(axis=0).astype(object) + 1
    places = np.concatenate([[1], np.cumprod(radix[:-1])])
    if int(places[-1]) * int(radix[-1]) >= 2**63:
        return states, mass
    _, first, inverse = np.unique(offset @ places.astype(np.int64), return_index=True, return_inverse=True)
    return states[first], np.bincount(inverse, weights=mass).astype(np.float64)
