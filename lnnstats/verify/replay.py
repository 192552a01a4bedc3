"""Runs drawn by the verifier's nonce, trained again: raw draws bit for bit, outcomes within tolerance, and an
independent NumPy run beside them.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lnnstats.design.forms import form
from lnnstats.design.values import Batch, Cell, Chunk, Design
from lnnstats.draws.batches import order
from lnnstats.draws.data import sample
from lnnstats.draws.inits import initial
from lnnstats.engine.batch import Runs, runs
from lnnstats.engine.execute import rerun
from lnnstats.parts.responses import TimeTo
from lnnstats.parts.training import Training
from lnnstats.results.query import Results
from lnnstats.results.table import rows
from lnnstats.study.values import Study
from lnnstats.verify.reference import Layers, Observation, Points, magnitude, measure, time_to, train
from lnnstats.verify.values import Check

RELATIVE = 1e-6  # outcomes of the same program on another machine: sums in another order
# relative movement under one unit in the last place of the initial weights, beyond which a run is compared by its cell
CHAOTIC = 1e-6
REFERENCE_STEPS = 20_000  # of plain NumPy, one run at a time: seconds, where a million would take many minutes
REFERENCE = 1e-6  # float64 programs that share no code: rounding grown over the whole budget
# Below it (or a response's resolution), times the size that the response is rounded against (1 for most, the largest
# eigenvalue's for an eigenvalue), values are compared on this scale: there rounding has no relative size.
FLOOR = 1e-5


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
    """Train the run in float64 by the engine and by plain NumPy on the data themselves, and compare every response at
    its last step, or the last within REFERENCE_STEPS.
    """
    training = run.cell.world.training
    steps = min(training.steps, REFERENCE_STEPS)
    world = run.cell.world.model_copy(
        update={"training": training.model_copy(update={"dtype": "float64", "steps": steps})}
    )
    double = Drawn(replace(run.cell, world=world), run.block)
    engine = _values(rows(rerun(double.chunk, study, "cpu")))
    nudged = _values(rows(rerun(double.chunk, study, "cpu", nudge=True)))
    plain = _plain(double, study)
    reference = _last_responses(plain, study)
    gap = max((distance(engine[key], value, floor) for key, (value, floor) in reference.items()), default=0.0)
    moved = max((distance(engine[key], nudged[key], floor) for key, (_, floor) in reference.items()), default=0.0)
    allowed = max(REFERENCE, 100 * moved)
    shown = f"the first {steps:,} steps of {run.name}" if steps < training.steps else run.name
    name = f"NumPy reference of {shown}{' (chaotic)' if moved > CHAOTIC else ''}"
    expected, observed = f"{len(reference)} responses in float64", f"largest relative difference {gap:.1e}"
    yield Check("reference", name, gap <= allowed, expected, observed, f"{allowed:.1g}")
    for watch, time in _times(plain, study).items():
        found = engine[watch, None, None]
        near = found == time or abs(found - time) <= 1 or moved > CHAOTIC
        yield Check("reference", f"{watch} of {run.name}", near, f"{time:g}", f"{found:g}", "1 step")


Key = tuple[str, int | None, int | None]


@dataclass(frozen=True, eq=False)
class Plain:
    """What the plain trainer starts from: one run's weights, points and batches."""

    network: Any
    training: Training
    layers: Layers
    train: Points
    test: Points
    batches: Callable[[int], NDArray[np.int64]] | None


def _plain(run: Drawn, study: Study) -> Plain:
    world, axis = run.cell.world, runs(run.chunk, study.seed, study.blocks)
    stream = axis.stream(run.cell)
    drawn = initial(world.network, world.data.inputs, world.data.outputs, stream)
    layers: Layers = tuple((layer.weight[0], None if layer.bias is None else layer.bias[0]) for layer in drawn)
    data = sample(world.data, stream)
    train_, test = (Points(part.x[0], part.y[0]) for part in (data.train, data.test))
    return Plain(world.network, world.training, layers, train_, test, _batches(axis, run, len(train_.x)))


def _last_responses(run: Plain, study: Study) -> dict[Key, tuple[float, float]]:
    """The responses of a run at their last recorded steps, by the independent trainer, and the floor of their rounding.
    """
    recorded = {n: r.recorded(run.training.steps) for n, r in study.responses.items() if not isinstance(r, TimeTo)}
    wanted = {name: steps[-1] for name, steps in recorded.items() if steps}
    steps = set(wanted.values())
    trace = train(run.network, run.training, run.layers, run.train.x, run.train.targets, run.batches, steps)
    found: dict[Key, tuple[float, float]] = {}
    for name, step in wanted.items():
        if step not in trace.states:
            continue  # it diverged before: there is nothing to compare
        seen = Observation(run.network, run.training, trace.states[step], run.train, run.test)
        response = study.responses[name]
        size = response.resolution if (response.resolution or 0.0) > 0 else FLOOR
        floor, layered = size * magnitude(response, seen), "layer" in response.axes
        for index, value in enumerate(np.atleast_1d(measure(response, seen)), 1):
            found[name, step, index if layered else None] = (float(value), floor)
    return found


def _times(run: Plain, study: Study) -> dict[str, float]:
    """The times of a run, by the independent trainer; the budget where it is censored."""
    watches = {name: r for name, r in study.responses.items() if isinstance(r, TimeTo)}
    times = {
        name: time_to(study.responses[w.of], w, run.network, run.training, run.layers, run.train, run.test, run.batches)
        for name, w in watches.items()
    }
    return {name: float(run.training.steps) if time is None else time for name, time in times.items()}


def _batches(axis: Runs, run: Drawn, points: int) -> Callable[[int], NDArray[np.int64]] | None:
    size = run.cell.world.training.batch
    if size == "full":
        return None
    stream, epochs = axis.stream(run.cell), {}

    def batch(step: int) -> NDArray[np.int64]:
        epoch, inside = divmod(step, points // size)
        if epoch not in epochs:
            epochs[epoch] = order(stream, epoch, points, size)[0]
        return epochs[epoch][inside]

    return batch


def _values(table: pa.Table) -> dict[Key, float]:
    columns = (table[name].to_pylist() for name in ("response", "step", "layer", "value"))
    return {(response, step, layer): value for response, step, layer, value in zip(*columns, strict=True)}


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
    response, step, layer = key
    here = (pc.field("cell") == cell) & (pc.field("response") == response)
    for axis, place in (("step", step), ("layer", layer)):
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
