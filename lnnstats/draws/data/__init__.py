"""In: a data source's options and a stream. Out: the training and test split of every block, and their truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lnnstats.draws.data import (
    digits,
    gaussian_classes,
    linear_regression,
    low_rank_regression,
    nonlinear_regression,
)
from lnnstats.draws.data.values import Dataset, Split, Truth
from lnnstats.draws.streams import Stream
from lnnstats.names import lookup
from lnnstats.parts.base import Part

__all__ = ["SAMPLERS", "Dataset", "Split", "Truth", "sample"]

SAMPLERS: Mapping[str, Callable[[Any, Stream], Dataset]] = {
    "linear_regression": linear_regression.sample,
    "low_rank_regression": low_rank_regression.sample,
    "nonlinear_regression": nonlinear_regression.sample,
    "gaussian_classes": gaussian_classes.sample,
    "digits": digits.sample,
}


def sample(source: Part, stream: Stream) -> Dataset:
    """The data of every block of `stream`, with a leading axis of 1 where data is not drawn per block."""
    return lookup(SAMPLERS, source.kind, "data")(source, stream)
