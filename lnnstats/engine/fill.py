"""A run folder and its design -> the folder with every run trained and stored; what is there already is not trained
again.
"""

from __future__ import annotations

import os
from pathlib import Path

from lnnstats.design.chunks import CORE, GPU, chunks
from lnnstats.design.cost import SPAWN_SECONDS, chunk_seconds, scheduled
from lnnstats.design.expand import measured_digest
from lnnstats.design.values import Design
from lnnstats.engine.device import pick
from lnnstats.engine.pool import Job, work
from lnnstats.errors import Incomplete, Problem
from lnnstats.results.store import Receipt, discard, receipts, stored_blocks
from lnnstats.watch import Watch, duration


def fill(folder: Path, design: Design, device: str, workers: int, watch: Watch) -> list[Receipt]:
    """Train and store every chunk that the folder lacks; the receipts of all it then holds.

    `workers` 0 chooses. Raises BadInput for a device that is not there, Failed for a worker that dies, Incomplete when
    interrupted; what was stored before stays.
    """
    measured, target = measured_digest(design.study), pick(device)
    held, damaged = receipts(folder, measured)
    for receipt in damaged:
        watch.say(f"chunk {receipt.chunk} is damaged and is trained again")
        discard(folder, receipt)
    pending = chunks(design, stored_blocks(held), CORE if target.type == "cpu" else GPU)
    if not pending:
        watch.say(f"all {design.runs:,} runs are there already")
        return held
    seconds = [chunk_seconds(chunk, design.study) for chunk in pending]
    workers = workers or _workers(sum(seconds), target.type)
    parts = f"{len(pending)} chunk{'s' if len(pending) > 1 else ''}, about {duration(scheduled(seconds, workers))}"
    watch.say(f"training {sum(c.runs for c in pending):,} of {design.runs:,} runs in {parts}")
    job = Job(design.study, folder, measured, str(target))
    try:
        with watch.working(sum(chunk.run_steps for chunk in pending)) as advance:
            done = list(work(pending, job, workers, advance))
    except KeyboardInterrupt:
        kept = len(receipts(folder, measured)[0]) - len(held)
        message = f"interrupted: {kept} of {len(pending)} chunks are trained and kept"
        raise Incomplete(Problem(path=str(folder), message=message, hint="the same command goes on")) from None
    return [*held, *done]


def _workers(seconds: float, device: str) -> int:
    """One a core where the work is worth starting them, one on a GPU."""
    return (os.cpu_count() or 1) if seconds > SPAWN_SECONDS and device == "cpu" else 1
