"""The column names of a table and a plan -> how the table is laid out, and the columns to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa

from lnnstats.errors import BadInput, Problem
from lnnstats.names import did_you_mean
from lnnstats.parts.responses.base import AXES
from lnnstats.results.foreign.formats import TEXT, Types
from lnnstats.results.foreign.place import refusal
from lnnstats.results.table import SCHEMA, columns_of
from lnnstats.study.levels import level_key
from lnnstats.study.values import Plan

# Of a run's export; taken where given.
OPTIONAL = ("cell", "status", "draws", *AXES, "observed")
HINTS = {"block": "every row names its block (seed, subject); number the rows where each run is a block of its own"}


@dataclass(frozen=True)
class Layout:
    """`long`: columns response and value; `wide`: a column a response; `across`: a column a level of the one factor.

    `values`: the columns that hold values.
    """

    kind: Literal["long", "wide", "across"]
    values: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def types(self) -> Types:
        """The columns to read, and the types hoped for."""
        fixed: dict[str, pa.DataType] = {name: SCHEMA.field(name).type for name in ("draws", "step", "layer")}
        texts = {name: fixed.get(name, TEXT) for name in self.others}
        return texts | dict.fromkeys(self.values, pa.float64())


def recognised(path: Path, names: tuple[str, ...], plan: Plan) -> Layout:
    """The layout of a table. Raises BadInput naming every column that is missing or there twice."""
    taken = tuple(name for name in OPTIONAL if name in names and name in columns_of(plan.responses))
    if across := _across(names, plan):
        layout = Layout("across", across, ("block",))
    elif "response" in names and "value" in names:
        layout = Layout("long", ("value",), (*plan.factors, "block", "response", *taken))
    else:
        layout = Layout("wide", tuple(plan.responses), (*plan.factors, "block", *taken))
    require(path, names, [*layout.others, *layout.values])
    return layout


def _across(names: tuple[str, ...], plan: Plan) -> tuple[str, ...]:
    """The columns named by levels, where the plan's only factor is no column and its only response is none."""
    if len(plan.factors) != 1 or len(plan.responses) != 1 or {*plan.factors, *plan.responses, "value"} & {*names}:
        return ()
    (factor,) = plan.factors.values()
    keys = {level_key(label) for label in factor.labels}
    return tuple(name for name in names if level_key(name) in keys and name != "block")


def unplaced(read: Iterable[str], plan: Plan) -> Iterator[str]:
    """A note on each axis of responses that hypotheses ask for and that is no column `read` of a table."""
    for axis in AXES:
        asking = [h.id for h in plan.hypotheses if axis in h.at or axis in h.reduce]
        if asking and axis not in read:
            yield f"the table tells no {axis}: its values are taken to be of the {axis} asked for ({', '.join(asking)})"


def require(path: Path, names: tuple[str, ...], wanted: Iterable[str]) -> None:
    """Refuse a table that lacks a wanted column, or has it twice."""
    missing = [name for name in wanted if name not in names]
    if missing:
        listed = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
        there = f"the columns {listed}"
        raise BadInput(*(Problem(f"{path}: {n}", "column is missing", there, "", _hint(n, names)) for n in missing))
    for name in wanted:
        if names.count(name) > 1:
            raise refusal(path, name, "column is there twice", hint="leave one of them out")


def _hint(name: str, names: tuple[str, ...]) -> str:
    return did_you_mean(name, names) or HINTS.get(name, "")
