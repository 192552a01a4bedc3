"""Worlds of several levels within blocks: contrasts of known means, and levels that do not differ."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.error_rates.laws import spiked, spiked_mean
from benchmarks.error_rates.pairs import MISSING, RAW, resampling
from benchmarks.error_rates.values import Array, Data, Rng, World
from lnnstats.stats.procedures.theil_sen import pairwise_median_slopes

Draw = Callable[[Rng, int, int], Array]
LEVELS, SLOPE, NOISE, ETA = 4, 0.3, 0.5, 0.3
MILLION = 1_000_000
QUADRATIC = np.array([0.5, -0.5, -0.5, 0.5])  # of degree 2, scaled to sums 1 and -1
PLANNED = np.array([1.0, -1 / 3, -1 / 3, -1 / 3])
FAR = 10.0


def _sloped(rng: Rng, slopes: Array, k: int) -> Array:
    """Block effect, the block's own slope on j + j^2 / 3 (so that curvatures and interactions vary too), noise."""
    n, path = slopes.size, np.arange(k) + np.arange(k) ** 2 / 3
    return rng.normal(size=(n, 1)) + SLOPE * slopes[:, None] * path + NOISE * rng.normal(size=(n, k))


def alike(rng: Rng, n: int, k: int) -> Array:
    """Exchangeable levels, normal."""
    return rng.normal(size=(n, 1)) + rng.normal(size=(n, k))


def own_slopes(rng: Rng, n: int, k: int) -> Array:
    return _sloped(rng, rng.normal(size=n), k)


def skewed_slopes(rng: Rng, n: int, k: int) -> Array:
    """Slopes exponential less their mean."""
    return _sloped(rng, rng.exponential(size=n) - 1, k)


def skewed(rng: Rng, n: int, k: int) -> Array:
    """Exchangeable levels, exponential about a block effect."""
    return rng.normal(size=(n, 1)) + rng.exponential(size=(n, k))


def spike(rng: Rng, n: int, k: int) -> Array:
    """Exchangeable levels, four tenths at the resolution."""
    return spiked(rng, (n, k), 0.4)


def shares(k: int) -> Array:
    """Share at the resolution, from .3 at the first level to .6 at the last."""
    return np.linspace(0.3, 0.6, k)


def rising_spike(rng: Rng, n: int, k: int) -> Array:
    return spiked(rng, (n, k), shares(k))


MEANS: dict[str, tuple[Draw, Callable[[int], Array]]] = {
    "normal, slopes of their own": (own_slopes, np.zeros),
    "skewed slopes of their own": (skewed_slopes, np.zeros),
    "spike and tail": (rising_spike, lambda k: np.asarray(spiked_mean(shares(k)))),
}
EXCHANGEABLE: dict[str, Draw] = {"normal": alike, "skewed": skewed, "spike and tail": spike}
SLOPED: dict[str, Draw] = {"normal, slopes of their own": own_slopes}
BY_MEAN: dict[str, Draw] = {**EXCHANGEABLE, **SLOPED, "skewed slopes of their own": skewed_slopes}


def slope(means: Array) -> float:
    return float(np.polyfit(np.arange(means.size), means, 1)[0])


def _planned(rng: Rng, values: Array) -> Data:
    return (values, PLANNED), RAW


def _bent(rng: Rng, values: Array) -> Data:
    return (values, QUADRATIC), RAW


def _crossed(rng: Rng, values: Array) -> Data:
    return (values.reshape(-1, 2, 2),), RAW


def _crossed_slopes(rng: Rng, values: Array) -> Data:
    return (values.reshape(-1, 2, LEVELS), np.arange(float(LEVELS))), RAW


def _scored(rng: Rng, values: Array) -> Data:
    return (values, np.arange(float(LEVELS))), RAW


def _gappy(rng: Rng, values: Array) -> Data:
    """A tenth of the cells without a run."""
    present = rng.uniform(size=values.shape) >= MISSING
    return (np.where(present, values, np.nan), np.arange(float(LEVELS))), {**RAW, "present": present}


Call = Callable[[Rng, Array], Data]
CONTRASTS: dict[str, tuple[Call, int, Callable[[Array], float]]] = {
    "trend_slope": (_scored, LEVELS, slope),
    "contrast": (_planned, LEVELS, lambda m: float(PLANNED @ m)),
    "polynomial": (_bent, LEVELS, lambda m: float(QUADRATIC @ m)),
    "interaction": (_crossed, 4, lambda m: float(m[0] - m[1] - m[2] + m[3])),
    "interaction_slope": (_crossed_slopes, 2 * LEVELS, lambda m: slope(m[:LEVELS]) - slope(m[LEVELS:])),
    "mixed_trend": (_gappy, LEVELS, slope),
    "robust_slope": (_gappy, LEVELS, slope),
}


def of_contrasts(kind: str) -> Iterator[World]:
    """Contrasts of means that are known."""
    call, k, theta = CONTRASTS[kind]
    for data, (draw, means) in MEANS.items():
        yield World(kind, data, theta(means(k)), _called(call, draw, k))


def _called(call: Call, draw: Draw, k: int) -> Callable[[Rng, int], Data]:
    return lambda rng, n: call(rng, draw(rng, n, k))


def _steps(rng: Rng, values: Array) -> Data:
    return (values,), RAW


def _best(rng: Rng, values: Array) -> Data:
    """The first of three levels is claimed the lowest."""
    return (values, 0), RAW


def _reference(rng: Rng, values: Array) -> Data:
    return (values, 0), {**RAW, **resampling(rng)}


ALTERNATIVES: dict[str, tuple[Call, Array]] = {
    "adjacent_steps": (_steps, np.array([0.0, 0.0, FAR, 2 * FAR])),
    "best_level": (_best, np.array([0.0, 0.0, FAR, FAR])),
    "many_to_one": (_reference, np.array([0.0, 0.0, -FAR, -FAR])),
}


def extremes(kind: str) -> Iterator[World]:
    """The smallest or largest of several contrasts is 0: one of them is, the others far away; or all are."""
    call, means = ALTERNATIVES[kind]
    laws = {"normal": alike, "skewed slopes of their own": skewed_slopes, "spike and tail": spike}
    for (data, law), (word, where) in [
        (item, place) for item in laws.items() for place in (("one at 0", means), ("all at 0", 0 * means))
    ]:

        def draw(rng: Rng, n: int, law: Draw = law, where: Array = where) -> Data:
            return call(rng, law(rng, n, LEVELS) + where)

        yield World(kind, f"{data}, {word}", 0.0, draw)


APART = 2.0
SPREADS = {
    "all alike": np.zeros(LEVELS),
    "one pair at the bound": APART * np.array([0.0, 0.5, 0.5, 1.0]),
}


def sizes(kind: str) -> Iterator[World]:
    """The largest difference of means that are known; below 0 it cannot lie."""
    for data, law in {"normal": alike, "skewed": skewed, "spike and tail": spike}.items():
        for word, means in SPREADS.items():

            def draw(rng: Rng, n: int, law: Draw = law, means: Array = means) -> Data:
                return _steps(rng, law(rng, n, LEVELS) + means)

            theta = float(np.ptp(means))
            yield World(kind, f"{data}, {word}", theta, draw, sides="both" if theta else "above")


def theil_sen(kind: str) -> Iterator[World]:
    """Median slopes of a million blocks; of a symmetric law 0."""
    for data, (law, _) in MEANS.items():
        slopes = pairwise_median_slopes(law(np.random.default_rng(0), MILLION, LEVELS), np.arange(float(LEVELS)))
        centre = 0.0 if law is own_slopes else float(np.median(slopes))
        yield World(kind, data, centre, _called(_scored, law, LEVELS))


def _halves(rng: Rng, values: Array) -> Data:
    half = len(values) // 2
    return (values[:half], values[half:]), RAW


def _permuted(rng: Rng, values: Array) -> Data:
    return (values,), {**RAW, **resampling(rng), "method": "monte_carlo"}


OMNIBUS: dict[str, Call] = {
    "rm_anova": _steps,
    "hotelling": _steps,
    "mixed_anova": _halves,
    "permutation_f": _permuted,
    "aligned_ranks": _crossed,
}


def omnibus(kind: str) -> Iterator[World]:
    """Levels of one mean; and exchangeable normal ones of a known partial eta squared."""
    call = OMNIBUS[kind]
    for data, law in BY_MEAN.items():

        def draw(rng: Rng, n: int, law: Draw = law) -> Data:
            return call(rng, law(rng, n, LEVELS))

        yield World(kind, data, 0.0, draw, sides="above", covers=False)
    if kind in EFFECTS:
        yield World(kind, "normal, an effect", ETA, lambda rng, n: EFFECTS[kind](rng, n))


def _effect(rng: Rng, n: int, size: float) -> Array:
    """Exchangeable levels with n sum mu_j^2 = noncentrality = theta / (1 - theta) size, error variance 1."""
    shape = np.array([-1.0, 0.0, 0.0, 1.0]) / math.sqrt(2)
    return alike(rng, n, LEVELS) + math.sqrt(ETA / (1 - ETA) * size / n) * shape


def _effect_between(rng: Rng, n: int) -> Data:
    """The effect of one half of the blocks is the contrary of the other's: an interaction of n sum mu_j^2."""
    p = LEVELS - 1
    up, down = _effect(rng, n, p * (n - 1) + 1), _effect(rng, n, p * (n - 1) + 1)
    return (up[: n // 2], down[n // 2 :, ::-1]), RAW


EFFECTS: dict[str, Callable[[Rng, int], Data]] = {
    "rm_anova": lambda rng, n: ((_effect(rng, n, (LEVELS - 1) * n + 1),), RAW),
    "hotelling": lambda rng, n: ((_effect(rng, n, n + 1),), RAW),
    "mixed_anova": _effect_between,
}


def _ranked(rng: Rng, values: Array) -> Data:
    return (values,), {}


def by_rank(kind: str) -> Iterator[World]:
    """Exchangeable levels; and normal ones with slopes of their own, whose mean ranks are equal too."""
    for data, law in {**EXCHANGEABLE, **SLOPED}.items():

        def draw(rng: Rng, n: int, law: Draw = law) -> Data:
            return _ranked(rng, law(rng, n, LEVELS))

        yield World(kind, data, 0.0, draw, sides="both" if kind == "page" else "above", covers=False)


WORLDS: dict[str, Callable[[str], Iterator[World]]] = {
    **dict.fromkeys(CONTRASTS, of_contrasts),
    **dict.fromkeys(ALTERNATIVES, extremes),
    **dict.fromkeys(OMNIBUS, omnibus),
    "all_pairs": sizes,
    "theil_sen": theil_sen,
    "page": by_rank,
    "friedman": by_rank,
    "quade": by_rank,
}
