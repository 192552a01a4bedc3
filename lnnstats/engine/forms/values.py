"""What every form offers the training loop and the responses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lnnstats.draws.moments import Moments
from lnnstats.engine.batch import Runs, to_device
from lnnstats.engine.forms.networks import Networks
from lnnstats.engine.forms.sensitivities import Sensitivities
from lnnstats.parts.base import per_cell_fields


class Form(Protocol):
    """Runs in training: R runs, parameters with a run axis, gradients at the current parameters.

    `gradients(step)` must be called first at every state; what is asked after it refers to that state.
    """

    runs: int
    parameters: tuple[Tensor, ...]
    draws: NDArray[np.uint64]  # checksum of every run's raw draws, [R]

    def gradients(self, step: int) -> tuple[Tensor, ...]: ...
    def spread(self, column: Tensor) -> tuple[Tensor, ...]:
        """A number a run, [R], shaped to multiply each parameter."""
        ...

    def step_sizes(self, column: Tensor) -> tuple[Tensor, ...]:
        """`spread`, with zero where a parameter is not trained."""
        ...

    def anchors(self, skip: bool) -> tuple[Tensor, ...]:
        """What weight decay draws each parameter to, shaped to be subtracted from it; `skip`: of a residual network."""
        ...

    def loss(self, split: str) -> Tensor:
        """Training objective over a split, [R]."""
        ...

    def mse(self, split: str) -> Tensor: ...
    def deviation(self) -> Tensor: ...
    def relative_excess(self, split: str) -> Tensor: ...
    def accuracy(self, split: str) -> Tensor: ...
    def gradient_norm(self, of: str) -> Tensor:
        """Euclidean norm of the gradient, [R]: the `mean` over parameter tensors, or of all together (`total`)."""
        ...

    def layers(self, tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Of tensors shaped as the parameters, those of each layer's weights, [R, rows, columns], input side first."""
        ...

    def weight_gradients(self) -> tuple[Tensor, ...]:
        """`layers` of the present gradients."""
        ...

    def sums(self, tensors: Iterable[Tensor]) -> Tensor:
        """Of tensors shaped as the parameters, the sum of each run's numbers, [R]."""
        ...

    def affine(self) -> Tensor:
        """The map from (x, 1) (x without biases) to the outputs of linear networks, [R, C, d+1 (d)], in float64."""
        ...

    def sensitivities(self) -> Sensitivities:
        """How the loss of each point of the present batch moves with outputs and units; of a form that holds points."""
        ...

    def networks(self) -> tuple[Networks, ...]:
        """Groups of runs of one shape, copied: every run is in one of them."""
        ...


@dataclass(frozen=True)
class Quadratic:
    """Second moments of a split on the device: gram [R, p, p], optimum [R, C, p], floor [R]."""

    gram: Tensor
    optimum: Tensor
    floor: Tensor

    def excess(self, deviation: Tensor) -> Tensor:
        """MSE(optimum + deviation) - MSE(optimum) = mean over outputs of d' Gram d, [R]; never a difference of two
        MSEs.
        """
        return ((deviation @ self.gram) * deviation).sum((1, 2)) / deviation.shape[1]

    def mse(self, coefficients: Tensor) -> Tensor:
        """MSE of the affine map [R, C, p]."""
        return self.floor + self.excess(coefficients - self.optimum)

    def excess_over(self, reference: Tensor, coefficients: Tensor) -> Tensor:
        """MSE(coefficients) - MSE(reference) = mean over outputs of d' Gram (d + 2 (reference - optimum)), d =
        coefficients - reference.
        """
        d = coefficients - reference
        return ((d @ self.gram) * (d + 2 * (reference - self.optimum))).sum((1, 2)) / d.shape[1]


def quadratic(moments: Moments, dtype: torch.dtype, device: torch.device) -> Quadratic:
    """NumPy moments on the device."""
    return Quadratic(*(to_device(getattr(moments, name), dtype, device) for name in ("gram", "optimum", "floor")))


def relative_excess(train: Quadratic, split: Quadratic, coefficients: Tensor) -> Tensor:
    """(MSE - MSE_OLS) / MSE_OLS on a split, OLS fitted on the training split, [R]."""
    return split.excess_over(train.optimum, coefficients) / split.mse(train.optimum)


def rates(axis: Runs, dtype: torch.dtype, device: torch.device) -> dict[str, Tensor]:
    """Every option of the optimizer that may differ from run to run as a column, [R]."""

    def column(name: str) -> Tensor:
        return to_device(axis.column(lambda cell: getattr(cell.world.training.optimizer, name)), dtype, device)

    return {name: column(name) for name in per_cell_fields(type(axis.cells[0].world.training.optimizer))}
