"""A design with rules -> its pilot, a design of its own; the same design with numbers in place of its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lnnstats.design.expand import batches, cell_id
from lnnstats.design.values import Batch, Cell, Design
from lnnstats.parts.responses import Response, TimeTo
from lnnstats.parts.tuning import Tune, rule
from lnnstats.study.substitute import substitute
from lnnstats.study.values import DRAWS, PURPOSES, Factor, Purpose, Study

RATE = "training.optimizer.learning_rate"


def rules(design: Design) -> tuple[tuple[Cell, Tune], ...]:
    """Every cell that has a rule for its step size, with the rule."""
    found = ((cell, rule(cell.world.training.optimizer.learning_rate)) for cell in design.cells)
    return tuple((cell, tune) for cell, tune in found if tune is not None)


def pilot(design: Design) -> Design | None:
    """The runs that decide the rules of a design: each of their cells at each value of its grid; None without a rule.

    Cells that are the same world at a value share its runs.
    """
    tuned = rules(design)
    if not tuned:
        return None
    study = _study(design.study, tuple(tune for _, tune in tuned))
    cells: dict[str, Cell] = {}
    for known, tune in tuned:
        for cell in (tried(study, known, value) for value in tune.grid):
            cells.setdefault(cell.id, cell)
    return Design(study, tuple(cells.values()), (), batches(cells.values()))


def tried(study: Study, cell: Cell, value: float) -> Cell:
    """A cell of the pilot: a cell with a rule, at one value of its grid, whatever its draws of random factors."""
    at, levels = _at(cell, value), {path: label for path, label in cell.levels.items() if not path.startswith(DRAWS)}
    return replace(at, id=cell_id(study, at.world, at.fresh, {}), levels={**levels, RATE: value}, crossed={})


def resolved(design: Design, chosen: Mapping[str, float]) -> Design:
    """The design with a number in place of each rule, by cell id; ids and batches stay as they are."""
    cells = {cell.id: _at(cell, chosen[cell.id]) if cell.id in chosen else cell for cell in design.cells}
    grouped = tuple(Batch(batch.form, tuple(cells[cell.id] for cell in batch.cells)) for batch in design.batches)
    return replace(design, cells=tuple(cells.values()), batches=grouped)


def _at(cell: Cell, value: float) -> Cell:
    return replace(cell, world=substitute(cell.world, {RATE: value}))


def _study(study: Study, tunes: tuple[Tune, ...]) -> Study:
    """What the pilot is run as: blocks of its own, and only what its rules ask for.

    Seeds of studies are not negative and the pilot's is, so that no key of its draws is that of any study's analysis.
    Draws of a random factor are a sample, over which one treatment has one step size: its blocks draw them anew.
    """
    values = tuple(sorted({value for tune in tunes for value in tune.grid}))
    kept = {path: factor for path, factor in study.factors.items() if not path.startswith(DRAWS)}
    return study.model_copy(
        update={
            "seed": -1 - study.seed,
            "blocks": study.blocks.model_copy(update={"number": tunes[0].blocks, "draws": _draws(study)}),
            "factors": {**kept, RATE: Factor(levels=values, scale="ratio")},
            "responses": _responses(study, {tune.by for tune in tunes}),
            **{unused: () for unused in ("exclude", "hypotheses", "compounds", "report")},
        }
    )


def _draws(study: Study) -> tuple[Purpose, ...]:
    """What a block of the pilot draws anew: as in the study, and what the study crosses."""
    return tuple(name for name in PURPOSES if name in study.blocks.draws or f"{DRAWS}{name}" in study.factors)


def _responses(study: Study, by: set[str]) -> dict[str, Response]:
    """The responses that rules name and what a time among them watches, at their last step only."""
    watched = {response.of for name in by if isinstance(response := study.responses[name], TimeTo)}
    return {
        name: response.model_copy(update={"steps": response.recorded(study.training.steps)[-1:]})
        for name, response in study.responses.items()
        if name in by | watched
    }
