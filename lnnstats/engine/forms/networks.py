"""The networks of a form at one state, in float64 and apart from their training: for responses that differentiate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import pad

Layers = tuple[Tensor, ...]
SLAB = 1 << 21  # numbers held at once while networks are measured: 16 MiB, near a processor's caches
GRAPH = 6  # numbers that autograd keeps of one unit at one point, twice differentiated


class Loss(Protocol):
    """The training loss of r networks over the whole training split, to be differentiated."""

    @property
    def points(self) -> int:
        """At how many points each unit of a network is evaluated."""
        ...

    def __call__(self, weights: Layers, biases: Layers) -> Tensor:
        """Weights [r, k, n] and biases [r, k] in float64 -> [r]."""
        ...

    def part(self, runs: slice) -> Loss:
        """That of some of the networks."""
        ...


@dataclass(frozen=True, eq=False)
class Networks:
    """r networks of one shape: `runs` [r], their places among the form's; weights [r, k, n] and biases [r, k] (none
    where the network has none), input side first; learning rates [r]; their loss.
    """

    runs: Tensor
    weights: Layers
    biases: Layers
    rates: Tensor
    loss: Loss

    @property
    def size(self) -> int:
        """Parameters of one network, P."""
        return sum(tensor[0].numel() for tensor in (*self.weights, *self.biases))

    def slopes(self) -> Tensor:
        """W_e = W_N .. W_1, [r, C, d]."""
        return affine_map(self.weights, self.biases)[..., : self.weights[0].shape[2]]

    def intercepts(self) -> Tensor:
        """b_e [r, C], zero without biases."""
        return affine_map(self.weights, self.biases)[..., self.weights[0].shape[2] :].sum(-1)

    @property
    def graph(self) -> int:
        """Numbers that autograd keeps of the loss of one network along one direction."""
        return GRAPH * self.loss.points * sum(weight.shape[1] for weight in self.weights)

    def slabs(self, numbers: int = 0, directions: int = 1) -> Iterator[Networks]:
        """The networks, as many at once as memory allows where each needs `numbers` beside its loss, differentiated
        along some directions.
        """
        width = max(1, SLAB // (numbers + directions * self.graph))
        for start in range(0, len(self.rates), width):
            yield self.part(slice(start, start + width))

    def part(self, runs: slice) -> Networks:
        weights, biases = (tuple(tensor[runs] for tensor in layers) for layers in (self.weights, self.biases))
        return Networks(self.runs[runs], weights, biases, self.rates[runs], self.loss.part(runs))


def networks(runs: Tensor, weights: Layers, biases: Layers, rates: Tensor, loss: Loss) -> Networks:
    """Copies in float64, of tensors with a training's memory."""
    return Networks(runs, tuple(map(double, weights)), tuple(map(double, biases)), rates[runs], loss)


def double(tensor: Tensor) -> Tensor:
    """A float64 copy, out of inference mode where it is made out of it."""
    return tensor.to(torch.float64, copy=True, memory_format=torch.contiguous_format)


def affine_map(weights: Layers, biases: Layers, dtype: torch.dtype | None = None) -> Tensor:
    """The map from (x, 1) (from x without biases) to the outputs, [R, C, d+1 (d)], in their dtype or another, in which
    one layer at a time is held; multiplied from the output side, so that every product has C rows.
    """
    dtype = dtype or weights[0].dtype
    slopes = weights[-1].to(dtype)
    constant = biases[-1].to(dtype)[..., None] if biases else slopes[..., :0]
    for index in reversed(range(len(weights) - 1)):
        constant = constant + slopes @ biases[index].to(dtype)[..., None] if biases else constant
        slopes = slopes @ weights[index].to(dtype)
    return torch.cat((slopes, constant), dim=-1)


def mapped(maps: Tensor, x: Tensor) -> Tensor:
    """Outputs [r, n, C] of affine maps [r, C, d+1 (d)] at points [r or 1, n, d]; shared points are taken once."""
    slopes, constant = maps[..., : x.shape[-1]], maps[..., x.shape[-1] :].sum(-1)[:, None, :]
    if len(x) > 1:
        return x @ slopes.mT + constant
    return (x[0] @ slopes.flatten(0, 1).mT).unflatten(1, slopes.shape[:2]).transpose(0, 1) + constant


def affine_maps(weights: Layers, biases: Layers) -> list[Tensor]:
    """The map from (x, 1) (from x without biases) to each layer, [R, k_l, d+1 (d)]."""
    maps = [torch.cat((weights[0], biases[0][..., None]), dim=-1) if biases else weights[0]]
    for index, weight in enumerate(weights[1:], 1):
        product = weight @ maps[-1]
        maps.append(product + pad(biases[index][..., None], (product.shape[2] - 1, 0)) if biases else product)
    return maps
