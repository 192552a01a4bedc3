"""Worlds of times: exponential and log-normal, followed to a horizon, within blocks and in independent groups."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.error_rates.laws import DRAWS
from benchmarks.error_rates.values import Array, Data, Rng, World

FAR, NEAR = math.log(5), -math.log(0.6)  # a fifth, and six tenths, of exponential times of mean 1 lie beyond
HORIZONS = {"exponential, a fifth censored": FAR, "exponential, most censored": NEAR}
LOG_FAR = math.exp(0.8416)  # a fifth of standard log-normal times lie beyond
RATE, FRAILTY, SHIFT, GROWTH = 2.0, 0.5, 0.5, 0.3
RESAMPLES = 999
Times = tuple[Array, Array]


def halves(n: int) -> tuple[int, int]:
    return n // 2, n - n // 2


def exponential(rng: Rng, sizes: tuple[int, ...], rates: tuple[float, float]) -> Times:
    return rng.exponential(size=sizes[0]) / rates[0], rng.exponential(size=sizes[1]) / rates[1]


def log_normal(rng: Rng, sizes: tuple[int, ...]) -> Times:
    """Log times normal, those of the treatment later by .5."""
    return np.exp(SHIFT + rng.normal(size=sizes[0])), np.exp(rng.normal(size=sizes[1]))


def frail(rng: Rng, n: int, rates: tuple[float, float]) -> Times:
    """Exponential times of the same blocks, log-normal frailty of sd .5."""
    block = np.exp(FRAILTY * rng.normal(size=n))
    first, second = exponential(rng, (n, n), rates)
    return first / block, second / block


def censored(times: Times, horizon: float) -> tuple[Array, ...]:
    """Times cut at the horizon, and which lie within it."""
    return (*(np.minimum(t, horizon) for t in times), *(t <= horizon for t in times))


def restricted(rate: float, horizon: float) -> float:
    """Mean of an exponential time cut at a horizon."""
    return (1 - math.exp(-rate * horizon)) / rate


def cox(kind: str) -> Iterator[World]:
    """A hazard ratio of 2, of independent groups or within frail blocks."""
    for data, horizon in HORIZONS.items():

        def draw(rng: Rng, n: int, horizon: float = horizon) -> Data:
            rates = (RATE, 1.0)
            times = frail(rng, n, rates) if kind == "stratified_cox" else exponential(rng, halves(n), rates)
            return censored(times, horizon), {}

        yield World(kind, data, math.log(RATE), draw)


def log_rank(kind: str) -> Iterator[World]:
    """Two equal laws."""
    for data, horizon in HORIZONS.items():

        def draw(rng: Rng, n: int, horizon: float = horizon) -> Data:
            first, second, seen_1, seen_2 = censored(exponential(rng, halves(n), (1.0, 1.0)), horizon)
            return ((first, seen_1), (second, seen_2)), {}

        def within(rng: Rng, n: int, horizon: float = horizon) -> Data:
            first, second, seen_1, seen_2 = censored(frail(rng, n, (1.0, 1.0)), horizon)
            return (np.column_stack([first, second]), np.column_stack([seen_1, seen_2])), {}

        yield World(kind, data, 0.0, within if kind == "stratified_log_rank" else draw, covers=False)


def restricted_groups(kind: str) -> Iterator[World]:
    """Areas under exponential curves of rates 1/2 and 1."""
    for data, horizon in HORIZONS.items():

        def draw(rng: Rng, n: int, horizon: float = horizon) -> Data:
            return censored(exponential(rng, halves(n), (1 / RATE, 1.0)), horizon), {"horizon": horizon}

        yield World(kind, data, restricted(1 / RATE, horizon) - restricted(1.0, horizon), draw)


def median_groups(kind: str) -> Iterator[World]:
    """Medians of exponential times (rates 1 and 1, 1/2 and 1) and of log-normal ones."""
    for data, rate in (("exponential, alike", 1.0), ("exponential, an effect", 1 / RATE)):

        def draw(rng: Rng, n: int, rate: float = rate) -> Data:
            return censored(exponential(rng, halves(n), (rate, 1.0)), FAR), {}

        yield World(kind, data, math.log(2) * (1 / rate - 1), draw)
    yield World(kind, "log-normal", math.exp(SHIFT) - 1, lambda r, n: (censored(log_normal(r, halves(n)), LOG_FAR), {}))


def within_blocks(kind: str) -> Iterator[World]:
    """Times cut at the horizon, frail blocks; the centre of their differences from 4 million blocks."""
    centre = np.mean if kind == "restricted_mean" else np.median
    for data, horizon in HORIZONS.items():
        for word, rate in (("alike", 1.0), ("an effect", 1 / RATE)):
            first, second = frail(np.random.default_rng(0), DRAWS, (rate, 1.0))
            known = float(centre(np.minimum(first, horizon) - np.minimum(second, horizon))) if rate != 1 else 0.0

            def draw(rng: Rng, n: int, horizon: float = horizon, rate: float = rate) -> Data:
                return frail(rng, n, (rate, 1.0)), {"horizon": horizon}

            yield World(kind, f"{data}, {word}", known, draw)


def aft(kind: str) -> Iterator[World]:
    """A log time ratio of .5 in a log-normal model: of such times, and of exponential ones."""

    def times(rng: Rng, n: int, horizon: float, normal: bool) -> Data:
        paired = kind == "paired_aft"
        sizes = (n, n) if paired else halves(n)
        drawn = log_normal(rng, sizes) if normal else exponential(rng, sizes, (math.exp(-SHIFT), 1.0))
        block = np.exp(FRAILTY * rng.normal(size=n)) if paired else 1.0
        return censored((drawn[0] * block, drawn[1] * block), horizon), {}

    for data, horizon, normal in (
        ("log-normal, a fifth censored", LOG_FAR, True),
        ("log-normal, most censored", math.exp(-0.2533), True),
        ("exponential, a fifth censored", FAR, False),
    ):

        def draw(rng: Rng, n: int, horizon: float = horizon, normal: bool = normal) -> Data:
            return times(rng, n, horizon, normal)

        yield World(kind, data, SHIFT, draw)


def aft_trend(kind: str) -> Iterator[World]:
    """Times that grow by exp(.3) a level, four levels, in a log-normal model: of such, and of exponential ones."""

    def times(rng: Rng, n: int, horizon: float, normal: bool) -> Data:
        noise = rng.normal(size=(n, 4)) if normal else np.log(rng.exponential(size=(n, 4)))
        at = np.exp(GROWTH * np.arange(4.0) + FRAILTY * rng.normal(size=(n, 1)) + noise)
        return (np.minimum(at, horizon), at <= horizon, np.arange(4.0)), {}

    for data, horizon, normal in (
        ("log-normal, an eighth censored", 6.0, True),
        ("log-normal, four tenths censored", 2.0, True),
        ("exponential, an eighth censored", 4.0, False),
    ):

        def draw(rng: Rng, n: int, horizon: float = horizon, normal: bool = normal) -> Data:
            return times(rng, n, horizon, normal)

        yield World(kind, data, GROWTH, draw)


def growth_law(kind: str) -> Iterator[World]:
    """Log medians at levels 1 to 6 half-way between straight lines in the level and in its log; and a power law."""
    levels = np.arange(1.0, 7.0)
    lines = [x - x.mean() for x in (levels, np.log(levels))]
    between = 2.0 * np.sum([x / np.linalg.norm(x) for x in lines], axis=0)
    noises: dict[str, Callable[[Rng, tuple[int, int]], Array]] = {
        "normal": lambda rng, size: rng.normal(size=size),
        "heavy-tailed": lambda rng, size: rng.standard_t(3, size=size),
        "skewed": lambda rng, size: rng.exponential(size=size) - math.log(2),
    }

    def law(curve: Array, noise: str, horizon: float) -> Callable[[Rng, int], Data]:
        def draw(rng: Rng, n: int) -> Data:
            logs = curve + FRAILTY * rng.normal(size=(n, 1)) + 0.5 * noises[noise](rng, (n, levels.size))
            own = {"resamples": RESAMPLES, "seed": int(rng.integers(2**31))}
            return (np.exp(logs), levels), {"horizon": math.exp(horizon), **own}

        return draw

    for noise in noises:
        yield World(kind, f"neither law, {noise}", 0.0, law(between, noise, 30.0), covers=False)
    near = float(between[-1]) + 0.25
    cut = law(between, "normal", near)
    yield World(kind, "neither law, a third of the last level censored", 0.0, cut, covers=False)
    power = law(2.0 * np.log(levels), "normal", 30.0)
    yield World(kind, "power law", 0.0, power, sides="above", covers=False)


WORLDS: dict[str, Callable[[str], Iterator[World]]] = {
    "cox": cox,
    "stratified_cox": cox,
    "log_rank": log_rank,
    "stratified_log_rank": log_rank,
    "restricted_mean": within_blocks,
    "median_time": within_blocks,
    "restricted_mean_groups": restricted_groups,
    "median_time_groups": median_groups,
    "aft": aft,
    "paired_aft": aft,
    "aft_trend": aft_trend,
    "growth_law": growth_law,
}
