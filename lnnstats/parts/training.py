"""Training: optimizer, loss, batches, budget. Options only; implementations: `lnnstats.engine`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from lnnstats.parts.base import Count, Part, Positive, Value, choice, kinds, later
from lnnstats.parts.optimizers import Optimizer, Sgd


class _Loss(Part):
    """`reduction`: the losses of a batch's points are averaged, or (`sum`) added up."""

    reduction: Literal["mean", "sum"] = later("mean")


class MeanSquaredError(_Loss):
    """Mean over points and outputs of (prediction - target)^2; classes are one-hot targets."""

    kind: Literal["mse"] = "mse"


class CrossEntropy(_Loss):
    """Mean over points of -log softmax(logits)[class].

    Of two classes in one output z: of log(1 + exp(-y z)), y = -1 or 1.
    """

    kind: Literal["cross_entropy"] = "cross_entropy"


LOSSES = kinds(MeanSquaredError, CrossEntropy)
if TYPE_CHECKING:
    Loss = _Loss
else:
    Loss = choice(LOSSES)


class Training(Value):
    """How every run is trained. `batch: full` or a mini-batch size (each epoch a fresh order; an incomplete last batch
    is left out).

    A run is *diverged* once its training loss is not finite or exceeds `diverged_above` times its loss at step 0; this
    is looked for at log-spaced steps and the last.
    """

    optimizer: Optimizer = Sgd()
    loss: Loss = MeanSquaredError()
    batch: Literal["full"] | Count = "full"
    steps: Count = 1000
    dtype: Literal["float32", "float64"] = "float64"
    diverged_above: Positive = 1e6
