"""A world and a number of blocks in, the share of simulated data sets in which a procedure errs out."""

from __future__ import annotations

import zlib

import numpy as np

from benchmarks.error_rates import events, groups, levels, pairs, times
from benchmarks.error_rates.values import Cell, Data, World
from lnnstats.analysis.calls import ENTRIES
from lnnstats.stats.values import Degenerate, UnusableValues

ALPHA, LEVEL, SEED = 0.05, 0.95, 20
SIZES, SHIPPED = (10, 30, 100), (30, 100)
MANY, FEWER = 4000, 1000
MAKERS = {**pairs.WORLDS, **groups.WORLDS, **levels.WORLDS, **events.WORLDS, **times.WORLDS}
# About a millisecond a data set or more: resampling, mixed models, root finding at every threshold.
SLOW = frozenset({
    "tost", "bootstrap_t", "bootstrap_mean", "wilcoxon", "tail_ratio", "two_part", "meta_analysis", "mixed_pair",
    "mixed_trend", "welch_t", "permutation_t", "permutation_f", "anova", "welch_anova", "mixed_anova", "rm_anova",
    "hotelling", "contrast", "polynomial", "interaction", "interaction_slope", "adjacent_steps",
    "best_level", "many_to_one", "jonckheere", "cochran_q", "ordered_trend", "fisher", "barnard",
    "stratified_log_rank", "restricted_mean", "aft", "paired_aft", "all_pairs", "aft_trend", "growth_law",
    "paired_quantile",
})  # fmt: skip
SMALLEST = {"bootstrap_mean": 15}
EXEMPT = frozenset({"precision_ladder"})  # a rule on rounding, with p of 0 or 1
Outcome = tuple[float, float, float, float]
REFUSED: Outcome = (0.0, 0.0, 1.0, 1.0)


def deciding() -> tuple[str, ...]:
    """Every kind that decides and has error rates, in the order of the families."""
    return tuple(kind for kind in ENTRIES if kind not in EXEMPT)


def worlds_of(kind: str) -> tuple[World, ...]:
    """The worlds in which a kind is tried."""
    if kind not in MAKERS:
        raise KeyError(f"{kind} has no simulated world; add one to WORLDS of its family in benchmarks/error_rates.")
    return tuple(MAKERS[kind](kind))


def sizes_of(kind: str) -> tuple[int, ...]:
    """Numbers of blocks."""
    return tuple(n for n in SIZES if n >= SMALLEST.get(kind, 0))


def repetitions(kind: str, n: int) -> int:
    """How many data sets a cell takes; half as many at fewer blocks than a shipped study has."""
    full = FEWER if kind in SLOW else MANY
    return full if n >= SHIPPED[0] else full // 2


def simulate(world: World, n: int, worlds: int, seed: int = SEED) -> Cell:
    """Error rates of one cell, the same at every call."""
    rng = np.random.default_rng([seed, zlib.crc32(f"{world.kind}|{world.data}".encode()), n])
    known: dict[tuple[bytes, ...], Outcome] = {}
    found = np.array([_outcome(world, world.draw(rng, n), known) for _ in range(worlds)])
    above, below, covered, refused = (float(x) for x in found.mean(axis=0))
    return Cell(
        data=world.data,
        n=n,
        theta=round(world.theta, 6) + 0.0,
        worlds=worlds,
        above=above,
        below=below if world.sides == "both" else None,
        coverage=covered if world.covers else None,
        refused=refused,
    )


def _outcome(world: World, data: Data, known: dict[tuple[bytes, ...], Outcome]) -> Outcome:
    if not world.discrete:
        return errs(world, data)
    key = tuple(array.tobytes() for array in data[0])
    if key not in known:
        known[key] = errs(world, data)
    return known[key]


def errs(world: World, data: Data) -> Outcome:
    """Whether each test rejects the true theta, whether the interval holds it, whether there was nothing to test."""
    arrays, options = data
    try:
        found = ENTRIES[world.kind].procedure(*arrays, **options)
    except (Degenerate, UnusableValues):
        return REFUSED
    low, high = found.interval(LEVEL) if world.covers else (-np.inf, np.inf)
    return (
        float(found.p_above(world.theta) <= ALPHA),
        float(found.p_below(world.theta) <= ALPHA),
        float(low <= world.theta <= high),
        0.0,
    )
