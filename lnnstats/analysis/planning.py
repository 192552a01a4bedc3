"""Plan -> the chance of each decision, for the number of blocks asked for and the sd a hypothesis assumes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from lnnstats.analysis.question import Null, Sides, bounds, origin, sides, smallest
from lnnstats.stats.pivots.student import Student
from lnnstats.stats.power import chance
from lnnstats.stats.values import Evidence
from lnnstats.study.families import opening_level
from lnnstats.study.values import LOGGED, Hypothesis, Plan

SHARES = (0.0, 0.5, 1.0, 2.0)  # of the smallest effect, or of the upper bound, at which chances are published
DECIDABLE = 0.5


@dataclass(frozen=True)
class Chances:
    """P(supported) and P(refuted) of a hypothesis if theta is `share` times its smallest effect (or upper bound)
    beyond the null; `theta` as shown.
    """

    hypothesis: str
    share: float
    theta: float
    supported: float
    refuted: float

    @property
    def decided(self) -> float:
        """P(any decision)."""
        return self.supported + self.refuted


def chances(plan: Plan) -> Iterator[Chances]:
    """Chances of every hypothesis that assumes an sd, each answering to what its family leaves to a first decision."""
    for hypothesis in plan.hypotheses:
        if hypothesis.sd is None or not hypothesis.test.mean_over_blocks or plan.blocks.number < 2:
            continue
        level, unit = opening_level(plan, hypothesis.family), _unit(hypothesis)
        asked = sides(hypothesis, _imagined(hypothesis))
        for share in SHARES if unit else (0.0,):
            yield _chances(hypothesis, asked, plan.blocks.number, level, share, share * unit)


def undecidable(plan: Plan) -> tuple[str, ...]:
    """Hypotheses that neither no effect nor twice the smallest one would decide with a chance of one half."""
    found: dict[str, list[float]] = {}
    for c in chances(plan):
        if c.share in (0.0, 2.0):
            found.setdefault(c.hypothesis, []).append(c.decided)
    return tuple(name for name, decided in found.items() if max(decided) < DECIDABLE)


def _chances(hypothesis: Hypothesis, asked: Sides, n: int, level: float, share: float, theta: float) -> Chances:
    assert hypothesis.sd is not None
    outward = hypothesis.upward or hypothesis.question == "equivalence"
    signed = origin(hypothesis, _imagined(hypothesis)) + (theta if outward else -theta)

    def of(nulls: tuple[Null, ...], at: float) -> float:
        above = max((t for side, t in nulls if side == "above"), default=-math.inf)
        below = min((t for side, t in nulls if side == "below"), default=math.inf)
        return chance(above, below, theta=signed, sd=hypothesis.sd or 0.0, n=n, level=at)

    refuted = sum(of((null,), level / len(asked.refute)) for null in asked.refute)
    shown = math.exp(signed) if _measure(hypothesis) in LOGGED else signed
    return Chances(hypothesis.id, share, shown, of(asked.support, level), refuted)


def _unit(hypothesis: Hypothesis) -> float:
    """The smallest effect, or what the upper bound lies beyond the null, on the scale of the test."""
    if hypothesis.question != "equivalence":
        return smallest(hypothesis)
    return bounds(hypothesis)[1] - origin(hypothesis, _imagined(hypothesis))


def _measure(hypothesis: Hypothesis) -> str:
    """What theta is shown in: as declared, else as the procedure's options have it."""
    return next(iter(hypothesis.sesoi or hypothesis.bounds or hypothesis.test.judged_in))


def _imagined(hypothesis: Hypothesis) -> Evidence:
    """An Evidence before there are data: all that a question needs of it is measure and null."""
    return Evidence(
        procedure=hypothesis.test.kind,
        estimand="",
        measure=_measure(hypothesis),
        estimate=math.nan,
        null=0.0,
        n=0,
        statistic_name="",
        statistic=None,
        df=None,
        tests=Student(math.nan, math.nan),
        attainable=0.0,
        display="identity",
    )
