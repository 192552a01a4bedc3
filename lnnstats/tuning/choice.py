"""The pilot's rows -> the value that each rule chooses, with the scores that decided."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from lnnstats.design.values import Cell, Design
from lnnstats.errors import Failed, Problem
from lnnstats.parts.responses import Response
from lnnstats.parts.tuning import Tune
from lnnstats.results.query import Results
from lnnstats.study.values import Study
from lnnstats.tuning.pilot import rules, tried


@dataclass(frozen=True)
class Trial:
    """A value of a grid as the pilot found it: its score, infinite where it cannot be chosen, over `n` blocks, in
    `diverged` of which its run diverged; `pilot` is the id of the cell that was trained.
    """

    value: float
    score: float
    n: int
    diverged: int
    pilot: str


@dataclass(frozen=True)
class Choice:
    """What a rule chose for a cell, and every value that it chose from, ascending."""

    cell: Cell
    rule: Tune
    trials: tuple[Trial, ...]
    chosen: float

    @property
    def edge(self) -> bool:
        """Whether the chosen value stands at an end of its grid, beyond which a better one may lie."""
        return self.chosen in (self.trials[0].value, self.trials[-1].value)


Runs = tuple[NDArray[np.float64], NDArray[np.bool_]]  # of one cell: values and who diverged, [blocks]


def choices(design: Design, pilot: Design, results: Results) -> tuple[Choice, ...]:
    """The choice for every cell of a design that has a rule, from the results of its pilot.

    It depends on nothing but what the cell's id and the digest of what is measured hold: stored runs stay valid.
    Raises Failed, naming every cell for which no value can be chosen.
    """
    tuned = rules(design)
    found = {tune.by: _runs(results, tune.by) for _, tune in tuned}
    tested = [(cell, tune, _trials(pilot.study, cell, tune, found[tune.by])) for cell, tune in tuned]
    if lost := [_unusable(cell, tune) for cell, tune, trials in tested if not any(map(usable, trials))]:
        raise Failed(*lost)
    return tuple(
        Choice(cell, tune, trials, best(trials, design.study.responses[tune.by].better))
        for cell, tune, trials in tested
    )


def best(trials: tuple[Trial, ...], better: str) -> float:
    """The value with the best usable score; of several the smallest. `trials` ascend."""
    scores = [trial.score for trial in trials if usable(trial)]
    wanted = min(scores) if better == "lower" else max(scores)
    return next(trial.value for trial in trials if trial.score == wanted)


def usable(trial: Trial) -> bool:
    """Whether a value can be chosen."""
    return math.isfinite(trial.score)


def score(values: NDArray[np.float64], diverged: NDArray[np.bool_], tune: Tune, part: Response, budget: int) -> float:
    """The summary of a response over blocks, [n]; infinite on the worse side where the value cannot be chosen.

    Sums are exact and rounded once, so that every machine finds the same score and the same ties.
    """
    worst = math.inf if part.better == "lower" else -math.inf
    if diverged.all():
        return worst
    if part.axes:
        kept = np.where(diverged | ~np.isfinite(values), worst, values)
    else:
        kept = np.where(diverged, budget, np.minimum(values, budget))
    return float(median(kept.tolist()) if tune.summary == "median" else math.fsum(kept.tolist()) / len(kept))


def _trials(study: Study, cell: Cell, tune: Tune, found: Mapping[str, Runs]) -> tuple[Trial, ...]:
    """Every value of a cell's grid, by the runs of the pilot, whose study is given."""
    trials = []
    for value in tune.grid:
        at = tried(study, cell, value).id
        values, diverged = found[at]
        scored = score(values, diverged, tune, study.responses[tune.by], study.training.steps)
        trials.append(Trial(value, scored, len(values), int(diverged.sum()), at))
    return tuple(trials)


def _runs(results: Results, response: str) -> dict[str, Runs]:
    """The pilot's values of a response at its last step, and which of its runs diverged, by cell."""
    table = results.response(response, "last", ("cell", "status", "value"))
    cells, status = (np.array(table[name].to_pylist()) for name in ("cell", "status"))
    order = np.argsort(cells, kind="stable")
    names, first = np.unique(cells[order], return_index=True)
    values, diverged = table["value"].to_numpy()[order], status[order] == "diverged"
    parts = zip(np.split(values, first[1:]), np.split(diverged, first[1:]), strict=True)
    return dict(zip(names.tolist(), parts, strict=True))


def _unusable(cell: Cell, tune: Tune) -> Problem:
    named = ", ".join(f"{path} = {label}" for path, label in cell.levels.items()) or "the cell"
    return Problem(
        path=named,
        message="no step size of the grid can be chosen: in the pilot's blocks too many runs diverged at each of them",
        found=", ".join(f"{value:g}" for value in tune.grid),
        hint="add smaller values to the grid; the pilot's runs are kept",
    )
