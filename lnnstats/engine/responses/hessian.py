"""Derivatives of the training loss in all parameters of every network of a group, by reverse mode twice.

Networks share no parameter: the gradient of their summed losses is each one's own, and so is the product of the Hessian
with a vector each (Pearlmutter 1994).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from lnnstats.engine.forms.networks import SLAB, Layers, Networks

Product = Callable[[Tensor], Tensor]


def gradients(group: Networks) -> Layers:
    """dL/dW_1 .. dL/dW_N, then dL/db_1 .. dL/db_N where there are biases."""
    with torch.enable_grad():
        leaves = _leaves(group)
        return torch.autograd.grad(_total(group, leaves), leaves)


def hessian_product(group: Networks) -> Product:
    """v [r, P] -> H v [r, P], parameters in the order of `gradients`, each row by row.

    With ReLU it is the Hessian almost everywhere: of the smooth piece of the loss that holds the parameters, kinks left
    out.
    """
    leaves, gradient = _differentiable(group)

    def product(vectors: Tensor) -> Tensor:
        return _flat(torch.autograd.grad(gradient, leaves, vectors, retain_graph=True, materialize_grads=True), 1)

    return product


def hessian(group: Networks) -> Tensor:
    """The Hessian itself, [r, P, P], from its products with the unit vectors, as many at once as memory allows."""
    leaves, gradient = _differentiable(group)
    units = torch.eye(group.size, dtype=gradient.dtype, device=gradient.device)[:, None, :].expand(-1, *gradient.shape)
    rows = [
        _flat(torch.autograd.grad(gradient, leaves, some, retain_graph=True, is_grads_batched=True), 2)
        for some in units.split(max(1, SLAB // (len(gradient) * group.graph)))
    ]
    matrix = torch.cat(rows).transpose(0, 1)
    return (matrix + matrix.mT) / 2


def _differentiable(group: Networks) -> tuple[Layers, Tensor]:
    """Parameters to differentiate in, and the gradient [r, P] as a function of them."""
    with torch.enable_grad():
        leaves = _leaves(group)
        return leaves, _flat(torch.autograd.grad(_total(group, leaves), leaves, create_graph=True), 1)


def _leaves(group: Networks) -> Layers:
    return tuple(tensor.detach().requires_grad_() for tensor in (*group.weights, *group.biases))


def _total(group: Networks, leaves: Layers) -> Tensor:
    depth = len(group.weights)
    return group.loss(leaves[:depth], leaves[depth:]).sum()


def _flat(tensors: Layers, start: int) -> Tensor:
    """One axis of all parameters, after the first `start` axes."""
    return torch.cat([tensor.flatten(start) for tensor in tensors], dim=start)
