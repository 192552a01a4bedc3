"""Worlds of two levels within blocks: values, with cells missing, over strata, and parted by a resolution."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from scipy import special

from benchmarks.error_rates.laws import (
    MEANS,
    PAIRS,
    SHIFT,
    TAIL_MEAN,
    of_differences,
    pseudo_median,
    share_above,
    spiked,
    spiked_mean,
    trimmed_mean,
)
from benchmarks.error_rates.values import Array, Data, Rng, World

RAW = {"scale": "raw"}
RESAMPLES, MISSING, STRATA, BETWEEN = 999, 0.1, 5, 0.3
Pair = tuple[Array, Array]


def resampling(rng: Rng) -> dict[str, int]:
    """999 resamples from a seed of this data set's own, so that their error averages out over worlds."""
    return {"resamples": RESAMPLES, "seed": int(rng.integers(2**31))}


def plain(rng: Rng, pair: Pair) -> Data:
    return pair, RAW


def ordered(rng: Rng, pair: Pair) -> Data:
    return pair, {}


def resampled(rng: Rng, pair: Pair) -> Data:
    return pair, {**RAW, **resampling(rng)}


def flipped(rng: Rng, pair: Pair) -> Data:
    return (pair[0] - pair[1],), resampling(rng)


def gappy(rng: Rng, pair: Pair) -> Data:
    """A tenth of the cells without a run."""
    return tuple(np.where(rng.uniform(size=x.size) < MISSING, np.nan, x) for x in pair), RAW


# Increasing functions of standard normal scores: the quantile of a value is the value of the quantile.
MARGINS: dict[str, Callable[[Array, float], Array]] = {
    "normal": lambda z, effect: z + effect,
    "skewed (log-normal)": lambda z, effect: np.exp(z + effect),
    "spike and tail": lambda z, effect: np.maximum(0.0, np.exp(z + effect) - 0.6),
    "whole numbers": lambda z, effect: np.ceil(10.5 * np.exp(0.4 * (z + effect))),
}


def paired_quantile(kind: str) -> Iterator[World]:
    """Medians, and an upper quantile, of values with normal dependence; times of which four tenths are beyond."""

    def world(law: str, correlation: float, quantile: float = 0.5, horizon: float | None = None) -> World:
        margin, score = MARGINS[law], np.array([special.ndtri(quantile)])
        theta = float((margin(score, SHIFT) - margin(score, 0.0))[0])

        def draw(rng: Rng, n: int) -> Data:
            first = rng.normal(size=n)
            second = correlation * first + math.sqrt(1 - correlation**2) * rng.normal(size=n)
            own = {"quantile": quantile, "horizon": horizon, **resampling(rng)}
            return (margin(first, SHIFT), margin(second, 0.0)), own

        cut = "" if horizon is None else ", a horizon"
        which = "" if quantile == 0.5 else f", quantile {quantile:g}"
        return World(kind, f"{law}, correlation {correlation:g}{which}{cut}", theta, draw)

    for correlation in (-0.5, 0.0, 0.9):
        yield world("normal", correlation)
    for law in ("skewed (log-normal)", "spike and tail", "whole numbers"):
        yield world(law, 0.5)
    yield world("skewed (log-normal)", 0.5, quantile=0.8)
    yield world("skewed (log-normal)", 0.5, horizon=math.exp(SHIFT + 0.2533))


Call = Callable[[Rng, Pair], Data]
CALLS: dict[str, tuple[Call, Callable[[Array], float] | None]] = {
    "paired_t": (plain, None),
    "tost": (plain, None),
    "bootstrap_t": (resampled, None),
    "sign_test": (ordered, share_above),
    "sign_flip": (flipped, None),
    "trimmed_t": (plain, trimmed_mean),
    "wilcoxon": (plain, pseudo_median),
    "bootstrap_mean": (resampled, None),
    "mixed_pair": (gappy, None),
}


def of_pairs(kind: str) -> Iterator[World]:
    """The three shapes, each at its own true centre."""
    call, centre = CALLS[kind]
    for law, draw in PAIRS.items():
        theta = MEANS[law] if centre is None else of_differences(law, centre)
        yield World(kind, law, theta, _called(call, draw))


def _called(call: Call, draw: Callable[[Rng, int], Pair]) -> Callable[[Rng, int], Data]:
    return lambda rng, n: call(rng, draw(rng, n))


def ratio_of_means(kind: str) -> Iterator[World]:
    """Positive values; the ratio of their means is known."""

    def normal(rng: Rng, n: int) -> Data:
        block = rng.normal(size=n)
        return (12 + block + rng.normal(size=n), 10 + block + rng.normal(size=n)), {}

    def skewed(rng: Rng, n: int) -> Data:
        block = 0.5 * rng.normal(size=n)
        return (np.exp(block + 0.3 + 0.7 * rng.normal(size=n)), np.exp(block + 0.7 * rng.normal(size=n))), {}

    def spike(rng: Rng, n: int) -> Data:
        return (1 + spiked(rng, n, 0.3), 1 + spiked(rng, n, 0.6)), {}

    yield World(kind, "normal", math.log(1.2), normal)
    yield World(kind, "skewed (log-normal)", 0.3, skewed)
    yield World(kind, "spike and tail", math.log((1 + spiked_mean(0.3)) / (1 + spiked_mean(0.6))), spike)


def meta_analysis(kind: str) -> Iterator[World]:
    """Five strata of n blocks, whose effects vary normally with sd .3 about theta."""

    def stratified(rng: Rng, n: int, law: Callable[[Rng, int], Pair]) -> Data:
        strata = [law(rng, n) for _ in range(STRATA)]
        effects = BETWEEN * rng.normal(size=STRATA)
        return (np.stack([[t + e, r] for (t, r), e in zip(strata, effects, strict=True)], axis=-1).swapaxes(0, 1),), RAW

    for law, draw in PAIRS.items():
        yield World(kind, law, MEANS[law], partial(stratified, law=draw))


def parted(rng: Rng, n: int, spikes: tuple[float, float], part: str, *tails: Callable[[Rng, int], Array]) -> Data:
    """Log values 0 (the resolution) with chance `spikes`, else above it by the law of their tail."""
    logs = [np.where(rng.uniform(size=n) < spike, 0.0, tail(rng, n)) for spike, tail in zip(spikes, tails, strict=True)]
    return tuple(np.exp(x) for x in logs), {"resolution": 1.0, "part": part}


def heavy(rng: Rng, n: int) -> Array:
    return np.abs(rng.standard_t(3, size=n))


def two_part(kind: str) -> Iterator[World]:
    """No effect, and for the direction shared by both parts an effect in one part only."""

    def both(rng: Rng, n: int) -> Data:
        return parted(rng, n, (0.4, 0.4), "both", heavy, heavy)

    def one(rng: Rng, n: int) -> Data:
        return parted(rng, n, (0.1, 0.6), "both", heavy, heavy)

    def either(rng: Rng, n: int) -> Data:
        return parted(rng, n, (0.4, 0.4), "either", heavy, heavy)

    yield World(kind, "both parts: spike and tail, no effect", 0.0, both, covers=False)
    yield World(kind, "both parts: spike and tail, chances differ", 0.0, one, sides="above", covers=False)
    yield World(kind, "either part: spike and tail, no effect", 0.0, either, sides="above", covers=False)


def tail_ratio(kind: str) -> Iterator[World]:
    """Four tenths at the resolution; only what lies above it counts."""

    def law(first: Any, second: Any) -> Callable[[Rng, int], Data]:
        return lambda rng, n: parted(rng, n, (0.4, 0.4), "size", first, second)

    yield World(kind, "normal tail", 0.3, law(lambda r, n: r.normal(6.3, 1.0, n), lambda r, n: r.normal(6.0, 1.0, n)))
    skewed = law(lambda r, n: r.exponential(size=n) + 1e-9, lambda r, n: r.normal(6.0, 0.3, n))
    yield World(kind, "skewed tail", -5.0, skewed)
    yield World(kind, "spike and tail", TAIL_MEAN / 2, law(lambda r, n: 1.5 * heavy(r, n), heavy))


def crossed(kind: str) -> Iterator[World]:
    """Differences with mean .3 and variance 1 in each cell of blocks by draws; blocks and draws add theirs."""
    cases = {
        "blocks and five draws vary": (1.0, 0.5, 5),
        "five draws vary, blocks do not": (0.0, 1.0, 5),
        "neither varies": (0.0, 0.0, 5),
        "blocks and three draws vary": (1.0, 0.5, 3),
    }
    for data, (by_block, by_draw, m) in cases.items():

        def draw(rng: Rng, n: int, sizes: tuple[float, float] = (by_block, by_draw), m: int = m) -> Data:
            effects = sizes[0] * rng.normal(size=(n, 1)) + sizes[1] * rng.normal(size=(1, m))
            treated = SHIFT + effects + rng.normal(size=(n, m))
            return (np.stack([treated, np.zeros((n, m))], axis=1),), RAW

        yield World(kind, data, SHIFT, draw)


WORLDS: dict[str, Callable[[str], Iterator[World]]] = {
    **dict.fromkeys(CALLS, of_pairs),
    "ratio_of_means": ratio_of_means,
    "crossed_pair": crossed,
    "paired_quantile": paired_quantile,
    "meta_analysis": meta_analysis,
    "two_part": two_part,
    "tail_ratio": tail_ratio,
}
