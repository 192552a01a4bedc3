"""Descent by factors (BenShmuel 2022, section 5): theta <- theta - rate * gamma_t * g for the updates t = 1, 2, ...

gamma_t = (1 - beta) sum_{i=t}^{n} beta^(i-t) = 1 - beta^(n-t+1), the share of g_t in the sum of the first n moving
averages of `ema_momentum`; `shifted`, where the sum ends at n - 1, in that of its `lagged` ones.
"""

from __future__ import annotations

from itertools import count

from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Rule, Tensors, Update
from lnnstats.study.values import World


def start(form: Form, world: World, columns: dict[str, Tensor]) -> Update:
    """The update of descent by factors; `columns`: learning_rate, beta [R]."""
    options = world.training.optimizer
    horizon, last = options.horizon or world.training.steps, 0 if options.shifted else 1
    rates, betas, numbers = columns["learning_rate"], columns["beta"], count(1)
    anchors = form.anchors(world.network.skip)
    along: list[Tensor] = []
    sizes: list[Tensor] = []

    def step(gradients: Tensors) -> None:
        along[:] = map(Tensor.sub, form.parameters, anchors) if options.of == "weights" else gradients
        sizes[:] = form.step_sizes(rates * (1 - betas ** (max(horizon - next(numbers), 0) + last)))
        for parameter, direction, size in zip(form.parameters, along, sizes, strict=True):
            parameter.addcmul_(direction, size, value=-1)

    def moved(gradients: Tensors) -> Tensors:
        return tuple(map(Tensor.mul, along, sizes))

    return Rule(step, moved)
