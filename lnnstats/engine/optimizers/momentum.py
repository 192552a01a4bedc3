"""Heavy ball (Polyak 1964), as torch.optim.SGD(momentum=beta): v <- beta v + g; theta <- theta - rate * v."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Update


def start(form: Form, columns: dict[str, Tensor]) -> Update:
    """The update of heavy-ball momentum; `columns`: learning_rate, beta [R]."""
    return along(form, columns, lambda gradient, velocity, beta: velocity)


def along(form: Form, columns: dict[str, Tensor], direction: Callable[[Tensor, Tensor, Tensor], Tensor]) -> Update:
    """v <- beta v + g; theta <- theta - rate * direction(g, v, beta)."""
    sizes, betas = form.step_sizes(columns["learning_rate"]), form.spread(columns["beta"])
    velocities = tuple(torch.zeros_like(parameter) for parameter in form.parameters)

    def update(gradients: tuple[Tensor, ...]) -> None:
        for parameter, gradient, velocity, size, beta in zip(
            form.parameters, gradients, velocities, sizes, betas, strict=True
        ):
            torch.addcmul(gradient, velocity, beta, out=velocity)
            parameter.addcmul_(direction(gradient, velocity, beta), size, value=-1)

    return update
