"""Studentised bootstrap: two values for each block in, Evidence on their mean difference out, without normality."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..effects import standardised_mean
from ..pivots.means import mean_evidence
from ..pivots.reference_set import ReferenceSet, reference_set
from ..pivots.student import Student, skewness_check, student
from ..resampling.draws import indices, raw_stream, slabs
from ..rounding import ROUNDING
from ..samples.contrasts import paired_differences
from ..scales import named_scale
from ..values import Evidence

MOST_WORK = 200_000_000


def bootstrap_t(
    treatment: ArrayLike, reference: ArrayLike, *, scale: str = "raw", resamples: int = 9999, seed: int
) -> Evidence:
    """theta = mean over blocks of f(treatment) - f(reference); tests and limits from t* of resampled blocks.

    p_above(c) = (1 + #{t* >= (mean - c) / se}) / (B + 1) (Davison & Hinkley 1997, chapters 4 and 5). Where
    n * resamples exceeds 2e8 the bootstrap and Student distributions of t are indistinguishable for the purpose, and
    Student's is used; `checks` says so.
    """
    differences, magnitude = paired_differences(treatment, reference, scale=scale)
    pivot, shown = student(differences, magnitude), named_scale(scale)
    too_large = differences.size * resamples > MOST_WORK
    tests = pivot if too_large else _bootstrap_set(differences, pivot, resamples, seed)
    switched = (f"approximation: {differences.size} blocks; Student's t stands in for the bootstrap of t.",)
    return mean_evidence(
        pivot,
        tests,
        procedure="bootstrap_t",
        estimand=f"mean over blocks of the difference in {shown.words}, treatment minus reference",
        measure=shown.measure,
        display=shown.display,
        effects=standardised_mean(pivot),
        checks=skewness_check(differences, "paired differences") + (switched if too_large else ()),
    )


def _bootstrap_set(differences: FloatArray, pivot: Student, resamples: int, seed: int) -> ReferenceSet:
    """The thresholds mean - se t*; a resample with neither spread nor shift counts against both directions."""
    centred = (differences - pivot.estimate) / pivot.error
    stream = raw_stream(seed)
    t = np.concatenate(
        [studentised(centred[indices(stream, rows, centred.size)]) for rows in slabs(resamples, centred.size)]
    )
    return reference_set(pivot.estimate - pivot.error * t)


def studentised(resampled: FloatArray) -> FloatArray:
    """t* of each row of centred values; without spread its limit, an infinity of the sign of the mean (NaN at zero)."""
    n = resampled.shape[1]
    mean = resampled.mean(axis=1)
    error = np.sqrt(((resampled - mean[:, None]) ** 2).sum(axis=1) / (n * (n - 1)))
    error[error <= ROUNDING * np.abs(resampled).max(axis=1)] = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        return mean / error
