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
Scores = Literal["level", "rank", "log2"]
Resamples = Annotated[int, Field(strict=True, ge=999)]
Trim = Annotated[float, Field(ge=0, lt=0.5)]
TwoFactors = Annotated[tuple[str, ...], Field(min_length=2, max_length=2)]
RATIO_OR_DIFFERENCE = ("ratio", "difference")


class Procedure(Part):
    """Options of one procedure.

    `contrast`: what is compared. `blocks`: complete blocks compared with themselves (within), independent groups, each
    block in one level (between), or whatever is there (partial). `failures`: a diverged run enters a mean not at all,
    a rank as the worst, an event as the event it is. `measures`: what `sesoi` and `bounds` may be declared in, none for
    a procedure that decides direction only. `null`: theta under no effect. `decides`: False for what only describes.
    `mean_over_blocks`: theta is a mean of one value a block. `censoring`: times may be censored before the horizon.
    `timed`: its response must be a time; `resolved`: it must have a resolution. `fresh_strata`: the levels of the
    compared factors beyond the first must draw anew.
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

    @property
    def compared(self) -> tuple[str, ...]:
        """The paths of the factors whose levels are compared."""
        return ()

    @property
    def omnibus(self) -> bool:
        """Whether it asks for any difference at all, so that no side can be claimed."""
        return self.contrast in ("levels", "factorial") and set(self.measures) <= {"partial_eta_squared"}

    def claim(self, response: str, side: str) -> str:
        """What a hypothesis that says nothing itself states, `side` being its alternative."""
        along = ", ".join(self.compared)
        if self.omnibus:
            return f"{along} has an effect on {response}"
        return f"{response} is {side}{f' along {along}' if along else ''}"

    def chosen(self, path: str, baseline: Any) -> tuple[Any, ...] | None:
        """The levels of a compared factor that enter, in their order; None for all of them."""
        return None


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
    """All levels of an ordered factor; `scores`: the levels themselves, their ranks, or log2 of the levels."""

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
