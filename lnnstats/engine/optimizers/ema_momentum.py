"""Momentum as a moving average (BenShmuel 2022, section 5): v <- beta v + (1 - beta) g; theta <- theta - rate * v.

With v = (1 - beta) u it is the heavy ball u <- beta u + g; theta <- theta - rate (1 - beta) u.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers import momentum
from lnnstats.engine.optimizers.values import Rule, Tensors, Update
from lnnstats.study.values import World


def start(form: Form, world: World, columns: dict[str, Tensor]) -> Update:
    """The update of averaged momentum; `columns`: learning_rate, beta [R]."""
    rate = columns["learning_rate"] * (1 - columns["beta"])
    columns = {**columns, "learning_rate": rate}
    return _lagged(form, columns) if world.training.optimizer.lagged else momentum.start(form, world, columns)


def _lagged(form: Form, columns: dict[str, Tensor]) -> Update:
    """theta <- theta - rate * u, then u <- beta u + g: a gradient first moves what comes after its own step."""
    sizes, betas = form.step_sizes(columns["learning_rate"]), form.spread(columns["beta"])
    velocities = tuple(torch.zeros_like(parameter) for parameter in form.parameters)
    along = tuple(torch.zeros_like(parameter) for parameter in form.parameters)  # u as the last step went along it

    def step(gradients: Tensors) -> None:
        parts = zip(form.parameters, gradients, velocities, along, sizes, betas, strict=True)
        for parameter, gradient, velocity, last, size, beta in parts:
            parameter.addcmul_(last.copy_(velocity), size, value=-1)
            torch.addcmul(gradient, velocity, beta, out=velocity)

    def moved(gradients: Tensors) -> Tensors:
        return tuple(last * size for last, size in zip(along, sizes, strict=True))

    return Rule(step, moved)
