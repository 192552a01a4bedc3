"""Ordered levels within blocks: options."""

from __future__ import annotations

from typing import ClassVar, Literal

from lnnstats.parts.procedures.base import RATIO_OR_DIFFERENCE, Failures, Scale, Trend


class Page(Trend):
    """Page's L with ties, conditional on the tie pattern: decides direction only."""

    kind: Literal["page"] = "page"
    failures: ClassVar[Failures] = "rank"


class TrendSlope(Trend):
    """Mean of the per-block least-squares slopes, by a t test on the slopes."""

    kind: Literal["trend_slope"] = "trend_slope"
    scale: Scale = "log"
    mean_over_blocks: ClassVar[bool] = True
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE


PARTS = (Page, TrendSlope)
