"""The values of a design: cells (what is trained), batches (what trains together), chunks (what is stored together)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lnnstats.digest import digest
from lnnstats.study.values import Exclusion, Scalar, Study, World

Form = Literal["chain", "moments", "autograd"]


@dataclass(frozen=True)
class Cell:
    """One combination of levels. `id` is a digest of its content (world, seed, draws), never of its position."""

    id: str
    levels: Mapping[str, Scalar]
    world: World
    fresh: str  # what the data of this cell's stratum are drawn under; "" where strata share data
    crossed: Mapping[str, int] = field(default_factory=dict)  # purpose -> its draw, the same in every block


@dataclass(frozen=True)
class Excluded:
    """A combination left out, with the reason given."""

    levels: Mapping[str, Scalar]
    exclusion: Exclusion


@dataclass(frozen=True)
class Batch:
    """Cells whose programs have the same shapes: they train as one tensor program of the given form."""

    form: Form
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Chunk:
    """A contiguous range of blocks [first, last) of one batch: the unit of work and of storage."""

    batch: Batch
    first: int
    last: int

    @property
    def runs(self) -> int:
        return len(self.batch.cells) * (self.last - self.first)

    @property
    def run_steps(self) -> int:
        """Runs times training steps."""
        return self.runs * self.batch.cells[0].world.training.steps

    @property
    def id(self) -> str:
        """A digest of the cells and the blocks."""
        return digest([[cell.id for cell in self.batch.cells], self.first, self.last], 12)


@dataclass(frozen=True)
class Design:
    """A study expanded: its cells in order, those excluded, and the batches that train them."""

    study: Study
    cells: tuple[Cell, ...]
    excluded: tuple[Excluded, ...]
    batches: tuple[Batch, ...]
    left_out: int = 0  # combinations of the full factorial that nesting, a fraction or a table leave out by design

    @property
    def runs(self) -> int:
        return len(self.cells) * self.study.blocks.number
