"""In: a network's options and a stream. Out: the initial weights and biases of every block, input side first."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnnstats.draws.streams import Stream
from lnnstats.names import lookup
from lnnstats.parts.networks import Gaussian, Linear, Orthogonal, Relu, Tanh, TorchDefault, Xavier

Reals = NDArray[np.float64]
Shape = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Weight [B, k, n] and bias [B, k] (None in a network without biases) of a layer from n to k units."""

    weight: Reals
    bias: Reals | None


def initial(network: Linear | Relu | Tanh, inputs: int, outputs: int, stream: Stream) -> tuple[Layer, ...]:
    """W_1 .. W_N of every block; B is 1 where init is not drawn per block.

    Layer i draws from keys of its own, counted from the input side: before scaling (and orthogonalisation), the entries
    of a shallow or narrow network are those of a deeper or wider one.
    """
    draw = lookup(WEIGHTS, network.init.kind, "network.init")
    bias = _biases(network)
    shapes = network.shapes(inputs, outputs)
    return tuple(Layer(draw(network.init, shape, i, stream), bias(shape, i, stream)) for i, shape in enumerate(shapes))


def _biases(network: Linear | Relu | Tanh) -> Callable[[Shape, int, Stream], Reals | None]:
    if not network.bias:
        return _no_bias
    return _uniform_bias if isinstance(network.init, TorchDefault) else _zero_bias


def _no_bias(shape: Shape, layer: int, stream: Stream) -> None:
    return None


def _zero_bias(shape: Shape, layer: int, stream: Stream) -> Reals:
    return np.zeros((stream.copies("init"), shape[0]))


def _uniform_bias(shape: Shape, layer: int, stream: Stream) -> Reals:
    rows, columns = shape
    return _symmetric(stream.uniform("init", "bias", rows, 1, layer)[:, :, 0], 1 / math.sqrt(columns))


def _torch_default(options: TorchDefault, shape: Shape, layer: int, stream: Stream) -> Reals:
    return _symmetric(stream.uniform("init", "weight", *shape, layer), 1 / math.sqrt(shape[1]))


def _xavier(options: Xavier, shape: Shape, layer: int, stream: Stream) -> Reals:
    return _symmetric(stream.uniform("init", "weight", *shape, layer), options.gain * math.sqrt(6 / sum(shape)))


def _gaussian(options: Gaussian, shape: Shape, layer: int, stream: Stream) -> Reals:
    return stream.normal("init", "weight", *shape, layer) * (options.gain / math.sqrt(shape[1]))


def _orthogonal(options: Orthogonal, shape: Shape, layer: int, stream: Stream) -> Reals:
    gaussian = stream.normal("init", "weight", *shape, layer)
    if shape[0] < shape[1]:
        return options.gain * haar(gaussian.swapaxes(1, 2)).swapaxes(1, 2)
    return options.gain * haar(gaussian)


def haar(gaussian: Reals) -> Reals:
    """Haar distributed columns from Gaussian [B, k, n], k >= n: Q of QR with R's diagonal positive (Mezzadri 2007)."""
    q, r = np.linalg.qr(gaussian)
    return q * np.copysign(1.0, np.diagonal(r, axis1=1, axis2=2))[:, None, :]


def _symmetric(uniform: Reals, bound: float) -> Reals:
    """[0, 1) to [-bound, bound)."""
    return (2.0 * uniform - 1.0) * bound


WEIGHTS: Mapping[str, Callable[[Any, Shape, int, Stream], Reals]] = {
    "torch_default": _torch_default,
    "xavier": _xavier,
    "gaussian": _gaussian,
    "orthogonal": _orthogonal,
}
