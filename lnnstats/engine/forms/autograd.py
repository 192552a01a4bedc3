"""Any network and loss on the data, by batched autograd: the gradient of the summed losses is each run's own, because
runs share no parameter.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lnnstats.engine.batch import BatchOrder, Runs, initial_layers, stacked_moments
from lnnstats.engine.forms.moments import affine_maps, mean_norm, parameters
from lnnstats.engine.forms.points import Points, Score, points, share_correct
from lnnstats.engine.forms.values import Quadratic, quadratic, relative_excess

ACTIVATIONS = {"linear": None, "relu": torch.relu, "tanh": torch.tanh}


def build(axis: Runs, dtype: torch.dtype, device: torch.device) -> Backward:
    """The networks of a chunk's runs at their initial weights, with their data."""
    world = axis.cells[0].world
    data = points(axis, dtype, device)
    moments: dict[str, Quadratic] = {}
    if world.network.kind == "linear" and world.training.loss.kind == "mse":
        moments = {
            name: quadratic(part, dtype, device)
            for name, part in stacked_moments(axis, world.network.bias).value.items()
        }
    initial = initial_layers(axis)
    weights, biases = parameters(axis, initial.value, dtype, device)
    batch = world.training.batch
    order = None if batch == "full" else BatchOrder(axis, data.splits["train"][0].shape[1], batch, device)
    draws = initial.checksum + data.draws
    return Backward(weights, biases, data, order, moments, world.network.kind, world.training.loss.kind, draws)


class Backward:
    """R networks of the same shapes in training on batches of their data."""

    def __init__(
        self,
        weights: tuple[Tensor, ...],
        biases: tuple[Tensor, ...],
        points: Points,
        order: BatchOrder | None,
        moments: dict[str, Quadratic],
        network: str,
        loss: str,
        draws: NDArray[np.uint64],
    ) -> None:
        self.draws = draws
        self.runs = weights[0].shape[0]
        self.parameters = (*weights, *biases)
        self._depth, self._points, self._order = len(weights), points, order
        self._moments, self._activation, self._loss = moments, ACTIVATIONS[network], LOSSES[loss]
        self._gradients: tuple[Tensor, ...] = ()
        self._full = None if order else points.of("train", slice(None))

    def gradients(self, step: int) -> tuple[Tensor, ...]:
        """Gradients of the loss over the step's batch."""
        leaves = tuple(parameter.detach().requires_grad_() for parameter in self.parameters)
        x, y = self._full if self._full is not None else self._points.batch(self._order(step))  # type: ignore[misc]
        self._gradients = torch.autograd.grad(self._loss(self._outputs(leaves, x), y).sum(), leaves)
        return self._gradients

    def _outputs(self, parameters: tuple[Tensor, ...], x: Tensor) -> Tensor:
        """[r, n, C] outputs of each run's network."""
        weights, biases = parameters[: self._depth], parameters[self._depth :]
        for index, weight in enumerate(weights):
            x = x @ weight.mT
            x = x + biases[index][:, None, :] if biases else x
            x = self._activation(x) if self._activation and index < self._depth - 1 else x
        return x

    def _score(self, split: str, score: Score) -> Tensor:
        """A score of outputs and targets over a whole split, [R]."""
        widest = max(weight.shape[1] for weight in self.parameters[: self._depth])
        return self._points.score(split, widest, self._outputs_of, score)

    def _outputs_of(self, x: Tensor, runs: slice) -> Tensor:
        return self._outputs(tuple(parameter[runs] for parameter in self.parameters), x)

    def spread(self, column: Tensor) -> tuple[Tensor, ...]:
        return tuple(column.view(-1, *(1,) * (parameter.dim() - 1)) for parameter in self.parameters)

    def step_sizes(self, column: Tensor) -> tuple[Tensor, ...]:
        return self.spread(column)

    def loss(self, split: str) -> Tensor:
        return self._score(split, self._loss)

    def mse(self, split: str) -> Tensor:
        return self._score(split, mean_squared_error)

    def accuracy(self, split: str) -> Tensor:
        return self._score(split, share_correct)

    def deviation(self) -> Tensor:
        return (self._map() - self._moments["train"].optimum).abs().sum((1, 2))

    def relative_excess(self, split: str) -> Tensor:
        return relative_excess(self._moments["train"], self._moments[split], self._map())

    def gradient_norm(self) -> Tensor:
        return mean_norm(self._gradients)

    def gradient_matrices(self) -> tuple[Tensor, ...]:
        return self._gradients[: self._depth]

    def _map(self) -> Tensor:
        return affine_maps(self.parameters[: self._depth], self.parameters[self._depth :])[-1]


def mean_squared_error(outputs: Tensor, target: Tensor) -> Tensor:
    """Mean over points and outputs, [r]."""
    return (outputs - target).square().mean((-2, -1))


def cross_entropy(outputs: Tensor, target: Tensor) -> Tensor:
    """Mean over points of -log softmax at the one-hot target, [r]."""
    return -(torch.log_softmax(outputs, dim=-1) * target).sum(-1).mean(-1)


LOSSES = {"mse": mean_squared_error, "cross_entropy": cross_entropy}
