"""A linear network of any widths on second moments: batched products of small matrices, no data and no autograd in the
loop.

With tails B_j = W_N ... W_{j+1} (B_N = I), the network is x -> B_0 x + sum_j B_j b_j. Let (S, s) be the gradient of the
loss in that map and that vector, (2/C) (map - OLS) Gram, and T_0 = S, T_j = T_{j-1} W_j' + s b_j'. Then
dL/dW_j = B_j' T_{j-1}, dL/db_j = B_j' s (Saxe, McClelland, Ganguli 2014, eq. 2, with biases; every product has C rows).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lnnstats.design.forms import PLAIN_PRODUCT
from lnnstats.draws.inits import Layer
from lnnstats.engine.batch import Runs, to_device
from lnnstats.engine.forms.given import Given, given
from lnnstats.engine.forms.losses import OnMoments
from lnnstats.engine.forms.networks import Networks, affine_map, mapped, networks
from lnnstats.engine.forms.points import Points, share_correct
from lnnstats.engine.forms.values import Quadratic, rates, relative_excess


def build(axis: Runs, dtype: torch.dtype, device: torch.device, held: Given | None = None) -> Products:
    """The networks of a chunk's runs at their initial weights, with their data (`held`, or drawn)."""
    held = held or given(axis, dtype, device)
    data, initial = held.moments(), held.initial()
    weights, biases = parameters(axis, initial.value, dtype, device)
    learning_rates = rates(axis, torch.float64, device)["learning_rate"]
    return Products(weights, biases, data.value, held.points, learning_rates, initial.checksum + data.checksum)


def decay_anchors(weights: tuple[Tensor, ...], biases: tuple[Tensor, ...], skip: bool) -> tuple[Tensor, ...]:
    """The (rectangular) identity for the weight of a residual layer, 0 for all else."""
    zero = weights[0].new_zeros(())
    identities = (torch.eye(*w.shape[1:], dtype=w.dtype, device=w.device) if skip else zero for w in weights)
    return (*identities, *(zero for _ in biases))


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
        rates: Tensor,
        draws: NDArray[np.uint64],
    ) -> None:
        self.draws = draws
        self.runs = weights[0].shape[0]
        train = splits["train"]
        outputs = train.optimum.shape[1]
        narrow = outputs == 1 and max(weight[0].numel() for weight in weights) < PLAIN_PRODUCT
        place, self._times = (runs_last, by_sums) if narrow else (Tensor.contiguous, by_products)
        self._weights, self._biases = tuple(map(place, weights)), tuple(map(place, biases))
        self.parameters = (*self._weights, *self._biases)
        self._splits, self._points, self._rates = splits, points, rates
        self._optimum, self._gram = place(train.optimum), place(train.gram * (2.0 / outputs))
        self._work = (torch.empty_like(self._optimum), torch.empty_like(self._gram))
        self._tails = tuple(place(w.new_empty(self.runs, outputs, w.shape[2])) for w in weights[:-1])
        self._tails += (self._weights[-1],)
        self._heads = tuple(place(w.new_empty(self.runs, outputs, w.shape[1])) for w in weights[:-1])
        self._gradients = tuple(torch.empty_like(parameter) for parameter in self.parameters)
        self._map = self._optimum

    def gradients(self, step: int) -> tuple[Tensor, ...]:
        """dL/dW_1 ... dL/dW_N, then dL/db_1 ... dL/db_N where there are biases; the next call overwrites them."""
        self._map = self._affine_map()
        back = self._times(self._map - self._optimum, self._gram, *self._work)
        inputs = self._weights[0].shape[2]
        self._to_weights(back[..., :inputs], back[..., inputs:])
        self._to_biases(back[..., inputs:])
        return self._gradients

    @property
    def _depth(self) -> int:
        return len(self._weights)

    def _affine_map(self) -> Tensor:
        """The tails, and with them the map from (x, 1) (from x without biases) to the outputs, [R, C, d+1 (d)]."""
        spare = self._gradients
        for j in range(self._depth - 1, 0, -1):
            self._times(self._tails[j], self._weights[j - 1], self._tails[j - 1], spare[j - 1])
        if not self._biases:
            return self._tails[0].clone()
        constant = self._biases[-1][..., None]
        for tail, bias in zip(self._tails[1:], self._biases, strict=False):
            constant = constant + self._times(tail, bias[..., None], None, None)
        return torch.cat((self._tails[0], constant), dim=-1)

    def _to_weights(self, head: Tensor, to_map: Tensor) -> None:
        """The gradients of the weights, from `head` = T_0 and `to_map` = s (empty without biases)."""
        for j, (weight, after) in enumerate(zip(self._weights, self._heads, strict=False)):
            gradient = self._gradients[j]
            self._times(head, weight.mT, after, gradient.mT)
            if self._biases:
                after.addcmul_(to_map, self._biases[j][:, None, :])
            outer(self._tails[j + 1], head, gradient)
            head = after
        self._gradients[self._depth - 1].copy_(head)

    def _to_biases(self, to_map: Tensor) -> None:
        for tail, gradient in zip(self._tails[1:], self._gradients[self._depth :], strict=False):
            outer(tail, to_map, gradient[..., None])
        if self._biases:
            self._gradients[-1].copy_(to_map[..., 0])

    def spread(self, column: Tensor) -> tuple[Tensor, ...]:
        return tuple(column.view(-1, *(1,) * (parameter.dim() - 1)) for parameter in self.parameters)

    def step_sizes(self, column: Tensor) -> tuple[Tensor, ...]:
        return self.spread(column)

    def anchors(self, skip: bool) -> tuple[Tensor, ...]:
        return decay_anchors(self._weights, self._biases, skip)

    def loss(self, split: str) -> Tensor:
        return self.mse(split)

    def mse(self, split: str) -> Tensor:
        return self._splits[split].mse(self._map)

    def accuracy(self, split: str) -> Tensor:
        """Second moments do not tell it: the points are drawn again when it is first asked for."""
        return self._points().score(split, self._map.shape[1], self._outputs, share_correct)

    def _outputs(self, x: Tensor, runs: slice) -> Tensor:
        """[r, n, C] outputs of some runs."""
        return mapped(self._map[runs], x)

    def deviation(self) -> Tensor:
        return (self._map - self._optimum).abs().sum((1, 2))

    def relative_excess(self, split: str) -> Tensor:
        return relative_excess(self._splits["train"], self._splits[split], self._map)

    def gradient_norm(self, of: str) -> Tensor:
        return NORMS[of](self._gradients)

    def layers(self, tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return tensors[: self._depth]

    def weight_gradients(self) -> tuple[Tensor, ...]:
        return self.layers(self._gradients)

    def sums(self, tensors: Iterable[Tensor]) -> Tensor:
        return run_sums(tensors)

    def affine(self) -> Tensor:
        return affine_map(self._weights, self._biases, torch.float64)

    def networks(self) -> tuple[Networks, ...]:
        everyone, loss = torch.arange(self.runs, device=self._rates.device), OnMoments(self._splits["train"])
        return (networks(everyone, self._weights, self._biases, self._rates, loss),)


def by_products(rows: Tensor, matrix: Tensor, out: Tensor | None, spare: Tensor | None) -> Tensor:
    """rows [R, C, k] @ matrix [R, k, n]."""
    return torch.bmm(rows, matrix, out=out)


def by_sums(rows: Tensor, matrix: Tensor, out: Tensor | None, spare: Tensor | None) -> Tensor:
    """The same for one row, C = 1, of tensors that hold a number of all runs side by side; `spare`, shaped as the
    matrix, is overwritten.
    """
    return torch.sum(torch.mul(matrix, rows.mT, out=spare), 1, keepdim=True, out=out)


def runs_last(tensor: Tensor) -> Tensor:
    """The same tensor, [R, ...], in memory with the runs innermost, so that operations go along the runs."""
    return tensor.movedim(0, -1).contiguous().movedim(-1, 0)


def outer(left: Tensor, right: Tensor, out: Tensor) -> None:
    """left' right for left [R, C, k], right [R, C, n]."""
    if left.shape[1] == 1:
        torch.mul(left.mT, right, out=out)
    else:
        torch.bmm(left.mT, right, out=out)


def run_sums(tensors: Iterable[Tensor]) -> Tensor:
    """Sum of each run's numbers, [R], one tensor after the other."""
    return torch.stack([tensor.flatten(1).sum(1) for tensor in tensors]).sum(0)


def mean_norm(gradients: tuple[Tensor, ...]) -> Tensor:
    """Mean over parameter tensors of the Euclidean norm, [R]."""
    return torch.stack([gradient.flatten(1).norm(dim=1) for gradient in gradients]).mean(0)


def total_norm(gradients: tuple[Tensor, ...]) -> Tensor:
    """Euclidean norm of the gradient in all parameters together, [R]."""
    return torch.cat([gradient.flatten(1) for gradient in gradients], dim=1).norm(dim=1)


NORMS = {"mean": mean_norm, "total": total_norm}
