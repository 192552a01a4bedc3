"""What the last update did to the weights of every layer, as four things: see `lnnstats.parts.responses.changes`.

Copies are taken only where a response asks for them, and of the rows that it measures: of the start, once; of what an
update moves from, at the updates that are measured.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from lnnstats.engine.batch import to_device
from lnnstats.engine.forms.sensitivities import Sensitivities
from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Update
from lnnstats.parts.responses import BatchDirection, Change
from lnnstats.parts.responses.base import Measurement
from lnnstats.parts.responses.changes import SAMPLED_ROWS
from lnnstats.parts.responses.rows import sampled_rows

Matrices = tuple[Tensor, ...]


class Changes:
    """The changes of a form's layers under an update, for the responses `asked` of them in a budget of updates."""

    def __init__(self, form: Form, update: Update, asked: Iterable[Change], budget: int) -> None:
        self._form, self._update = form, update
        self._due = {change: frozenset(change.recorded(budget)) for change in asked}
        self._all_rows = {change: change.full_steps(budget) for change in self._due}
        self._places = tuple(_places(matrix, layer) for layer, matrix in enumerate(self._now(), 1)) if self._due else ()
        since_start = [change for change in self._due if "cumulative" in change.measurements]
        wanted = {step in self._all_rows[change] for change in since_start for step in self._due[change]}
        self._start = {all_rows: self._copy(all_rows) for all_rows in wanted}
        self._before: dict[bool, Matrices] = {}
        self._sensitivities: Sensitivities | None = None
        self.step = 0

    def begin(self, step: int) -> None:
        """Before update number `step`, from 1."""
        self.step = step
        due = [change for change, steps in self._due.items() if step in steps]
        wanted = {self.all_rows(change) for change in due if "difference" in change.measurements}
        self._before = {all_rows: self._copy(all_rows) for all_rows in wanted}
        directed = any(isinstance(change, BatchDirection) for change in due)
        self._sensitivities = self._form.sensitivities() if directed else None

    def all_rows(self, change: Change) -> bool:
        """Whether a response measures all rows at this update."""
        return self.step in self._all_rows[change]

    def matrices(self, change: Change, measurement: Measurement) -> Matrices:
        """Of the change of each layer's weights the rows that a response measures now, [R, rows, columns], input side
        first.
        """
        all_rows = self.all_rows(change)
        match measurement:
            case "gradient":
                return self._picked(self._form.weight_gradients(), all_rows)
            case "update":
                return tuple(-move for move in self._picked(self._form.layers(self._update.moves()), all_rows))
            case "difference":
                return self._since(self._before[all_rows], all_rows)
            case "cumulative":
                return self._since(self._start[all_rows], all_rows)

    def first_rows(self, change: Change) -> Tensor | slice:
        """Which rows of the first layer those are."""
        places = self._places[0]
        return slice(None) if places is None or self.all_rows(change) else places

    def sensitivities(self) -> Sensitivities:
        """Of the update's batch, at the weights before it."""
        assert self._sensitivities is not None
        return self._sensitivities

    def _since(self, before: Matrices, all_rows: bool) -> Matrices:
        """In the dtype of training, as a program that subtracts what it has stored gets it."""
        return tuple(now - then for now, then in zip(self._picked(self._now(), all_rows), before, strict=True))

    def _copy(self, all_rows: bool) -> Matrices:
        return tuple(matrix.clone() for matrix in self._picked(self._now(), all_rows))

    def _now(self) -> Matrices:
        return self._form.layers(self._form.parameters)

    def _picked(self, matrices: Matrices, all_rows: bool) -> Matrices:
        if all_rows:
            return matrices
        pairs = zip(matrices, self._places, strict=True)
        return tuple(matrix if places is None else matrix.index_select(1, places) for matrix, places in pairs)


def _places(matrix: Tensor, layer: int) -> Tensor | None:
    """The sampled rows of a layer, None where all are measured."""
    rows = matrix.shape[1]
    return None if rows <= SAMPLED_ROWS else to_device(sampled_rows(rows, layer), torch.int64, matrix.device)
