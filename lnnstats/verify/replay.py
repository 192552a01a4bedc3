"""Runs drawn by the verifier's nonce, trained again: raw draws bit for bit, outcomes within tolerance, and an
independent NumPy run beside them.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lnnstats.design.forms import form
from lnnstats.design.values import Batch, Cell, Chunk, Design
from lnnstats.design.work import points, products
from lnnstats.engine.execute import rerun
from lnnstats.parts.responses.base import AXES
from lnnstats.results.query import Results
from lnnstats.results.table import NAME, rows
from lnnstats.study.values import Study
from lnnstats.verify.observe import REFERENCE, Key, last_responses, observable, times
from lnnstats.verify.plain import plain_run
from lnnstats.verify.values import Check

RELATIVE = 1e-6  # outcomes of the same program on another machine: sums in another order
# relative movement under one unit in the last place of the initial weights, beyond which a run is compared by its cell
CHAOTIC = 1e-6
# Of plain NumPy, one run at a time: seconds, where a million steps, or 500 of the widest networks, would take minutes.
REFERENCE_STEPS = 20_000
REFERENCE_PRODUCTS = 3e11


ENDS = {True: "diverged", False: "not diverged"}


@dataclass(frozen=True)
class Drawn:
    """One run to be trained again."""

    cell: Cell
    block: int

    @property
    def chunk(self) -> Chunk:
        return Chunk(Batch(form(self.cell.world), (self.cell,)), self.block, self.block + 1)

    @property
    def name(self) -> str:
        return ", ".join([*(f"{path} = {label}" for path, label in self.cell.levels.items()), f"block {self.block}"])


def draw(design: Design, count: int, nonce: str) -> Iterator[Drawn]:
    """`count` runs that only the nonce decides: nobody could know them before."""
    for index in range(count):
        word = int.from_bytes(hashlib.sha256(f"{nonce}/{index}".encode()).digest()[:8], "big")
        cell, block = divmod(word % design.runs, design.study.blocks.number)
        yield Drawn(design.cells[cell], block)


def replayed(run: Drawn, study: Study, results: Results, device: str) -> Iterator[Check]:
    """Train the run again as it was trained, and compare draws and every stored value."""
    again = rows(rerun(run.chunk, study, device))
    stored = results.table((pc.field("cell") == run.cell.id) & (pc.field("block") == run.block))
    expected, observed = set(stored["draws"].to_pylist()), set(again["draws"].to_pylist())
    yield Check(
        "replay", f"raw draws of {run.name}", expected == observed, _words(expected), _words(observed), "bit for bit"
    )
    yield _outcome(run, study, device, stored, again, results)


def _outcome(run: Drawn, study: Study, device: str, stored: pa.Table, again: pa.Table, results: Results) -> Check:
    name = f"outcomes of {run.name}"
    before, after = _values(stored), _values(again)
    if before.keys() != after.keys():
        return Check("replay", name, False, f"{len(before)} values", f"{len(after)} values")
    gap = max((distance(before[key], after[key]) for key in before), default=0.0)
    ended = _ends(stored) == _ends(again)
    seen = f"largest relative difference {gap:.1e}{'' if ended else ', another status'}"
    if gap <= RELATIVE and ended:
        return Check("replay", name, True, f"{len(before)} values", seen, f"{RELATIVE:g}")
    nudged = _values(rows(rerun(run.chunk, study, device, nudge=True)))
    if max(distance(after[key], nudged[key]) for key in after) <= CHAOTIC:
        return Check("replay", name, False, f"{len(before)} values", seen, f"{RELATIVE:g}")
    outside = [key for key in after if not _within(after[key], key, run.cell.id, results)]
    return Check(
        "replay",
        f"{name} (chaotic: compared with its cell)",
        not outside,
        "within the range of its cell",
        f"{len(outside)} values outside",
    )


def referenced(run: Drawn, study: Study) -> Iterator[Check]:
    """Train the run in float64 by the engine and by plain NumPy on the data themselves, and compare how it ended and
    every response at its last step, or the last within what plain NumPy does in seconds.
    """
    training = run.cell.world.training
    gradient = 3 * points(run.cell) * products(run.cell)
    steps = min(training.steps, REFERENCE_STEPS, 1 + int(REFERENCE_PRODUCTS / gradient))
    shown = f"the first {steps:,} steps of {run.name}" if steps < training.steps else run.name
    world = run.cell.world.model_copy(
        update={"training": training.model_copy(update={"dtype": "float64", "steps": steps})}
    )
    double, asked = Drawn(replace(run.cell, world=world), run.block), observable(study, steps)
    table = rows(rerun(double.chunk, asked, "cpu"))
    engine, nudged = _values(table), _values(rows(rerun(double.chunk, asked, "cpu", nudge=True)))
    plain = plain_run(double.chunk, asked)
    reference, diverged = last_responses(plain, asked)
    decided = {key: found for key, found in reference.items() if math.isfinite(found[1])}
    gap = max((distance(engine[key], value, floor) for key, (value, floor) in decided.items()), default=0.0)
    moved = max((distance(engine[key], nudged[key], floor) for key, (_, floor) in decided.items()), default=0.0)
    allowed, chaotic = max(REFERENCE, 100 * moved), moved > CHAOTIC
    name, lost = f"NumPy reference of {shown}{' (chaotic)' if chaotic else ''}", len(reference) - len(decided)
    expected = f"{len(decided)} responses in float64" + (f", {lost} left to rounding" if lost else "")
    yield Check("reference", name, gap <= allowed, expected, f"largest relative difference {gap:.1e}", f"{allowed:.1g}")
    own = "diverged" in table["status"].to_pylist()
    yield Check("reference", f"end of {shown}", own == diverged or chaotic, ENDS[diverged], ENDS[own])
    for watch, time in times(plain, asked).items():
        found = engine[watch, None, None, None]
        if min(time, found) == steps < training.steps:  # neither has arrived where the comparison ends
            continue
        near = found == time or abs(found - time) <= 1 or chaotic
        yield Check("reference", f"{watch} of {shown}", near, f"{time:g}", f"{found:g}", "1 step")


def _values(table: pa.Table) -> dict[Key, float]:
    if "measurement" not in table.column_names:
        table = table.append_column("measurement", pa.nulls(table.num_rows, NAME))
    *keys, values = (table[name].to_pylist() for name in ("response", *AXES, "value"))
    return {(response, *place): value for response, *place, value in zip(*keys, values, strict=True)}


def _ends(table: pa.Table) -> set[tuple[str, str, bool]]:
    """How a run ended: its status, and which responses were observed to the end."""
    return set(zip(*(table[name].to_pylist() for name in ("response", "status", "observed")), strict=True))


def distance(a: float, b: float, floor: float = 0.0) -> float:
    """Difference relative to the larger size, or to the floor; equal infinities and two NaN are equal."""
    if a == b or (math.isnan(a) and math.isnan(b)):
        return 0.0
    gap = abs(a - b) / max(abs(a), abs(b), floor)
    return math.inf if math.isnan(gap) else gap


def _within(value: float, key: Key, cell: str, results: Results) -> bool:
    response, *places = key
    here = (pc.field("cell") == cell) & (pc.field("response") == response)
    for axis, place in zip(AXES, places, strict=True):
        here = here if place is None else here & (pc.field(axis) == place)
    known = results.table(here, ("value",))["value"].to_numpy()
    finite = known[np.isfinite(known)]
    if not math.isfinite(value):
        return finite.size < known.size
    # a new draw may well be the largest yet, not by the whole range
    reach = np.ptp(finite) if finite.size else math.nan
    return bool(finite.min(initial=math.inf) - reach <= value <= finite.max(initial=-math.inf) + reach)


def _words(checksums: set[int]) -> str:
    return ", ".join(f"{word:016x}" for word in sorted(checksums)) or "none"
