"""Adam (Kingma & Ba 2015, algorithm 1): bias-corrected first and second moments of the gradient.

With c_i = 1 - beta_i^t its step rate * (first / c_1) / (sqrt(second / c_2) + epsilon) is
rate * first / (c_1 / sqrt(c_2) * sqrt(second) + c_1 * epsilon): what changes with t is two numbers a run.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Update


def start(form: Form, columns: dict[str, Tensor]) -> Update:
    """The update of Adam; `columns`: learning_rate, beta1, beta2, epsilon [R]."""
    beta1, beta2, epsilon = columns["beta1"], columns["beta2"], columns["epsilon"]
    power1, power2 = torch.ones_like(beta1), torch.ones_like(beta2)
    sizes, new1, new2 = form.step_sizes(columns["learning_rate"]), form.spread(1 - beta1), form.spread(1 - beta2)
    first = tuple(torch.zeros_like(parameter) for parameter in form.parameters)
    second = tuple(torch.zeros_like(parameter) for parameter in form.parameters)

    def update(gradients: tuple[Tensor, ...]) -> None:
        correction1, correction2 = 1 - power1.mul_(beta1), 1 - power2.mul_(beta2)
        scales = form.spread(correction1 / correction2.sqrt())
        floors = form.spread(correction1 * epsilon)
        for i, (parameter, gradient) in enumerate(zip(form.parameters, gradients, strict=True)):
            first[i].lerp_(gradient, new1[i])
            second[i].lerp_(gradient.square(), new2[i])
            size = torch.addcmul(floors[i], second[i].sqrt(), scales[i])
            parameter.addcdiv_(first[i] * sizes[i], size, value=-1)

    return update
