"""What a design costs before it runs: bytes, and the seconds of `lnnstats run` from the first import to the paper.

The numbers were measured on two cores of an x86-64 server; they scale the prediction, never a result.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil, prod
from typing import Any

from lnnstats.design.twins import twin_batches
from lnnstats.design.values import Batch, Cell, Chunk, Design
from lnnstats.design.work import deepest, own_data, parameters, points, shapes, training, units
from lnnstats.parts.responses.base import measurements
from lnnstats.study.axes import facing
from lnnstats.study.comparisons import strata
from lnnstats.study.values import Hypothesis, Study

STARTUP_SECONDS = 4.5  # importing torch, scipy, the second sources and matplotlib; building the paper where TeX is
SECTION_SECONDS = 0.1  # a section of the report
PANEL_SECONDS = 0.3  # a panel of its figure, drawn twice
HYPOTHESIS_SECONDS = 0.35  # the figure and the words of a hypothesis
TEST_SECONDS = 0.075  # a hypothesis in a stratum: its procedure, second source and alternatives
RESAMPLE_SECONDS = 4.2e-8  # per block drawn again, in the procedure and in those of its alternatives that resample
DRAW_SECONDS = 6e-8  # per normal drawn, its second moments taken
RECORD_SECONDS = 2e-7  # per recorded value
STORE_SECONDS = 0.01  # per chunk stored
SPAWN_SECONDS = 20.0  # work of one core below which workers cost more than they save
WORKER_SECONDS = 3.0  # until a worker has started
BUFFERS = 8  # live copies of a run's parameters: gradients, optimizer state, products
SCRATCH = 6  # copies of a layer in float64 while it is measured
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
    chunks = [second for batch in design.batches for second in _chunk_seconds(batch, study, chunk_runs(batch))]
    rows = design.runs * values_per_run(study, design.cells[0])
    at_once = max(
        chunk_bytes(batch, study) + run_bytes(batch, study) * min(chunk_runs(batch), _runs(batch, study))
        for batch in design.batches
    )
    seconds = STARTUP_SECONDS + scheduled(chunks, workers) + _concluding(design) + rows * RECORD_SECONDS
    held = min(rows, WINDOW_ROWS) * ROW_BYTES + design.runs * RUN_BYTES
    return Cost(seconds, LIBRARIES_BYTES + at_once * workers + held)


def scheduled(chunks: Iterable[float], workers: int) -> float:
    """Wall seconds of chunks worked off in order, each by the first worker that is free."""
    seconds = list(chunks)
    if workers < 2 or len(seconds) < 2 or sum(seconds) < SPAWN_SECONDS:
        return sum(seconds)
    free = [WORKER_SECONDS] * workers
    for second in seconds:
        heapq.heapreplace(free, free[0] + second)
    return max(free)


def chunk_seconds(chunk: Chunk, study: Study) -> float:
    """Seconds of one core for a chunk."""
    return _seconds(chunk.batch, study, chunk.runs)


def _chunk_seconds(batch: Batch, study: Study, most: int) -> list[float]:
    """Seconds of each chunk of a batch, of at most so many runs."""
    count = ceil(_runs(batch, study) / most)
    return [_seconds(batch, study, _runs(batch, study) / count)] * count


def _seconds(batch: Batch, study: Study, runs: float) -> float:
    """Seconds of one core for so many runs of a batch at once."""
    work, share = training(batch, study), runs / _runs(batch, study)
    return work.chunk + runs * work.run + share * _draws(batch, study) * DRAW_SECONDS + STORE_SECONDS


def _runs(batch: Batch, study: Study) -> int:
    return len(batch.cells) * study.blocks.number


def _concluding(design: Design) -> float:
    """Analysis and report: every hypothesis in every stratum, every section."""
    asked = design.study.hypotheses
    tests = sum(_strata(hypothesis, design.study) * _test_seconds(hypothesis, design.study) for hypothesis in asked)
    panels = sum(_panels(section, design.study) for section in design.study.report)
    drawn = len(design.study.report) * SECTION_SECONDS + panels * PANEL_SECONDS
    return drawn + len(asked) * HYPOTHESIS_SECONDS + tests


def _test_seconds(hypothesis: Hypothesis, study: Study) -> float:
    """A hypothesis in a stratum; a resampling procedure draws every block once a resample."""
    test = hypothesis.test
    resamples = 0 if getattr(test, "method", "") == "t" else getattr(test, "resamples", 0)
    return TEST_SECONDS + resamples * study.blocks.number * RESAMPLE_SECONDS


def _panels(section: Any, study: Study) -> int:
    """The panels of a section's figure; a table has none."""
    factor = study.factors.get(getattr(section, "panel", None) or "")
    return 0 if section.kind == "table" else len(factor.levels) if factor else 1


def _strata(hypothesis: Hypothesis, study: Study) -> int:
    """The strata that a hypothesis is tested in."""
    return len(list(strata(facing(study.plan, hypothesis), hypothesis)))


def values_per_run(study: Study, cell: Cell) -> int:
    """Recorded values of one run."""
    layers = cell.world.network.depth
    return sum(
        (len(r.recorded(study.training.steps)) if r.axes else 1)
        * (layers if "layer" in r.axes else 1)
        * max(1, len(measurements(r)))
        for r in study.responses.values()
    )


def chunk_bytes(batch: Batch, study: Study) -> float:
    """Peak bytes of a chunk whatever its runs: data that they share, and a layer in float64 where one is measured."""
    sets = 0 if own_data(batch, study) else len({(cell.world.data, cell.fresh) for cell in batch.cells})
    measured = any(response.effort in ("change", "twin") for response in study.responses.values())
    return sets * _data_bytes(batch) + (SCRATCH * 8 * max(map(prod, shapes(deepest(batch)))) if measured else 0)


def run_bytes(batch: Batch, study: Study) -> float:
    """Peak bytes of one run and its twins on the device and in its draws."""
    own = sum(_trained_bytes(trained) for trained in (batch, *twin_batches(batch, study)))
    since_start = any(response.effort == "start" for response in study.responses.values())
    copies = 2 * 8 * parameters(deepest(batch)) if since_start else 0
    data = _data_bytes(batch) if own_data(batch, study) else 0
    return own + copies + data + 8 * values_per_run(study, deepest(batch))


def _data_bytes(batch: Batch) -> float:
    """A data set on the device and, in NumPy, as it is drawn; second moments are taken of it in slabs."""
    data = batch.cells[0].world.data
    numbers = (data.train + data.test) * (data.inputs + data.outputs)
    return (16 + _width(batch)) * numbers if batch.form == "autograd" else 0


def _trained_bytes(batch: Batch) -> float:
    cell = deepest(batch)
    numbers = sum(rows * (columns + 1) for rows, columns in shapes(cell))
    held = _activations(cell) if batch.form == "autograd" else (cell.world.data.inputs + 1) ** 2
    return _width(batch) * (BUFFERS * numbers + 3 * held)


def _width(batch: Batch) -> int:
    """Bytes of a number in training."""
    return 4 if batch.cells[0].world.training.dtype == "float32" else 8


def _activations(cell: Cell) -> int:
    """Numbers of one gradient: its points, and every layer's outputs for them."""
    return points(cell) * (cell.world.data.inputs + units(cell))


def _draws(batch: Batch, study: Study) -> float:
    """Normals and uniforms drawn for a batch: distinct data sets, and initial weights."""
    drawn, data = study.blocks.draws, batch.cells[0].world.data
    sets = len({(cell.world.data, cell.fresh) for cell in batch.cells}) * (
        study.blocks.number if "data" in drawn and data.drawn else 1
    )
    nets = len({cell.world.network for cell in batch.cells}) * (study.blocks.number if "init" in drawn else 1)
    size = (data.train + data.test) * (data.inputs + data.outputs)
    return float(sets * size + nets * parameters(deepest(batch)))
