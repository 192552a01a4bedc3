"""RMSprop (Hinton 2012, lecture 6e, as torch.optim.RMSprop): s <- alpha s + (1 - alpha) g^2; theta <- theta - rate *
g / (sqrt(s) + epsilon).
"""

from __future__ import annotations

import torch
from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Rule, Tensors, Update
from lnnstats.study.values import World


def start(form: Form, world: World, columns: dict[str, Tensor]) -> Update:
    """The update of RMSprop; `columns`: learning_rate, alpha, epsilon [R]."""
    sizes = form.step_sizes(columns["learning_rate"])
    news, epsilons = form.spread(1 - columns["alpha"]), form.spread(columns["epsilon"])
    squares = tuple(torch.zeros_like(parameter) for parameter in form.parameters)

    def ratio(i: int, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """Numerator and denominator of the move of parameter i."""
        return gradient * sizes[i], squares[i].sqrt().add_(epsilons[i])

    def step(gradients: Tensors) -> None:
        for i, (parameter, gradient) in enumerate(zip(form.parameters, gradients, strict=True)):
            squares[i].lerp_(gradient.square(), news[i])
            parameter.addcdiv_(*ratio(i, gradient), value=-1)

    def moved(gradients: Tensors) -> Tensors:
        return tuple(torch.div(*ratio(i, gradient)) for i, gradient in enumerate(gradients))

    return Rule(step, moved)
