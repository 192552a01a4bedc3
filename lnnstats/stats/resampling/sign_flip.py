"""Sign-flip test: block differences in, Evidence on their centre out, exact for symmetric differences."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, finite_array
from ..pivots.means import mean_evidence
from ..pivots.reference_set import ReferenceSet
from ..pivots.student import student
from ..values import Evidence
from .draws import coins, raw_stream, slabs

MOST_ENUMERATED = 20
MOST_WORK = 400_000_000
ROUNDING = 1e-12


def sign_flip(differences: ArrayLike, *, measure: str = "difference", resamples: int = 9999, seed: int = 0) -> Evidence:
    """theta = centre of symmetry of the block differences [n]; the 2^n flips are enumerated up to n = 20.

    At threshold c the flips act on d - c. The sum of squares does not change under a flip, so the studentised and
    the plain statistic order the flips alike, and a flip of the blocks I is at least as extreme as the data exactly
    when mean(d over I) <= c (Hartigan 1969): the subset means are the thresholds of the test. Beyond 20 blocks
    `resamples` random flips, p = (b + 1) / (m + 1); where n * resamples exceeds 4e8 Student's t, which `checks` says.
    `measure` "ratio" or "odds_ratio" shows theta as exp.
    """
    values = finite_array(differences, "differences", 1)
    pivot = student(values, float(np.abs(values).max()))
    too_large = values.size > MOST_ENUMERATED and values.size * resamples > MOST_WORK
    tests = pivot if too_large else _flip_set(values, resamples, seed)
    switched = (f"approximation: {values.size} blocks; Student's t stands in for the sign flips.",)
    return mean_evidence(
        pivot,
        tests,
        procedure="sign_flip",
        estimand="centre of symmetry of the block differences",
        measure=measure,
        display="exp" if measure in ("ratio", "odds_ratio") else "identity",
        checks=switched if too_large else (),
    )


def _flip_set(values: FloatArray, resamples: int, seed: int) -> ReferenceSet:
    """The subset means as thresholds, widened by rounding so that float ties count; the identity is the data's own."""
    if values.size <= MOST_ENUMERATED:
        sums, sizes = _all_subsets(values)
    else:
        sums, sizes = _random_subsets(values, resamples, seed)
    slack = ROUNDING * float(np.abs(values).max())
    empty = sizes == 0
    means = sums / np.where(empty, 1, sizes)
    lower, upper = np.where(empty, -np.inf, means - slack), np.where(empty, np.inf, means + slack)
    return ReferenceSet(np.sort(lower), np.sort(upper))


def _all_subsets(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Sum and size of each of the 2^n - 1 non-empty subsets."""
    sums, sizes = np.zeros(1), np.zeros(1)
    for value in values:
        sums, sizes = np.concatenate([sums, sums + value]), np.concatenate([sizes, sizes + 1])
    return sums[1:], sizes[1:]


def _random_subsets(values: FloatArray, resamples: int, seed: int) -> tuple[FloatArray, FloatArray]:
    """Sum and size of `resamples` random subsets, each block in with probability one half."""
    stream, terms = raw_stream(seed), np.stack([values, np.ones_like(values)], axis=1)
    parts = [coins(stream, rows, values.size) @ terms for rows in slabs(resamples, values.size)]
    sums, sizes = np.concatenate(parts).T
    return sums, sizes
