"""Chains of 1x1 layers on second moments, their depths mixed: scalars, layer after layer, in flat tensors.

With intercept b, slope w = w_N ... w_1, prefixes (q_i, p_i) = w_i (q_{i-1}, p_{i-1}) + (b_i, 0), the gradient of the
mean squared error in (b, w) s_N = 2 Gram ((b, w) - OLS), and s_{i-1} = w_i s_i, the chain rule gives
dL/dw_i = s_i . (q_{i-1}, p_{i-1}) and dL/db_i = the first part of s_i (Lakkapragada's section 3 for N = 2).
Each line is one operation on a pair; all products are written into buffers made once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lnnstats.engine.batch import Runs, to_device
from lnnstats.engine.forms.given import Given, given
from lnnstats.engine.forms.losses import OnMoments
from lnnstats.engine.forms.networks import Networks, affine_map, networks
from lnnstats.engine.forms.values import Quadratic, rates, relative_excess

Views = tuple[Tensor, ...]


def build(axis: Runs, dtype: torch.dtype, device: torch.device, held: Given | None = None) -> Chain:
    """The chain of a chunk's runs at their initial weights, with their data (`held`, or drawn)."""
    held = held or given(axis, dtype, device)
    depths = axis.column(lambda cell: cell.world.network.depth).astype(np.int64)
    depth, blocks = int(depths.max()), len(axis.blocks)
    weights, biases, trained = np.ones((depth, axis.size)), np.zeros((depth, axis.size)), np.zeros((depth, axis.size))
    initial = held.initial()
    for position, drawn in enumerate(initial.value):
        inside = slice(position * blocks, (position + 1) * blocks)
        for index, layer in enumerate(drawn, depth - len(drawn)):
            weights[index, inside] = layer.weight[:, 0, 0]
            biases[index, inside] = 0.0 if layer.bias is None else layer.bias[:, 0]
            trained[index, inside] = 1.0
    bias, data, layout = axis.cells[0].world.network.bias, held.moments(), Ragged.of(depths)
    tensors = [layout.flat(to_device(array, dtype, device)) for array in (weights, biases, trained)]
    alike = {int(n): to_device(np.flatnonzero(depths == n), torch.int64, device) for n in np.unique(depths)}
    learning_rates = rates(axis, torch.float64, device)["learning_rate"]
    draws = initial.checksum + data.checksum
    return Chain(tensors[0], tensors[1], tensors[2], data.value, bias, layout, alike, learning_rates, draws)


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
    """R chains of up to L scalar layers in training; one parameter, [2, H]: weights and biases of H layers."""

    def __init__(
        self, weights: Tensor, biases: Tensor, trained: Tensor, splits: dict[str, Quadratic], bias: bool,
        layout: Ragged, alike: dict[int, Tensor], rates: Tensor, draws: NDArray[np.uint64],
    ) -> None:
        self.draws = draws
        self.runs = layout.runs
        self._trained, self._splits, self._bias, self._layout = trained, splits, bias, layout
        self._alike, self._rates = alike, rates  # the runs of each depth; [R]
        self._layers = torch.stack((weights, biases, torch.zeros_like(weights)))
        self.parameters = (self._layers[:2],)
        gram, self._optimum = _affine(splits["train"], self.runs)
        self._gram, self._delta = (2 * gram).unbind(0), torch.zeros_like(self._optimum)
        held = len(weights)
        self._before, self._end = weights.new_zeros(2, held + self.runs).split([held, self.runs], dim=1)
        self._before[1] = 1  # where a run begins, (q, p) = (0, 1) stays
        self._work = weights.new_zeros(3, held)  # dL/dw, then the two parts of s, of which the first is dL/db
        self._gradients = (self._work[:2],)
        self._factors = (*self._work, *self._before)
        self._forward, self._backward, self._outer = self._views()

    def _views(self) -> tuple[tuple[Views, ...], tuple[Views, ...], Tensor]:
        """What each layer takes and fills: (b, 0), w, (q, p), next (q, p); s, w, s of the layer before; the last s."""
        tensors = (self._layers[0], self._layers[1:], self._before, self._work[1:])
        w, b, before, back = (self._layout.rows(tensor) for tensor in tensors)
        skips = self._layout.skips()
        after = (*(row[:, skip:] for row, skip in zip(before[1:], skips, strict=True)), self._end)
        shared = tuple((back[i + 1][:, skip:], w[i + 1][skip:], back[i]) for i, skip in enumerate(skips))
        return tuple(zip(b, w, before, after, strict=True)), shared[::-1], back[-1]

    def gradients(self, step: int) -> tuple[Tensor, ...]:
        """dL/dw, dL/db, [2, H]; zero step sizes keep padding layers at the identity."""
        for b, w, before, after in self._forward:
            torch.addcmul(b, w, before, out=after)
        torch.sub(self._end, self._optimum, out=self._delta)
        torch.mul(self._gram[0], self._delta[0], out=self._outer).addcmul_(self._gram[1], self._delta[1])
        for s, w, s_before in self._backward:
            torch.mul(s, w, out=s_before)
        to_weights, s_intercept, s_slope, q, p = self._factors
        torch.mul(s_slope, p, out=to_weights).addcmul_(s_intercept, q)
        return self._gradients

    def spread(self, column: Tensor) -> tuple[Tensor, ...]:
        return (torch.cat([column[start:] for start in self._layout.starts]),)

    def step_sizes(self, column: Tensor) -> tuple[Tensor, ...]:
        trained = self.spread(column)[0] * self._trained
        return (torch.stack((trained, trained if self._bias else torch.zeros_like(trained))),)

    def anchors(self, skip: bool) -> tuple[Tensor, ...]:
        return (self._trained.new_tensor([[1.0], [0.0]] if skip else [[0.0], [0.0]]),)

    def loss(self, split: str) -> Tensor:
        return self.mse(split)

    def mse(self, split: str) -> Tensor:
        return self._splits[split].mse(self._coefficients())

    def deviation(self) -> Tensor:
        slope, intercept = self._delta
        return slope.abs() + intercept.abs()

    def relative_excess(self, split: str) -> Tensor:
        return relative_excess(self._splits["train"], self._splits[split], self._coefficients())

    def gradient_norm(self, of: str) -> Tensor:
        """A 1x1 tensor's norm is its absolute value; the mean is over the trained tensors."""
        trained = self._gradients[0][: 2 if self._bias else 1] * self._trained
        if of == "total":
            return self._layout.dense(trained.square().sum(0)).sum(0).sqrt()
        return self._layout.dense(trained.abs().mean(0)).sum(0) / self._depths()

    def layers(self, tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return self._from_input(tensors[0][0])[..., None, None].unbind(0)

    def weight_gradients(self) -> tuple[Tensor, ...]:
        return self.layers(self._gradients)

    def sums(self, tensors: Iterable[Tensor]) -> Tensor:
        (flat,) = tensors
        return self._layout.dense((flat * self._trained).sum(0)).sum(0)

    def affine(self) -> Tensor:
        whole = self._rates.new_empty(self.runs, 1, 2 if self._bias else 1)
        for group in self.networks():
            whole[group.runs] = affine_map(group.weights, group.biases, torch.float64)
        return whole

    def networks(self) -> tuple[Networks, ...]:
        return tuple(self._of_depth(depth, runs) for depth, runs in self._alike.items())

    def _of_depth(self, depth: int, runs: Tensor) -> Networks:
        weights, biases = (layers[:depth, runs, None] for layers in self.counted())
        held = biases.unbind(0) if self._bias else ()
        loss = OnMoments(self._splits["train"]).part(runs)
        return networks(runs, weights[..., None].unbind(0), held, self._rates, loss)

    def counted(self) -> tuple[Tensor, Tensor]:
        """Weights and biases, [L, R] each, counted from the input; beyond a run's depth its last layer stands again."""
        return self._from_input(self._layers[0]), self._from_input(self._layers[1])

    def _from_input(self, flat: Tensor) -> Tensor:
        dense = self._layout.dense(flat)
        rows = torch.arange(len(dense), device=dense.device)[:, None] + (len(dense) - self._depths().long())
        return dense.gather(0, rows.clamp(max=len(dense) - 1))

    def _depths(self) -> Tensor:
        """The layers of each run, [R]."""
        return self._layout.dense(self._trained).sum(0)

    def _coefficients(self) -> Tensor:
        """The affine map, [R, 1, p]."""
        return self._end.flip(0)[: 2 if self._bias else 1].T[:, None, :]


def _affine(train: Quadratic, runs: int) -> tuple[Tensor, Tensor]:
    """Gram [2, 2, R] and optimum [2, R] of (intercept, slope), zero for the intercept that no bias can move."""
    gram, optimum = train.gram.new_zeros(2, 2, runs), train.gram.new_zeros(2, runs)
    size = train.gram.shape[1]
    gram[-size:, -size:] = train.gram.permute(1, 2, 0).flip(0, 1)
    optimum[-size:] = train.optimum[:, 0].T.flip(0)
    return gram, optimum
