"""Sign-flip test: block differences in, Evidence on their centre out, exact for symmetric differences."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import finite_array
from ..pivots.block_mean import flip_tests
from ..pivots.means import mean_evidence
from ..pivots.student import student
from ..values import Evidence


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
    tests, checks = flip_tests(values, pivot, resamples, seed)
    return mean_evidence(
        pivot,
        tests,
        procedure="sign_flip",
        estimand="centre of symmetry of the block differences",
        measure=measure,
        display="exp" if measure in ("ratio", "odds_ratio") else "identity",
        checks=checks,
    )
