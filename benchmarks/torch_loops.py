"""One run at a time in plain PyTorch on the data: what a careful person writes without batching."""

from __future__ import annotations

import torch
from torch import Tensor


def by_autograd(layers: list[tuple[Tensor, Tensor]], x: Tensor, y: Tensor, rate: float, steps: int) -> None:
    """Scalar layers (w, b), n points, plain tensors and torch.autograd.grad."""
    leaves = [tensor.clone().requires_grad_() for layer in layers for tensor in layer]
    for _ in range(steps):
        hidden = x
        for w, b in zip(leaves[::2], leaves[1::2], strict=True):
            hidden = hidden * w + b
        gradients = torch.autograd.grad((hidden - y).square().mean(), leaves)
        with torch.no_grad():
            for leaf, gradient in zip(leaves, gradients, strict=True):
                leaf.sub_(gradient, alpha=rate)


def by_hand(layers: list[tuple[Tensor, Tensor]], x: Tensor, y: Tensor, rate: float, steps: int) -> None:
    """The same with the chain rule written out."""
    layers = [(w.clone(), b.clone()) for w, b in layers]
    for _ in range(steps):
        inputs = [x]
        for w, b in layers:
            inputs.append(torch.addcmul(b, inputs[-1], w))
        back = (inputs[-1] - y) * (2 / len(y))
        for (w, b), hidden in zip(reversed(layers), inputs[-2::-1], strict=True):
            to_w, to_b = back @ hidden, back.sum()
            back = back * w
            w.sub_(to_w, alpha=rate)
            b.sub_(to_b, alpha=rate)


def wide(weights: list[Tensor], x: Tensor, y: Tensor, rate: float, beta: float, steps: int) -> None:
    """Matrices, heavy ball, n points, plain tensors and torch.autograd.grad."""
    leaves = [weight.clone().requires_grad_() for weight in weights]
    velocities = [torch.zeros_like(weight) for weight in weights]
    for _ in range(steps):
        hidden = x
        for leaf in leaves:
            hidden = hidden @ leaf.mT
        gradients = torch.autograd.grad((hidden - y).square().mean(), leaves)
        with torch.no_grad():
            for leaf, velocity, gradient in zip(leaves, velocities, gradients, strict=True):
                velocity.mul_(beta).add_(gradient)
                leaf.sub_(velocity, alpha=rate)
