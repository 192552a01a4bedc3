"""One measure of a matrix, of every layer's change and every measurement asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from lnnstats.engine.changes import Changes
from lnnstats.engine.responses.split import SLAB


def each(options: Any, changes: Changes, measure: Callable[[Tensor], Tensor]) -> Tensor:
    """`measure` of every matrix [R, rows, columns] -> [R], as [R, layers, measurements]; as many runs at once as memory
    allows.
    """
    kinds = [[_in_slabs(measure, m) for m in changes.matrices(options, kind)] for kind in options.measurements]
    return torch.stack([torch.stack(layers, dim=1) for layers in kinds], dim=2)


def _in_slabs(measure: Callable[[Tensor], Tensor], matrix: Tensor) -> Tensor:
    return torch.cat([measure(part) for part in matrix.split(max(1, SLAB // matrix[0].numel()))])
