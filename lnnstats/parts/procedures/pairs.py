"""Two levels within blocks: options."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from lnnstats.parts.procedures.base import RATIO_OR_DIFFERENCE, Contrast, Failures, Pair, Resamples, Scale, Trim


class PairedT(Pair):
    """Paired t on logs by default: the ratio of geometric means."""

    kind: Literal["paired_t"] = "paired_t"
    scale: Scale = "log"
    mean_over_blocks: ClassVar[bool] = True
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE


class Tost(PairedT):
    """Two one-sided paired t tests: `paired_t` for a hypothesis of kind equivalence."""

    kind: Literal["tost"] = "tost"  # type: ignore[assignment]


class BootstrapT(Pair):
    """Studentised bootstrap of the mean paired difference, blocks resampled."""

    kind: Literal["bootstrap_t"] = "bootstrap_t"
    scale: Scale = "raw"
    resamples: Resamples = 9999
    mean_over_blocks: ClassVar[bool] = True
    measures: ClassVar[tuple[str, ...]] = ("difference", "ratio")


class SignTest(Pair):
    """Exact sign test: P(treatment > reference | they differ)."""

    kind: Literal["sign_test"] = "sign_test"
    counts: ClassVar[bool] = True
    failures: ClassVar[Failures] = "rank"
    measures: ClassVar[tuple[str, ...]] = ("probability",)
    null: ClassVar[float] = 0.5


class SignFlip(Pair):
    """Exact sign-flip test of the centre of the paired differences: enumerated up to 20 blocks, drawn beyond."""

    kind: Literal["sign_flip"] = "sign_flip"
    counts: ClassVar[bool] = True
    scale: Scale = "log"
    resamples: Resamples = 9999
    mean_over_blocks: ClassVar[bool] = True
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE


class TrimmedT(Pair):
    """t of the trimmed mean of the paired differences; `trim`: the share cut from each end."""

    kind: Literal["trimmed_t"] = "trimmed_t"
    scale: Scale = "log"
    trim: Trim = 0.2
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE


class Wilcoxon(Pair):
    """Wilcoxon signed-rank test of the pseudo-median of the paired differences, exact with ties and zeros."""

    kind: Literal["wilcoxon"] = "wilcoxon"
    counts: ClassVar[bool] = True
    scale: Scale = "log"
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE


class BootstrapMean(Pair):
    """Bootstrap of the mean paired difference by percentiles or BCa: needs 15 blocks, better 30."""

    kind: Literal["bootstrap_mean"] = "bootstrap_mean"
    scale: Scale = "raw"
    method: Literal["percentile", "bca"] = "bca"
    resamples: Resamples = 9999
    mean_over_blocks: ClassVar[bool] = True
    measures: ClassVar[tuple[str, ...]] = ("difference", "ratio")


class RatioOfMeans(Pair):
    """Ratio of the means themselves, not of the geometric means: Fieller's paired test."""

    kind: Literal["ratio_of_means"] = "ratio_of_means"
    measures: ClassVar[tuple[str, ...]] = ("ratio",)


class PairedQuantile(Pair):
    """Difference (or on a log scale ratio) of the medians, or of another quantile, of two levels: blocks resampled."""

    kind: Literal["paired_quantile"] = "paired_quantile"
    quantile: Annotated[float, Field(gt=0, lt=1)] = 0.5
    scale: Scale = "raw"
    resamples: Resamples = 9999
    failures: ClassVar[Failures] = "rank"
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE

    def claim(self, response: str, side: str) -> str:
        word = "median" if self.quantile == 0.5 else f"{self.quantile:g} quantile of"
        return f"{word} {response} is {side} along {self.along}"


class CrossedPair(Pair):
    """Two levels where a random factor is crossed with the blocks: the inference reaches beyond both samples.

    `over`: the random factor, `draws.init` say, each of whose draws every block has.
    """

    kind: Literal["crossed_pair"] = "crossed_pair"
    over: str
    scale: Scale = "log"
    contrast: ClassVar[Contrast] = "factorial"
    least_levels: ClassVar[int] = 3
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE

    @property
    def compared(self) -> tuple[str, ...]:
        return self.along, self.over

    @property
    def sampled(self) -> str | None:
        return self.over

    def chosen(self, path: str, baseline: Any) -> tuple[Any, ...] | None:
        return super().chosen(path, baseline) if path == self.along else None

    def claim(self, response: str, side: str) -> str:
        return f"{response} is {side} along {self.along}, whatever the draw of {self.over}"


PARTS = (
    PairedT,
    Tost,
    BootstrapT,
    SignTest,
    SignFlip,
    TrimmedT,
    Wilcoxon,
    BootstrapMean,
    RatioOfMeans,
    PairedQuantile,
    CrossedPair,
)
