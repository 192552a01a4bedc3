"""Heavy ball (Polyak 1964), as torch.optim.SGD(momentum=beta): v <- beta v + g; theta <- theta - rate * v."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Rule, Tensors, Update
from lnnstats.study.values import World


def start(form: Form, world: World, columns: dict[str, Tensor]) -> Update:
    """The update of heavy-ball momentum; `columns`: learning_rate, beta [R]."""
    return along(form, columns, lambda gradient, velocity, beta: velocity)


def along(form: Form, columns: dict[str, Tensor], direction: Callable[[Tensor, Tensor, Tensor], Tensor]) -> Update:
    """v <- beta v + g; theta <- theta - rate * direction(g, v, beta)."""
    sizes, betas = form.step_sizes(columns["learning_rate"]), form.spread(columns["beta"])
    velocities = tuple(torch.zeros_like(parameter) for parameter in form.parameters)

    def step(gradients: Tensors) -> None:
        for parameter, gradient, velocity, size, beta in zip(
            form.parameters, gradients, velocities, sizes, betas, strict=True
        ):
            torch.addcmul(gradient, velocity, beta, out=velocity)
            parameter.addcmul_(direction(gradient, velocity, beta), size, value=-1)

    def moved(gradients: Tensors) -> Tensors:
        parts = zip(gradients, velocities, betas, sizes, strict=True)
        return tuple(direction(gradient, velocity, beta) * size for gradient, velocity, beta, size in parts)

    return Rule(step, moved)
