"""Trimmed means: values and the share trimmed from each end in, the pivot of their trimmed mean out."""

from __future__ import annotations

import math

import numpy as np

from ..arrays import FloatArray
from ..pivots.student import Student
from ..rounding import ROUNDING
from ..values import Degenerate


def yuen_pivot(values: FloatArray, trim: float) -> Student:
    """Trimmed mean of one sample [n] with squared error (n - 1) s_w² / (h (h - 1)) on df = h - 1 (Yuen 1974).

    s_w is the winsorised standard deviation and h = n - 2 floor(trim n) the values kept; the error may be zero. The
    form s_w / ((1 - 2 trim) sqrt(n)) of Tukey & McLaughlin (1963) is the same for large n; at n = 5 and 10 it rejects
    .067 and .060 of the time for normal values at .05, one-sided and trim = .2, this one .058 and .055.
    """
    kept = _kept(values.size, trim)
    error = winsorised_sd(values, trim) * math.sqrt((values.size - 1) / (kept * (kept - 1)))
    return Student(trimmed_mean(values, trim), error, kept - 1)


def trimmed_mean(values: FloatArray, trim: float) -> float:
    """Mean without the floor(trim n) smallest and largest values."""
    cut = _cut(values.size, trim)
    return float(np.sort(values)[cut : values.size - cut].mean())


def winsorised_sd(values: FloatArray, trim: float) -> float:
    """Standard deviation (divisor n - 1) after the values cut off are set to the nearest value kept."""
    ordered, cut = np.sort(values), _cut(values.size, trim)
    return float(np.std(np.clip(values, ordered[cut], ordered[values.size - cut - 1]), ddof=1))


def _cut(n: int, trim: float) -> int:
    """How many values go from each end; a share short of a whole number by rounding only is that number."""
    if not 0.0 <= trim < 0.5:
        raise ValueError(f"trim: {trim!r} is no share to cut from each end; give a number from 0 to below 0.5.")
    return math.floor(trim * n * (1 + ROUNDING))


def _kept(n: int, trim: float) -> int:
    kept = n - 2 * _cut(n, trim)
    if n < 2 or kept < 2:
        raise Degenerate("too_few_blocks", f"{n} blocks, {kept} after trimming; an error needs at least 2.")
    return kept
