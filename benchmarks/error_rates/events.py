"""Worlds of events: chances of .3 and of .02, within blocks and in independent groups."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from benchmarks.error_rates.pairs import resampling
from benchmarks.error_rates.values import Array, Data, Rng, World

COMMON, RARE = 0.3, 0.02
PAIRS = {"chances .3": (COMMON, COMMON), "chances .02": (RARE, RARE), "chances .3 and .02": (COMMON, RARE)}
SCORES = np.arange(3.0)
SHARED = 0.5


def joint(rng: Rng, n: int, chances: tuple[float, ...]) -> NDArray[np.bool_]:
    """Events [n, k]; half of the blocks draw one uniform for all levels."""
    k = len(chances)
    one, own = rng.uniform(size=(n, 1)), rng.uniform(size=(n, k))
    return np.where(rng.uniform(size=(n, 1)) < SHARED, one, own) < np.array(chances)


def binomial(kind: str) -> Iterator[World]:
    for word, chance in (("chance .3", COMMON), ("chance .02", RARE)):

        def draw(rng: Rng, n: int, chance: float = chance) -> Data:
            return (rng.uniform(size=n) < chance,), {"null": chance}

        yield World(kind, word, chance, draw)


def paired(kind: str) -> Iterator[World]:
    """The risk difference, or the log of the ratio of the two kinds of discordant blocks."""
    for word, (first, second) in PAIRS.items():
        overlap = SHARED * min(first, second) + (1 - SHARED) * first * second
        odds = math.log((first - overlap) / (second - overlap))

        def draw(rng: Rng, n: int, chances: tuple[float, float] = (first, second)) -> Data:
            return tuple(joint(rng, n, chances).T), {}

        yield World(kind, word, odds if kind == "mcnemar" else first - second, draw)


def sorted_groups(rng: Rng, n: int, chances: tuple[float, float]) -> Data:
    """Two halves of n blocks as their counts, events first: equal counts are equal arrays."""
    sizes = (n // 2, n - n // 2)
    counts = [rng.binomial(size, chance) for size, chance in zip(sizes, chances, strict=True)]
    return tuple(np.arange(size) < count for size, count in zip(sizes, counts, strict=True)), {}


def grouped(kind: str) -> Iterator[World]:
    """The risk difference, or the log odds ratio."""
    for word, chances in PAIRS.items():
        odds = [math.log(p / (1 - p)) for p in chances]
        theta = odds[0] - odds[1] if kind == "fisher" else chances[0] - chances[1]

        def draw(rng: Rng, n: int, chances: tuple[float, float] = chances) -> Data:
            return sorted_groups(rng, n, chances)

        yield World(kind, word, theta, draw, discrete=True)


def levels(kind: str) -> Iterator[World]:
    """Three levels of one chance, which differs between blocks."""
    for word, centre in (("chances about .3", -0.9), ("chances about .02", -4.2)):

        def draw(rng: Rng, n: int, centre: float = centre) -> Data:
            return (logistic(rng, n, centre, 0.0),), resampling(rng)

        yield World(kind, word, 0.0, draw, sides="above", covers=False)


def logistic(rng: Rng, n: int, centre: float, slope: float) -> NDArray[np.bool_]:
    """Events [n, 3] with log odds block + slope score, blocks N(centre, 1)."""
    logits: Array = centre + rng.normal(size=(n, 1)) + slope * SCORES
    return rng.uniform(size=(n, 3)) < 1 / (1 + np.exp(-logits))


def ordered(kind: str) -> Iterator[World]:
    """An odds ratio a level of 1 and of 2, and risk differences of 0 and .28 between the outer levels."""
    for word, centre, slope in (
        ("odds ratio 1, chances about .3", -0.9, 0.0),
        ("odds ratio 2, chances about .3 at first", -0.9, math.log(2)),
        ("odds ratio 1, chances about .02", -4.2, 0.0),
    ):

        def odds(rng: Rng, n: int, centre: float = centre, slope: float = slope) -> Data:
            return (logistic(rng, n, centre, slope), SCORES), {"measure": "odds_ratio"}

        yield World(kind, word, slope, odds)
    for word, chances in (
        ("risk difference 0, chances .3", (COMMON,) * 3),
        ("risk difference .28, chances .02 to .3", (RARE, 0.16, COMMON)),
        ("risk difference 0, chances .02", (RARE,) * 3),
    ):

        def risks(rng: Rng, n: int, chances: tuple[float, ...] = chances) -> Data:
            return (joint(rng, n, chances), SCORES), {"measure": "risk_difference"}

        yield World(kind, word, chances[2] - chances[0], risks)


WORLDS: dict[str, Callable[[str], Iterator[World]]] = {
    "binomial": binomial,
    "mcnemar": paired,
    "paired_risk_difference": paired,
    "fisher": grouped,
    "barnard": grouped,
    "risk_difference": grouped,
    "cochran_q": levels,
    "ordered_trend": ordered,
}
