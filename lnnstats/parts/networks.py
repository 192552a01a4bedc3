"""Networks: options and layer shapes. Implementations: `lnnstats.engine.forms`."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import model_validator

from lnnstats.parts.base import Count, Flag, Part, choice, kinds
from lnnstats.parts.inits import Init, TorchDefault


class _Layered(Part):
    """A fully connected chain of `depth` weight matrices with hidden layers of one `width`, or of a list of depth - 1
    widths.

    `linear`: no activation, so that it is an affine map. `skip`: what is trained of a layer is added to the
    (rectangular) identity. `unit_work`: nanoseconds of a hidden unit at a point, forward and backward.
    """

    linear: ClassVar[bool] = False
    skip: ClassVar[bool] = False
    unit_work: ClassVar[float] = 6.5

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
    linear: ClassVar[bool] = True


class Residual(_Layered):
    """y = (E + A_N)(...((E + A_1) x + b_1)...) + b_N, E the (rectangular) identity (Hardt & Ma 2017): A is initialised,
    trained and decayed. Layers W_i = E + A_i.
    """

    kind: Literal["residual"] = "residual"
    linear: ClassVar[bool] = True
    skip: ClassVar[bool] = True


class Relu(_Layered):
    """The same chain with ReLU after every layer but the last."""

    kind: Literal["relu"] = "relu"
    unit_work: ClassVar[float] = 8.0


class Tanh(_Layered):
    """The same chain with tanh after every layer but the last."""

    kind: Literal["tanh"] = "tanh"
    unit_work: ClassVar[float] = 14.5


NETWORKS = kinds(Linear, Residual, Relu, Tanh)
if TYPE_CHECKING:
    Network = _Layered
else:
    Network = choice(NETWORKS)
