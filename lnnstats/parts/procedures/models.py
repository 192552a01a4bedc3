"""Models of all runs, cells may be missing: options."""

from __future__ import annotations

from typing import ClassVar, Literal

from lnnstats.parts.procedures.base import RATIO_OR_DIFFERENCE, Blocks, Pair, Scale, Trend

DegreesOfFreedom = Literal["kenward_roger", "satterthwaite"]


class MixedTrend(Trend):
    """Slope in a linear mixed model with random effects of the blocks, by REML.

    `random`: an intercept and a slope for each block, correlated or not, or an intercept alone. `fallback`: what a
    singular or unconverged fit gives way to.
    """

    kind: Literal["mixed_trend"] = "mixed_trend"
    scale: Scale = "log"
    random: Literal["slope", "slope_uncorrelated", "intercept"] = "slope"
    df: DegreesOfFreedom = "kenward_roger"
    fallback: Literal["between_within", "drop_slope", "refuse"] = "between_within"
    blocks: ClassVar[Blocks] = "partial"
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE


class MixedPair(Pair):
    """Difference of two levels in a linear mixed model with a random intercept of the blocks, by REML.

    `fallback`: what a singular or unconverged fit gives way to.
    """

    kind: Literal["mixed_pair"] = "mixed_pair"
    scale: Scale = "log"
    df: DegreesOfFreedom = "kenward_roger"
    fallback: Literal["between_within", "refuse"] = "between_within"
    blocks: ClassVar[Blocks] = "partial"
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE


class RobustSlope(Trend):
    """Least-squares slope over all runs; `errors`: cr2 for blocks as clusters, hc3 for independent runs."""

    kind: Literal["robust_slope"] = "robust_slope"
    scale: Scale = "log"
    errors: Literal["cr2", "hc3"] = "cr2"
    blocks: ClassVar[Blocks] = "partial"
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE


PARTS = (MixedTrend, MixedPair, RobustSlope)
