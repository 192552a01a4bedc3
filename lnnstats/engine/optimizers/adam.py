"""Adam (Kingma & Ba 2015, algorithm 1): bias-corrected first and second moments of the gradient."""

from __future__ import annotations

import torch
from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Update


def start(form: Form, columns: dict[str, Tensor]) -> Update:
    """The update of Adam; `columns`: learning_rate, beta1, beta2, epsilon [R]."""
    beta1, beta2 = columns["beta1"], columns["beta2"]
    power1, power2 = torch.ones_like(beta1), torch.ones_like(beta2)
    spread = tuple(zip(*(form.spread(column) for column in (beta1, beta2, columns["epsilon"])), strict=True))
    first = tuple(torch.zeros_like(parameter) for parameter in form.parameters)
    second = tuple(torch.zeros_like(parameter) for parameter in form.parameters)

    def update(gradients: tuple[Tensor, ...]) -> None:
        power1.mul_(beta1)
        power2.mul_(beta2)
        sizes = form.step_sizes(columns["learning_rate"] / (1 - power1))
        roots = form.spread((1 - power2).sqrt())
        for i, (parameter, gradient) in enumerate(zip(form.parameters, gradients, strict=True)):
            b1, b2, epsilon = spread[i]
            first[i].mul_(b1).addcmul_(gradient, 1 - b1)
            second[i].mul_(b2).addcmul_(gradient * gradient, 1 - b2)
            parameter.sub_(sizes[i] * first[i] / (second[i].sqrt() / roots[i] + epsilon))

    return update
