"""Planned comparisons of several levels within blocks: options."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from lnnstats.parts.base import Count, Real
from lnnstats.parts.procedures.base import (
    RATIO_OR_DIFFERENCE,
    Along,
    Contrast,
    Factorial,
    Levels,
    Resamples,
    Scale,
    Scores,
    Trend,
    TwoFactors,
    zero_sum,
)

MeanMethod = Literal["t", "sign_flip"]


def _levels(weights: Any) -> Any:
    """Levels that are numbers stay numbers where a file had to spell them as text."""
    return {_number(level): weight for level, weight in weights.items()} if isinstance(weights, dict) else weights


def _number(level: Any) -> Any:
    for number in (int, float):
        try:
            return number(level) if isinstance(level, str) else level
        except ValueError:
            continue
    return level


Weights = Annotated[dict[int | float | str, Real], Field(min_length=2), BeforeValidator(_levels)]


class PlannedContrast(Along):
    """Planned contrast: a weighted mean of some levels against one of others, by a t test on one value a block.

    `weights`: a weight for each level that enters, of sum zero.
    """

    kind: Literal["contrast"] = "contrast"
    weights: Weights
    scale: Scale = "log"
    method: MeanMethod = "t"
    resamples: Resamples = 9999
    contrast: ClassVar[Contrast] = "levels"
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE
    mean_over_blocks: ClassVar[bool] = True

    @model_validator(mode="after")
    def _sum_zero(self) -> PlannedContrast:
        if not zero_sum(self.weights.values()):
            total = sum(self.weights.values())
            raise ValueError(f"weights sum to {total:g}; those of a contrast sum to zero, and not all are zero")
        return self

    def chosen(self, path: str, baseline: Any) -> tuple[Any, ...] | None:
        return tuple(self.weights)


class Polynomial(Trend):
    """Polynomial contrast of an ordered factor: straight (degree 1), bent (2) ..., by a t test on one value a block."""

    kind: Literal["polynomial"] = "polynomial"
    degree: Count = 2
    scale: Scale = "log"
    method: MeanMethod = "t"
    resamples: Resamples = 9999
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE
    mean_over_blocks: ClassVar[bool] = True

    def comparable(self, path: str, wanted: tuple[Any, ...], there: tuple[Any, ...], baseline: Any) -> bool:
        return len(there) > self.degree


class _Crossed(Factorial):
    """Two factors; of the first, `treatment` against `reference` (by default the factor's reference level)."""

    factors: TwoFactors
    scale: Scale = "log"
    method: MeanMethod = "t"
    resamples: Resamples = 9999
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE
    mean_over_blocks: ClassVar[bool] = True


class Interaction(_Crossed):
    """Interaction of two levels of each of two factors: the difference of differences, or ratio of ratios, by a t test.

    `treatment`, `reference`: a level of each factor (references by default those of the factors).
    """

    kind: Literal["interaction"] = "interaction"
    treatment: Annotated[tuple[Any, ...], Field(min_length=2, max_length=2)]
    reference: Annotated[tuple[Any, ...], Field(min_length=2, max_length=2)] = (None, None)

    def chosen(self, path: str, baseline: Any) -> tuple[Any, ...] | None:
        place = self.factors.index(path)
        reference = self.reference[place]
        return self.treatment[place], baseline if reference is None else reference


class InteractionSlope(_Crossed):
    """Interaction with a trend: the difference of the per-block slopes along the second factor, by a t test."""

    kind: Literal["interaction_slope"] = "interaction_slope"
    treatment: Any
    reference: Any = None
    scores: Scores = "level"

    def chosen(self, path: str, baseline: Any) -> tuple[Any, ...] | None:
        if path != self.factors[0]:
            return None
        return self.treatment, baseline if self.reference is None else self.reference


class AdjacentSteps(Levels):
    """Monotone at every step: the smallest step between neighbouring levels, each by a paired test (all must hold)."""

    kind: Literal["adjacent_steps"] = "adjacent_steps"
    scale: Scale = "log"
    method: MeanMethod = "t"
    resamples: Resamples = 9999
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE


class BestLevel(Levels):
    """The optimum is `level`: its margin over the best other level, each by a paired test (all must hold)."""

    kind: Literal["best_level"] = "best_level"
    level: Any
    scale: Scale = "log"
    method: MeanMethod = "t"
    resamples: Resamples = 9999
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE

    def comparable(self, path: str, wanted: tuple[Any, ...], there: tuple[Any, ...], baseline: Any) -> bool:
        return self.level in there and super().comparable(path, wanted, there, baseline)

    def claim(self, response: str, side: str) -> str:
        best = "the best" if side in ("greater", "increasing") else "not the best"
        return f"{self.level} is {best} {self.along} for {response}"


class ManyToOne(Levels):
    """Some level beats `reference` (by default the factor's): the largest mean difference, by joint sign flips."""

    kind: Literal["many_to_one"] = "many_to_one"
    reference: Any = None
    scale: Scale = "log"
    method: Literal["max_t", "bonferroni"] = "max_t"
    resamples: Resamples = 9999
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE

    def comparable(self, path: str, wanted: tuple[Any, ...], there: tuple[Any, ...], baseline: Any) -> bool:
        one = baseline if self.reference is None else self.reference
        return one in there and super().comparable(path, wanted, there, baseline)


class AllPairs(Levels):
    """The largest mean difference between any two levels, whatever its sign: with `bounds`, that all levels are alike.

    `method`: a t test or sign flips of every pair.
    """

    kind: Literal["all_pairs"] = "all_pairs"
    scale: Scale = "log"
    method: MeanMethod = "t"
    resamples: Resamples = 9999
    unsigned: ClassVar[bool] = True
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE

    def claim(self, response: str, side: str) -> str:
        return f"{response} differs between some two levels of {self.along}"


PARTS = (PlannedContrast, Polynomial, Interaction, InteractionSlope, AdjacentSteps, BestLevel, ManyToOne, AllPairs)
