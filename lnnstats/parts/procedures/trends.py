"""Ordered levels within blocks: options."""

from __future__ import annotations

from typing import ClassVar, Literal

from lnnstats.parts.procedures.base import RATIO_OR_DIFFERENCE, Failures, Scale, Trend

SLOPE = (*RATIO_OR_DIFFERENCE, "exponent")


class Page(Trend):
    """Page's L with ties, conditional on the tie pattern: decides direction only."""

    kind: Literal["page"] = "page"
    failures: ClassVar[Failures] = "rank"
    counts: ClassVar[bool] = True


class TrendSlope(Trend):
    """Mean of the per-block least-squares slopes, by a t test on them; of logs against log levels an exponent."""

    kind: Literal["trend_slope"] = "trend_slope"
    scale: Scale = "log"
    mean_over_blocks: ClassVar[bool] = True
    measures: ClassVar[tuple[str, ...]] = SLOPE


class TheilSen(Trend):
    """Median over blocks of Theil-Sen slopes, exact by counting blocks; of logs against log levels an exponent."""

    kind: Literal["theil_sen"] = "theil_sen"
    scale: Scale = "log"
    counts: ClassVar[bool] = True
    measures: ClassVar[tuple[str, ...]] = SLOPE


PARTS = (Page, TrendSlope, TheilSen)
