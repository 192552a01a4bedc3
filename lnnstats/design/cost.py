"""What a design costs before it runs: floating-point work, bytes and seconds, from the shapes alone.

The rates below were measured on one core of an x86-64 server (float64); they scale the prediction, never a result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

from lnnstats.design.values import Batch, Cell, Design
from lnnstats.study.values import Study

STARTUP_SECONDS = 5.0  # importing torch, scipy and matplotlib; building the paper where TeX is
FIGURE_SECONDS = 0.7  # analysing a hypothesis or a section and drawing it twice
CHAIN_SECONDS = 4e-9  # per run, step and layer
FLOPS = {"moments": 1.2e9, "autograd": 2.5e9}  # sustained floating-point operations a second in small batched products
DRAW_SECONDS = 1.2e-7  # per normal drawn
RECORD_SECONDS = 2e-7  # per recorded value
BUFFERS = 8  # live copies of a run's parameters: gradients, optimizer state, products
LIBRARIES_BYTES = 4e8
WINDOW_ROWS = 1_000_000  # of the long table in memory at once, when results are written
ROW_BYTES = 230  # of each of them, with what reads, sorts and compresses it
RUN_BYTES = 320  # of a run in analysis and report, one response at one step at a time


@dataclass(frozen=True)
class Cost:
    """Predicted seconds on this machine's cores and peak bytes."""

    seconds: float
    bytes: float


def predict(design: Design, chunk_runs: Callable[[Batch], int], workers: int) -> Cost:
    """The cost of the whole design on `workers` processes; `chunk_runs` says how many runs of a batch train at once."""
    study = design.study
    work = sum(batch_seconds(batch, study) for batch in design.batches)
    rows = design.runs * values_per_run(study, design.cells[0])
    at_once = max(run_bytes(batch, study) * min(chunk_runs(batch), _runs(batch, study)) for batch in design.batches)
    drawn = len(study.hypotheses) + len(study.report)
    seconds = STARTUP_SECONDS + drawn * FIGURE_SECONDS + work / workers + rows * RECORD_SECONDS
    held = min(rows, WINDOW_ROWS) * ROW_BYTES + design.runs * RUN_BYTES
    return Cost(seconds, LIBRARIES_BYTES + at_once * workers + held)


def batch_seconds(batch: Batch, study: Study) -> float:
    """Seconds of one core for every run of a batch."""
    return _runs(batch, study) * run_seconds(batch, batch.cells[0]) + _draws(batch, study) * DRAW_SECONDS


def _runs(batch: Batch, study: Study) -> int:
    return len(batch.cells) * study.blocks.number


def run_seconds(batch: Batch, cell: Cell) -> float:
    """Seconds of one core for one run of a batch."""
    steps = cell.world.training.steps
    if batch.form == "chain":
        return steps * CHAIN_SECONDS * max(c.world.network.depth for c in batch.cells)
    return steps * flops_per_step(batch, cell) / FLOPS[batch.form]


def flops_per_step(batch: Batch, cell: Cell) -> float:
    """Multiply-adds x 2 of one gradient: prefix and back products on second moments, or forward and backward over the
    points.
    """
    world = cell.world
    weights = sum(prod(shape) for shape in _shapes(cell))
    columns = world.data.inputs + 1 if batch.form == "moments" else points(cell)
    return 6.0 * weights * columns


def points(cell: Cell) -> int:
    """Points of one gradient."""
    batch = cell.world.training.batch
    return batch if isinstance(batch, int) else cell.world.data.train


def values_per_run(study: Study, cell: Cell) -> int:
    """Recorded values of one run."""
    layers = cell.world.network.depth
    return sum(
        (len(r.recorded(study.training.steps)) if r.axes else 1) * (layers if "layer" in r.axes else 1)
        for r in study.responses.values()
    )


def run_bytes(batch: Batch, study: Study) -> float:
    """Peak bytes of one run on the device and in its draws."""
    cell = max(batch.cells, key=lambda c: c.world.network.depth)
    width = 4 if cell.world.training.dtype == "float32" else 8
    parameters = sum(rows * (columns + 1) for rows, columns in _shapes(cell))
    held = _activations(cell) if batch.form == "autograd" else (cell.world.data.inputs + 1) ** 2
    return width * (BUFFERS * parameters + 3 * held) + 8 * values_per_run(study, cell)


def _activations(cell: Cell) -> int:
    """Numbers of one gradient: its points, and every layer's outputs for them."""
    return points(cell) * (cell.world.data.inputs + sum(rows for rows, _ in _shapes(cell)))


def _draws(batch: Batch, study: Study) -> float:
    """Normals and uniforms drawn for a batch."""
    data = batch.cells[0].world.data
    sets = len({(cell.world.data, cell.fresh) for cell in batch.cells}) * (
        study.blocks.number if "data" in study.blocks.draws else 1
    )
    size = (data.train + data.test) * (data.inputs + data.outputs)
    return float(sets * size)


def _shapes(cell: Cell) -> tuple[tuple[int, int], ...]:
    return cell.world.network.shapes(cell.world.data.inputs, cell.world.data.outputs)
