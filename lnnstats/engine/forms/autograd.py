"""Any network and loss on the data, by batched autograd: the gradient of the summed losses is each run's own, because
runs share no parameter.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lnnstats.engine.batch import BatchOrder, Runs, initial_layers, stacked_moments
from lnnstats.engine.forms.losses import OnMoments, OnPoints
from lnnstats.engine.forms.moments import NORMS, decay_anchors, parameters
from lnnstats.engine.forms.networks import Networks, affine_maps, networks
from lnnstats.engine.forms.points import Points, Score, points, share_correct
from lnnstats.engine.forms.values import Quadratic, quadratic, rates, relative_excess

ACTIVATIONS = {"linear": None, "residual": None, "relu": torch.relu, "tanh": torch.tanh}


def build(axis: Runs, dtype: torch.dtype, device: torch.device) -> Backward:
    """The networks of a chunk's runs at their initial weights, with their data."""
    world = axis.cells[0].world
    data = points(axis, dtype, device)
    moments = cache(partial(second_moments, axis, dtype, device))
    initial = initial_layers(axis)
    weights, biases = parameters(axis, initial.value, dtype, device)
    batch = world.training.batch
    order = None if batch == "full" else BatchOrder(axis, data.splits["train"][0].shape[1], batch, device)
    draws = initial.checksum + data.draws
    kinds, learning_rates = (world.network.kind, world.training.loss.kind), rates(axis, torch.float64, device)
    return Backward(weights, biases, data, order, moments, *kinds, learning_rates["learning_rate"], draws)


def second_moments(axis: Runs, dtype: torch.dtype, device: torch.device) -> dict[str, Quadratic]:
    """Both splits' second moments, with the best affine map: the data are drawn again, when it is first asked for."""
    intercept = axis.cells[0].world.network.bias
    return {name: quadratic(part, dtype, device) for name, part in stacked_moments(axis, intercept).value.items()}


class Backward:
    """R networks of the same shapes in training on batches of their data."""

    def __init__(
        self,
        weights: tuple[Tensor, ...],
        biases: tuple[Tensor, ...],
        points: Points,
        order: BatchOrder | None,
        moments: Callable[[], dict[str, Quadratic]],
        network: str,
        loss: str,
        rates: Tensor,
        draws: NDArray[np.uint64],
    ) -> None:
        self.draws = draws
        self.runs = weights[0].shape[0]
        self.parameters = (*weights, *biases)
        self._depth, self._points, self._order = len(weights), points, order
        self._moments, self._activation, self._loss = moments, ACTIVATIONS[network], LOSSES[loss]
        self._gradients: tuple[Tensor, ...] = ()
        self._rates = rates
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
        return self._points.score(split, self._widest, self._outputs_of, score)

    @property
    def _widest(self) -> int:
        return max(weight.shape[1] for weight in self.parameters[: self._depth])

    def _outputs_of(self, x: Tensor, runs: slice) -> Tensor:
        return self._outputs(tuple(parameter[runs] for parameter in self.parameters), x)

    def spread(self, column: Tensor) -> tuple[Tensor, ...]:
        return tuple(column.view(-1, *(1,) * (parameter.dim() - 1)) for parameter in self.parameters)

    def step_sizes(self, column: Tensor) -> tuple[Tensor, ...]:
        return self.spread(column)

    def anchors(self, skip: bool) -> tuple[Tensor, ...]:
        return decay_anchors(self.parameters[: self._depth], self.parameters[self._depth :], skip)

    def loss(self, split: str) -> Tensor:
        return self._score(split, self._loss)

    def mse(self, split: str) -> Tensor:
        return self._score(split, mean_squared_error)

    def accuracy(self, split: str) -> Tensor:
        return self._score(split, share_correct)

    def deviation(self) -> Tensor:
        return (self._map() - self._moments()["train"].optimum).abs().sum((1, 2))

    def relative_excess(self, split: str) -> Tensor:
        if self._activation:
            return self.relative_excess_on_points(split)
        return relative_excess(self._moments()["train"], self._moments()[split], self._map())

    def relative_excess_on_points(self, split: str) -> Tensor:
        """The same of any network, by its predictions."""
        best = self._moments()["train"].optimum

        def both(x: Tensor, runs: slice) -> Tensor:
            slopes, intercept = best[runs, :, : x.shape[-1]], best[runs, :, x.shape[-1] :].sum(-1)
            return torch.stack((self._outputs_of(x, runs), x @ slopes.mT + intercept[:, None, :]))

        return self._points.score(split, 2 * self._widest, both, excess_ratio)

    def gradient_norm(self, of: str) -> Tensor:
        return NORMS[of](self._gradients)

    def gradient_matrices(self) -> tuple[Tensor, ...]:
        return self._gradients[: self._depth]

    def networks(self) -> tuple[Networks, ...]:
        weights, biases = self.parameters[: self._depth], self.parameters[self._depth :]
        everyone = torch.arange(self.runs, device=self._rates.device)
        return (networks(everyone, weights, biases, self._rates, self._training_loss()),)

    def _training_loss(self) -> OnMoments | OnPoints:
        if self._activation or self._loss is not mean_squared_error:
            return OnPoints(self._points, self._outputs, self._loss)
        return OnMoments(self._moments()["train"])

    def _map(self) -> Tensor:
        return affine_maps(self.parameters[: self._depth], self.parameters[self._depth :])[-1]


def mean_squared_error(outputs: Tensor, target: Tensor) -> Tensor:
    """Mean over points and outputs, [r]."""
    return (outputs - target).square().mean((-2, -1))


def excess_ratio(outputs: Tensor, target: Tensor) -> Tensor:
    """(MSE - MSE_OLS) / MSE_OLS of predictions f and those of least squares o, [2, r, n, C]: the excess is the mean of
    (f - o)(f + o - 2y), no difference of two errors.
    """
    found, best = outputs
    excess = ((found - best) * (found + best - 2 * target)).mean((-2, -1))
    return excess / mean_squared_error(best, target)


def cross_entropy(outputs: Tensor, target: Tensor) -> Tensor:
    """Mean over points of -log softmax at the one-hot target, [r]."""
    return -(torch.log_softmax(outputs, dim=-1) * target).sum(-1).mean(-1)


LOSSES = {"mse": mean_squared_error, "cross_entropy": cross_entropy}
