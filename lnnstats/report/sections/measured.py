"""A response of a subject -> what was measured, in words: its kind and options, the dtype, the formula, the scaling of
the inputs, the rows, and the floor below which it sees nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lnnstats.design.expand import expand
from lnnstats.parts.responses import AnyResponse, Change
from lnnstats.parts.responses.changes import SAMPLED_ROWS, floor
from lnnstats.parts.responses.rows import sampled_rows
from lnnstats.report import numerals
from lnnstats.report.subject import Subject
from lnnstats.report.values import Line
from lnnstats.study.levels import label
from lnnstats.study.substitute import NoSuchField, value
from lnnstats.study.values import World

APART = frozenset({"kind", "steps", "resolution", "measurements", "rows", "formula", "precision"})  # told elsewhere
SCALINGS = {"unit": "in [0, 1]", "symmetric": "in [−1, 1]"}
SHOWN = 3  # rows of a sample that are named, and steps of a list at either end


def worlds(subject: Subject) -> tuple[World, ...]:
    """The worlds of the cells at the levels that the subject has; none of somebody's own table."""
    if not subject.study.trains:
        return ()
    cells = (subject.design or expand(subject.study)).cells
    factors = subject.study.factors.items()
    return tuple(c.world for c in cells if all(c.levels[path] in factor.labels for path, factor in factors))


def settings(subject: Subject, path: str) -> tuple[str, ...]:
    """What the worlds have at a path, each once; none where no world has such a field."""
    found = []
    for world in worlds(subject):
        try:
            found.append(str(label(value(world, path))))
        except NoSuchField:
            continue
    return tuple(dict.fromkeys(found))


def dtypes(subject: Subject) -> tuple[str, ...]:
    """The dtypes that the runs were trained in."""
    return settings(subject, "training.dtype")


def inputs(subject: Subject) -> str:
    """The scaling of the inputs: `in [0, 1]`; a dash for data that have none."""
    return ", ".join(SCALINGS.get(found, found) for found in settings(subject, "data.scaling")) or "–"


def kind(response: AnyResponse) -> str:
    """A response by its kind and its options: `row angle: of mean, folded`."""
    told = [option(name, getattr(response, name)) for name in type(response).model_fields if name not in APART]
    words = ", ".join(found for found in told if found)
    return f"{response.kind.replace('_', ' ')}{f': {words}' if words else ''}"


def option(name: str, chosen: Any) -> str:
    """An option as words: `folded`, `not folded`, `of mean`; nothing where none is chosen."""
    words = name.replace("_", " ")
    if chosen is None or chosen == {} or chosen == ():
        return ""
    if isinstance(chosen, bool):
        return words if chosen else f"not {words}"
    if isinstance(chosen, dict):
        return f"{words} " + " and ".join(f"{path} {numerals.level(label(level))}" for path, level in chosen.items())
    if isinstance(chosen, tuple):
        return f"{words} " + ", ".join(map(numerals.level, chosen))
    return f"{words} {numerals.level(chosen)}".replace("_", " ")


def formula(response: AnyResponse) -> str:
    """The formula of an angle with the dtype that it is worked out in; a dash for what has no choice of one."""
    chosen = getattr(response, "formula", None)
    precision = getattr(response, "precision", None)
    return f"{chosen.replace('_', ' ')}{f', in {precision}' if precision else ''}" if chosen else "–"


def floors(response: AnyResponse, subject: Subject) -> dict[str, float]:
    """The floor of an angle in degrees, by the dtype of the runs; none of what is no angle."""
    if floor(response, "float64") is None:
        return {}
    found = {dtype: floor(response, dtype) for dtype in dtypes(subject)}
    return {dtype: least for dtype, least in found.items() if least is not None}


def floor_lines(response: AnyResponse, subject: Subject) -> tuple[Line, ...]:
    """The floors as lines across a panel."""
    found = floors(response, subject).items()
    return tuple(Line(least, f"floor of {dtype}: {numerals.quantity(least, 2).text} degrees") for dtype, least in found)


def floor_words(response: AnyResponse, subject: Subject) -> Iterator[str]:
    """The floors in a sentence; nothing of what is no angle."""
    if lines := floor_lines(response, subject):
        yield f"Smallest angle told from zero: {'; '.join(line.label for line in lines)}."


def rows_measured(response: AnyResponse, subject: Subject, until: int | None = None) -> Iterator[str]:
    """Which rows of a layer a change was measured of, in a sentence; nothing of other responses."""
    if not isinstance(response, Change):
        return
    samples = [] if response.rows == "all" else list(dict.fromkeys(_samples(subject)))
    if not samples:
        yield "Measured: all rows of every layer."
        return
    steps = [step for step in sorted(response.full_steps(subject.study.training.steps)) if step <= (until or step)]
    full = f"; all rows at steps {', '.join(map(numerals.level, steps))}" if steps else ""
    fixed = f"of layers with more than {SAMPLED_ROWS} rows a fixed sample of {SAMPLED_ROWS}, the same in every run"
    yield f"Measured: {fixed} ({'; '.join(samples)}){full}."


def _samples(subject: Subject) -> Iterator[str]:
    """The layers that are sampled, each with the first rows of its sample and the last: `layer 1: 7, 12, ... 2,047`."""
    for world in worlds(subject):
        data = world.data
        for layer, (rows, _) in enumerate(world.network.shapes(data.inputs, data.outputs, data.image), 1):
            if rows > SAMPLED_ROWS:
                first, last = sampled_rows(rows, layer)[:SHOWN], sampled_rows(rows, layer)[-1]
                named = ", ".join(numerals.level(int(row) + 1) for row in first)
                yield f"layer {layer}: rows {named} … {numerals.level(int(last) + 1)} of {numerals.level(rows)}"
