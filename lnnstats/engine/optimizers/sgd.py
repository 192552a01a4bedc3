"""theta <- theta - rate * g."""

from __future__ import annotations

from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Update


def start(form: Form, columns: dict[str, Tensor]) -> Update:
    """The update of gradient descent; `columns`: learning_rate [R]."""
    sizes = form.step_sizes(columns["learning_rate"])

    def update(gradients: tuple[Tensor, ...]) -> None:
        for parameter, gradient, size in zip(form.parameters, gradients, sizes, strict=True):
            parameter.addcmul_(gradient, size, value=-1)

    return update
