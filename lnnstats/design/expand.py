"""Study -> Design: the full factorial less its exclusions, grouped into batches of same-shaped cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from pydantic import BaseModel, ValidationError

from lnnstats.design.forms import form, shape_key
from lnnstats.design.values import Batch, Cell, Design, Excluded
from lnnstats.digest import canonical, digest
from lnnstats.errors import BadInput, Problem
from lnnstats.study.checks.worlds import misfit
from lnnstats.study.substitute import substitute
from lnnstats.study.values import Exclusion, Scalar, Study


def expand(study: Study) -> Design:
    """The design of a study that trains. Raises BadInput for a combination of levels that is no world."""
    cells, excluded = [], []
    for levels in _combinations(study):
        labels = {path: study.factors[path].labels[i] for path, i in levels.items()}
        if reason := next((e for e in study.exclude if _excludes(e, labels)), None):
            excluded.append(Excluded(labels, reason))
        else:
            cells.append(_cell(study, {path: study.factors[path].levels[i] for path, i in levels.items()}, labels))
    if twins := _twins(cells):
        message = "two cells are the same world: their levels differ in name only"
        raise BadInput(Problem(path="factors", message=message, found=twins, hint="leave one of them out"))
    if not cells:
        raise BadInput(Problem(path="exclude", message="no cell is left", hint="exclude fewer combinations"))
    return Design(study, tuple(cells), tuple(excluded), tuple(_batches(cells)))


def world_digest(study: Study) -> str:
    """Names the run folder: seed, draws and base world.

    Levels, blocks, responses and hypotheses may be added under it.
    """
    return digest(
        {
            "seed": study.seed,
            "draws": sorted(study.blocks.draws),
            "fresh": sorted(study.blocks.fresh),
            "world": dump(study.world),
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


def _combinations(study: Study) -> Iterator[dict[str, int]]:
    """Level indices of the full factorial, the last factor fastest."""
    sizes = [range(len(factor.levels)) for factor in study.factors.values()]
    return (dict(zip(study.factors, indices, strict=True)) for indices in product(*sizes))


def _excludes(exclusion: Exclusion, labels: Mapping[str, Scalar]) -> bool:
    return all(labels[path] in wanted for path, wanted in exclusion.where.items())


def _cell(study: Study, levels: Mapping[str, Any], labels: Mapping[str, Scalar]) -> Cell:
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
    content = {"world": dump(world), "seed": study.seed, "draws": sorted(study.blocks.draws), "fresh": fresh}
    return Cell(digest(content, 12), dict(labels), world, fresh)


def _twins(cells: list[Cell]) -> str:
    """The levels of two cells with one content, if there are any."""
    first: dict[str, Cell] = {}
    for cell in cells:
        if (same := first.setdefault(cell.id, cell)) is not cell:
            return f"{dict(same.levels)} and {dict(cell.levels)}"
    return ""


def _batches(cells: list[Cell]) -> Iterator[Batch]:
    groups: dict[str, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(shape_key(cell.world), []).append(cell)
    return (Batch(form(group[0].world), tuple(sorted(group, key=_depth))) for group in groups.values())


def _depth(cell: Cell) -> int:
    """Cells of a batch stand in ascending depth: layers that a shallower network lacks then cost nothing."""
    return cell.world.network.depth
