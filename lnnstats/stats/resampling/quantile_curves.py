"""A quantile over blocks at k levels: values [n, k] in, the curve of quantiles and its resamples out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..arrays import FloatArray
from ..pivots.student import Student
from ..rounding import magnitude, rounding_error
from ..values import Degenerate
from .draws import indices, raw_stream, slabs


@dataclass(frozen=True, slots=True, eq=False)
class QuantileCurves:
    """The quantiles `observed` [k] of n blocks, and `drawn` [B, k], those of resampled blocks with all their levels."""

    observed: FloatArray
    drawn: FloatArray
    n: int

    def contrast(self, weights: FloatArray) -> Student:
        """weights'quantiles with the error that resampling gives it, on n - 1 degrees of freedom.

        Degenerate where it does not vary over the resamples.
        """
        values = self.drawn @ weights
        error, least = float(values.std()), rounding_error(magnitude(self.drawn, "log") * float(np.abs(weights).sum()))
        if not error > least:
            raise Degenerate("zero_variance", f"the quantiles of {self.n} blocks are the same in every resample.")
        return Student(float(self.observed @ weights), error, self.n - 1.0)


def quantile_curves(values: FloatArray, *, quantile: float = 0.5, resamples: int, seed: int) -> QuantileCurves:
    """The quantiles of `values` [n, k] over blocks, and those of `resamples` draws of n blocks with replacement."""
    n, k = values.shape
    if n < 2:
        raise Degenerate("too_few_blocks", f"{n} block; a quantile with an error needs at least 2.")
    stream, columns = raw_stream(seed), np.ascontiguousarray(values.T)
    drawn = [_resampled(columns, indices(stream, rows, n), quantile) for rows in slabs(resamples, n * k)]
    return QuantileCurves(row_quantiles(columns, quantile), np.concatenate(drawn), n)


def _resampled(columns: FloatArray, drawn: NDArray[np.int64], quantile: float) -> FloatArray:
    """The quantiles [rows, k] of every column [k, n] at the blocks `drawn` [rows, n]."""
    return np.stack([row_quantiles(column.take(drawn), quantile) for column in columns], axis=1)


def row_quantiles(values: FloatArray, quantile: float) -> FloatArray:
    """The value at place (n + 1) q of each row of values [rows, n] in order (type 6 of Hyndman & Fan 1996).

    Between two places it is interpolated, before the first and after the last it is that; for q = 1/2 this is the usual
    median. Infinities pass; NaN between -inf and a larger value.
    """
    n = values.shape[1]
    place = min(max(round((n + 1) * quantile - 1, 9), 0.0), n - 1.0)
    upper = math.ceil(place)
    parted = np.partition(values, upper, axis=1)
    high = parted[:, upper]
    if upper == place:
        return high
    low = parted[:, :upper].max(axis=1)
    with np.errstate(invalid="ignore"):
        return low + (place - math.floor(place)) * np.where(high > low, high - low, 0.0)
