"""Responses: what is measured, at which steps, with which resolution. Implementations: `lnnstats.engine.responses`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from lnnstats.parts.base import Count, Flag, Index, NonNegative, Part, Positive, Real, choice, kinds

Split = Literal["train", "test"]
Effort = Literal["state", "split", "points", "map", "layers", "step", "curvature"]
Steps = Literal["last", "log_spaced"] | Annotated[tuple[Index, ...], Field(min_length=1)]
STEPS_PER_DECADE = 10


class _Response(Part):
    """`steps`: the last step, log-spaced steps (0, then ten a decade, and the last), or a list.

    `resolution`: values below it tie. `effort`: what measuring it takes, a look at what training holds (`state`), a
    decomposition of the layers or of the map (`layers`, `map`), a step (`step`), an error on a split (`split`; of
    a linear network second moments give it), a look at all its points (`points`), or Hessian products (`curvature`).
    `heavy_tailed`: over trained runs, so that a few of them carry its mean.
    """

    axes: ClassVar[tuple[str, ...]] = ("step",)
    better: ClassVar[Literal["lower", "higher"]] = "lower"
    needs: ClassVar[frozenset[str]] = frozenset()  # of the world: "linear", "mse", "classes"
    effort: ClassVar[Effort] = "split"
    heavy_tailed: ClassVar[bool] = False
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
    heavy_tailed: ClassVar[bool] = True
    effort: ClassVar[Effort] = "state"
    needs: ClassVar[frozenset[str]] = frozenset({"linear", "mse"})


class Mse(_Response):
    """Mean squared error over the points and outputs of a split."""

    kind: Literal["mse"] = "mse"
    heavy_tailed: ClassVar[bool] = True
    split: Split = "train"
    needs: ClassVar[frozenset[str]] = frozenset({"mse"})


class RelativeExcessMse(_Response):
    """(MSE - MSE_OLS) / MSE_OLS on a split, OLS fitted on the training split, free of the cancellation of two MSEs;
    negative where a nonlinear network does better than every affine map.
    """

    kind: Literal["relative_excess_mse"] = "relative_excess_mse"
    heavy_tailed: ClassVar[bool] = True
    split: Split = "train"
    needs: ClassVar[frozenset[str]] = frozenset({"mse"})


class GradientNorm(_Response):
    """Euclidean norm of the training loss's gradient: the mean over parameter tensors (`of: mean`, as Lakkapragada's
    code), or of all parameters together (`of: total`).

    With mini-batches it is the gradient of the next update's batch. Weight decay is no part of it.
    """

    kind: Literal["gradient_norm"] = "gradient_norm"
    heavy_tailed: ClassVar[bool] = True
    effort: ClassVar[Effort] = "state"
    of: Literal["mean", "total"] = "mean"


class Loss(_Response):
    """Training objective over a whole split."""

    kind: Literal["loss"] = "loss"
    heavy_tailed: ClassVar[bool] = True
    split: Split = "train"


class Accuracy(_Response):
    """Share of the points of a split whose largest output is their class."""

    kind: Literal["accuracy"] = "accuracy"
    effort: ClassVar[Effort] = "points"
    split: Split = "test"
    better: ClassVar[Literal["lower", "higher"]] = "higher"
    needs: ClassVar[frozenset[str]] = frozenset({"classes"})


class SingularRatio(_Response):
    """s2/s1 of each layer's weight gradient (0 = rank one, as with one row or column); NaN where it vanishes."""

    kind: Literal["singular_ratio"] = "singular_ratio"
    effort: ClassVar[Effort] = "layers"
    axes: ClassVar[tuple[str, ...]] = ("step", "layer")


class GradientRank(_Response):
    """Numerical rank of each layer's weight gradient: singular values above `tolerance` * s1 (default max(rows,
    columns) * eps).
    """

    kind: Literal["gradient_rank"] = "gradient_rank"
    effort: ClassVar[Effort] = "layers"
    tolerance: Positive | None = None
    axes: ClassVar[tuple[str, ...]] = ("step", "layer")


class EndToEnd(_Response):
    """The end-to-end map W_e = W_N ... W_1: its Frobenius (`norm`) or spectral norm, or one `entry` (`output` from 1,
    `input` from 1, or 0 for the intercept).
    """

    kind: Literal["end_to_end"] = "end_to_end"
    effort: ClassVar[Effort] = "map"
    of: Literal["norm", "spectral_norm", "entry"] = "norm"
    output: Count = 1
    input: Index = 1
    needs: ClassVar[frozenset[str]] = frozenset({"linear"})


class EffectiveRank(_Response):
    """exp of the entropy of the singular values of W_e over their sum (Roy & Vetterli 2007); NaN where W_e = 0."""

    kind: Literal["effective_rank"] = "effective_rank"
    effort: ClassVar[Effort] = "map"
    better: ClassVar[Literal["lower", "higher"]] = "higher"
    needs: ClassVar[frozenset[str]] = frozenset({"linear"})


class Balancedness(_Response):
    """How far the layers are from balanced: the root of the sum over j of |W_{j+1}' W_{j+1} - W_j W_j' - b_j b_j'|_F^2,
    which gradient flow conserves (Arora, Cohen & Hazan 2018; Du, Hu & Lee 2018); 0 for one layer.
    """

    kind: Literal["balancedness"] = "balancedness"
    effort: ClassVar[Effort] = "map"
    needs: ClassVar[frozenset[str]] = frozenset({"linear"})


class _Curvature(_Response):
    """An eigenvalue of the Hessian of the training loss in all parameters, in float64: exact up to `exact_up_to`
    parameters, beyond by Lanczos on Hessian-vector products with full reorthogonalisation.
    """

    effort: ClassVar[Effort] = "curvature"
    exact_up_to: Count = 64
    iterations: Count = 60


class LeastCurvature(_Curvature):
    """The least eigenvalue of the Hessian of the training loss in all parameters: negative at a strict saddle. Exact up
    to `exact_up_to` parameters, beyond by Lanczos.

    The loss is over the whole training split, without weight decay; of ReLU networks it is the Hessian almost
    everywhere. After `iterations` steps Lanczos is never below the least eigenvalue: a negative value proves one.
    `resolution` may be negative, and should be: rescaling layers against each other leaves the map as it is, so even
    at an optimum the least eigenvalue is 0 up to rounding, and the least of several such zeros lies below 0.
    """

    kind: Literal["least_curvature"] = "least_curvature"
    better: ClassVar[Literal["lower", "higher"]] = "higher"
    resolution: Real | None = None


class Sharpness(_Curvature):
    """The largest eigenvalue of the Hessian of the training loss in all parameters. Exact up to `exact_up_to`
    parameters, beyond by Lanczos, which is never above it. The same Hessian as that of `least_curvature`.
    """

    kind: Literal["sharpness"] = "sharpness"


class OneStepError(_Response):
    """|dW - predicted| for one step of gradient descent from here at the run's own learning rate, dW the change of the
    affine map (W_e, b_e); plain gradient descent on the whole training split, whatever trains the run.

    `first_order`: the predicted change is the derivative of the map along the step, dw = -lr sum_i (w/w_i)^2 g_w - ...
    at width 1. `slope_only`: that of the slopes W_e alone, the intercepts left out as in Lakkapragada's analysis:
    -lr sum_i (prod_{j != i} w_j)^2 g_w. `relative`: over |dW|.
    """

    kind: Literal["one_step_error"] = "one_step_error"
    effort: ClassVar[Effort] = "step"
    formula: Literal["first_order", "slope_only"] = "first_order"
    relative: Flag = False
    needs: ClassVar[frozenset[str]] = frozenset({"linear", "mse"})


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
    heavy_tailed: ClassVar[bool] = True
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
    EndToEnd,
    EffectiveRank,
    Balancedness,
    LeastCurvature,
    Sharpness,
    OneStepError,
    TimeTo,
    Measured,
)
if TYPE_CHECKING:
    Response = Any
else:
    Response = choice(RESPONSES)
