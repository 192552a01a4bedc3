"""What every procedure's options share: which runs it compares, how they relate, what its parameter is measured in."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from lnnstats.parts.base import Part

Contrast = Literal["one", "pair", "trend", "levels", "factorial"]
Blocks = Literal["within", "between", "partial"]
Failures = Literal["mean", "rank", "event"]
Event = Literal["above_resolution", "below_resolution", "reached"]
Scale = Literal["raw", "log", "log1p"]
Scores = Literal["level", "rank", "log2", "log"]
Resamples = Annotated[int, Field(strict=True, ge=999)]
Trim = Annotated[float, Field(ge=0, lt=0.5)]
TwoFactors = Annotated[tuple[str, ...], Field(min_length=2, max_length=2)]
RATIO_OR_DIFFERENCE = ("ratio", "difference")
UNFIT = {"raw": ("ratio", "time_ratio"), "log": ("difference",), "log1p": ("difference",)}


class Procedure(Part):
    """Options of one procedure.

    `contrast`: what is compared. `blocks`: complete blocks compared with themselves (within), independent groups, each
    block in one level (between), or whatever is there (partial). `failures`: a diverged run enters a mean not at all,
    a rank as the worst, an event as the event it is. `measures`: what `sesoi` and `bounds` may be declared in, none for
    a procedure that decides direction only. `null`: theta under no effect. `decides`: False for what only describes.
    `mean_over_blocks`: theta is a mean of one value a block. `censoring`: times may be censored before the horizon.
    `timed`: its response must be a time; `resolved`: it must have a resolution. `fresh_strata`: the levels of the
    compared factors beyond the first must draw anew. `unsigned`: theta is a size, never below no effect. `counts`: its
    tests count blocks, and the smallest p halves with each. `least_levels`: how many levels a trend, or draws a random
    factor, must have.
    """

    contrast: ClassVar[Contrast]
    blocks: ClassVar[Blocks] = "within"
    failures: ClassVar[Failures] = "mean"
    measures: ClassVar[tuple[str, ...]] = ()
    null: ClassVar[float] = 0.0
    decides: ClassVar[bool] = True
    mean_over_blocks: ClassVar[bool] = False
    censoring: ClassVar[bool] = False
    timed: ClassVar[bool] = False
    resolved: ClassVar[bool] = False
    fresh_strata: ClassVar[bool] = False
    unsigned: ClassVar[bool] = False
    counts: ClassVar[bool] = False
    least_levels: ClassVar[int] = 2

    @property
    def compared(self) -> tuple[str, ...]:
        """The paths of the factors whose levels are compared."""
        return ()

    @property
    def sampled(self) -> str | None:
        """The path of the random factor whose levels are a sample that the inference reaches beyond."""
        return None

    @property
    def omnibus(self) -> bool:
        """Whether it asks for any difference at all, so that no side can be claimed."""
        several = self.contrast in ("levels", "factorial")
        return self.unsigned or (several and set(self.measures) <= {"partial_eta_squared"})

    @property
    def judged_in(self) -> tuple[str, ...]:
        """Those of its measures that fit its options: on a raw scale no ratio, on a log scale no difference; of logs
        against log levels the exponent alone.
        """
        scale, scores = getattr(self, "scale", None), getattr(self, "scores", None)
        if "exponent" in self.measures and scores == "log" and scale in (None, "log"):
            return ("exponent",)
        unfit = ("exponent", *UNFIT.get(scale or "", ()))
        return tuple(measure for measure in self.measures if measure not in unfit)

    @property
    def logged_levels(self) -> str:
        """The logarithm taken of the levels of the last factor compared, which must then be positive; or nothing."""
        scores = getattr(self, "scores", "")
        return scores if scores in ("log", "log2") else ""

    def least_p(self, blocks: int, null: float, upward: bool) -> float:
        """The smallest one-sided p at `null` that so many blocks can give; two blocks suffice a t test."""
        if self.counts:
            return 0.5**blocks
        return 0.0 if blocks > 1 else 1.0

    def claim(self, response: str, side: str) -> str:
        """What a hypothesis that says nothing itself states, `side` being its alternative."""
        along = ", ".join(self.compared)
        if self.omnibus:
            return f"{along} has an effect on {response}"
        return f"{response} is {side}{f' along {along}' if along else ''}"

    def chosen(self, path: str, baseline: Any) -> tuple[Any, ...] | None:
        """The levels of a compared factor that enter, in their order; None for all of them."""
        return None

    def comparable(self, path: str, wanted: tuple[Any, ...], there: tuple[Any, ...], baseline: Any) -> bool:
        """Whether there is something to compare where a design has only some of the levels of a factor wanted: all of
        those chosen, else two.
        """
        return len(there) >= (min(2, len(wanted)) if self.chosen(path, baseline) is None else len(wanted))


class Along(Procedure):
    """Levels of one factor."""

    along: str

    @property
    def compared(self) -> tuple[str, ...]:
        return (self.along,)


class Pair(Along):
    """Two levels of one factor: `treatment` against `reference` (by default the factor's reference level)."""

    treatment: Any
    reference: Any = None
    contrast: ClassVar[Contrast] = "pair"

    def chosen(self, path: str, baseline: Any) -> tuple[Any, ...] | None:
        return self.treatment, baseline if self.reference is None else self.reference


class Trend(Along):
    """All levels of an ordered factor; `scores`: the levels themselves, their ranks, or log2 or log of the levels."""

    scores: Scores = "level"
    contrast: ClassVar[Contrast] = "trend"


class Levels(Along):
    """All levels of one factor, in no order."""

    contrast: ClassVar[Contrast] = "levels"


class Factorial(Procedure):
    """All combinations of the levels of several factors."""

    factors: tuple[str, ...]
    contrast: ClassVar[Contrast] = "factorial"

    @property
    def compared(self) -> tuple[str, ...]:
        return self.factors


def zero_sum(weights: Iterable[float]) -> bool:
    """Whether weights are those of a contrast: of sum zero up to rounding, and not all zero."""
    given = list(weights)
    return any(given) and abs(math.fsum(given)) <= 1e-9 * math.fsum(map(abs, given))
