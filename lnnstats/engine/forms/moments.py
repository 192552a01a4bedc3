"""A linear network of any widths on second moments: batched products of small matrices, no data and no autograd in the
loop.

With a = (x, 1), prefixes E_l the affine map to layer l ([k_l, d+1]), G = (2/C) (E_N - OLS) Gram and S_N = G, S_{l-1} =
W_l' S_l: dL/dW_l = S_l E_{l-1}', dL/db_l = last column of S_l (Saxe, McClelland, Ganguli 2014, eq. 2, with biases).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lnnstats.draws.inits import Layer
from lnnstats.engine.batch import Runs, initial_layers, stacked_moments, to_device
from lnnstats.engine.forms.points import Points, points, share_correct
from lnnstats.engine.forms.values import Quadratic, quadratic, relative_excess


def build(axis: Runs, dtype: torch.dtype, device: torch.device) -> Products:
    """The networks of a chunk's runs at their initial weights."""
    bias = axis.cells[0].world.network.bias
    data, initial = stacked_moments(axis, bias), initial_layers(axis)
    splits = {split: quadratic(part, dtype, device) for split, part in data.value.items()}
    weights, biases = parameters(axis, initial.value, dtype, device)
    held = cache(partial(points, axis, dtype, device))
    return Products(weights, biases, splits, held, initial.checksum + data.checksum)


def parameters(
    axis: Runs, cells: list[tuple[Layer, ...]], dtype: torch.dtype, device: torch.device
) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """Initial weights [R, rows, columns] and biases [R, rows] (none where the network has none) of every layer, from
    those of each cell.
    """
    blocks = len(axis.blocks)

    def stack(index: int, name: str) -> Tensor:
        parts = [np.broadcast_to(a := getattr(drawn[index], name), (blocks, *a.shape[1:])) for drawn in cells]
        return to_device(np.concatenate(parts), dtype, device)

    depth = range(len(cells[0]))
    bias = cells[0][0].bias is not None
    return tuple(stack(i, "weight") for i in depth), tuple(stack(i, "bias") for i in depth if bias)


class Products:
    """R linear networks of the same shapes in training."""

    def __init__(
        self,
        weights: tuple[Tensor, ...],
        biases: tuple[Tensor, ...],
        splits: dict[str, Quadratic],
        points: Callable[[], Points],
        draws: NDArray[np.uint64],
    ) -> None:
        self.draws = draws
        self.runs = weights[0].shape[0]
        self.parameters = (*weights, *biases)
        self._weights, self._biases, self._splits, self._points = weights, biases, splits, points
        self._maps: list[Tensor] = []
        self._gradients: tuple[Tensor, ...] = ()

    def gradients(self, step: int) -> tuple[Tensor, ...]:
        """dL/dW_1 ... dL/dW_N, then dL/db_1 ... dL/db_N where there are biases."""
        self._maps = affine_maps(self._weights, self._biases)
        train = self._splits["train"]
        back = (self._maps[-1] - train.optimum) @ train.gram * (2.0 / train.optimum.shape[1])
        to_weights: list[Tensor] = []
        to_biases: list[Tensor] = []
        for index in range(len(self._weights) - 1, -1, -1):
            inputs = self._weights[0].shape[2]
            to_weights.append(back[..., :inputs] if index == 0 else back @ self._maps[index - 1].mT)
            to_biases.append(back[..., -1])
            back = self._weights[index].mT @ back if index else back
        self._gradients = (*reversed(to_weights), *(reversed(to_biases) if self._biases else ()))
        return self._gradients

    def spread(self, column: Tensor) -> tuple[Tensor, ...]:
        return tuple(column.view(-1, *(1,) * (parameter.dim() - 1)) for parameter in self.parameters)

    def step_sizes(self, column: Tensor) -> tuple[Tensor, ...]:
        return self.spread(column)

    def loss(self, split: str) -> Tensor:
        return self.mse(split)

    def mse(self, split: str) -> Tensor:
        return self._splits[split].mse(self._maps[-1])

    def accuracy(self, split: str) -> Tensor:
        """Second moments do not tell it: the points are drawn again when it is first asked for."""
        return self._points().score(split, self._maps[-1].shape[1], self._outputs, share_correct)

    def _outputs(self, x: Tensor, runs: slice) -> Tensor:
        """[r, n, C] outputs of some runs."""
        inputs, maps = x.shape[-1], self._maps[-1][runs]
        return x @ maps[..., :inputs].mT + maps[..., inputs:].sum(-1)[:, None, :]

    def deviation(self) -> Tensor:
        return (self._maps[-1] - self._splits["train"].optimum).abs().sum((1, 2))

    def relative_excess(self, split: str) -> Tensor:
        return relative_excess(self._splits["train"], self._splits[split], self._maps[-1])

    def gradient_norm(self) -> Tensor:
        return mean_norm(self._gradients)

    def gradient_matrices(self) -> tuple[Tensor, ...]:
        return self._gradients[: len(self._weights)]


def affine_maps(weights: tuple[Tensor, ...], biases: tuple[Tensor, ...]) -> list[Tensor]:
    """The map from (x, 1) (from x without biases) to each layer, [R, k_l, d+1 (d)]."""
    maps = [torch.cat((weights[0], biases[0][..., None]), dim=-1) if biases else weights[0]]
    for index, weight in enumerate(weights[1:], 1):
        product = weight @ maps[-1]
        if biases:
            product[..., -1] += biases[index]
        maps.append(product)
    return maps


def mean_norm(gradients: tuple[Tensor, ...]) -> Tensor:
    """Mean over parameter tensors of the Euclidean norm, [R]."""
    return torch.stack([gradient.flatten(1).norm(dim=1) for gradient in gradients]).mean(0)
