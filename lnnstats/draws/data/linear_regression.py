"""In: options of a linear regression. Out: y = A x + B + noise, the teacher drawn per block (arXiv 2401.00186)."""

from __future__ import annotations

import numpy as np

from lnnstats.draws.data.regression import dataset
from lnnstats.draws.data.values import Dataset, Reals
from lnnstats.draws.streams import Stream
from lnnstats.parts.sources import LinearRegression


def sample(options: LinearRegression, stream: Stream) -> Dataset:
    """Train and test split share the teacher A, B ~ N(0, 1)."""
    teacher = _teacher(options, stream)
    return dataset(options, stream, lambda x: teacher[:, :, :-1] @ x + teacher[:, :, -1:], teacher)


def _teacher(options: LinearRegression, stream: Stream) -> Reals:
    slopes = stream.normal("data", "teacher_slopes", options.outputs, options.features)
    intercept = stream.normal("data", "teacher_intercept", options.outputs, 1)
    return np.concatenate([slopes, intercept if options.intercept else np.zeros_like(intercept)], axis=2)
