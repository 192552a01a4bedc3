"""In: a data source's options and a stream. Out: the training and test split of every block, and their truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lnnstats.draws.data import (
    cifar10,
    digits,
    gaussian_classes,
    linear_regression,
    low_rank_regression,
    nonlinear_regression,
    separable_classes,
)
from lnnstats.draws.data.values import Dataset, Split, Truth
from lnnstats.draws.images.origins import Origin
from lnnstats.draws.streams import Stream
from lnnstats.names import lookup
from lnnstats.parts.base import Part

__all__ = ["ORIGINS", "SAMPLERS", "Dataset", "Origin", "Split", "Truth", "origins", "sample"]

SAMPLERS: Mapping[str, Callable[[Any, Stream], Dataset]] = {
    "linear_regression": linear_regression.sample,
    "low_rank_regression": low_rank_regression.sample,
    "nonlinear_regression": nonlinear_regression.sample,
    "gaussian_classes": gaussian_classes.sample,
    "separable_classes": separable_classes.sample,
    "digits": digits.sample,
    "cifar10": cifar10.sample,
}

ORIGINS: Mapping[str, Callable[[Any], Origin]] = {"cifar10": cifar10.origin}  # of data that are no part of a package


def sample(source: Part, stream: Stream) -> Dataset:
    """The data of every block of `stream`, with a leading axis of 1 where data is not drawn per block."""
    return lookup(SAMPLERS, source.kind, "data")(source, stream)


def origins(sources: Iterable[Part]) -> tuple[Origin, ...]:
    """Which copies the images of some sources come from, each once. Raises BadInput where they cannot be read."""
    read = dict.fromkeys(source for source in sources if source.kind in ORIGINS)
    return tuple(dict.fromkeys(ORIGINS[source.kind](source) for source in read))
