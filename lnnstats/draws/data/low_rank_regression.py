"""In: options of a low-rank regression. Out: y = U S V' x + noise, the teacher's singular vectors drawn per block."""

from __future__ import annotations

import numpy as np

from lnnstats.draws.data.regression import dataset, log_spaced
from lnnstats.draws.data.values import Dataset, Reals
from lnnstats.draws.haar import haar
from lnnstats.draws.streams import Stream
from lnnstats.parts.sources import LowRankRegression


def sample(options: LowRankRegression, stream: Stream) -> Dataset:
    """Train and test split share the teacher. Its vectors nest over the rank, to rounding; its values do where
    `spread` is 1.
    """
    slopes = _slopes(options, stream)
    teacher = np.concatenate([slopes, np.zeros_like(slopes[:, :, :1])], axis=2)
    return dataset(options, stream, lambda x: slopes @ x, teacher)


def _slopes(options: LowRankRegression, stream: Stream) -> Reals:
    """U S V' [B, C, d] (Lampinen & Ganguli 2019, section 2)."""
    left = haar(stream.normal("data", "teacher_left", options.outputs, options.rank))
    right = haar(stream.normal("data", "teacher_right", options.features, options.rank))
    return (left * (options.strength * log_spaced(options.rank, options.spread))) @ right.swapaxes(1, 2)
