"""Analyses of variance, and contrasts of independent groups: options."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from lnnstats.parts.base import Real
from lnnstats.parts.procedures.base import (
    RATIO_OR_DIFFERENCE,
    Blocks,
    Contrast,
    Factorial,
    Levels,
    Procedure,
    Scale,
    zero_sum,
)

Correction = Literal["gg", "hf", "none"]


def _tuple(value: Any) -> Any:
    """One path stands for a list of one."""
    return (value,) if isinstance(value, str) else value


Paths = Annotated[tuple[str, ...], BeforeValidator(_tuple), Field(min_length=1)]


def _named(effect: tuple[str, ...] | None, factors: tuple[str, ...]) -> None:
    """Refuse a factor named twice, and an effect of factors that are not compared."""
    if len(set(factors)) < len(factors) or len(set(effect or ())) < len(effect or ()):
        raise PydanticCustomError("factors", "a factor is named twice; name each once")
    if outside := [path for path in effect or () if path not in factors]:
        message = "effect names {outside}, which is not among the factors {factors}"
        raise PydanticCustomError("effect", message, {"outside": ", ".join(outside), "factors": ", ".join(factors)})


class _Omnibus(Factorial):
    """Any effect of some factors; `effect`: the factors that interact, by default all."""

    factors: Paths
    effect: Paths | None = None
    scale: Scale = "log"
    measures: ClassVar[tuple[str, ...]] = ("partial_eta_squared",)

    @model_validator(mode="after")
    def _effect_of_factors(self) -> Self:
        _named(self.effect, self.factors)
        return self


class RmAnova(_Omnibus):
    """Repeated-measures ANOVA of any number of factors within blocks; df corrected for lack of sphericity."""

    kind: Literal["rm_anova"] = "rm_anova"
    correction: Correction = "gg"


class Anova(_Omnibus):
    """ANOVA of independent groups: sums of squares of type 3 or 2, or a Wald F with HC3 errors (type 3)."""

    kind: Literal["anova"] = "anova"
    type: Literal[2, 3] = 3
    robust: Literal["hc3"] | None = None
    blocks: ClassVar[Blocks] = "between"

    @model_validator(mode="after")
    def _robust_type(self) -> Self:
        if self.robust and self.type == 2:
            raise PydanticCustomError("robust", "HC3 errors belong to type 3; leave `type` or `robust` out")
        return self


class MixedAnova(Procedure):
    """Split-plot ANOVA: each block in one combination of the factors `between` and in all of those `within`."""

    kind: Literal["mixed_anova"] = "mixed_anova"
    between: Paths
    within: Paths
    effect: Paths | None = None
    scale: Scale = "log"
    correction: Correction = "gg"
    contrast: ClassVar[Contrast] = "factorial"
    blocks: ClassVar[Blocks] = "partial"
    measures: ClassVar[tuple[str, ...]] = ("partial_eta_squared",)

    @property
    def compared(self) -> tuple[str, ...]:
        return (*self.between, *self.within)

    @model_validator(mode="after")
    def _effect_of_factors(self) -> Self:
        _named(self.effect, self.compared)
        return self


class WelchAnova(Levels):
    """Welch's ANOVA of independent groups with unequal variances."""

    kind: Literal["welch_anova"] = "welch_anova"
    scale: Scale = "log"
    blocks: ClassVar[Blocks] = "between"
    measures: ClassVar[tuple[str, ...]] = ("partial_eta_squared",)


class Hotelling(Levels):
    """Hotelling's T squared of the levels of one factor within blocks: any covariance, more blocks than levels."""

    kind: Literal["hotelling"] = "hotelling"
    scale: Scale = "log"
    measures: ClassVar[tuple[str, ...]] = ("partial_eta_squared",)


class GroupContrast(Levels):
    """A weighted sum of the means of independent groups.

    `weights`: one a level, summing to 0; `levels`: which levels, in the order of the weights (default: all of them).
    """

    kind: Literal["group_contrast"] = "group_contrast"
    weights: Annotated[tuple[Real, ...], Field(min_length=2)]
    levels: tuple[Any, ...] | None = None
    variances: Literal["unequal", "equal"] = "unequal"
    scale: Scale = "log"
    blocks: ClassVar[Blocks] = "between"
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE

    def chosen(self, path: str, baseline: Any) -> tuple[Any, ...] | None:
        return self.levels

    def comparable(self, path: str, wanted: tuple[Any, ...], there: tuple[Any, ...], baseline: Any) -> bool:
        return len(there) == len(self.weights)

    @model_validator(mode="after")
    def _contrast(self) -> Self:
        if not zero_sum(self.weights):
            raise PydanticCustomError("weights", "the weights of a contrast sum to 0 and are not all 0")
        if self.levels is not None and len(self.levels) != len(self.weights):
            raise PydanticCustomError("weights", "give one weight for each of the levels")
        return self


PARTS = (RmAnova, Anova, MixedAnova, WelchAnova, Hotelling, GroupContrast)
