"""Chunks of a study -> what is measured that can take longer than a step of training, and the time of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lnnstats.design.values import Batch, Chunk
from lnnstats.design.work import Work, change, layers_of, measured
from lnnstats.parts.responses import Change, TimeTo
from lnnstats.parts.responses.changes import SAMPLED_ROWS
from lnnstats.study.values import Study


@dataclass(frozen=True)
class Probe:
    """What a response measures so many `times` in a run, and the seconds of one core for all runs."""

    response: str
    what: str
    times: int
    seconds: float


def probes(chunks: Iterable[Chunk], study: Study) -> Iterator[Probe]:
    """The responses that measure all rows of layers of more than 256, and those of Hessian products."""
    planned = tuple(chunks)
    for name, response in study.responses.items():
        steps = len(response.recorded(study.training.steps))
        if isinstance(response, TimeTo):
            response, steps = study.responses[response.of], study.training.steps + 1
        if isinstance(response, Change):
            yield from _of_all_rows(name, response, planned, study)
        elif response.effort == "curvature":
            seconds = sum(_seconds(measured(response, chunk.batch, study), chunk) for chunk in planned)
            yield Probe(name, "Hessian products", steps, steps * seconds)


def _of_all_rows(name: str, response: Change, planned: tuple[Chunk, ...], study: Study) -> Iterator[Probe]:
    wide = [chunk for chunk in planned if _widest(response, chunk.batch) > SAMPLED_ROWS]
    if times := len(response.full_steps(study.training.steps)) if wide else 0:
        seconds = sum(_seconds(change(response, chunk.batch, 1.0), chunk) for chunk in wide)
        rows = max(_widest(response, chunk.batch) for chunk in wide)
        yield Probe(name, f"all rows of a layer, up to {rows:,}", times, times * seconds)


def _widest(response: Any, batch: Batch) -> int:
    """The rows of the widest of the layers that are measured."""
    return max(rows for rows, _ in layers_of(response, batch))


def _seconds(work: Work, chunk: Chunk) -> float:
    return work.chunk + chunk.runs * work.run
