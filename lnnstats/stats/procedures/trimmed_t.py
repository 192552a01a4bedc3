"""Trimmed t for pairs: two values for each block in, Evidence on the trimmed mean of their differences out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..effects import probability_of_order
from ..pivots.means import mean_evidence
from ..rounding import rounding_error
from ..samples.contrasts import paired_differences
from ..samples.trimmed import yuen_pivot
from ..scales import named_scale
from ..values import Degenerate, Evidence


def trimmed_t(treatment: ArrayLike, reference: ArrayLike, *, scale: str = "log", trim: float = 0.2) -> Evidence:
    """theta = trimmed mean over blocks of f(treatment) - f(reference), `trim` cut from each end; arrays [n].

    The differences are trimmed, not each column by itself (Yuen's test of dependent groups trims the columns and
    tests another parameter). t on h - 1 degrees of freedom, h the blocks kept, with Yuen's (1974) winsorised standard
    error of one sample. Degenerate where fewer than two blocks are kept or those kept do not vary.
    """
    differences, magnitude = paired_differences(treatment, reference, scale=scale)
    pivot, shown = yuen_pivot(differences, trim), named_scale(scale)
    if pivot.error * differences.size**0.5 <= rounding_error(magnitude):
        raise Degenerate("zero_variance", "the differences kept after trimming do not vary beyond rounding.")
    order = probability_of_order(np.asarray(treatment, dtype=float), np.asarray(reference, dtype=float), "<")
    return mean_evidence(
        pivot,
        pivot,
        procedure="trimmed_t",
        estimand=f"{trim:.0%} trimmed mean over blocks of the difference in {shown.words}, treatment minus reference",
        measure=shown.measure,
        display=shown.display,
        n=differences.size,
        effects=(order,),
    )
