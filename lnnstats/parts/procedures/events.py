"""Events, a run beyond or below the resolution or a time reached: options."""

from __future__ import annotations

from typing import ClassVar, Literal

from lnnstats.parts.procedures.base import Blocks, Contrast, Event, Failures, Levels, Pair, Procedure, Resamples, Trend


class OrderedTrend(Trend):
    """Ordered trend in the chance of an event within blocks: exact conditional test of an odds ratio.

    A risk difference is tested by betting, valid for any distribution; the conditional p is shown beside it.
    """

    kind: Literal["ordered_trend"] = "ordered_trend"
    of: Event = "above_resolution"
    failures: ClassVar[Failures] = "event"
    measures: ClassVar[tuple[str, ...]] = ("odds_ratio", "risk_difference")
    counts: ClassVar[bool] = True


class McNemar(Pair):
    """Exact McNemar test of two paired chances of an event: the conditional odds ratio."""

    kind: Literal["mcnemar"] = "mcnemar"
    of: Event = "above_resolution"
    counts: ClassVar[bool] = True
    failures: ClassVar[Failures] = "event"
    measures: ClassVar[tuple[str, ...]] = ("odds_ratio",)


class Binomial(Procedure):
    """Exact binomial test of one chance of an event, in the cell that `where` fixes, against the hypothesis's
    `null_value`.
    """

    kind: Literal["binomial"] = "binomial"
    of: Event = "above_resolution"
    contrast: ClassVar[Contrast] = "one"
    failures: ClassVar[Failures] = "event"
    measures: ClassVar[tuple[str, ...]] = ("probability",)
    null: ClassVar[float] = 0.5

    def least_p(self, blocks: int, null: float, upward: bool) -> float:
        return float((null if upward else 1.0 - null) ** blocks)


class CochranQ(Levels):
    """Cochran's Q within blocks, exact given each block's number of events: decides that some level differs."""

    kind: Literal["cochran_q"] = "cochran_q"
    of: Event = "above_resolution"
    method: Literal["exact", "monte_carlo", "chi_square"] = "exact"
    resamples: Resamples = 9999
    failures: ClassVar[Failures] = "event"


class _EventGroups(Pair):
    """Two chances of an event in independent groups."""

    of: Event = "above_resolution"
    blocks: ClassVar[Blocks] = "between"
    failures: ClassVar[Failures] = "event"


class Fisher(_EventGroups):
    """Fisher's exact test of independent groups: the conditional odds ratio."""

    kind: Literal["fisher"] = "fisher"
    measures: ClassVar[tuple[str, ...]] = ("odds_ratio",)


class Barnard(_EventGroups):
    """Barnard's exact unconditional test of independent groups: the risk difference."""

    kind: Literal["barnard"] = "barnard"
    measures: ClassVar[tuple[str, ...]] = ("risk_difference",)


class RiskDifference(_EventGroups):
    """Score test of the risk difference of independent groups (Miettinen & Nurminen), for groups of twenty or more."""

    kind: Literal["risk_difference"] = "risk_difference"
    measures: ClassVar[tuple[str, ...]] = ("risk_difference",)


class PairedRiskDifference(Pair):
    """Tango's score test of the risk difference within blocks: differences, non-inferiority, equivalence."""

    kind: Literal["paired_risk_difference"] = "paired_risk_difference"
    of: Event = "above_resolution"
    failures: ClassVar[Failures] = "event"
    measures: ClassVar[tuple[str, ...]] = ("risk_difference",)


class TwoPart(Pair):
    """Chance of lying above the resolution and size above it, together: the direction that both share, or a difference
    in either. Decides that only.
    """

    kind: Literal["two_part"] = "two_part"
    part: Literal["both", "either"] = "both"
    resolved: ClassVar[bool] = True

    @property
    def omnibus(self) -> bool:
        return self.part == "either"


class TailRatio(Pair):
    """Size above the resolution: paired t on logs among the blocks in which both values lie above it."""

    kind: Literal["tail_ratio"] = "tail_ratio"
    resolved: ClassVar[bool] = True
    measures: ClassVar[tuple[str, ...]] = ("ratio",)


PARTS = (
    OrderedTrend,
    McNemar,
    Binomial,
    CochranQ,
    Fisher,
    Barnard,
    RiskDifference,
    PairedRiskDifference,
    TwoPart,
    TailRatio,
)
