"""The points of a chunk's runs on the device, each distinct data set once, and scores of networks over whole splits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lnnstats.draws.moments import targets
from lnnstats.engine.batch import SPLITS, Runs, stacked_data, to_device

Score = Callable[[Tensor, Tensor], Tensor]
SLAB = 1 << 24  # numbers of activations held at once while a whole split is evaluated


@dataclass(frozen=True, eq=False)
class Points:
    """`splits`: name -> inputs [sets, n, d] and targets [sets, n, C], classes one-hot.

    `rows`: each run's set, [R]; `draws`: checksum of its raw draws, [R].
    """

    splits: dict[str, tuple[Tensor, Tensor]]
    rows: Tensor
    draws: NDArray[np.uint64]

    def of(self, split: str, runs: slice) -> tuple[Tensor, Tensor]:
        """The split's points of some runs, [r, n, d]; one shared data set is not copied."""
        x, y = self.splits[split]
        return (x, y) if len(x) == 1 else (x[self.rows[runs]], y[self.rows[runs]])

    def batch(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """The training points of each run at its indices [R, batch]."""
        x, y = self.splits["train"]
        return x[self.rows[:, None], points], y[self.rows[:, None], points]

    def score(self, split: str, widest: int, outputs: Callable[[Tensor, slice], Tensor], score: Score) -> Tensor:
        """A score of outputs and targets over a whole split, [R], in slabs of runs; `widest`: units of the widest
        layer.
        """
        width = max(1, SLAB // (self.splits[split][0].shape[1] * widest))
        scores = []
        with torch.no_grad():
            for start in range(0, len(self.rows), width):
                runs = slice(start, start + width)
                x, y = self.of(split, runs)
                scores.append(score(outputs(x, runs), y))
        return torch.cat(scores)


def points(axis: Runs, dtype: torch.dtype, device: torch.device) -> Points:
    """Both splits of every run's data, drawn."""
    data, rows = stacked_data(axis)
    classes = axis.cells[0].world.data.outputs
    splits = {}
    for name in SPLITS:
        parts = [getattr(one, name) for one in data.value]
        x = to_device(np.concatenate([part.x for part in parts]), dtype, device)
        y = to_device(np.concatenate([targets(part, classes) for part in parts]), dtype, device)
        splits[name] = (x, y)
    return Points(splits, to_device(rows, torch.int64, device), data.checksum)


def share_correct(outputs: Tensor, target: Tensor) -> Tensor:
    """Share of points whose largest output is their class, [r]."""
    return (outputs.argmax(-1) == target.argmax(-1)).to(outputs.dtype).mean(-1)
