"""Worlds of independent groups: n blocks in all, each in one group."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.error_rates.laws import DRAWS, SPIKES, spiked, spiked_mean, trimmed_mean
from benchmarks.error_rates.pairs import RAW, resampling
from benchmarks.error_rates.values import Array, Data, Rng, World

Groups = tuple[Array, ...]
Draw = Callable[[Rng, tuple[int, ...]], Groups]
WEIGHTS = (1.0, -0.5, -0.5)
SPREAD, SCALES, ETA = (2.0, 1.0, 1.0), (1.0, 0.5, 0.5), 0.3
SHARES = (SPIKES[0], SPIKES[1], SPIKES[1])


def equal(n: int, k: int) -> tuple[int, ...]:
    """Sizes of k groups of n blocks in all, as equal as may be."""
    return tuple(len(part) for part in np.array_split(np.arange(n), k))


def uneven(n: int, k: int) -> tuple[int, ...]:
    """A first group of about half the size of the others."""
    first = max(3, round(n / (2 * k - 1)))
    return first, *equal(n - first, k - 1)


def normal(rng: Rng, sizes: tuple[int, ...]) -> Groups:
    return tuple(rng.normal(size=n) for n in sizes)


def spread(rng: Rng, sizes: tuple[int, ...]) -> Groups:
    """The first group varies twice as much."""
    return tuple(sd * rng.normal(size=n) for sd, n in zip(SPREAD, sizes, strict=False))


def exponential(rng: Rng, sizes: tuple[int, ...]) -> Groups:
    """One skewed law, of mean 0."""
    return tuple(rng.exponential(size=n) - 1 for n in sizes)


def scaled(rng: Rng, sizes: tuple[int, ...]) -> Groups:
    """Exponential less its mean; the first group varies twice as much."""
    return tuple(s * (rng.exponential(size=n) - 1) for s, n in zip(SCALES, sizes, strict=False))


def spike(rng: Rng, sizes: tuple[int, ...]) -> Groups:
    """One law of spike and tail."""
    return tuple(spiked(rng, n, 0.4) for n in sizes)


def spikes(rng: Rng, sizes: tuple[int, ...]) -> Groups:
    """The first group lies at the resolution half as often."""
    return tuple(spiked(rng, n, p) for n, p in zip(sizes, SHARES, strict=False))


UNEQUAL = "normal, unequal spread and sizes"
EFFECT: dict[str, tuple[Draw, Callable[[int, int], tuple[int, ...]], Array]] = {
    "normal": (normal, equal, np.zeros(3)),
    UNEQUAL: (spread, uneven, np.zeros(3)),
    "skewed, unequal spread": (scaled, equal, np.zeros(3)),
    "spike and tail": (spikes, equal, np.asarray(spiked_mean(np.array(SHARES)))),
}
ALIKE: dict[str, tuple[Draw, Callable[[int, int], tuple[int, ...]]]] = {
    "normal": (normal, equal),
    UNEQUAL: (spread, uneven),
    "skewed": (exponential, equal),
    "spike and tail": (spike, equal),
}


def many(draw: Draw, centre: Callable[[Array, Array], float]) -> float:
    """A contrast of two groups from 4 million draws of each."""
    return centre(*draw(np.random.default_rng(0), (DRAWS, DRAWS)))


def of_means(kind: str) -> Iterator[World]:
    """Differences of two means."""
    for data, (draw, sizes, means) in EFFECT.items():

        def call(rng: Rng, n: int, draw: Draw = draw, sizes: Callable = sizes) -> Data:
            more = resampling(rng) if kind == "permutation_t" else {}
            return draw(rng, sizes(n, 2)), {**RAW, **more}

        yield World(kind, data, float(means[0] - means[1]), call)


def of_centres(kind: str) -> Iterator[World]:
    """Differences of trimmed means, or the chance that a value of the first group is the larger."""
    trimmed = kind == "trimmed_t_groups"
    for data, (draw, sizes, _) in EFFECT.items():
        theta = many(draw, _trimmed_difference if trimmed else _chance)

        def call(rng: Rng, n: int, draw: Draw = draw, sizes: Callable = sizes) -> Data:
            return draw(rng, sizes(n, 2)), RAW if trimmed else {}

        yield World(kind, data, theta, call)


def _trimmed_difference(first: Array, second: Array) -> float:
    return trimmed_mean(first) - trimmed_mean(second)


def _chance(first: Array, second: Array) -> float:
    return float((first > second).mean() + (first == second).mean() / 2)


def group_contrast(kind: str) -> Iterator[World]:
    """The first of three groups against the mean of the others."""
    for data, (draw, sizes, means) in EFFECT.items():

        def call(rng: Rng, n: int, draw: Draw = draw, sizes: Callable = sizes) -> Data:
            return draw(rng, sizes(n, 3)), {**RAW, "weights": WEIGHTS}

        yield World(kind, data, float(means @ np.array(WEIGHTS)), call)


def omnibus(kind: str) -> Iterator[World]:
    """Three groups of one mean, and normal ones of a known partial eta squared."""
    for data, (draw, sizes) in ALIKE.items():

        def call(rng: Rng, n: int, draw: Draw = draw, sizes: Callable = sizes) -> Data:
            return draw(rng, sizes(n, 3)), RAW

        yield World(kind, data, 0.0, call, sides="above", covers=False)

    def effect(rng: Rng, n: int) -> Data:
        """Noncentrality theta / (1 - theta) (df1 + df2 + 1) = that times n: means -a, 0, a, sum n_j mu_j^2 = l."""
        sizes = equal(n, 3)
        shape = np.array([-1.0, 0.0, 1.0])
        shape -= np.average(shape, weights=sizes)
        amplitude = math.sqrt(ETA / (1 - ETA) * n / float(np.array(sizes) @ shape**2))
        return tuple(group + amplitude * m for group, m in zip(normal(rng, sizes), shape, strict=True)), RAW

    yield World(kind, "normal, an effect", ETA, effect)


def by_rank(kind: str) -> Iterator[World]:
    """Three groups of one law, or of one median."""
    for data, (draw, sizes) in ALIKE.items():

        def call(rng: Rng, n: int, draw: Draw = draw, sizes: Callable = sizes) -> Data:
            return (draw(rng, sizes(n, 3)),), {}

        if kind == "jonckheere":
            yield World(kind, data, 0.5, call, covers=False)
        else:
            yield World(kind, data, 0.0, call, sides="above", covers=False)


WORLDS: dict[str, Callable[[str], Iterator[World]]] = {
    "welch_t": of_means,
    "permutation_t": of_means,
    "trimmed_t_groups": of_centres,
    "brunner_munzel": of_centres,
    "group_contrast": group_contrast,
    "anova": omnibus,
    "welch_anova": omnibus,
    "kruskal_wallis": by_rank,
    "jonckheere": by_rank,
}
