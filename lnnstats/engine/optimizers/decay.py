"""Weight decay, whatever the optimizer: each parameter is drawn to its anchor, which is 0, or the identity E in a
residual layer W = E + A, of which A is trained.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Rule, Tensors, Update


def coupled(update: Update, form: Form, columns: dict[str, Tensor], anchors: Tensors) -> Update:
    """`update` by the gradient of the loss + decay / 2 |theta - anchor|^2 (Krogh & Hertz 1991), as torch.optim has it:
    g + decay * (theta - anchor).
    """
    decays = form.spread(columns["weight_decay"])
    held = tuple(torch.empty_like(theta) for theta in form.parameters)

    def step(gradients: Tensors) -> None:
        for out, gradient, theta, anchor, decay in zip(held, gradients, form.parameters, anchors, decays, strict=True):
            torch.addcmul(gradient, torch.sub(theta, anchor, out=out), decay, out=out)
        update(held)

    return Rule(step, lambda gradients: update.moves())


def decoupled(update: Update, form: Form, columns: dict[str, Tensor], anchors: Tensors) -> Update:
    """theta <- theta - rate * decay * (theta - anchor), then `update` by the gradient alone (Loshchilov & Hutter 2019,
    algorithm 2, as torch.optim.AdamW).
    """
    shares = form.step_sizes(columns["learning_rate"] * columns["weight_decay"])
    offsets = tuple(torch.empty_like(theta) for theta in form.parameters)

    def step(gradients: Tensors) -> None:
        for theta, anchor, offset, share in zip(form.parameters, anchors, offsets, shares, strict=True):
            theta.addcmul_(torch.sub(theta, anchor, out=offset), share, value=-1)
        update(gradients)

    def moved(gradients: Tensors) -> Tensors:
        return tuple(map(torch.addcmul, update.moves(), offsets, shares))

    return Rule(step, moved)
