"""The factorial as a map of tiles, a tile a condition, with a row a condition as its data."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product

from lnnstats.report import numerals
from lnnstats.report.inline import join, say, text
from lnnstats.report.synthesis.words import MEANINGS, SHADES, SIGNS, conditions, effect, level, name, tally
from lnnstats.report.values import Column, Figure, Inline, Paragraph, Table, Tile, Tiles, plain
from lnnstats.report.words import measure
from lnnstats.stats.corrections.step import holm
from lnnstats.synthesis.conditions import MARKS, Condition
from lnnstats.synthesis.decompose import Decomposition, key
from lnnstats.synthesis.synthesise import Synthesised

ROOM = 0.1  # of runs: an event rarer than that at both ends of depth, or its absence, leaves an effect no room


def tiles(found: Synthesised, one: Decomposition) -> Figure:
    """The factorial: the factors that the file sets side by side across, the others down."""
    synthesis = found.synthesis
    asked = [synthesis.factors[column] for column in (synthesis.factorial.columns if synthesis.factorial else ())]
    across = [path for path in asked if path in one.levels] or list(one.levels)[-1:]
    down = [path for path in one.levels if path not in across]
    by = {key(condition.stratum, one.levels): condition for condition in found.factorial}
    rows, columns = (list(product(*(one.levels[path] for path in paths))) for paths in (down, across))

    def at(row: tuple[object, ...], column: tuple[object, ...]) -> Condition:
        place = dict(zip((*down, *across), (*row, *column), strict=True))
        return by[tuple(place[path] for path in one.levels)]  # type: ignore[misc]

    drawing = Tiles(
        tuple(name(synthesis, path) for path in down),
        tuple(name(synthesis, path) for path in across),
        tuple(tuple(map(level, row)) for row in rows),
        tuple(tuple(map(level, column)) for column in columns),
        tuple(tuple(_tile(at(row, column)) for column in columns) for row in rows),
        tuple((SHADES[mark], f"{SIGNS[mark]} {MEANINGS[mark]}") for mark in MARKS[:4]),
    )
    what = measure(one.measure)
    caption = say(
        "In every tile, the mark and the effect of depth ({what}) of one condition of {study}; limits are in the data.",
        what=what,
        study=one.study,
    )
    return Figure(text("Where depth does harm"), caption, _described(found, one), _data(found, one), drawing)


def _tile(condition: Condition) -> Tile:
    estimate = "" if condition.estimate is None else numerals.coarse(condition.estimate, condition.measure).text
    return Tile(SHADES[condition.mark], f"{SIGNS[condition.mark]} {estimate}".strip())


def _described(found: Synthesised, one: Decomposition) -> str:
    """In words: how many conditions of each mark, over all and at each level of each factor."""
    inside = found.factorial
    told = [f"Map of {len(inside)} conditions: {plain(tally(inside))}."]
    for path, labels in one.levels.items():
        parts = [f"{level(label)}: {plain(tally(c for c in inside if c.stratum[path] == label))}" for label in labels]
        told.append(f"By {name(found.synthesis, path)}: {'; '.join(parts)}.")
    return " ".join(told)


def _data(found: Synthesised, one: Decomposition) -> Table:
    """A row a condition: its levels, its effect with limits, the shares at the ends, its mark."""
    heads = tuple(Column(text(name(found.synthesis, path))) for path in one.levels)
    columns = (
        *heads,
        Column(text(measure(one.measure)), "right"),
        Column(text("shallowest"), "right", "share with the event"),
        Column(text("deepest"), "right", "share with the event"),
        Column(text("mark")),
    )
    rows = tuple(
        (
            *(text(level(condition.stratum[path])) for path in one.levels),
            effect(condition),
            *((numerals.quantity(end, 2),) for end in one.ends[key(condition.stratum, one.levels)]),
            text(MEANINGS[condition.mark]),
        )
        for condition in found.factorial
    )
    return Table(text("Data: every condition of the factorial"), columns, rows, stub=len(heads))


def together(found: Synthesised, one: Decomposition) -> Paragraph:
    """How many marks of harm stay where all conditions are judged together, and how many have no room to change."""
    findings = found.runs[one.study].of(one.hypothesis)
    alpha = found.runs[one.study].study.plan.analysis.alpha
    said = say(
        "Judged together (Holm over all {number} at $\\alpha$ = {alpha}), {stays} support the hypothesis.",
        number=conditions(len(findings)),
        alpha=numerals.constant(alpha, "probability"),
        stays=numerals.count(int((holm([f.p_support for f in findings]) <= alpha).sum())),
    )
    return Paragraph(join((said, *_no_room(tuple(one.ends.values()))), " "))


def _no_room(ends: tuple[tuple[float, float], ...]) -> Iterator[Inline]:
    """How many conditions have the event of the test nearly never, or nearly always; nothing of a test without one."""
    if any(math.isnan(share) for pair in ends for share in pair):
        return
    yield say(
        "In {floor} the event of the test happens to no more than {room} of the runs at both ends of depth, in "
        "{ceiling} to {rest} or more: there depth can change little.",
        floor=numerals.count(sum(max(pair) <= ROOM for pair in ends)),
        ceiling=numerals.count(sum(min(pair) >= 1 - ROOM for pair in ends)),
        room=numerals.share(1, round(1 / ROOM)),
        rest=numerals.share(round(1 / ROOM) - 1, round(1 / ROOM)),
    )
