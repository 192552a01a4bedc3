"""The long table where it lies, in a file or in memory: a question takes the rows and columns that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from lnnstats.results.table import NAME, SCHEMA

Step = int | tuple[int, ...] | Literal["last", "every"]


@dataclass(frozen=True, eq=False)
class Results:
    """`dataset`: the columns of the long table, a column a factor in front."""

    dataset: ds.Dataset

    @classmethod
    def of(cls, table: pa.Table) -> Results:
        """A table in memory."""
        return cls(ds.dataset(table))

    def table(self, where: pc.Expression | None = None, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows that hold an expression, in order; all of them and every column unless told.

        A column `measurement` that is asked for and that results do not have is null.
        """
        if columns is None or "measurement" not in columns or "measurement" in self.dataset.schema.names:
            return self.dataset.to_table(filter=where, columns=None if columns is None else list(columns))
        found = self.dataset.to_table(filter=where, columns=[name for name in columns if name != "measurement"])
        return found.append_column("measurement", pa.nulls(found.num_rows, NAME))

    def response(self, name: str, step: Step, columns: Sequence[str]) -> pa.Table:
        """The rows of a response at a step, some or every one, `last` being the greatest there is, and those that have
        no step.
        """
        here, at = pc.field("response") == name, pc.field("step")
        if step == "every":
            return self.table(here, columns)
        if step == "last":
            step = max(self.steps(name), default=())
        wanted = step if isinstance(step, tuple) else (step,)
        return self.table(here & (at.is_null() | at.isin(wanted)) if wanted else here, columns)

    def steps(self, name: str) -> tuple[int, ...]:
        """The steps of a response, ascending; none for one that has none, such as a time."""
        found = self.distinct(("step",), pc.field("response") == name)["step"].drop_null()
        return tuple(sorted(found.to_pylist()))

    def distinct(self, columns: Sequence[str], where: pc.Expression | None = None) -> pa.Table:
        """Every combination of some columns once, in order of appearance; holds a batch of rows at a time."""
        batches = self.dataset.to_batches(columns=list(columns), filter=where)
        found = [_once(pa.Table.from_batches([batch])) for batch in batches]
        return _once(pa.concat_tables([self.dataset.head(0, columns=list(columns)), *found]).unify_dictionaries())


def rowless(factors: Sequence[str]) -> Results:
    """The long table of no run."""
    columns = {name: pa.array([], pa.string()) for name in factors}
    return Results.of(pa.table(columns | {name: SCHEMA.empty_table()[name] for name in SCHEMA.names}))


def _once(table: pa.Table) -> pa.Table:
    """Each row once, in order of first appearance."""
    return table.group_by(table.column_names, use_threads=False).aggregate([])
