"""In: a stream and an epoch. Out: the order in which every block sees its training points, cut into mini-batches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lnnstats.draws.streams import Stream


def order(stream: Stream, epoch: int, points: int, batch: int) -> NDArray[np.int64]:
    """Indices [B or 1, points // batch, batch]: a fresh permutation per epoch, its incomplete last batch left out.

    The permutation does not depend on `batch`. Raises ValueError where a batch is larger than the training split.
    """
    if batch > points:
        raise ValueError(f"training.batch: found {batch}, allowed 1 to {points} (the points): lower it, or use `full`")
    permutation = np.argsort(stream.words("batches", "order", 1, points, layer=epoch)[:, 0], axis=1, kind="stable")
    batches = points // batch
    return permutation[:, : batches * batch].reshape(-1, batches, batch)
