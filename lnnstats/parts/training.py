"""Training: optimizer, loss, batches, budget. Options only; implementations: `lnnstats.engine`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from lnnstats.parts.base import Count, Fraction, Part, Positive, Value, choice, kinds, per_cell


class Sgd(Part):
    """theta <- theta - learning_rate * g."""

    kind: Literal["sgd"] = "sgd"
    learning_rate: Positive = per_cell(1e-2)


class Momentum(Part):
    """Heavy ball (Polyak 1964): v <- beta v + g; theta <- theta - learning_rate * v; v starts at 0."""

    kind: Literal["momentum"] = "momentum"
    learning_rate: Positive = per_cell(1e-2)
    beta: Fraction = per_cell(0.9)


class Adam(Part):
    """Adam (Kingma & Ba 2015, algorithm 1), with bias correction."""

    kind: Literal["adam"] = "adam"
    learning_rate: Positive = per_cell(1e-3)
    beta1: Fraction = per_cell(0.9)
    beta2: Fraction = per_cell(0.999)
    epsilon: Positive = per_cell(1e-8)


OPTIMIZERS = kinds(Sgd, Momentum, Adam)
if TYPE_CHECKING:
    Optimizer = Sgd | Momentum | Adam
else:
    Optimizer = choice(OPTIMIZERS)


class MeanSquaredError(Part):
    """Mean over points and outputs of (prediction - target)^2; classes are one-hot targets."""

    kind: Literal["mse"] = "mse"


class CrossEntropy(Part):
    """Mean over points of -log softmax(logits)[class]."""

    kind: Literal["cross_entropy"] = "cross_entropy"


LOSSES = kinds(MeanSquaredError, CrossEntropy)
if TYPE_CHECKING:
    Loss = MeanSquaredError | CrossEntropy
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
