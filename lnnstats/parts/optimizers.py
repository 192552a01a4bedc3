"""Optimizers: options only. Implementations: `lnnstats.engine.optimizers`.

g is the gradient of the loss at theta; what is trained of a residual layer is A, so that decay draws W to the identity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from lnnstats.parts.base import Count, Flag, Fraction, NonNegative, Part, Positive, choice, kinds, later, per_cell
from lnnstats.parts.tuning import Rate


class _Optimizer(Part):
    """`learning_rate`: a number, or `{tune: {...}}`. `weight_decay` adds weight_decay * theta to g, as torch.optim
    does, unless it is `decoupled`: then the optimizer's own rule has it.

    `work`: what an update takes beyond plain descent, in microseconds a parameter tensor and nanoseconds a number.
    """

    decoupled: ClassVar[bool] = False
    work: ClassVar[tuple[float, float]] = (0.0, 0.0)

    learning_rate: Rate = per_cell(1e-2)
    weight_decay: NonNegative = per_cell(0.0)


class Sgd(_Optimizer):
    """theta <- theta - learning_rate * g."""

    kind: Literal["sgd"] = "sgd"


class Momentum(_Optimizer):
    """Heavy ball (Polyak 1964): v <- beta v + g; theta <- theta - learning_rate * v; v starts at 0."""

    kind: Literal["momentum"] = "momentum"
    work: ClassVar[tuple[float, float]] = (0.0, 0.2)
    beta: Fraction = per_cell(0.9)


class EmaMomentum(_Optimizer):
    """Momentum as a moving average (BenShmuel 2022, section 5): v <- beta v + (1 - beta) g; theta <- theta -
    learning_rate * v; v starts at 0.

    `lagged`: theta moves by v before g enters it, as printed (V^{t+1} takes in the gradient of step t).
    """

    kind: Literal["ema_momentum"] = "ema_momentum"
    work: ClassVar[tuple[float, float]] = (0.0, 0.2)
    beta: Fraction = per_cell(0.9)
    lagged: Flag = later(False)


class GammaSgd(_Optimizer):
    """Descent by factors (BenShmuel 2022, section 5): theta <- theta - learning_rate * gamma_t * g, gamma_t = (1 -
    beta) sum_{i=t}^{n} beta^(i-t) = 1 - beta^(n-t+1), n = `horizon` (by default the budget; after it, gamma_n).

    `shifted`: the sum ends at n - 1, as the printed recursion of momentum has it. `of: weights`: theta stands in the
    place of g, as the update is printed.
    """

    kind: Literal["gamma_sgd"] = "gamma_sgd"
    work: ClassVar[tuple[float, float]] = (6.0, 0.1)
    beta: Fraction = per_cell(0.9)
    horizon: Count | None = None
    shifted: Flag = False
    of: Literal["gradient", "weights"] = "gradient"


class Nesterov(_Optimizer):
    """Nesterov's momentum as torch.optim.SGD has it (Sutskever et al. 2013): v <- beta v + g; theta <- theta -
    learning_rate * (g + beta v); v starts at 0.
    """

    kind: Literal["nesterov"] = "nesterov"
    work: ClassVar[tuple[float, float]] = (1.0, 0.5)
    beta: Fraction = per_cell(0.9)


class Adam(_Optimizer):
    """Adam (Kingma & Ba 2015, algorithm 1), with bias correction."""

    kind: Literal["adam"] = "adam"
    work: ClassVar[tuple[float, float]] = (6.0, 3.5)
    learning_rate: Rate = per_cell(1e-3)
    beta1: Fraction = per_cell(0.9)
    beta2: Fraction = per_cell(0.999)
    epsilon: Positive = per_cell(1e-8)


class AdamW(Adam):
    """Adam with decoupled decay (Loshchilov & Hutter 2019, algorithm 2, as torch.optim.AdamW): theta <- theta -
    learning_rate * weight_decay * theta, then Adam's update by g alone.
    """

    kind: Literal["adamw"] = "adamw"  # type: ignore[assignment]
    decoupled: ClassVar[bool] = True
    weight_decay: NonNegative = per_cell(0.01)


class RmsProp(_Optimizer):
    """RMSprop (Hinton 2012, lecture 6e, as torch.optim.RMSprop): s <- alpha s + (1 - alpha) g^2; theta <- theta -
    learning_rate * g / (sqrt(s) + epsilon); s starts at 0.
    """

    kind: Literal["rmsprop"] = "rmsprop"
    work: ClassVar[tuple[float, float]] = (3.0, 2.6)
    alpha: Fraction = per_cell(0.99)
    epsilon: Positive = per_cell(1e-8)


OPTIMIZERS = kinds(Sgd, Momentum, EmaMomentum, GammaSgd, Nesterov, Adam, AdamW, RmsProp)
if TYPE_CHECKING:
    Optimizer = Any
else:
    Optimizer = choice(OPTIMIZERS)
