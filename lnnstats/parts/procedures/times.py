"""Times until an event: options."""

from __future__ import annotations

from typing import ClassVar, Literal

from lnnstats.parts.procedures.base import Along, Blocks, Contrast, Levels, Pair, Resamples, Scale, Trend


class _Levels(Levels):
    """Times of all levels of a factor, some of them perhaps censored."""

    timed: ClassVar[bool] = True
    censoring: ClassVar[bool] = True


class _Followed(Pair):
    """Times of two levels within blocks, every run followed to the horizon."""

    timed: ClassVar[bool] = True


class _Times(_Followed):
    """Times of two levels within blocks, some of them perhaps censored."""

    censoring: ClassVar[bool] = True


class _TimeGroups(_Times):
    """Times of two independent groups, some of them perhaps censored."""

    blocks: ClassVar[Blocks] = "between"


class KaplanMeier(_Levels):
    """Survival curves of a time, with medians: drawn in the report, never decided."""

    kind: Literal["kaplan_meier"] = "kaplan_meier"
    decides: ClassVar[bool] = False

    def least_p(self, blocks: int, null: float, upward: bool) -> float:
        return 0.0  # it has no test


class RestrictedMean(_Followed):
    """Mean time up to the horizon within blocks: paired t, every run followed to the horizon."""

    kind: Literal["restricted_mean"] = "restricted_mean"
    measures: ClassVar[tuple[str, ...]] = ("difference",)
    mean_over_blocks: ClassVar[bool] = True


class RestrictedMeanGroups(_TimeGroups):
    """Mean time up to the horizon of independent groups: areas under Kaplan-Meier curves."""

    kind: Literal["restricted_mean_groups"] = "restricted_mean_groups"
    until: float | None = None
    measures: ClassVar[tuple[str, ...]] = ("difference",)


class MedianTime(_Followed):
    """Median over blocks of the difference in time, exact by counting blocks."""

    kind: Literal["median_time"] = "median_time"
    counts: ClassVar[bool] = True
    measures: ClassVar[tuple[str, ...]] = ("difference",)


class MedianTimeGroups(_TimeGroups):
    """Difference (or on the log scale ratio) of the Kaplan-Meier medians of independent groups."""

    kind: Literal["median_time_groups"] = "median_time_groups"
    scale: Scale = "raw"
    measures: ClassVar[tuple[str, ...]] = ("difference", "time_ratio")


class LogRank(_Levels):
    """Log-rank test of independent groups: direction for two levels, any difference for more."""

    kind: Literal["log_rank"] = "log_rank"
    blocks: ClassVar[Blocks] = "between"


class StratifiedLogRank(_Levels):
    """Log-rank test within blocks, each block a stratum: direction for two levels, any difference for more."""

    kind: Literal["stratified_log_rank"] = "stratified_log_rank"


class Cox(_TimeGroups):
    """Cox regression of independent groups: the hazard ratio, by the partial likelihood ratio."""

    kind: Literal["cox"] = "cox"
    measures: ClassVar[tuple[str, ...]] = ("hazard_ratio",)


class StratifiedCox(_Times):
    """Cox regression with each block a stratum: the hazard ratio, exact from which run of a block arrives first."""

    kind: Literal["stratified_cox"] = "stratified_cox"
    counts: ClassVar[bool] = True
    measures: ClassVar[tuple[str, ...]] = ("hazard_ratio",)


Distribution = Literal["lognormal", "weibull", "loglogistic"]


class Aft(_TimeGroups):
    """Accelerated failure times of independent groups: the time ratio, by the profile likelihood ratio."""

    kind: Literal["aft"] = "aft"
    distribution: Distribution = "lognormal"
    measures: ClassVar[tuple[str, ...]] = ("time_ratio",)


class PairedAft(_Times):
    """Accelerated failure times within blocks: the time ratio, its error by leaving out blocks."""

    kind: Literal["paired_aft"] = "paired_aft"
    distribution: Distribution = "lognormal"
    measures: ClassVar[tuple[str, ...]] = ("time_ratio",)


class AftTrend(Trend):
    """Accelerated failure times over ordered levels within blocks: the time ratio per unit of score, or of log levels
    the exponent; its error by leaving out blocks.
    """

    kind: Literal["aft_trend"] = "aft_trend"
    distribution: Distribution = "lognormal"
    timed: ClassVar[bool] = True
    censoring: ClassVar[bool] = True
    measures: ClassVar[tuple[str, ...]] = ("time_ratio", "exponent")


class GrowthLaw(Along):
    """Whether median times grow exponentially (greater) or like a power (less) of a factor: decides that only."""

    kind: Literal["growth_law"] = "growth_law"
    resamples: Resamples = 1999
    contrast: ClassVar[Contrast] = "trend"
    timed: ClassVar[bool] = True
    least_levels: ClassVar[int] = 4

    @property
    def logged_levels(self) -> str:
        return "log"

    def claim(self, response: str, side: str) -> str:
        exponential = side in ("greater", "increasing")
        law = "exponentially in {}, not like a power" if exponential else "like a power of {}, not exponentially"
        return f"median {response} grows {law.format(self.along)}"


PARTS = (
    KaplanMeier,
    RestrictedMean,
    RestrictedMeanGroups,
    MedianTime,
    MedianTimeGroups,
    LogRank,
    StratifiedLogRank,
    Cox,
    StratifiedCox,
    Aft,
    PairedAft,
    AftTrend,
    GrowthLaw,
)
