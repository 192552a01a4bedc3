"""Networks and their initialisations: options and layer shapes.

Implementations: `lnnstats.draws.inits`, `lnnstats.engine.forms`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from pydantic import model_validator

from lnnstats.parts.base import Count, Flag, Part, Positive, choice, kinds, per_cell


class TorchDefault(Part):
    """Weights and biases ~ U(-1/sqrt(fan_in), 1/sqrt(fan_in)): what torch.nn.Linear draws."""

    kind: Literal["torch_default"] = "torch_default"


class Xavier(Part):
    """Weights ~ gain * U(-a, a), a = sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010, eq. 16); biases 0."""

    kind: Literal["xavier"] = "xavier"
    gain: Positive = per_cell(1.0)


class Gaussian(Part):
    """Weights ~ gain * N(0, 1/fan_in); biases 0."""

    kind: Literal["gaussian"] = "gaussian"
    gain: Positive = per_cell(1.0)


class Orthogonal(Part):
    """Weights = gain * (semi-)orthogonal matrix, Haar distributed (QR of a Gaussian, sign-fixed: Mezzadri 2007); biases
    0.
    """

    kind: Literal["orthogonal"] = "orthogonal"
    gain: Positive = per_cell(1.0)


INITS = kinds(TorchDefault, Xavier, Gaussian, Orthogonal)
if TYPE_CHECKING:
    Init = TorchDefault | Xavier | Gaussian | Orthogonal
else:
    Init = choice(INITS)


class _Layered(Part):
    """A fully connected chain of `depth` weight matrices with hidden layers of one `width`, or of a list of depth - 1
    widths.
    """

    depth: Count = 1
    width: Count | tuple[Count, ...] = 1
    bias: Flag = True
    init: Init = TorchDefault()

    @model_validator(mode="after")
    def _one_width_a_hidden_layer(self) -> _Layered:
        if isinstance(self.width, tuple) and len(self.width) != self.depth - 1:
            raise ValueError(f"width lists {len(self.width)} hidden layers, depth {self.depth} has {self.depth - 1}")
        return self

    def shapes(self, inputs: int, outputs: int) -> tuple[tuple[int, int], ...]:
        """(rows, columns) of W_1 ... W_N, input side first."""
        hidden = self.width if isinstance(self.width, tuple) else (self.width,) * (self.depth - 1)
        sizes = (inputs, *hidden, outputs)
        return tuple((after, before) for before, after in pairwise(sizes))


class Linear(_Layered):
    """y = W_N(...(W_1 x + b_1)...) + b_N: no activation."""

    kind: Literal["linear"] = "linear"


class Relu(_Layered):
    """The same chain with ReLU after every layer but the last."""

    kind: Literal["relu"] = "relu"


class Tanh(_Layered):
    """The same chain with tanh after every layer but the last."""

    kind: Literal["tanh"] = "tanh"


NETWORKS = kinds(Linear, Relu, Tanh)
if TYPE_CHECKING:
    Network = Linear | Relu | Tanh
else:
    Network = choice(NETWORKS)
