"""A convolution by loops over the offsets of its kernel: points [n, channels side^2] -> its outputs, or its gradients.

Square images, zero padding that keeps their size; a weight is [channels out, channels in kernel^2].
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import isqrt

import numpy as np

from lnnstats.verify.reference.values import Reals

Window = tuple[slice, slice]


def convolved(x: Reals, weight: Reals, bias: Reals | None, kernel: int) -> Reals:
    """Outputs [n, channels out side^2]."""
    images, kernels = _images(x, weight, kernel), _kernels(weight, kernel)
    shape = (len(x), len(weight), *images.shape[2:])
    found = np.zeros(shape, dtype=np.result_type(x, weight))
    for i, j, at, to in _offsets(kernel, shape[-1]):
        found[:, :, *at] += np.einsum("oc,nchw->nohw", kernels[:, :, i, j], images[:, :, *to], optimize=True)
    return (found + (0.0 if bias is None else bias[:, None, None])).reshape(len(x), -1)


def gradients(x: Reals, weight: Reals, delta: Reals, kernel: int) -> tuple[Reals, Reals, Reals]:
    """From `delta`, the loss's gradient in the outputs: those in weight and bias, summed over points, and in x."""
    images, kernels = _images(x, weight, kernel), _kernels(weight, kernel)
    back = delta.reshape(len(x), len(weight), *images.shape[2:])
    dtype = np.result_type(x, weight, delta)
    to_kernels, to_images = np.zeros(kernels.shape, dtype=dtype), np.zeros(images.shape, dtype=dtype)
    for i, j, at, to in _offsets(kernel, images.shape[-1]):
        to_kernels[:, :, i, j] = np.einsum("nohw,nchw->oc", back[:, :, *at], images[:, :, *to], optimize=True)
        to_images[:, :, *to] += np.einsum("oc,nohw->nchw", kernels[:, :, i, j], back[:, :, *at], optimize=True)
    return to_kernels.reshape(weight.shape), back.sum(axis=(0, 2, 3)), to_images.reshape(x.shape)


def _offsets(kernel: int, side: int) -> Iterator[tuple[int, int, Window, Window]]:
    """(i, j), the outputs that weight i, j of a kernel adds to, and the inputs that it takes."""
    places = [_along(offset - kernel // 2, side) for offset in range(kernel)]
    for (i, (down, up)), (j, (right, left)) in product(enumerate(places), repeat=2):
        yield i, j, (down, right), (up, left)


def _along(offset: int, side: int) -> tuple[slice, slice]:
    """Along one axis: the places p whose input p + offset is inside, and these inputs."""
    first, last = max(0, -offset), max(0, side - max(0, offset))
    return slice(first, max(first, last)), slice(first + offset, max(first, last) + offset)


def _images(x: Reals, weight: Reals, kernel: int) -> Reals:
    channels = weight.shape[1] // kernel**2
    side = isqrt(x.shape[1] // channels)
    return x.reshape(len(x), channels, side, side)


def _kernels(weight: Reals, kernel: int) -> Reals:
    return weight.reshape(len(weight), -1, kernel, kernel)
