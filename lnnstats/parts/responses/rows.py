"""Which rows of a layer are measured where not all are: the same in every run, study and release."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lnnstats.parts.responses.changes import SAMPLED_ROWS


def sampled_rows(rows: int, layer: int) -> NDArray[np.int64]:
    """Indices [min(rows, 256)], ascending and from 0, of the rows of layer number `layer` (from 1, input side first).

    They are the places of the least of `rows` words of Philox4x64-10 with key (layer, rows) and counters from 0: a
    simple random sample without replacement. (NumPy's counter counts up before it draws.)
    """
    words = np.random.Philox(key=layer + (rows << 64), counter=2**256 - 1).random_raw(rows)
    return np.sort(np.argsort(words, kind="stable")[:SAMPLED_ROWS])
