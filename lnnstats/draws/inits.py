"""In: a network's options and a stream. Out: the initial weights and biases of every block, input side first.

An init gives the weights of all layers from their shapes; most draw layer by layer (`_each`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnnstats.draws.haar import haar
from lnnstats.draws.streams import Stream
from lnnstats.names import lookup
from lnnstats.parts.inits import Balanced, Gaussian, GivenScale, Identity, Kaiming, Orthogonal, TorchDefault, Xavier
from lnnstats.parts.networks import Image, Network

Reals = NDArray[np.float64]
Shape = tuple[int, int]
Shapes = tuple[Shape, ...]
Init = Callable[[Any, Shapes, Stream], Iterable[Reals]]  # options, shapes -> weights [B, k, n] of all layers


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Weight [B, k, n] and bias [B, k] (None in a network without biases) of a layer from n to k units."""

    weight: Reals
    bias: Reals | None


def initial(
    network: Network, inputs: int, outputs: int, stream: Stream, image: Image | None = None
) -> tuple[Layer, ...]:
    """W_1 .. W_N of every block; B is 1 where init is not drawn per block. `image`: what the inputs are, if images.

    Layer i draws from keys of its own, counted from the input side: before scaling (and orthogonalisation), the entries
    of a shallow or narrow network are those of a deeper or wider one. `balanced` draws W_e alone, from the keys of
    layer 1: it is the same at every depth and width. `identity` and `zero_asymmetric` draw nothing. Where a residual
    network adds to the identity, W = E + A.
    """
    draw, bias = lookup(WEIGHTS, network.init.kind, "network.init"), _biases(network)
    shapes = network.shapes(inputs, outputs, image)
    adds = network.skip and not network.init.whole
    layers = zip(draw(network.init, shapes, stream), shapes, strict=True)  # lazy: a layer's bias is drawn after it
    return tuple(
        Layer(identity_part(shape) + weight if adds else weight, bias(shape, i, stream))
        for i, (weight, shape) in enumerate(layers)
    )


def identity_part(shape: Shape) -> Reals:
    """E [k, n], the rectangular identity that a layer of a residual network adds to: W = E + A."""
    return np.eye(*shape)


def _biases(network: Network) -> Callable[[Shape, int, Stream], Reals | None]:
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


def _kaiming(options: Kaiming, shape: Shape, layer: int, stream: Stream) -> Reals:
    return _normal(shape, layer, stream, options.gain * math.sqrt(2))


def _gaussian(options: Gaussian, shape: Shape, layer: int, stream: Stream) -> Reals:
    return _normal(shape, layer, stream, options.gain)


def _orthogonal(options: Orthogonal, shape: Shape, layer: int, stream: Stream) -> Reals:
    gaussian = stream.normal("init", "weight", *shape, layer)
    if shape[0] < shape[1]:
        return options.gain * haar(gaussian.swapaxes(1, 2)).swapaxes(1, 2)
    return options.gain * haar(gaussian)


def _identity(options: Identity, shape: Shape, layer: int, stream: Stream) -> Reals:
    return _for_all(options.gain * identity_part(shape), stream)


def _zero_asymmetric(options: Any, shapes: Shapes, stream: Stream) -> Iterable[Reals]:
    layers = [*map(identity_part, shapes[:-1]), np.zeros(shapes[-1])]
    return [_for_all(layer, stream) for layer in layers]


def _balanced(options: Balanced, shapes: Shapes, stream: Stream) -> Iterable[Reals]:
    """With W_e = U S V': W_1 = S^(1/N) V', W_i = S^(1/N), W_N = U S^(1/N), zeros around where a layer is wider.

    A sign of each singular pair is free: the first entry of a row of V' is taken positive. A hidden layer narrower than
    the rank of W_e raises ValueError.
    """
    u, s, vt = np.linalg.svd(_normal((shapes[-1][0], shapes[0][1]), 0, stream, options.scale), full_matrices=False)
    sign = np.copysign(1.0, vt[:, :, 0])
    root = s ** (1 / len(shapes))
    layers = [root[:, :, None] * np.eye(root.shape[1])] * len(shapes)
    layers[0] = layers[0] @ (sign[:, :, None] * vt)
    layers[-1] = (u * sign[:, None, :]) @ layers[-1]
    return [_padded(layer, shape) for layer, shape in zip(layers, shapes, strict=True)]


def _given_scale(options: GivenScale, shapes: Shapes, stream: Stream) -> Iterable[Reals]:
    """A factor a on each of N layers multiplies W_e by a^N."""
    layers = [_normal(shape, i, stream) for i, shape in enumerate(shapes)]
    product = layers[0]
    for layer in layers[1:]:
        product = layer @ product
    norm = np.linalg.norm(product, axis=(1, 2), keepdims=True)
    return [(options.scale / norm) ** (1 / len(layers)) * layer for layer in layers]


def _normal(shape: Shape, layer: int, stream: Stream, gain: float = 1.0) -> Reals:
    """Gain * N(0, 1/fan_in)."""
    return stream.normal("init", "weight", *shape, layer) * (gain / math.sqrt(shape[1]))


def _symmetric(uniform: Reals, bound: float) -> Reals:
    """[0, 1) to [-bound, bound)."""
    return (2.0 * uniform - 1.0) * bound


def _padded(layer: Reals, shape: Shape) -> Reals:
    """A layer [B, p, q] in the upper left corner of zeros [B, k, n]."""
    (rows, columns), (k, n) = layer.shape[1:], shape
    return np.pad(layer, ((0, 0), (0, k - rows), (0, n - columns)))


def _for_all(layer: Reals, stream: Stream) -> Reals:
    """A layer [k, n] that nothing is drawn for, for every block."""
    return np.repeat(layer[None], stream.copies("init"), axis=0)


def _each(draw: Callable[[Any, Shape, int, Stream], Reals]) -> Init:
    """An init whose layers do not depend on each other."""
    return lambda options, shapes, stream: (draw(options, shape, i, stream) for i, shape in enumerate(shapes))


WEIGHTS: Mapping[str, Init] = {
    "torch_default": _each(_torch_default),
    "xavier": _each(_xavier),
    "kaiming": _each(_kaiming),
    "gaussian": _each(_gaussian),
    "orthogonal": _each(_orthogonal),
    "identity": _each(_identity),
    "balanced": _balanced,
    "zero_asymmetric": _zero_asymmetric,
    "given_scale": _given_scale,
}
