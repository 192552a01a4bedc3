"""Statistical procedures a hypothesis can name: options only. Implementations: `lnnstats.stats.procedures`.

Every procedure says which `measures` its parameter can be declared in (the keys of `sesoi` and `bounds`) and whether it
decides more than direction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from lnnstats.parts.base import Part, choice, kinds

Event = Literal["above_resolution", "below_resolution", "reached"]
Scale = Literal["raw", "log", "log1p"]
Scores = Literal["level", "rank", "log2"]


class _Procedure(Part):
    measures: ClassVar[tuple[str, ...]]
    null: ClassVar[float] = 0.0
    contrast: ClassVar[Literal["trend", "pair", "one", "curve"]]


class _Pair(_Procedure):
    """Two levels of one factor within blocks: `treatment` against `reference` (by default the factor's reference
    level).
    """

    along: str
    treatment: Any
    reference: Any = None
    contrast: ClassVar[Literal["trend", "pair", "one", "curve"]] = "pair"


class _Trend(_Procedure):
    """All levels of an ordered factor within blocks; `scores`: the levels themselves, their ranks, or log2 of the
    levels.
    """

    along: str
    scores: Scores = "level"
    contrast: ClassVar[Literal["trend", "pair", "one", "curve"]] = "trend"


class OrderedTrend(_Trend):
    """Ordered trend in the chance of an event within blocks: exact conditional test of an odds ratio.

    A risk difference is tested by betting, valid for any distribution; the conditional p is shown beside it.
    """

    kind: Literal["ordered_trend"] = "ordered_trend"
    of: Event = "above_resolution"
    measures: ClassVar[tuple[str, ...]] = ("odds_ratio", "risk_difference")


class Page(_Trend):
    """Page's L with ties, conditional on the tie pattern: decides direction only."""

    kind: Literal["page"] = "page"
    measures: ClassVar[tuple[str, ...]] = ()


class TrendSlope(_Trend):
    """Mean of the per-block least-squares slopes, by a t test on the slopes."""

    kind: Literal["trend_slope"] = "trend_slope"
    scale: Scale = "log"
    measures: ClassVar[tuple[str, ...]] = ("ratio", "difference")


class PairedT(_Pair):
    """Paired t on logs by default: the ratio of geometric means."""

    kind: Literal["paired_t"] = "paired_t"
    scale: Scale = "log"
    measures: ClassVar[tuple[str, ...]] = ("ratio", "difference")


class Tost(PairedT):
    """Two one-sided paired t tests: `paired_t` for a hypothesis of kind equivalence."""

    kind: Literal["tost"] = "tost"  # type: ignore[assignment]


class BootstrapT(_Pair):
    """Studentised bootstrap of the mean paired difference, blocks resampled."""

    kind: Literal["bootstrap_t"] = "bootstrap_t"
    scale: Scale = "raw"
    resamples: Annotated[int, Field(strict=True, ge=999)] = 9999
    measures: ClassVar[tuple[str, ...]] = ("difference", "ratio")


class SignTest(_Pair):
    """Exact sign test: P(treatment > reference | they differ)."""

    kind: Literal["sign_test"] = "sign_test"
    measures: ClassVar[tuple[str, ...]] = ("probability",)
    null: ClassVar[float] = 0.5


class McNemar(_Pair):
    """Exact McNemar test of two paired chances of an event: the conditional odds ratio."""

    kind: Literal["mcnemar"] = "mcnemar"
    of: Event = "above_resolution"
    measures: ClassVar[tuple[str, ...]] = ("odds_ratio",)


class Binomial(_Procedure):
    """Exact binomial test of one chance of an event, in the cell that `where` fixes, against the hypothesis's
    `null_value`.
    """

    kind: Literal["binomial"] = "binomial"
    of: Event = "above_resolution"
    measures: ClassVar[tuple[str, ...]] = ("probability",)
    null: ClassVar[float] = 0.5
    contrast: ClassVar[Literal["trend", "pair", "one", "curve"]] = "one"


class KaplanMeier(_Procedure):
    """Survival curves of a time, with medians: drawn in the report, never decided."""

    kind: Literal["kaplan_meier"] = "kaplan_meier"
    along: str
    measures: ClassVar[tuple[str, ...]] = ()
    contrast: ClassVar[Literal["trend", "pair", "one", "curve"]] = "curve"


PROCEDURES = kinds(OrderedTrend, Page, TrendSlope, PairedT, Tost, BootstrapT, SignTest, McNemar, Binomial, KaplanMeier)
if TYPE_CHECKING:
    Procedure = Any  # options differ by kind: whoever reads one knows which it has
else:
    Procedure = choice(PROCEDURES)
