"""Responses: what is measured, at which steps, with which resolution. Implementations: `lnnstats.engine.responses`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from lnnstats.parts.base import Count, Index, NonNegative, Part, Positive, Real, choice, kinds

Split = Literal["train", "test"]
Steps = Literal["last", "log_spaced"] | Annotated[tuple[Index, ...], Field(min_length=1)]
STEPS_PER_DECADE = 10


class _Response(Part):
    """`steps`: the last step, log-spaced steps (0, then ten a decade, and the last), or a list.

    `resolution`: values below it tie.
    """

    axes: ClassVar[tuple[str, ...]] = ("step",)
    better: ClassVar[Literal["lower", "higher"]] = "lower"
    needs: ClassVar[frozenset[str]] = frozenset()  # of the world: "linear", "mse", "classes"
    steps: Steps = "last"
    resolution: NonNegative | None = None

    def recorded(self, budget: int) -> tuple[int, ...]:
        """The steps at which the response is recorded, for a budget of training steps."""
        if self.steps == "last":
            return (budget,)
        if isinstance(self.steps, tuple):
            return tuple(sorted({step for step in self.steps if step <= budget}))
        return log_spaced(budget)


def log_spaced(budget: int) -> tuple[int, ...]:
    """0, then STEPS_PER_DECADE steps a decade rounded to whole steps, and the last step."""
    spaced, exponent = {0, budget}, 0
    while (step := round(10 ** (exponent / STEPS_PER_DECADE))) < budget:
        spaced.add(step)
        exponent += 1
    return tuple(sorted(spaced))


class OptimalDeviation(_Response):
    """Lakkapragada's D: sum over entries of |W_e - W_OLS| plus |b_e - b_OLS|, OLS fitted on the run's own training
    data.
    """

    kind: Literal["optimal_deviation"] = "optimal_deviation"
    needs: ClassVar[frozenset[str]] = frozenset({"linear", "mse"})


class Mse(_Response):
    """Mean squared error over the points and outputs of a split."""

    kind: Literal["mse"] = "mse"
    split: Split = "train"
    needs: ClassVar[frozenset[str]] = frozenset({"mse"})


class RelativeExcessMse(_Response):
    """(MSE - MSE_OLS) / MSE_OLS on a split, OLS fitted on the training split; a quadratic form, never a difference of
    two MSEs.
    """

    kind: Literal["relative_excess_mse"] = "relative_excess_mse"
    split: Split = "train"
    needs: ClassVar[frozenset[str]] = frozenset({"linear", "mse"})


class GradientNorm(_Response):
    """Mean over parameter tensors of the Euclidean norm of the training loss's gradient (Lakkapragada's code)."""

    kind: Literal["gradient_norm"] = "gradient_norm"


class Loss(_Response):
    """Training objective over a whole split."""

    kind: Literal["loss"] = "loss"
    split: Split = "train"


class Accuracy(_Response):
    """Share of the points of a split whose largest output is their class."""

    kind: Literal["accuracy"] = "accuracy"
    split: Split = "test"
    better: ClassVar[Literal["lower", "higher"]] = "higher"
    needs: ClassVar[frozenset[str]] = frozenset({"classes"})


class SingularRatio(_Response):
    """s2/s1 of each layer's weight gradient (0 = rank one, as with one row or column); NaN where it vanishes."""

    kind: Literal["singular_ratio"] = "singular_ratio"
    axes: ClassVar[tuple[str, ...]] = ("step", "layer")


class GradientRank(_Response):
    """Numerical rank of each layer's weight gradient: singular values above `tolerance` * s1 (default max(rows,
    columns) * eps).
    """

    kind: Literal["gradient_rank"] = "gradient_rank"
    tolerance: Positive | None = None
    axes: ClassVar[tuple[str, ...]] = ("step", "layer")


class TimeTo(_Response):
    """First step at which the response `of` is below `below` (or above `above`), checked at every step on the device;
    beyond the budget it is censored.

    A run that diverges before has time +inf (it never arrives), which is an observation, not a censoring.
    """

    kind: Literal["time_to"] = "time_to"
    of: str
    below: Real | None = None
    above: Real | None = None
    axes: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="after")
    def _one_side(self) -> TimeTo:
        if (self.below is None) == (self.above is None):
            raise ValueError("names one of below and above")
        return self


class Measured(_Response):
    """A column of the user's own table (for `analyze`); nothing is trained for it."""

    kind: Literal["measured"] = "measured"
    horizon: Count | None = None


RESPONSES = kinds(
    OptimalDeviation,
    Mse,
    RelativeExcessMse,
    GradientNorm,
    Loss,
    Accuracy,
    SingularRatio,
    GradientRank,
    TimeTo,
    Measured,
)
if TYPE_CHECKING:
    Response = (
        OptimalDeviation
        | Mse
        | RelativeExcessMse
        | GradientNorm
        | Loss
        | Accuracy
        | SingularRatio
        | GradientRank
        | TimeTo
        | Measured
    )
else:
    Response = choice(RESPONSES)
