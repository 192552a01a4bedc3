"""Events, a run beyond or below the resolution or a time reached: options."""

from __future__ import annotations

from typing import ClassVar, Literal

from lnnstats.parts.procedures.base import Contrast, Event, Failures, Pair, Procedure, Trend


class OrderedTrend(Trend):
    """Ordered trend in the chance of an event within blocks: exact conditional test of an odds ratio.

    A risk difference is tested by betting, valid for any distribution; the conditional p is shown beside it.
    """

    kind: Literal["ordered_trend"] = "ordered_trend"
    of: Event = "above_resolution"
    failures: ClassVar[Failures] = "event"
    measures: ClassVar[tuple[str, ...]] = ("odds_ratio", "risk_difference")


class McNemar(Pair):
    """Exact McNemar test of two paired chances of an event: the conditional odds ratio."""

    kind: Literal["mcnemar"] = "mcnemar"
    of: Event = "above_resolution"
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


PARTS = (OrderedTrend, McNemar, Binomial)
