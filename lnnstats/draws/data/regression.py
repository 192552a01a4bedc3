"""In: what all regressions share of their options, and the response f. Out: points x, and y = f(x) + noise.

No key depends on the options or on f: cells that differ in their teacher, noise or inputs share all raw draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lnnstats.draws.data.values import Dataset, Reals, Split, Truth
from lnnstats.draws.streams import Stream
from lnnstats.parts.sources import Regression

Function = Callable[[Reals], Reals]


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """Points x = place(z) of white ones z [B, d, n]; `covariance` [d, d] or [B, d, d]: that of a fresh point."""

    place: Function
    covariance: Reals


def dataset(options: Regression, stream: Stream, response: Function, teacher: Reals | None) -> Dataset:
    """Train and test split of y = response(x) + noise, from x [B, d, n] to y [B, C, n]; each has its own points and
    noise.

    The points run along the columns of the raw draws, so that features, outputs and points nest; features do not where
    a condition above 1 scales them, nor points that are whitened together. In these two cases x passes powers or a
    factorisation, and agrees between machines to some eps times the condition; otherwise bit for bit.
    """
    white = stream.normal("data", "train_x", options.features, options.train)
    inputs = whitened(white) if options.whitened else population(options)
    train = _split(options, stream, response, inputs.place(white), "train")
    white = stream.normal("data", "test_x", options.features, options.test)
    test = _split(options, stream, response, inputs.place(white), "test")
    return Dataset(train, test, Truth(teacher, inputs.covariance))


def population(options: Regression) -> Inputs:
    """x ~ N(0, Sigma), Sigma_ij = s_i s_j correlation^|i - j|: s_i times an AR(1) process over the features."""
    scales = np.sqrt(log_spaced(options.features, options.condition))
    covariance = np.outer(scales, scales) * ar1_covariance(options.features, options.correlation)
    return Inputs(lambda z: scales[:, None] * ar1(z, options.correlation), covariance)


def whitened(train: Reals) -> Inputs:
    """The affine map that gives the training points z [B, d, n], n > d, mean 0 and second moments I.

    With the centred points' factorisation Z' = Q R, R's diagonal positive, it is z -> sqrt(n) R'^-1 (z - mean). A lower
    triangular map with a positive diagonal, unique (Cholesky): after any other such map of z (a correlation, a
    condition) the result would be the same. A fresh z ~ N(0, I) has covariance n (R'R)^-1, given the training split.
    """
    mean = train.mean(axis=2, keepdims=True)
    r = np.linalg.qr((train - mean).swapaxes(1, 2), mode="r")
    lower = (r * np.copysign(1.0, np.diagonal(r, axis1=1, axis2=2))[:, :, None]).swapaxes(1, 2)
    unmix = math.sqrt(train.shape[2]) * np.linalg.inv(lower)
    return Inputs(lambda z: unmix @ (z - mean), unmix @ unmix.swapaxes(1, 2))


def log_spaced(count: int, ratio: float) -> Reals:
    """`count` numbers from 1 down to 1 / ratio, equally spaced in the logarithm; for one number the ratio is 1."""
    return ratio ** -np.linspace(0.0, 1.0, count)


def ar1_covariance(features: int, correlation: float) -> Reals:
    """Sigma_ij = correlation^|i - j|, [d, d]."""
    powers = np.cumprod(np.r_[1.0, np.full(features - 1, correlation)])
    lag = np.arange(features)
    return powers[np.abs(lag[:, None] - lag)]


def ar1(z: Reals, correlation: float) -> Reals:
    """x = L z along axis 1 of z [B, d, n], L the Cholesky factor of `ar1_covariance`.

    Row by row it is the recursion x_1 = z_1, x_j = rho x_{j-1} + sqrt(1 - rho^2) z_j of a stationary AR(1) process.
    """
    if correlation == 0:
        return z
    x, innovation = z.copy(), math.sqrt(1 - correlation**2)
    for j in range(1, z.shape[1]):
        x[:, j] = correlation * x[:, j - 1] + innovation * z[:, j]
    return x


def _split(options: Regression, stream: Stream, response: Function, x: Reals, name: str) -> Split:
    noise = stream.normal("data", f"{name}_noise", options.outputs, x.shape[2])
    clean = response(x)
    return Split(_points_first(x), _points_first(clean + _deviation(options, clean) * noise))


def _deviation(options: Regression, response: Reals) -> Reals:
    """Standard deviation of the noise, broadcastable to response [B, C, n]."""
    if options.noise_scale == "absolute":
        return np.full((1, 1, 1), options.noise)
    return options.noise * np.abs(response.mean(axis=(1, 2), keepdims=True))


def _points_first(values: Reals) -> Reals:
    return np.ascontiguousarray(values.swapaxes(1, 2))
