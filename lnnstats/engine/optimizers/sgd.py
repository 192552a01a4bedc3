"""theta <- theta - rate * g."""

from __future__ import annotations

from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Rule, Tensors, Update
from lnnstats.study.values import World


def start(form: Form, world: World, columns: dict[str, Tensor]) -> Update:
    """The update of gradient descent; `columns`: learning_rate [R]."""
    sizes = form.step_sizes(columns["learning_rate"])

    def step(gradients: Tensors) -> None:
        for parameter, gradient, size in zip(form.parameters, gradients, sizes, strict=True):
            parameter.addcmul_(gradient, size, value=-1)

    def moved(gradients: Tensors) -> Tensors:
        return tuple(gradient * size for gradient, size in zip(gradients, sizes, strict=True))

    return Rule(step, moved)
