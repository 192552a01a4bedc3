"""How well a network does: errors, accuracy, the size of the gradient."""

from __future__ import annotations

from typing import ClassVar, Literal

from lnnstats.parts.responses.base import Effort, Response, Split


class OptimalDeviation(Response):
    """Lakkapragada's D: sum over entries of |W_e - W_OLS| plus |b_e - b_OLS|, OLS fitted on the run's own training
    data.
    """

    kind: Literal["optimal_deviation"] = "optimal_deviation"
    heavy_tailed: ClassVar[bool] = True
    effort: ClassVar[Effort] = "state"
    needs: ClassVar[frozenset[str]] = frozenset({"linear", "mse"})


class Mse(Response):
    """Mean squared error over the points and outputs of a split."""

    kind: Literal["mse"] = "mse"
    heavy_tailed: ClassVar[bool] = True
    split: Split = "train"
    needs: ClassVar[frozenset[str]] = frozenset({"mse"})


class RelativeExcessMse(Response):
    """(MSE - MSE_OLS) / MSE_OLS on a split, OLS fitted on the training split, free of the cancellation of two MSEs;
    negative where a nonlinear network does better than every affine map.
    """

    kind: Literal["relative_excess_mse"] = "relative_excess_mse"
    heavy_tailed: ClassVar[bool] = True
    split: Split = "train"
    needs: ClassVar[frozenset[str]] = frozenset({"mse"})


class GradientNorm(Response):
    """Euclidean norm of the training loss's gradient: the mean over parameter tensors (`of: mean`, as Lakkapragada's
    code), or of all parameters together (`of: total`).

    With mini-batches it is the gradient of the next update's batch. Weight decay is no part of it.
    """

    kind: Literal["gradient_norm"] = "gradient_norm"
    heavy_tailed: ClassVar[bool] = True
    effort: ClassVar[Effort] = "state"
    of: Literal["mean", "total"] = "mean"


class Loss(Response):
    """Training objective over a whole split."""

    kind: Literal["loss"] = "loss"
    heavy_tailed: ClassVar[bool] = True
    split: Split = "train"


class Accuracy(Response):
    """Share of the points of a split whose largest output is their class."""

    kind: Literal["accuracy"] = "accuracy"
    effort: ClassVar[Effort] = "points"
    split: Split = "test"
    better: ClassVar[Literal["lower", "higher"]] = "higher"
    needs: ClassVar[frozenset[str]] = frozenset({"classes"})
