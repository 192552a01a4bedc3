"""Any network and loss on the data, by batched autograd: the gradient of the summed losses is each run's own, because
runs share no parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import log_softmax, logsigmoid

from lnnstats.engine.batch import BatchOrder, Runs
from lnnstats.engine.forms.backpropagation import Backpropagation
from lnnstats.engine.forms.given import Given, given
from lnnstats.engine.forms.losses import OnMoments, OnPoints
from lnnstats.engine.forms.moments import NORMS, decay_anchors, parameters, run_sums
from lnnstats.engine.forms.networks import Networks, affine_map, mapped, networks
from lnnstats.engine.forms.outputs import end_to_end, outputs
from lnnstats.engine.forms.points import SLAB, Points, Score, share_correct
from lnnstats.engine.forms.sensitivities import Sensitivities, of_linear, sensitivities
from lnnstats.engine.forms.values import Quadratic, rates, relative_excess
from lnnstats.parts.networks import Image, Network
from lnnstats.parts.training import Loss


def build(axis: Runs, dtype: torch.dtype, device: torch.device, held: Given | None = None) -> Backward:
    """The networks of a chunk's runs at their initial weights, with their data (`held`, or drawn)."""
    held = held or given(axis, dtype, device)
    initial, data, moments, world = held.initial(), held.points(), held.moments, axis.cells[0].world
    weights, biases = parameters(axis, initial.value, dtype, device)
    draws = initial.checksum + data.draws
    loss, learning_rates = world.training.loss, rates(axis, torch.float64, device)["learning_rate"]
    return Backward(
        weights,
        biases,
        data,
        held.order(),
        lambda: moments().value,  # drawn again, when it is first asked for
        world.network,
        world.data.image,
        loss,
        learning_rates,
        draws,
    )


class Backward:
    """R networks of the same shapes in training on batches of their data."""

    def __init__(
        self,
        weights: tuple[Tensor, ...],
        biases: tuple[Tensor, ...],
        points: Points,
        order: BatchOrder | None,
        moments: Callable[[], dict[str, Quadratic]],
        network: Network,
        image: Image | None,
        loss: Loss,
        rates: Tensor,
        draws: NDArray[np.uint64],
    ) -> None:
        self.draws = draws
        self.runs = weights[0].shape[0]
        self.parameters = (*weights, *biases)
        self._depth, self._points, self._order = len(weights), points, order
        self._moments, self._loss, self._of_points = moments, objective(loss), LOSSES[loss.kind]
        self._adds_up = loss.reduction == "sum"
        self._linear, self._places = network.linear, network.places(image)
        self._program, self._end_to_end = outputs(network, image), end_to_end(network, image)
        self._gradients: tuple[Tensor, ...] = ()
        self._rates = rates
        self._full = None if order else points.of("train", slice(None))
        batch = order.batch if order else points.splits["train"][0].shape[1]
        self._written_out = Backpropagation(weights, biases, batch) if self._linear else None

    def gradients(self, step: int) -> tuple[Tensor, ...]:
        """Gradients of the loss over the step's batch."""
        x, y = self._full if self._full is not None else self._points.batch(self._order(step))  # type: ignore[misc]
        self._batch = x, y
        self._gradients = self._written_out(x, y, self._loss) if self._written_out else self._by_autograd(x, y)
        return self._gradients

    def _by_autograd(self, x: Tensor, y: Tensor) -> tuple[Tensor, ...]:
        leaves = tuple(parameter.detach().requires_grad_() for parameter in self.parameters)
        return torch.autograd.grad(self._loss(self._outputs(leaves, x), y).sum(), leaves)

    def _outputs(self, parameters: tuple[Tensor, ...], x: Tensor) -> Tensor:
        """[r, n, C] outputs of each run's network."""
        return self._program(parameters[: self._depth], parameters[self._depth :], x)

    def _mapped(self, parameters: tuple[Tensor, ...], x: Tensor) -> Tensor:
        """The same of affine networks, by their end-to-end map: few products a point, however wide the layers."""
        assert self._end_to_end is not None
        return mapped(self._end_to_end(parameters[: self._depth], parameters[self._depth :]), x)

    def _score(self, split: str, score: Score) -> Tensor:
        """A score of outputs and targets over a whole split, [R]; of an affine network by its end-to-end map."""
        if self._end_to_end is not None:
            maps = self._map()
            return self._points.score(split, maps.shape[1], lambda x, runs: mapped(maps[runs], x), score)
        return self._points.score(split, self._widest, self._outputs_of, score)

    @property
    def _widest(self) -> int:
        """Numbers that the widest layer puts out for a point."""
        return max(w.shape[1] * places for w, places in zip(self.parameters, self._places, strict=False))

    def _outputs_of(self, x: Tensor, runs: slice) -> Tensor:
        """The same of some runs, in slabs of points: for scores, which hold no graph."""
        parameters = tuple(parameter[runs] for parameter in self.parameters)
        slabs = x.split(max(1, SLAB // (len(parameters[0]) * self._widest)), dim=1)
        return torch.cat([self._outputs(parameters, slab) for slab in slabs], dim=1)

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
        if not self._linear:
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

    def layers(self, tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return tensors[: self._depth]

    def weight_gradients(self) -> tuple[Tensor, ...]:
        return self.layers(self._gradients)

    def sums(self, tensors: Iterable[Tensor]) -> Tensor:
        return run_sums(tensors)

    def affine(self) -> Tensor:
        return affine_map(self.parameters[: self._depth], self.parameters[self._depth :], torch.float64)

    def sensitivities(self) -> Sensitivities:
        if self._linear:
            weights, biases = self.parameters[: self._depth], self.parameters[self._depth :]
            return of_linear(weights, biases, self._rates, *self._batch, self._of_points, self._adds_up)
        with torch.inference_mode(False):
            (group,) = self.networks()
        return sensitivities(self._program, group, *self._batch, self._of_points, self._adds_up)

    def networks(self) -> tuple[Networks, ...]:
        weights, biases = self.parameters[: self._depth], self.parameters[self._depth :]
        everyone = torch.arange(self.runs, device=self._rates.device)
        return (networks(everyone, weights, biases, self._rates, self._training_loss()),)

    def _training_loss(self) -> OnMoments | OnPoints:
        if not self._linear or self._loss is not mean_squared_error:
            program = self._mapped if self._end_to_end is not None else self._outputs
            return OnPoints(self._points, program, self._loss, max(self._places))
        return OnMoments(self._moments()["train"])

    def _map(self) -> Tensor:
        assert self._end_to_end is not None
        return self._end_to_end(self.parameters[: self._depth], self.parameters[self._depth :])


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
    """Mean over points of -log softmax at the one-hot target, [r]; of one output z and a target y of -1 or 1, where the
    logits are 0 and z, log(1 + exp(-y z)).
    """
    logs = log_softmax(outputs, dim=-1) * target if outputs.shape[-1] > 1 else logsigmoid(outputs * target)
    return -logs.sum(-1).mean(-1)


def objective(loss: Loss) -> Score:
    """What training descends: the mean of the points' losses, or their sum."""
    mean = LOSSES[loss.kind]
    return mean if loss.reduction == "mean" else lambda outputs, target: outputs.shape[-2] * mean(outputs, target)


LOSSES = {"mse": mean_squared_error, "cross_entropy": cross_entropy}
