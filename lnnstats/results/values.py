"""What training hands over: a chunk's outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnnstats.design.values import Chunk

STATUSES = ("ok", "diverged", "budget_exhausted", "failed")


@dataclass(frozen=True)
class Recorded:
    """One response of a chunk's runs: values [R, steps, layers] at `steps` (none for a time), 1 layer unless `layered`.

    `observed`: which runs were observed to the end, [R].
    """

    steps: tuple[int, ...]
    values: NDArray[np.float64]
    observed: NDArray[np.bool_]
    layered: bool = False


@dataclass(frozen=True)
class Outcome:
    """A chunk trained: which runs diverged, [R], the checksum of their raw draws, [R], and every response."""

    chunk: Chunk
    diverged: NDArray[np.bool_]
    draws: NDArray[np.uint64]
    recorded: Mapping[str, Recorded]

    @property
    def status(self) -> NDArray[np.int8]:
        """Index into STATUSES, [R]: a run that stayed finite but missed a time it was watched for has exhausted its
        budget.
        """
        missed = np.zeros_like(self.diverged)
        for response in self.recorded.values():
            missed |= ~response.observed
        return np.where(self.diverged, 1, np.where(missed, 2, 0)).astype(np.int8)
