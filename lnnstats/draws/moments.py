"""In: a split. Out: the second moments that fix every affine map's squared error, and the map where it is least."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnnstats.draws.data.values import Split

Reals = NDArray[np.float64]

SLAB = 1 << 20  # numbers of a and y taken at once: 8 MiB


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Of the points a = [x, 1] (or x, without intercept) and their targets y.

    `gram` [B, p, p] is the mean of a a'; `optimum` [B, C, p] the least-squares map, intercept last, of minimum norm
    where it is not unique; `floor` [B] its mean squared error over points and outputs. The error of any map theta
    [C, p] is floor + mean over outputs of (theta - optimum) gram (theta - optimum)', free of cancellation.
    """

    gram: Reals
    optimum: Reals
    floor: Reals


def moments(split: Split, targets: Reals, intercept: bool) -> Moments:
    """The moments of every block of `split` with targets [B, n, C]; p = d + 1, or d without `intercept`."""
    count = max(1, SLAB // (targets[0].size + split.x[0].size))
    slabs = [slice(start, start + count) for start in range(0, len(split.x), count)]
    parts = [_slab(_points(split.x[slab], intercept), targets[slab]) for slab in slabs]
    return Moments(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def targets(split: Split, outputs: int) -> Reals:
    """What a squared error compares with, [B, n, C]: y itself, or the code of the labels for C outputs.

    It is one-hot, or for one output the sign: -1 for label 0, +1 for label 1.
    """
    if split.y.ndim != 2:
        return split.y.astype(np.float64, copy=False)
    labels = split.y.astype(np.int64, copy=False)
    return np.where(labels[:, :, None] == 1, 1.0, -1.0) if outputs == 1 else np.eye(outputs)[labels]


def least_squares(a: Reals, y: Reals) -> Reals:
    """Minimum-norm coefficients [B, C, p] of y [B, n, C] on a [B, n, p].

    The R factor of [a, y] keeps the inner products of its columns without squaring the condition number (Golub & Van
    Loan, section 5.3); the singular values of its left part decide the rank, with the cut-off of numpy.linalg.lstsq.
    """
    columns = a.shape[2]
    r = np.asarray(np.linalg.qr(np.concatenate([a, y], axis=2), mode="r"))
    u, s, vt = np.linalg.svd(r[:, :, :columns], full_matrices=False)
    cut = np.finfo(np.float64).eps * max(a.shape[1:]) * s[:, :1]
    inverse = np.divide(1.0, s, out=np.zeros_like(s), where=s > cut)
    solution = vt.swapaxes(1, 2) @ (inverse[:, :, None] * (u.swapaxes(1, 2) @ r[:, :, columns:]))
    return np.ascontiguousarray(solution.swapaxes(1, 2))


def _points(x: Reals, intercept: bool) -> Reals:
    return np.concatenate([x, np.ones((*x.shape[:2], 1))], axis=2) if intercept else x


def _slab(a: Reals, y: Reals) -> tuple[Reals, Reals, Reals]:
    optimum = least_squares(a, y)
    residual = y - a @ optimum.swapaxes(1, 2)
    gram = a.swapaxes(1, 2) @ a / a.shape[1]
    return gram, optimum, np.mean(residual**2, axis=(1, 2))
