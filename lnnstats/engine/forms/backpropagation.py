"""Gradients of linear networks on a batch, by backpropagation written out (Rumelhart, Hinton, Williams 1986): products
go into buffers made once, where autograd takes new memory for each (half the time of a step of a wide network).

h_0 = x, h_l = h_{l-1} W_l' + b_l;  D_N = dL/dh_N, D_{l-1} = D_l W_l;  dL/dW_l = D_l' h_{l-1}, dL/db_l = the sum of D_l
over points. Nothing is taken from the rank of these products, which is measured.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lnnstats.engine.forms.networks import Layers
from lnnstats.engine.forms.points import Score


class Backpropagation:
    """R linear networks, weights [R, k_l, k_{l-1}] and biases [R, k_l] (none, or one a layer), on batches of so many
    points.
    """

    def __init__(self, weights: Layers, biases: Layers, points: int) -> None:
        self._weights, self._biases = weights, biases
        self._units = tuple(w.new_empty(w.shape[0], points, w.shape[1]) for w in weights)  # h_l, then D_l in its place
        self._gradients = tuple(torch.empty_like(parameter) for parameter in (*weights, *biases))

    def __call__(self, x: Tensor, y: Tensor, loss: Score) -> Layers:
        """dL/dW_1 .. dL/dW_N, then dL/db_1 .. dL/db_N where there are biases, at inputs [R or 1, n, d] and targets
        [R or 1, n, C]; the next call overwrites them.
        """
        inputs = (x.expand(len(self._units[0]), -1, -1), *self._units[:-1])
        outputs = self._forward(inputs).requires_grad_()
        self._units[-1].copy_(torch.autograd.grad(loss(outputs, y).sum(), outputs)[0])
        self._backward(inputs)
        return self._gradients

    def _forward(self, inputs: Layers) -> Tensor:
        for index, (before, weight, after) in enumerate(zip(inputs, self._weights, self._units, strict=True)):
            if self._biases:
                torch.baddbmm(self._biases[index][:, None, :], before, weight.mT, out=after)
            else:
                torch.bmm(before, weight.mT, out=after)
        return self._units[-1].clone()

    def _backward(self, inputs: Layers) -> None:
        depth = len(self._weights)
        for index in reversed(range(depth)):
            back, before = self._units[index], inputs[index]
            torch.bmm(back.mT, before, out=self._gradients[index])
            if self._biases:
                torch.sum(back, 1, out=self._gradients[depth + index])
            if index:
                torch.bmm(back, self._weights[index], out=before)
