"""RMSprop (Hinton 2012, lecture 6e, as torch.optim.RMSprop): s <- alpha s + (1 - alpha) g^2; theta <- theta - rate *
g / (sqrt(s) + epsilon).
"""

from __future__ import annotations

import torch
from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Update


def start(form: Form, columns: dict[str, Tensor]) -> Update:
    """The update of RMSprop; `columns`: learning_rate, alpha, epsilon [R]."""
    sizes = form.step_sizes(columns["learning_rate"])
    news, epsilons = form.spread(1 - columns["alpha"]), form.spread(columns["epsilon"])
    squares = tuple(torch.zeros_like(parameter) for parameter in form.parameters)

    def update(gradients: tuple[Tensor, ...]) -> None:
        for parameter, gradient, square, size, new, epsilon in zip(
            form.parameters, gradients, squares, sizes, news, epsilons, strict=True
        ):
            square.lerp_(gradient.square(), new)
            parameter.addcdiv_(gradient * size, square.sqrt().add_(epsilon), value=-1)

    return update
