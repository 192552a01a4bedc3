"""`tuning.parquet` of a run folder: what each rule chose from what; and the design that the folder trained."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lnnstats.design.expand import expand
from lnnstats.design.values import Cell, Design
from lnnstats.errors import Failed, Problem
from lnnstats.parts.tuning import Tune
from lnnstats.results.folder import read_study
from lnnstats.results.store import RESULTS, replacing
from lnnstats.results.table import level_values
from lnnstats.tuning.choice import Choice, Trial
from lnnstats.tuning.pilot import resolved, rules

TUNING = "tuning.parquet"
PILOT = "tuning"  # the folder within a run's that holds the pilot's runs
TRIAL = ("value", "score", "n", "diverged", "pilot")  # the columns that a Trial is read from
Row = dict[str, Any]
FILES = (TUNING, f"{PILOT}/{RESULTS}")


@dataclass(frozen=True)
class Settled:
    """A design as the study plans it, what its rules chose, and the design with the numbers, which is trained."""

    planned: Design
    choices: tuple[Choice, ...]
    design: Design


def settle(planned: Design, made: tuple[Choice, ...]) -> Settled:
    """A design with what its rules chose."""
    return Settled(planned, made, resolved(planned, {choice.cell.id: choice.chosen for choice in made}))


def table(made: tuple[Choice, ...]) -> pa.Table:
    """A row a cell and value of its grid; `chosen` and `edge` mark the row that was chosen."""
    rows = [(choice, trial) for choice in made for trial in choice.trials]
    picked = [trial.value == choice.chosen for choice, trial in rows]
    levels = {path: [choice.cell.levels[path] for choice, _ in rows] for path in made[0].cell.levels}
    return pa.table(
        {
            "cell": pa.array([choice.cell.id for choice, _ in rows]),
            **{path: level_values(labels) for path, labels in levels.items()},
            "value": pa.array([trial.value for _, trial in rows], pa.float64()),
            "score": pa.array([trial.score for _, trial in rows], pa.float64()),
            "n": pa.array([trial.n for _, trial in rows], pa.int32()),
            "diverged": pa.array([trial.diverged for _, trial in rows], pa.int32()),
            "chosen": pa.array(picked),
            "edge": pa.array([here and choice.edge for here, (choice, _) in zip(picked, rows, strict=True)]),
            "by": pa.array([choice.rule.by for choice, _ in rows]),
            "pilot": pa.array([trial.pilot for _, trial in rows]),
        }
    )


def save_choices(folder: Path, made: tuple[Choice, ...]) -> None:
    """Store the choices of a run."""
    with replacing(folder / TUNING) as temporary:
        pq.write_table(table(made), temporary, compression="zstd")


def read_table(folder: Path) -> pa.Table:
    """The stored table of choices. Raises Failed where there is none, or damaged."""
    if not (folder / TUNING).is_file():
        hint = "repeat `lnnstats run`: it tunes the step sizes first"
        raise Failed(Problem(path=str(folder / TUNING), message="not there", hint=hint))
    try:
        return pq.read_table(folder / TUNING)
    except (OSError, pa.ArrowInvalid) as error:
        raise _damaged(folder, str(error).splitlines()[0]) from None


def read_choices(folder: Path, design: Design) -> tuple[Choice, ...]:
    """The stored choices for a design's rules; none where it has no rule."""
    tuned = rules(design)
    return tuple(_choices(folder, tuned)) if tuned else ()


def settled(folder: Path) -> Settled:
    """The design that a run folder trained, with what its rules chose."""
    planned = expand(read_study(folder))
    return settle(planned, read_choices(folder, planned))


def _choices(folder: Path, tuned: tuple[tuple[Cell, Tune], ...]) -> list[Choice]:
    by_cell: dict[str, list[Row]] = {}
    for row in read_table(folder).to_pylist():
        by_cell.setdefault(row.get("cell", ""), []).append(row)
    return [_choice(folder, cell, tune, by_cell.get(cell.id, [])) for cell, tune in tuned]


def _choice(folder: Path, cell: Cell, tune: Tune, rows: list[Row]) -> Choice:
    try:
        trials = tuple(Trial(*(row[name] for name in TRIAL)) for row in rows)
        (picked,) = (trial.value for trial, row in zip(trials, rows, strict=True) if row["chosen"])
    except (KeyError, ValueError):
        raise _damaged(folder, f"no choice for cell {cell.id}") from None
    if tuple(trial.value for trial in trials) != tune.grid:
        raise _damaged(folder, f"other values than those of the rule of cell {cell.id}")
    return Choice(cell, tune, trials, picked)


def _damaged(folder: Path, reason: str) -> Failed:
    return Failed(Problem(path=str(folder / TUNING), message=f"damaged: {reason}", hint="repeat `lnnstats run`"))
