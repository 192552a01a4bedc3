"""Inversion of the permutation t: two groups and their relabellings in, the threshold at which each counts out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import BoolArray, FloatArray
from ..pivots.reference_set import ReferenceSet, reference_set
from ..rounding import ROUNDING
from .label_permutations import Moments

MOST_DOUBLINGS, HALVINGS = 100, 60


@dataclass(frozen=True, slots=True, eq=False)
class Relabelled:
    """A slab of relabellings of centred values, as functions of the shift t that is taken off the first group.

    moved: moments at t = 0; overlap and overlap_sum: number and sum of the first group's own values among those moved
    in; total, squares: of all values; own_total: of the first group; mean, error: Welch's difference of the data.
    """

    moved: Moments
    overlap: FloatArray
    overlap_sum: FloatArray
    total: float
    squares: float
    own_total: float
    mean: float
    error: float

    def excess(self, t: FloatArray) -> FloatArray:
        """Positive where Welch's t of the relabelled exceeds that of the data, both after the shift.

        Cross-multiplied by the standard errors, so that a relabelling without spread needs no division.
        """
        n = self.moved.n
        shifted = replace(
            self.moved,
            total=self.moved.total - t * self.overlap,
            squares=self.moved.squares - 2 * t * self.overlap_sum + t * t * self.overlap,
        )
        total, squares = self.total - t * n, self.squares - 2 * t * self.own_total + t * t * n
        return shifted.difference(total) * self.error - (self.mean - t) * shifted.error(total, squares)

    def thresholds(self, slack: float) -> FloatArray:
        """Where `excess` turns from negative to positive; the two sides of 0 are told apart within `slack`.

        As t falls to minus infinity the data's t grows without bound and the other does not, and so reversed: there is
        a crossing. It is sought outward from 0 on the side that the sign at 0 tells, then halved.
        """
        counted = self.excess(np.zeros(self.overlap.size)) >= -slack
        near, far = np.zeros(counted.size), np.where(counted, -self.error, self.error)
        beyond = np.ones(counted.size, dtype=np.bool_)
        for _ in range(MOST_DOUBLINGS):
            beyond = (self.excess(far) >= 0) == counted
            if not beyond.any():
                break
            near, far = np.where(beyond, far, near), np.where(beyond, 2 * far, far)
        for _ in range(HALVINGS):
            middle = (near + far) / 2
            same = (self.excess(middle) >= 0) == counted
            near, far = np.where(same, middle, near), np.where(same, far, middle)
        return np.where(beyond, np.copysign(np.inf, far), near)


def label_set(first: FloatArray, second: FloatArray, error: float, moves: Iterable[BoolArray]) -> ReferenceSet:
    """Thresholds of all relabellings, widened by rounding; the data's own labels count against both directions."""
    values, n = np.concatenate([first, second]), first.size
    found = np.concatenate([_thresholds(values - values.mean(), n, error, slab) for slab in moves])
    return reference_set(found, ROUNDING * float(np.abs(values).max()))


def _thresholds(centred: FloatArray, n: int, error: float, slab: BoolArray) -> FloatArray:
    """The thresholds of a slab; NaN for the data's own labels, which a random draw may give."""
    picked, own = slab.T.astype(np.float64), centred[:n]
    total, own_total = float(centred.sum()), float(own.sum())
    relabelled = Relabelled(
        Moments(centred @ picked, centred**2 @ picked, n, centred.size - n),
        overlap=picked[:n].sum(axis=0),
        overlap_sum=own @ picked[:n],
        total=total,
        squares=float(centred @ centred),
        own_total=own_total,
        mean=own_total / n - (total - own_total) / (centred.size - n),
        error=error,
    )
    at = relabelled.thresholds(ROUNDING * float(np.abs(centred).max()) ** 2)
    return np.where(relabelled.overlap == n, np.nan, at)
