"""Bootstrap of means with shared resamples: values [..., n] in, the replicates of every mean, tests and limits out.

The same resamples serve every mean, so all replicates together are one matrix product, values times counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ..arrays import FloatArray, known_option
from ..pivots.student import tail
from ..rounding import ROUNDING
from .draws import indices, raw_stream, slabs

METHODS = ("percentile", "bca")


@dataclass(frozen=True, slots=True, eq=False)
class MeanReplicates:
    """`ordered` [..., B]: the replicates of each mean, ascending; `bias` and `acceleration` [...], 0 for percentiles.

    A share u of the replicates stands for the tail probability Phi((w - z) / (1 + a (w - z)) - z), w = Phi^-1(u), z the
    bias and a the acceleration (BCa; Efron 1987); for z = a = 0 that is u, the percentile method. The data count once:
    u = (1 + count) / (B + 1). Tests and limits have the shape [...] of the means.
    """

    ordered: FloatArray
    bias: FloatArray
    acceleration: FloatArray

    @property
    def attainable(self) -> float:
        """1 / (B + 1), below which no p is given."""
        return 1.0 / (self.ordered.shape[-1] + 1)

    def p_above(self, threshold: float) -> FloatArray:
        """One-sided p of H0: mean <= threshold."""
        count = (self.ordered <= threshold).sum(axis=-1)
        return self._probability(count, self.bias, self.acceleration)

    def p_below(self, threshold: float) -> FloatArray:
        """One-sided p of H0: mean >= threshold."""
        count = (self.ordered >= threshold).sum(axis=-1)
        return self._probability(count, -self.bias, -self.acceleration)

    def interval(self, level: float) -> tuple[FloatArray, FloatArray]:
        """Limits dual to both tests; infinite where the replicates are too few for the level."""
        below = self._allowed(tail(level), self.bias, self.acceleration)
        above = self._allowed(tail(level), -self.bias, -self.acceleration)
        low, high = self._at(below - 1), self._at(self.ordered.shape[-1] - above)
        return np.where(below > 0, low, -np.inf), np.where(above > 0, high, np.inf)

    def _at(self, place: NDArray[np.int64]) -> FloatArray:
        """The replicate at `place` [...] of each mean, the first or last beyond the ends."""
        inside = np.clip(place, 0, self.ordered.shape[-1] - 1)
        return np.take_along_axis(self.ordered, inside[..., None], axis=-1)[..., 0]

    def _probability(self, count: NDArray[np.int64], bias: FloatArray, acceleration: FloatArray) -> FloatArray:
        share = (1 + count) * self.attainable
        distance = special.ndtri(np.minimum(share, 1 - self.attainable / 2)) - bias
        stretched = distance / np.maximum(1 + acceleration * distance, ROUNDING)
        p = np.where(share < 1, special.ndtr(stretched - bias), 1.0)
        return np.maximum(p, self.attainable)

    def _allowed(self, probability: float, bias: FloatArray, acceleration: FloatArray) -> NDArray[np.int64]:
        """How many replicates may lie beyond the limit: the largest count whose p is within `probability`."""
        if probability < self.attainable * (1 - ROUNDING):
            return np.zeros(bias.shape, dtype=np.int64)
        distance = bias + special.ndtri(probability)
        share = special.ndtr(bias + distance / np.maximum(1 - acceleration * distance, ROUNDING))
        return np.floor(share / self.attainable * (1 + ROUNDING)).astype(np.int64)


def bootstrap_means(values: FloatArray, *, resamples: int = 9999, seed: int, method: str = "bca") -> MeanReplicates:
    """Replicates of the mean of each row of `values` [..., n], the blocks (last axis) resampled alike in all rows.

    `method`: "percentile" or "bca", with the acceleration of the jackknife, sum d³ / (6 (sum d²)^1.5), d the deviations
    from the mean. The replicates of values that do not vary are all equal, and so are their limits.
    """
    known_option("method", method, METHODS)
    centre = values.mean(axis=-1)
    deviations = values - centre[..., None]
    replicates = _mean_deviations(deviations, resamples, seed)
    bias = acceleration = np.zeros(centre.shape)
    if method == "bca":
        bias, acceleration = (
            median_bias(replicates, np.abs(deviations).max(axis=-1)),
            jackknife_acceleration(deviations),
        )
    replicates += centre[..., None]
    replicates.sort(axis=-1)
    return MeanReplicates(replicates, bias, acceleration)


def resample_counts(n: int, rows: int, stream: np.random.Philox) -> FloatArray:
    """How often each of n blocks is drawn in each of `rows` resamples of n [rows, n]."""
    drawn = indices(stream, rows, n) + n * np.arange(rows)[:, None]
    return np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n).astype(np.float64)


def _mean_deviations(deviations: FloatArray, resamples: int, seed: int) -> FloatArray:
    """The resampled means [..., B] of the deviations, a slab of resamples at a time."""
    n, stream = deviations.shape[-1], raw_stream(seed)
    rows = deviations.reshape(-1, n)  # one flat product: a stack of small ones would be slower
    parts = [rows @ (resample_counts(n, count, stream) / n).T for count in slabs(resamples, n)]
    return np.concatenate(parts, axis=1).reshape(*deviations.shape[:-1], resamples)


def median_bias(replicates: FloatArray, size: FloatArray) -> FloatArray:
    """z = Phi^-1 of the share of replicates below the mean, ties half, kept off 0 and 1 by half a replicate."""
    slack = (ROUNDING * size)[..., None]
    below = (replicates < -slack).mean(axis=-1) + (replicates <= slack).mean(axis=-1)
    half = 0.5 / replicates.shape[-1]
    return special.ndtri(np.clip(below / 2, half, 1 - half))


def jackknife_acceleration(deviations: FloatArray) -> FloatArray:
    """A sixth of the skewness of the jackknife values of the mean; 0 where nothing varies."""
    size = (deviations**2).sum(axis=-1) ** 1.5
    return (deviations**3).sum(axis=-1) / np.where(size > 0, 6 * size, 1.0)
