"""In: options of a nonlinear regression. Out: y = V h(U x + c) + noise, the teacher network drawn per block."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from lnnstats.draws.data.regression import dataset
from lnnstats.draws.data.values import Dataset, Reals
from lnnstats.draws.streams import Stream
from lnnstats.parts.sources import NonlinearRegression


def sample(options: NonlinearRegression, stream: Stream) -> Dataset:
    """Train and test split share the teacher network, which is no affine map: the truth names none.

    Before scaling, units and features nest. NumPy's tanh differs between processors in its last bits: responses then
    agree to some 1e-15 of their size, where those of relu are sums and products alone.
    """
    hidden = stream.normal("data", "teacher_hidden", options.units, options.features) / math.sqrt(options.features)
    offset = stream.normal("data", "teacher_offset", options.units, 1)
    output = stream.normal("data", "teacher_output", options.outputs, options.units) / math.sqrt(options.units)
    activation = ACTIVATIONS[options.activation]
    return dataset(options, stream, lambda x: output @ activation(hidden @ x + offset), teacher=None)


def _relu(z: Reals) -> Reals:
    return np.maximum(z, 0.0)


ACTIVATIONS: Mapping[str, Callable[[Reals], Reals]] = {"relu": _relu, "tanh": np.tanh}
