"""Adam (Kingma & Ba 2015, algorithm 1): bias-corrected first and second moments of the gradient.

With c_i = 1 - beta_i^t its step rate * (first / c_1) / (sqrt(second / c_2) + epsilon) is
rate * first / (c_1 / sqrt(c_2) * sqrt(second) + c_1 * epsilon): what changes with t is two numbers a run.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Rule, Tensors, Update
from lnnstats.study.values import World


def start(form: Form, world: World, columns: dict[str, Tensor]) -> Update:
    """The update of Adam; `columns`: learning_rate, beta1, beta2, epsilon [R]."""
    beta1, beta2, epsilon = columns["beta1"], columns["beta2"], columns["epsilon"]
    power1, power2 = torch.ones_like(beta1), torch.ones_like(beta2)
    sizes, new1, new2 = form.step_sizes(columns["learning_rate"]), form.spread(1 - beta1), form.spread(1 - beta2)
    first = tuple(torch.zeros_like(parameter) for parameter in form.parameters)
    second = tuple(torch.zeros_like(parameter) for parameter in form.parameters)

    def corrected() -> tuple[Tensors, Tensors]:
        """What multiplies sqrt(second), and what is added to it."""
        correction1, correction2 = 1 - power1, 1 - power2
        return form.spread(correction1 / correction2.sqrt()), form.spread(correction1 * epsilon)

    def ratio(i: int, scale: Tensor, floor: Tensor) -> tuple[Tensor, Tensor]:
        """Numerator and denominator of the move of parameter i."""
        return first[i] * sizes[i], torch.addcmul(floor, second[i].sqrt(), scale)

    def step(gradients: Tensors) -> None:
        power1.mul_(beta1)
        power2.mul_(beta2)
        parts = zip(form.parameters, gradients, *corrected(), strict=True)
        for i, (parameter, gradient, scale, floor) in enumerate(parts):
            first[i].lerp_(gradient, new1[i])
            second[i].lerp_(gradient.square(), new2[i])
            parameter.addcdiv_(*ratio(i, scale, floor), value=-1)

    def moved(gradients: Tensors) -> Tensors:
        parts = enumerate(zip(*corrected(), strict=True))
        return tuple(torch.div(*ratio(i, scale, floor)) for i, (scale, floor) in parts)

    return Rule(step, moved)
