"""Both ends of the Hessian's spectrum, in plain NumPy: derivatives along imaginary steps, no automatic differentiation.

The gradient g of the loss by backpropagation is an analytic function of the parameters, so that H v = Im g(theta + i h
v) / h to rounding at h = 1e-30, without a difference (Squire & Trapp 1998). ReLU looks at real parts alone: no kink is
crossed, and the Hessian is that almost everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

import numpy as np

from lnnstats.verify.reference.networks import gradient
from lnnstats.verify.reference.values import Layers, Observation, Reals

STEP = 1e-30


def ends(seen: Observation, exact_up_to: int, iterations: int) -> tuple[float, float]:
    """Least and largest eigenvalue; beyond `exact_up_to` parameters, on a Krylov space of dimension `iterations`."""
    product, size = hessian(seen), len(flat(seen.state.layers))
    if size <= exact_up_to or size <= iterations:
        matrix = np.column_stack([product(unit) for unit in np.eye(size)])
    else:
        space = _krylov(product, size, iterations)
        matrix = space.T @ np.column_stack([product(direction) for direction in space.T])
    if not np.isfinite(matrix).all():
        return np.nan, np.nan
    values = np.linalg.eigvalsh((matrix + matrix.T) / 2)
    return float(values[0]), float(values[-1])


def radius(seen: Observation, exact_up_to: int, iterations: int) -> float:
    """Largest eigenvalue in size: rounding of every other is relative to it."""
    return max(map(abs, ends(seen, exact_up_to, iterations)))


def hessian(seen: Observation) -> Callable[[Reals], Reals]:
    """v -> H v, both in the order of `flat`."""
    layers = seen.state.layers

    def along(direction: Reals) -> Reals:
        moved = _unflat(flat(layers) + 1j * STEP * direction, layers)
        return flat(gradient(seen.network, seen.training, moved, seen.train)).imag / STEP

    return along


def _krylov(product: Callable[[Reals], Reals], size: int, dimension: int) -> Reals:
    """Orthonormal columns that span v, H v, H^2 v, ..., each new one by least squares on those before; fewer where the
    space ends before.
    """
    columns = [_start(size)]
    while len(columns) < dimension:
        space, image = np.column_stack(columns), product(columns[-1])
        rest = image
        for _ in range(2):
            rest = rest - space @ np.linalg.lstsq(space, rest, rcond=None)[0]
        length = np.linalg.norm(rest)
        if not length > 1e-13 * np.linalg.norm(image):
            break
        columns.append(rest / length)
    return np.column_stack(columns)


def _start(size: int) -> Reals:
    """Uniform in [-1, 1) from NumPy's own Philox with key 0 and counters from 0 (it counts up before it draws)."""
    words = np.random.Philox(key=0, counter=2**256 - 1).random_raw(size)
    drawn = 2.0 * ((words >> np.uint64(11)) * 2.0**-53) - 1.0
    return drawn / np.linalg.norm(drawn)


def flat(layers: Layers) -> Reals:
    """Weights of every layer, then biases."""
    biases = [bias for _, bias in layers if bias is not None]
    return np.concatenate([tensor.ravel() for tensor in chain((weight for weight, _ in layers), biases)])


def _unflat(values: Reals, like: Layers) -> Layers:
    tensors = [weight for weight, _ in like] + [bias for _, bias in like if bias is not None]
    edges = np.cumsum([tensor.size for tensor in tensors])[:-1]
    parts = [part.reshape(tensor.shape) for part, tensor in zip(np.split(values, edges), tensors, strict=True)]
    biases = iter(parts[len(like) :])
    return tuple((part, None if bias is None else next(biases)) for part, (_, bias) in zip(parts, like, strict=False))
