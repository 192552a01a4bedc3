"""A number that is chosen by a rule on blocks of its own, before the study runs. Implementation: `lnnstats.tuning`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, field_validator

from lnnstats.parts.base import Count, Positive, Value


class Tune(Value):
    """The value of `grid` that is best by the response `by` at its last step, in a pilot of `blocks` blocks that the
    analysis never sees.

    `summary` over the pilot's blocks: a time counts up to the budget at most (a restricted mean), and a run that
    diverged counts as the budget; of any other response a run that diverged, or is undefined, is the worst there is, so
    a mean excludes a value at which one diverges, a median one at which half do. A value at which every run diverges is
    never chosen. Ties go to the smaller value.
    """

    grid: Annotated[tuple[Positive, ...], Field(min_length=2)]
    by: str
    blocks: Count = 20
    summary: Literal["mean", "median"] = "mean"

    @field_validator("grid")
    @classmethod
    def _ascending(cls, grid: tuple[float, ...]) -> tuple[float, ...]:
        if list(grid) != sorted(set(grid)):
            raise ValueError("the values of a grid ascend")
        return grid


class Tuned(Value):
    """`{tune: {...}}` in place of a number."""

    tune: Tune


def rule(value: object) -> Tune | None:
    """The rule that stands in place of a number, if one does."""
    return value.tune if isinstance(value, Tuned) else None


def untuned(tree: Any) -> Any:
    """A world's JSON content with the word `tuned` in place of every rule."""
    if not isinstance(tree, Mapping):
        return tree
    return "tuned" if tree.keys() == {"tune"} else {key: untuned(value) for key, value in tree.items()}


if TYPE_CHECKING:
    Rate = float  # a cell that is trained has a number; a rule stands in studies only
else:
    Rate = Positive | Tuned
