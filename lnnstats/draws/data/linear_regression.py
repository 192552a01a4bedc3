"""In: options of a linear regression. Out: y = A x + B + noise, the teacher drawn per block (arXiv 2401.00186)."""

from __future__ import annotations

import math

import numpy as np

from lnnstats.draws.data.values import Dataset, Reals, Split, Truth
from lnnstats.draws.streams import Stream
from lnnstats.parts.sources import LinearRegression


def sample(options: LinearRegression, stream: Stream) -> Dataset:
    """Train and test split share the teacher A, B ~ N(0, 1); each has its own points and noise.

    No key depends on the options: cells that differ in noise, its scale, correlation or intercept share all raw draws.
    """
    teacher = _teacher(options, stream)
    train = _split(options, stream, teacher, "train", options.train)
    test = _split(options, stream, teacher, "test", options.test)
    return Dataset(train, test, Truth(teacher, ar1_covariance(options.features, options.correlation)))


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


def _teacher(options: LinearRegression, stream: Stream) -> Reals:
    slopes = stream.normal("data", "teacher_slopes", options.outputs, options.features)
    intercept = stream.normal("data", "teacher_intercept", options.outputs, 1)
    return np.concatenate([slopes, intercept if options.intercept else np.zeros_like(intercept)], axis=2)


def _split(options: LinearRegression, stream: Stream, teacher: Reals, name: str, points: int) -> Split:
    """The points run along the columns of the raw draws, so that features, outputs and points nest."""
    x = ar1(stream.normal("data", f"{name}_x", options.features, points), options.correlation)
    noise = stream.normal("data", f"{name}_noise", options.outputs, points)
    response = teacher[:, :, :-1] @ x + teacher[:, :, -1:]
    y = response + _deviation(options, response) * noise
    return Split(_points_first(x), _points_first(y))


def _deviation(options: LinearRegression, response: Reals) -> Reals:
    """Standard deviation of the noise, broadcastable to response [B, C, n]."""
    if options.noise_scale == "absolute":
        return np.full((1, 1, 1), options.noise)
    return options.noise * np.abs(response.mean(axis=(1, 2), keepdims=True))


def _points_first(values: Reals) -> Reals:
    return np.ascontiguousarray(values.swapaxes(1, 2))
