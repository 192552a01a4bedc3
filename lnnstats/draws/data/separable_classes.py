"""In: options of separable classes. Out: balanced classes, with the linear map that separates them by a margin."""

from __future__ import annotations

import numpy as np

from lnnstats.draws.data.values import Dataset, Reals, Split, Truth
from lnnstats.draws.haar import haar
from lnnstats.draws.streams import Stream
from lnnstats.parts.sources import SeparableClasses


def sample(options: SeparableClasses, stream: Stream) -> Dataset:
    """Point i has class i mod classes; both splits share W, whose orthonormal rows are Haar distributed.

    No key depends on the options: cells that differ in margin share all raw draws. W passes a factorisation, and agrees
    between machines to some eps.
    """
    directions = haar(stream.normal("data", "directions", options.features, options.classes))
    train = _split(options, stream, directions, "train", options.train)
    test = _split(options, stream, directions, "test", options.test)
    no_intercept = np.zeros((len(directions), options.classes, 1))
    return Dataset(train, test, Truth(np.concatenate([directions.swapaxes(1, 2), no_intercept], axis=2)))


def _split(options: SeparableClasses, stream: Stream, directions: Reals, name: str, points: int) -> Split:
    """x = z + W' (a - W z) for z ~ N(0, I): off the span of W's rows it is z, along them a."""
    labels = np.arange(points) % options.classes
    z = stream.normal("data", f"{name}_x", options.features, points).swapaxes(1, 2)
    x = z + (_scores(options, stream, name, labels) - z @ directions) @ directions.swapaxes(1, 2)
    return Split(x, np.tile(labels, (len(x), 1)))


def _scores(options: SeparableClasses, stream: Stream, name: str, labels: np.ndarray) -> Reals:
    """a [B, n, C]: N(0, 1), but the own class's is the largest other one + margin + |N(0, 1)|."""
    a = stream.normal("data", f"{name}_scores", options.classes, len(labels)).swapaxes(1, 2)
    beyond = np.abs(stream.normal("data", f"{name}_beyond", 1, len(labels))[:, 0])
    point = np.arange(len(labels))
    a[:, point, labels] = -np.inf
    a[:, point, labels] = a.max(axis=2) + options.margin + beyond
    return a
