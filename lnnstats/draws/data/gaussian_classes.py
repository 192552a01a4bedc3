"""In: options of Gaussian classes. Out: balanced classes x ~ N(mu_c, I) around centres drawn per block."""

from __future__ import annotations

import math

import numpy as np

from lnnstats.draws.data.values import Dataset, Reals, Split, Truth
from lnnstats.draws.streams import Stream
from lnnstats.parts.sources import GaussianClasses


def sample(options: GaussianClasses, stream: Stream) -> Dataset:
    """Point i has class i mod classes, so every split is balanced to within one point; both splits share the centres.

    No key depends on the options: cells that differ in separation share all raw draws.
    """
    scale = options.separation / math.sqrt(options.features)
    centres = scale * stream.normal("data", "centres", options.classes, options.features)
    train = _split(stream, centres, "train", options.train)
    test = _split(stream, centres, "test", options.test)
    return Dataset(train, test, Truth(bayes_rule(centres), np.eye(options.features)))


def bayes_rule(centres: Reals) -> Reals:
    """Discriminant scores mu_c' x - |mu_c|^2 / 2 as [B, C, d + 1]: equal priors and covariance I (Fisher 1936)."""
    return np.concatenate([centres, -0.5 * np.sum(centres**2, axis=2, keepdims=True)], axis=2)


def _split(stream: Stream, centres: Reals, name: str, points: int) -> Split:
    blocks, classes, features = centres.shape
    labels = np.arange(points) % classes
    deviations = stream.normal("data", f"{name}_x", features, points)
    return Split(centres[:, labels] + deviations.swapaxes(1, 2), np.tile(labels, (blocks, 1)))
