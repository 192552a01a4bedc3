"""A network's options -> the program of its outputs: weights [R, rows, columns], biases [R, rows] (none where it has
none) and points x [R or 1, n, d] give [R, n, C], every run by its own weights; and that of the affine map that it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import conv2d, conv_transpose2d

from lnnstats.engine.forms.networks import affine_map
from lnnstats.parts.networks import Image

Layers = tuple[Tensor, ...]
Outputs = Callable[[Layers, Layers, Tensor], Tensor]
Map = Callable[[Layers, Layers], Tensor]


def outputs(network: Any, image: Image | None) -> Outputs:
    """The program of networks of these options, on points that are such images where they are images."""
    return OUTPUTS[network.kind](network, image)


def end_to_end(network: Any, image: Any) -> Map | None:
    """The map from (x, 1) (from x without biases) to the outputs of affine networks, [R, C, d+1 (d)]; else None."""
    if not network.affine:
        return None
    return affine_map if network.linear else Convolutional(network.kernel, image).end_to_end


@dataclass(frozen=True)
class Dense:
    """Fully connected layers, the first `activated` of them followed by the `activation`."""

    activation: Callable[[Tensor], Tensor] = torch.relu
    activated: int = 0

    def __call__(self, weights: Layers, biases: Layers, x: Tensor) -> Tensor:
        for layer, weight in enumerate(weights):
            x = x @ weight.mT
            x = x + biases[layer][:, None, :] if biases else x
            x = self.activation(x) if layer < self.activated else x
        return x


@dataclass(frozen=True)
class Convolutional:
    """Convolutions of images, zero-padded to their size, then a dense layer.

    One convolution a run: as the groups of one, small images take half the time in float32, but its kernels then depend
    on how many runs there are, and with them the last bits of each.
    """

    kernel: int
    image: Image

    def __call__(self, weights: Layers, biases: Layers, x: Tensor) -> Tensor:
        held = x.unflatten(2, self.image)  # [R or 1, n, channels, height, width]
        for layer, weight in enumerate(weights[:-1]):
            held = self._convolved(held, weight, biases[layer] if biases else None)
        return Dense()(weights[-1:], biases[-1:], held.flatten(2))

    def end_to_end(self, weights: Layers, biases: Layers) -> Tensor:
        """From the output side: through a convolution go as many images as there are outputs, not points."""
        slopes = weights[-1].unflatten(2, (-1, *self.image[1:]))  # [R, C, channels, height, width]
        constant = biases[-1] if biases else None
        for layer in reversed(range(len(weights) - 1)):
            if constant is not None:
                constant = constant + (slopes.sum((3, 4)) @ biases[layer][..., None])[..., 0]
            slopes = self._adjoint(slopes, weights[layer])
        flat = slopes.flatten(2)
        return flat if constant is None else torch.cat((flat, constant[..., None]), dim=-1)

    def _adjoint(self, x: Tensor, weight: Tensor) -> Tensor:
        """The transpose of a convolution as a linear map."""
        kernels = weight.unflatten(2, (-1, self.kernel, self.kernel))
        each = zip(x, kernels, strict=True)
        return torch.stack([conv_transpose2d(of, kernel, padding=self.kernel // 2) for of, kernel in each])

    def _convolved(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        kernels, runs = weight.unflatten(2, (-1, self.kernel, self.kernel)), len(weight)
        each = zip(x.expand(runs, *x.shape[1:]), kernels, [None] * runs if bias is None else bias, strict=True)
        return torch.stack([conv2d(of, kernel, shift, padding=self.kernel // 2) for of, kernel, shift in each])


def _activated(activation: Callable[[Tensor], Tensor]) -> Callable[[Any, Image | None], Outputs]:
    def program(network: Any, image: Image | None) -> Outputs:
        return Dense(activation, network.depth - 1 if network.activated is None else network.activated)

    return program


OUTPUTS: Mapping[str, Callable[[Any, Any], Outputs]] = {
    "linear": lambda network, image: Dense(),
    "residual": lambda network, image: Dense(),
    "relu": _activated(torch.relu),
    "tanh": _activated(torch.tanh),
    "linear_convolution": lambda network, image: Convolutional(network.kernel, image),
}
