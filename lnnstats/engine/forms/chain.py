"""Chains of 1x1 layers on second moments, their depths mixed: scalars, layer after layer, in flat tensors.

With slope w = w_N ... w_1, intercept b, prefixes p_i = w_i ... w_1 and q_i = w_i q_{i-1} + b_i, the gradient of the
mean squared error in (w, b) s_N = 2 Gram ((w, b) - OLS), and s_{i-1} = w_i s_i, the chain rule gives
dL/dw_i = s_i . (p_{i-1}, q_{i-1}) and dL/db_i = the second part of s_i (Lakkapragada's section 3 for N = 2).
All products are written into buffers made once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lnnstats.engine.batch import Runs, initial_layers, stacked_moments, to_device
from lnnstats.engine.forms.values import Quadratic, quadratic, relative_excess

Views = tuple[Tensor, ...]


def build(axis: Runs, dtype: torch.dtype, device: torch.device) -> Chain:
    """The chain of a chunk's runs at their initial weights."""
    depths = axis.column(lambda cell: cell.world.network.depth).astype(np.int64)
    depth, blocks = int(depths.max()), len(axis.blocks)
    weights, biases, trained = np.ones((depth, axis.size)), np.zeros((depth, axis.size)), np.zeros((depth, axis.size))
    initial = initial_layers(axis)
    for position, drawn in enumerate(initial.value):
        inside = slice(position * blocks, (position + 1) * blocks)
        for index, layer in enumerate(drawn, depth - len(drawn)):
            weights[index, inside] = layer.weight[:, 0, 0]
            biases[index, inside] = 0.0 if layer.bias is None else layer.bias[:, 0]
            trained[index, inside] = 1.0
    bias = axis.cells[0].world.network.bias
    data, layout = stacked_moments(axis, bias), Ragged.of(depths)
    splits = {split: quadratic(part, dtype, device) for split, part in data.value.items()}
    tensors = [layout.flat(to_device(array, dtype, device)) for array in (weights, biases, trained)]
    return Chain(tensors[0], tensors[1], tensors[2], splits, bias, layout, initial.checksum + data.checksum)


@dataclass(frozen=True)
class Ragged:
    """Chains that end together, in one flat tensor: layer i holds the runs from `starts[i]`, the first that deep, on.

    Sorted by depth, no number is wasted; a shallower run after a deeper one is padded by identities, never trained.
    """

    starts: tuple[int, ...]
    runs: int

    @classmethod
    def of(cls, depths: NDArray[np.int64]) -> Ragged:
        """The layout of runs of these depths, [R]."""
        return cls(tuple(int(np.argmax(depths >= deep)) for deep in range(depths.max(), 0, -1)), len(depths))

    def flat(self, dense: Tensor) -> Tensor:
        """[L, R] without what lies before each layer's first run."""
        return torch.cat([row[start:] for row, start in zip(dense, self.starts, strict=True)])

    def dense(self, flat: Tensor) -> Tensor:
        """The inverse of `flat`, zero where nothing is held."""
        dense = flat.new_zeros(len(self.starts), self.runs)
        for row, start, held in zip(dense, self.starts, self.rows(flat), strict=True):
            row[start:] = held
        return dense

    def rows(self, flat: Tensor) -> tuple[Tensor, ...]:
        """Each layer's part of the last axis."""
        return flat.split([self.runs - start for start in self.starts], dim=-1)

    def skips(self) -> tuple[int, ...]:
        """Where the runs of each layer but the last begin within the next layer's."""
        return tuple(start - after for start, after in zip(self.starts, self.starts[1:], strict=False))


class Chain:
    """R chains of up to L scalar layers in training; parameters are flat, a number for each layer of each run."""

    def __init__(
        self, weights: Tensor, biases: Tensor, trained: Tensor, splits: dict[str, Quadratic], bias: bool,
        layout: Ragged, draws: NDArray[np.uint64],
    ) -> None:
        self.draws = draws
        self.runs = layout.runs
        self.parameters = (weights, biases)
        self._trained, self._splits, self._bias, self._layout = trained, splits, bias, layout
        gram, optimum = _affine(splits["train"], self.runs)
        self._gram, self._optimum, self._delta = (2 * gram).unbind(0), optimum, torch.zeros_like(optimum)
        self._before, self._end = weights.new_zeros(2, len(weights) + self.runs).split([len(weights), self.runs], dim=1)
        self._before[0] = 1  # where a run begins, (p, q) = (1, 0) stays
        self._back, to_weights = weights.new_zeros(2, len(weights)), torch.zeros_like(weights)
        self._gradients = (to_weights, self._back[1])
        self._pairs = (*self._back, *self._before)
        self._forward, self._backward, self._outer = self._views()

    def _views(self) -> tuple[tuple[Views, ...], tuple[Views, ...], Tensor]:
        """What each layer reads and writes: w, b, p, q -> next p, q; s, w -> s of the layer before; s of the last."""
        w, b, before, back = (self._layout.rows(tensor) for tensor in (*self.parameters, self._before, self._back))
        skips = self._layout.skips()
        after = (*(row[:, skip:] for row, skip in zip(before[1:], skips, strict=True)), self._end)
        forward = tuple((w[i], b[i], *before[i], *after[i]) for i in range(len(w)))
        shared = tuple((back[i + 1][:, skip:], w[i + 1][skip:], back[i]) for i, skip in enumerate(skips))
        return forward, shared[::-1], back[-1]

    def gradients(self, step: int) -> tuple[Tensor, ...]:
        """dL/dw, dL/db, flat; zero step sizes keep padding layers at the identity."""
        for w, b, p, q, p_after, q_after in self._forward:
            torch.mul(w, p, out=p_after)
            torch.addcmul(b, w, q, out=q_after)
        torch.sub(self._end, self._optimum, out=self._delta)
        torch.mul(self._gram[0], self._delta[0], out=self._outer).addcmul_(self._gram[1], self._delta[1])
        for s, w, s_before in self._backward:
            torch.mul(s, w, out=s_before)
        s_slope, s_intercept, p, q = self._pairs
        torch.mul(s_slope, p, out=self._gradients[0]).addcmul_(s_intercept, q)
        return self._gradients

    def spread(self, column: Tensor) -> tuple[Tensor, ...]:
        spread = torch.cat([column[start:] for start in self._layout.starts])
        return spread, spread

    def step_sizes(self, column: Tensor) -> tuple[Tensor, ...]:
        trained = self.spread(column)[0] * self._trained
        return trained, trained if self._bias else torch.zeros_like(trained)

    def loss(self, split: str) -> Tensor:
        return self.mse(split)

    def mse(self, split: str) -> Tensor:
        return self._splits[split].mse(self._coefficients())

    def deviation(self) -> Tensor:
        slope, intercept = self._delta
        return slope.abs() + intercept.abs()

    def relative_excess(self, split: str) -> Tensor:
        return relative_excess(self._splits["train"], self._splits[split], self._coefficients())

    def gradient_norm(self) -> Tensor:
        """A 1x1 tensor's norm is its absolute value; the mean is over the trained tensors."""
        dense = (self._layout.dense(gradient.abs() * self._trained) for gradient in self._gradients)
        to_weights, to_biases = (layers.sum(0) for layers in dense)
        return (to_weights + to_biases) / (2 * self._depths()) if self._bias else to_weights / self._depths()

    def gradient_matrices(self) -> tuple[Tensor, ...]:
        return self._from_input(self._gradients[0])[..., None, None].unbind(0)

    def layers(self) -> tuple[Tensor, Tensor]:
        """Weights and biases, [L, R] each, counted from the input; beyond a run's depth its last layer stands again."""
        weights, biases = (self._from_input(parameter) for parameter in self.parameters)
        return weights, biases

    def _from_input(self, flat: Tensor) -> Tensor:
        dense = self._layout.dense(flat)
        rows = torch.arange(len(dense), device=dense.device)[:, None] + (len(dense) - self._depths().long())
        return dense.gather(0, rows.clamp(max=len(dense) - 1))

    def _depths(self) -> Tensor:
        """The layers of each run, [R]."""
        return self._layout.dense(self._trained).sum(0)

    def _coefficients(self) -> Tensor:
        """The affine map, [R, 1, p]."""
        return self._end[: 2 if self._bias else 1].T[:, None, :]


def _affine(train: Quadratic, runs: int) -> tuple[Tensor, Tensor]:
    """Gram [2, 2, R] and optimum [2, R] of slope and intercept, zero for the intercept that no bias can move."""
    gram, optimum = train.gram.new_zeros(2, 2, runs), train.gram.new_zeros(2, runs)
    size = train.gram.shape[1]
    gram[:size, :size], optimum[:size] = train.gram.permute(1, 2, 0), train.optimum[:, 0].T
    return gram, optimum
