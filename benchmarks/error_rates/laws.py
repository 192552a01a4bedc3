"""Laws of data on the scale of a test, in three shapes, and the centres that procedures estimate.

normal; skewed: exponential, skewness 2; spike and tail: zero (the resolution) with some chance, else |t| of 3 df.
A centre without a closed form is that of 4 million draws: its error is below a hundredth of the standard error that an
estimate from 100 blocks has.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from benchmarks.error_rates.values import Array, Rng

DRAWS = 4_000_000
TRIM = 0.2
TAIL_MEAN = 2 * math.sqrt(3) / math.pi  # E|t|, 3 df
SHIFT = 0.3
SPIKES = (0.3, 0.6)


def spiked(rng: Rng, size: int | tuple[int, ...], spike: float | Array) -> Array:
    """0 with chance `spike`, else |t| of 3 df."""
    return np.where(rng.uniform(size=size) < spike, 0.0, np.abs(rng.standard_t(3, size=size)))


def spiked_mean(spike: float | Array) -> float | Array:
    """Its mean."""
    return (1 - spike) * TAIL_MEAN


def normal_pair(rng: Rng, n: int) -> tuple[Array, Array]:
    """Treatment and reference about a block effect; differences normal with mean .3."""
    block = rng.normal(size=n)
    return block + SHIFT + math.sqrt(0.5) * rng.normal(size=n), block + math.sqrt(0.5) * rng.normal(size=n)


def skewed_pair(rng: Rng, n: int) -> tuple[Array, Array]:
    """Differences exponential about mean .3."""
    block = rng.normal(size=n)
    return block + SHIFT + rng.exponential(size=n) - 1, block


def spiked_pair(rng: Rng, n: int) -> tuple[Array, Array]:
    """Three tenths of the treatment and six of the reference lie at the resolution; a fifth of the pairs tie."""
    block = rng.normal(size=n)
    return block + spiked(rng, n, SPIKES[0]), block + spiked(rng, n, SPIKES[1])


PAIRS: dict[str, Callable[[Rng, int], tuple[Array, Array]]] = {
    "normal": normal_pair,
    "skewed": skewed_pair,
    "spike and tail": spiked_pair,
}
MEANS = {
    "normal": SHIFT,
    "skewed": SHIFT,
    "spike and tail": float(spiked_mean(SPIKES[0]) - spiked_mean(SPIKES[1])),
}


def trimmed_mean(values: Array) -> float:
    """Mean of the middle three fifths."""
    cut = int(TRIM * values.size)
    return float(np.sort(values)[cut : values.size - cut].mean())


def pseudo_median(values: Array) -> float:
    """Median of the mean of two independent values."""
    half = values.size // 2
    return float(np.median((values[:half] + values[half : 2 * half]) / 2))


def share_above(values: Array) -> float:
    """P(value > 0 | value is not 0)."""
    return float((values > 0).sum() / (values != 0).sum())


def of_differences(law: str, centre: Callable[[Array], float]) -> float:
    """A centre of the paired differences of a law."""
    first, second = PAIRS[law](np.random.default_rng(0), DRAWS)
    return centre(first - second)
