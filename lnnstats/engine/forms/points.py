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
        """The training points of each run at its indices [R, batch]; one shared batch [1, batch] of one shared data set
        is taken once.
        """
        x, y = self.splits["train"]
        places = points if len(x) == 1 else self.rows[:, None] * x.shape[1] + points
        return _taken(x, places), _taken(y, places)

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
        x = [to_device(part.x, dtype, device) for part in parts]
        y = [to_device(targets(part, classes), dtype, device) for part in parts]
        splits[name] = (_together(x), _together(y))
    return Points(splits, to_device(rows, torch.int64, device), data.checksum)


def _together(parts: list[Tensor]) -> Tensor:
    """Their concatenation; one alone is not copied again."""
    return parts[0] if len(parts) == 1 else torch.cat(parts)


def _taken(tensor: Tensor, places: Tensor) -> Tensor:
    """Rows [.., n, d] at places [r, batch] among all n of all sets, [r, batch, d]."""
    return tensor.flatten(0, 1).index_select(0, places.flatten()).unflatten(0, places.shape)


def share_correct(outputs: Tensor, target: Tensor) -> Tensor:
    """Share of points whose largest output is their class, [r]; of one output, whose sign is that of its target."""
    if outputs.shape[-1] == 1:
        right = ((outputs > 0) == (target > 0)).squeeze(-1)
    else:
        right = outputs.argmax(-1) == target.argmax(-1)
    return right.to(outputs.dtype).mean(-1)
