"""Weight decay, whatever the optimizer: each parameter is drawn to its anchor, which is 0, or the identity E in a
residual layer W = E + A, of which A is trained.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Update

Anchors = tuple[Tensor, ...]


def coupled(update: Update, form: Form, columns: dict[str, Tensor], anchors: Anchors) -> Update:
    """`update` by the gradient of the loss + decay / 2 |theta - anchor|^2 (Krogh & Hertz 1991), as torch.optim has it:
    g + decay * (theta - anchor).
    """
    decays = form.spread(columns["weight_decay"])

    def decayed(gradients: tuple[Tensor, ...]) -> None:
        parts = zip(gradients, form.parameters, anchors, decays, strict=True)
        update(tuple(torch.addcmul(g, theta - anchor, decay) for g, theta, anchor, decay in parts))

    return decayed


def decoupled(update: Update, form: Form, columns: dict[str, Tensor], anchors: Anchors) -> Update:
    """theta <- theta - rate * decay * (theta - anchor), then `update` by the gradient alone (Loshchilov & Hutter 2019,
    algorithm 2, as torch.optim.AdamW).
    """
    shares = form.step_sizes(columns["learning_rate"] * columns["weight_decay"])

    def decayed(gradients: tuple[Tensor, ...]) -> None:
        for theta, anchor, share in zip(form.parameters, anchors, shares, strict=True):
            theta.addcmul_(theta - anchor, share, value=-1)
        update(gradients)

    return decayed
