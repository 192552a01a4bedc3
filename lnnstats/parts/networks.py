"""Networks: options and layer shapes. Implementations: `lnnstats.engine.forms`."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from lnnstats.parts.base import Count, Flag, Index, Part, choice, kinds, later
from lnnstats.parts.inits import Init, TorchDefault

Image = tuple[int, int, int]  # channels, height, width

# Hidden widths of the networks of BenShmuel 2022, of 3072 inputs and 2 outputs there.
ARCHITECTURES: Mapping[str, tuple[int, ...]] = {
    "single": (),
    "A": (128,),
    "B": (2048, 1024, 128),
    "C": (2500, 1500, 1024, 512, 256, 64, 16),
}
SETS: Mapping[str, tuple[str, ...]] = {"architecture": ("depth", "width")}  # fields that another field sets


class _Layered(Part):
    """A chain of `depth` layers, fully connected, with hidden layers of one `width`, or of a list of depth - 1 widths;
    or an `architecture` of BenShmuel 2022 by its name, which sets both: `single` is one layer, A, B and C have hidden
    widths 128; 2048, 1024, 128; 2500, 1500, 1024, 512, 256, 64, 16.

    `affine`: its outputs are an affine map of its inputs. `linear`: they are, by dense layers, whose product is the
    whole of it. `skip`: what is trained of a layer is added to the (rectangular) identity. `of_images`: it needs points
    that are images. `unit_work` and `product_work`: nanoseconds of a hidden unit, and of a multiplication, at a point,
    forward and backward.
    """

    affine: ClassVar[bool] = False
    linear: ClassVar[bool] = False
    skip: ClassVar[bool] = False
    of_images: ClassVar[bool] = False
    unit_work: ClassVar[float] = 6.5
    product_work: ClassVar[float] = 0.09

    architecture: Literal["single", "A", "B", "C"] | None = later(None)
    depth: Count = 1
    width: Count | tuple[Count, ...] = 1
    bias: Flag = True
    init: Init = TorchDefault()

    @model_validator(mode="before")
    @classmethod
    def _named(cls, options: Any) -> Any:
        """Depth and hidden widths of a named architecture, where they are not given too."""
        name = options.get("architecture") if isinstance(options, Mapping) else None
        if not isinstance(name, str) or name not in ARCHITECTURES:
            return options
        return {"depth": len(ARCHITECTURES[name]) + 1, "width": ARCHITECTURES[name] or 1, **options}

    @field_validator("depth")
    @classmethod
    def _depth_as_named(cls, depth: int, info: ValidationInfo) -> int:
        name = info.data.get("architecture")
        if name is not None and depth != len(ARCHITECTURES[name]) + 1:
            raise ValueError(f"architecture {name} sets depth to {len(ARCHITECTURES[name]) + 1}: name one of them")
        return depth

    @field_validator("width")
    @classmethod
    def _width_as_named(cls, width: Any, info: ValidationInfo) -> Any:
        name = info.data.get("architecture")
        if name is not None and _each(width, len(ARCHITECTURES[name])) != ARCHITECTURES[name]:
            raise ValueError(f"architecture {name} sets width to {list(ARCHITECTURES[name])}: name one of them")
        return width

    @model_validator(mode="after")
    def _one_width_a_hidden_layer(self) -> _Layered:
        if isinstance(self.width, tuple) and len(self.width) != self.depth - 1:
            raise ValueError(f"width lists {len(self.width)} hidden layers, depth {self.depth} has {self.depth - 1}")
        return self

    @property
    def hidden(self) -> tuple[int, ...]:
        """The width of every hidden layer."""
        return _each(self.width, self.depth - 1)

    def shapes(self, inputs: int, outputs: int, image: Image | None = None) -> tuple[tuple[int, int], ...]:
        """(rows, columns) of W_1 ... W_N, input side first."""
        return tuple((after, before) for before, after in pairwise((inputs, *self.hidden, outputs)))

    def places(self, image: Image | None = None) -> tuple[int, ...]:
        """At how many places of a point each layer's matrix is applied: a dense layer at one."""
        return (1,) * self.depth


class Linear(_Layered):
    """y = W_N(...(W_1 x + b_1)...) + b_N: no activation."""

    kind: Literal["linear"] = "linear"
    affine: ClassVar[bool] = True
    linear: ClassVar[bool] = True


class Residual(_Layered):
    """y = (E + A_N)(...((E + A_1) x + b_1)...) + b_N, E the (rectangular) identity (Hardt & Ma 2017): A is initialised,
    trained and decayed. Layers W_i = E + A_i.
    """

    kind: Literal["residual"] = "residual"
    affine: ClassVar[bool] = True
    linear: ClassVar[bool] = True
    skip: ClassVar[bool] = True


class _Activated(_Layered):
    """`activated`: how many layers, counted from the input, are followed by the activation (by default all but the
    last); those above them are linear. 0 is a linear network.
    """

    activated: Index | None = later(None)

    @model_validator(mode="after")
    def _last_is_linear(self) -> _Activated:
        if self.activated is not None and self.activated >= self.depth:
            raise ValueError(f"activated {self.activated}: of depth {self.depth}, 0 to {self.depth - 1} layers can be")
        return self


class Relu(_Activated):
    """The same chain with ReLU after every layer but the last, or after the first `activated` layers."""

    kind: Literal["relu"] = "relu"
    unit_work: ClassVar[float] = 8.0


class Tanh(_Activated):
    """The same chain with tanh after every layer but the last, or after the first `activated` layers."""

    kind: Literal["tanh"] = "tanh"
    unit_work: ClassVar[float] = 14.5


class LinearConvolution(_Layered):
    """Convolutions without activation (`kernel` x `kernel`, stride 1, zero padding that keeps the size), depth - 1 of
    them, of `width` channels each or of a list of channels, then a dense layer on all that is left.

    The layers of torch.nn.Conv2d and torch.nn.Linear, a bias a channel, on points that are images. It is a linear map,
    but no product of its layers' matrices, so that what is asked of W_e = W_N ... W_1 is not asked of it. A layer's
    matrix has a row a channel out, a column a channel in and place of the kernel: fan_in = channels in * kernel^2.
    """

    kind: Literal["linear_convolution"] = "linear_convolution"
    affine: ClassVar[bool] = True
    of_images: ClassVar[bool] = True
    product_work: ClassVar[float] = 0.6
    architecture: None = later(None)
    kernel: Annotated[int, Field(strict=True, ge=1, lt=100)] = 3

    @field_validator("kernel")
    @classmethod
    def _centred(cls, kernel: int) -> int:
        if kernel % 2 == 0:
            raise ValueError("a kernel with a middle has an odd size")
        return kernel

    def shapes(self, inputs: int, outputs: int, image: Image | None = None) -> tuple[tuple[int, int], ...]:
        first, height, width = _sizes(image)
        channels = (first, *self.hidden)
        convolutions = ((after, before * self.kernel**2) for before, after in pairwise(channels))
        return (*convolutions, (outputs, channels[-1] * height * width))

    def places(self, image: Image | None = None) -> tuple[int, ...]:
        _, height, width = _sizes(image)
        return (height * width,) * (self.depth - 1) + (1,)


def _each(width: int | tuple[int, ...], layers: int) -> tuple[int, ...]:
    """One width for all hidden layers, or a list of theirs, as a list."""
    return width if isinstance(width, tuple) else (width,) * layers


def _sizes(image: Image | None) -> Image:
    if image is None:
        raise ValueError("network linear_convolution needs a data source of images")
    return image


NETWORKS = kinds(Linear, Residual, Relu, Tanh, LinearConvolution)
if TYPE_CHECKING:
    Network = _Layered
else:
    Network = choice(NETWORKS)
