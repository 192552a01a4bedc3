"""The factorial's run -> which factor decides: shares of the effect's variation, mean effects, decisions that flip."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import special

from lnnstats.analysis.calls.values import events
from lnnstats.analysis.failures import enter
from lnnstats.analysis.procedures import evidence
from lnnstats.analysis.select import Sample, samples
from lnnstats.analysis.values import Interval
from lnnstats.errors import BadInput, Problem
from lnnstats.stats.values import Degenerate, FloatArray
from lnnstats.stats.variance.effect_shares import EffectShares, effect_shares
from lnnstats.study.axes import facing
from lnnstats.study.values import Hypothesis, Scalar
from lnnstats.synthesis.conditions import Condition
from lnnstats.synthesis.gather import Run
from lnnstats.synthesis.values import Factorial

LEVEL = 0.95


@dataclass(frozen=True)
class Flips:
    """Pairs of conditions that differ in a factor alone: all of them, those in which one is harm and the other is not
    (no harm, or reversed), and those in which neither is undecided.
    """

    pairs: int
    decided: int
    flipped: int


@dataclass(frozen=True)
class Marginal:
    """The mean effect at a level of a factor, over all conditions of it, with its interval over blocks."""

    factor: str
    level: Scalar
    estimate: float
    interval: Interval


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Of a factorial: its factors (path -> levels), and what the effect's variation over conditions is due to.

    `shares` is None where the effect does not vary by more than its noise. `ends`: condition -> the shares of runs with
    the event at the first and the last level compared.
    """

    study: str
    hypothesis: str
    measure: str
    levels: Mapping[str, tuple[Scalar, ...]]
    blocks: int
    shares: EffectShares | None
    marginals: tuple[Marginal, ...]
    flips: Mapping[str, Flips]
    ends: Mapping[tuple[Scalar, ...], tuple[float, float]]


def decompose(factorial: Factorial, run: Run, found: tuple[Condition, ...]) -> Decomposition:
    """The decomposition of a hypothesis's effect over its strata.

    Raises BadInput where the strata are no balanced factorial or the effect is no mean over blocks.
    """
    hypothesis = next(h for h in run.study.hypotheses if h.id == factorial.hypothesis)
    taken = tuple(_taken(run, hypothesis, factorial))
    levels = _levels([sample for sample, _ in taken])
    if len(levels) < 2 or len(taken) != math.prod(map(len, levels.values())):
        there = f"{len(taken)} strata of {', '.join(levels) or 'no factor'}"
        hint = "name a hypothesis with strata of two factors or more, every combination of their levels once"
        raise _refused(factorial, "its strata are no balanced factorial of two factors or more", there, hint)
    effects = _cube(taken, levels, factorial)
    mine = {key(c.stratum, levels): c for c in found if (c.study, c.hypothesis) == (run.name, hypothesis.id)}
    return Decomposition(
        study=run.name,
        hypothesis=hypothesis.id,
        measure=next(c.measure for c in mine.values()),
        levels=levels,
        blocks=len(effects),
        shares=_shares(effects, tuple(levels)),
        marginals=tuple(_marginals(effects, levels)),
        flips={path: flips(mine, levels, path) for path in levels},
        ends={key(sample.stratum, levels): _ends(sample, run, hypothesis) for sample, _ in taken},
    )


def _taken(run: Run, hypothesis: Hypothesis, factorial: Factorial) -> Iterator[tuple[Sample, FloatArray]]:
    """Every stratum's sample with the effect of each of its blocks."""
    plan = facing(run.study.plan, hypothesis)
    for sample in samples(run.results, plan, hypothesis):
        entered = enter(sample, hypothesis, plan)
        found = evidence(entered, hypothesis, plan).contributions if isinstance(entered, Sample) else None
        if found is None or not isinstance(entered, Sample) or len(found) != len(entered.blocks):
            where = ", ".join(f"{path} = {level}" for path, level in sample.stratum.items())
            hint = "name a hypothesis whose test averages a contrast over blocks (a pair, a trend)"
            raise _refused(factorial, "the effect is no mean over blocks", where, hint)
        yield entered, found


def _levels(taken: list[Sample]) -> dict[str, tuple[Scalar, ...]]:
    """The factors whose levels differ between strata, in their order."""
    paths = taken[0].stratum if taken else ()
    levels = {path: tuple(dict.fromkeys(sample.stratum[path] for sample in taken)) for path in paths}
    return {path: labels for path, labels in levels.items() if len(labels) > 1}


def key(stratum: Mapping[str, Scalar], levels: Mapping[str, tuple[Scalar, ...]]) -> tuple[Scalar, ...]:
    """A stratum's levels of the factors, in their order."""
    return tuple(stratum[path] for path in levels)


def _cube(
    taken: tuple[tuple[Sample, FloatArray], ...], levels: Mapping[str, tuple[Scalar, ...]], factorial: Factorial
) -> FloatArray:
    """The effects [blocks, levels of each factor], blocks those that every stratum has."""
    shared = sorted(set.intersection(*(set(sample.blocks.tolist()) for sample, _ in taken)))
    if not shared:
        hint = "have all strata draw in the same blocks"
        raise _refused(factorial, "its strata share no block", "none", hint)
    cube = np.full((*map(len, levels.values()), len(shared)), np.nan)
    for sample, effect in taken:
        place = tuple(labels.index(sample.stratum[path]) for path, labels in levels.items())
        cube[place] = effect[np.isin(sample.blocks, shared)]
    return np.moveaxis(cube, -1, 0)


def _refused(factorial: Factorial, message: str, found: str, hint: str) -> BadInput:
    return BadInput(Problem(f"factorial.{factorial.hypothesis}", message, found, hint=hint))


def _shares(effects: FloatArray, names: tuple[str, ...]) -> EffectShares | None:
    """What the variation is due to, where there is some beyond noise."""
    try:
        found = effect_shares(effects, names)
    except Degenerate:
        return None
    return found if found.variance.low > 0 else None


def _marginals(effects: FloatArray, levels: Mapping[str, tuple[Scalar, ...]]) -> Iterator[Marginal]:
    """Means over all other factors, with Student's limits over blocks."""
    n = len(effects)
    for axis, (path, labels) in enumerate(levels.items(), 1):
        values = effects.mean(axis=tuple(a for a in range(1, effects.ndim) if a != axis))
        reach = -special.stdtrit(n - 1, (1 - LEVEL) / 2) * values.std(axis=0, ddof=1) / math.sqrt(n)
        for label, mean, half in zip(labels, values.mean(axis=0), reach, strict=True):
            limits = Interval(LEVEL, float(mean - half), float(mean + half))
            yield Marginal(path, label, float(mean), limits)


def flips(marks: Mapping[tuple[Scalar, ...], Condition], levels: Mapping[str, tuple[Scalar, ...]], path: str) -> Flips:
    """In how many matched pairs a change of one factor's level changes harm into no harm or back."""
    axis = list(levels).index(path)
    pairs = [
        (one.mark, other.mark)
        for (here, one), (there, other) in combinations(marks.items(), 2)
        if here[axis] != there[axis] and here[:axis] + here[axis + 1 :] == there[:axis] + there[axis + 1 :]
    ]
    decided = [pair for pair in pairs if not {"undecided", "untestable"} & set(pair)]
    return Flips(len(pairs), len(decided), sum((one == "harm") != (other == "harm") for one, other in decided))


def _ends(sample: Sample, run: Run, hypothesis: Hypothesis) -> tuple[float, float]:
    """The share of blocks that had the event at the first and at the last level compared; NaN without an event."""
    if not hasattr(hypothesis.test, "of"):
        return math.nan, math.nan
    had = events(sample, hypothesis, run.study.plan)
    return float(had[:, 0].mean()), float(had[:, -1].mean())
