"""Study -> Design: the cells of its layout less its exclusions, grouped into batches of same-shaped cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from lnnstats.design.forms import form, shape_key
from lnnstats.design.values import Batch, Cell, Design, Excluded
from lnnstats.digest import canonical, digest
from lnnstats.errors import BadInput, Problem
from lnnstats.parts.tuning import untuned
from lnnstats.study.checks.worlds import misfit
from lnnstats.study.combinations import combinations
from lnnstats.study.substitute import substitute
from lnnstats.study.values import DRAWS, Scalar, Study, World


def expand(study: Study) -> Design:
    """The design of a study that trains. Raises BadInput for a combination of levels that is no world."""
    layout = combinations(study)
    cells = [_cell(study, labels) for labels in layout.planned]
    if twins := _twins(cells):
        message = "two cells are the same world: their levels differ in name only"
        raise BadInput(Problem(path="factors", message=message, found=twins, hint="leave one of them out"))
    if not cells:
        raise BadInput(Problem(path="exclude", message="no cell is left", hint="exclude fewer combinations"))
    excluded = tuple(Excluded(labels, exclusion) for labels, exclusion in layout.excluded)
    return Design(study, tuple(cells), excluded, batches(cells), layout.left_out)


def world_digest(study: Study) -> str:
    """Names the run folder: seed, draws and base world.

    Levels, blocks, responses, hypotheses and values of a grid may be added under it.
    """
    return digest(
        {
            "seed": study.seed,
            "draws": sorted(study.blocks.draws),
            "fresh": sorted(study.blocks.fresh),
            "world": untuned(dump(study.world)),
        },
        8,
    )


def measured_digest(study: Study) -> str:
    """Names what is measured of every run; resolutions are the analysis's own and do not enter."""
    return digest(
        [study.training.steps, {name: dump(r, without="resolution") for name, r in study.responses.items()}], 8
    )


def dump(value: BaseModel, without: str = "") -> Any:
    """A value's JSON content, less one field."""
    tree = value.model_dump(mode="json")
    return (
        {kind: {k: v for k, v in options.items() if k != without} for kind, options in tree.items()}
        if without
        else tree
    )


def _cell(study: Study, labels: Mapping[str, Scalar]) -> Cell:
    levels = {path: study.factors[path].level(label) for path, label in labels.items() if not path.startswith(DRAWS)}
    try:
        world = substitute(study.world, levels)
        wrong = next(misfit(world, ("factors",)), None)
    except ValidationError as error:
        message = str(error.errors(include_url=False)[0]["msg"]).removeprefix("Value error, ")
        named = ", ".join(f"{path} = {label}" for path, label in labels.items())
        raise BadInput(
            Problem(path="factors", message=message, found=named, hint="exclude this combination, with its reason")
        ) from None
    if wrong:
        found = f"{wrong.found} at {', '.join(f'{path} = {label}' for path, label in labels.items())}"
        raise BadInput(
            Problem("factors", wrong.message, found, wrong.allowed, "exclude this combination, with its reason")
        )
    fresh = canonical({path: labels[path] for path in study.blocks.fresh}) if study.blocks.fresh else ""
    crossed = {path.removeprefix(DRAWS): int(label) for path, label in labels.items() if path.startswith(DRAWS)}
    return Cell(cell_id(study, world, fresh, crossed), dict(labels), world, fresh, crossed)


def cell_id(study: Study, world: World, fresh: str, crossed: Mapping[str, int]) -> str:
    """A digest of what decides a cell's runs: its world (of a tuned field the rule), and what its draws are keyed by.
    """
    content = {"world": dump(world), "seed": study.seed, "draws": sorted(study.blocks.draws), "fresh": fresh}
    content |= {"crossed": dict(crossed)} if crossed else {}
    return digest(content, 12)


def _twins(cells: list[Cell]) -> str:
    """The levels of two cells with one content, if there are any."""
    first: dict[str, Cell] = {}
    for cell in cells:
        if (same := first.setdefault(cell.id, cell)) is not cell:
            return f"{dict(same.levels)} and {dict(cell.levels)}"
    return ""


def batches(cells: Iterable[Cell]) -> tuple[Batch, ...]:
    """Cells that train together, grouped; a step size, be it a number or a rule, fixes no shape."""
    groups: dict[str, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(shape_key(cell.world), []).append(cell)
    return tuple(Batch(form(group[0].world), tuple(sorted(group, key=_depth))) for group in groups.values())


def _depth(cell: Cell) -> int:
    """Cells of a batch stand in ascending depth: layers that a shallower network lacks then cost nothing."""
    return cell.world.network.depth
