"""Every number that a source reports beside ours, with what was measured and how, and why the two differ."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import special

from lnnstats.parts.responses.base import measurements
from lnnstats.parts.sections import ReportedNumber, ReportedNumbers
from lnnstats.report import numerals
from lnnstats.report.describe import limits
from lnnstats.report.inline import Piece, code, join, say, text
from lnnstats.report.sections.measured import dtypes, floors, formula, inputs, kind
from lnnstats.report.sections.narrow import narrowed
from lnnstats.report.subject import Subject
from lnnstats.report.summaries import LEVEL, TAIL, Codes, Floats, Rows, summarise
from lnnstats.report.values import Block, Column, Inline, Table
from lnnstats.report.words import short
from lnnstats.stats.resampling.jackknife import jackknife_error

HEADS = ("quantity", "reported", "ours", "floor", "dtype", "formula", "inputs", "what was measured", "why they differ")
PROSE = frozenset({"quantity", "ours", "what was measured", "why they differ"})
DASH = text("–")


def blocks(subject: Subject, part: ReportedNumbers) -> tuple[Block, ...]:
    """A row a number, in the order of the file."""
    columns = tuple(Column(text(head), "prose" if head in PROSE else "left") for head in HEADS)
    rows = tuple(_row(narrowed(subject, number.where), number) for number in part.rows)
    note = say(
        "*Ours*: over blocks, a block at several places by their mean; with the {level} interval of a mean (Student’s "
        "t), a median (order statistics) or a standard deviation (of all values; blocks left out one at a time, on its "
        "logarithm). *Floor*: the smallest angle, in degrees, that the dtype can tell from zero. Dtype and inputs are "
        "those of the runs.",
        level=numerals.percent_level(LEVEL),
    )
    notes = (text(part.caption), note) if part.caption else (note,)
    return (Table(text(part.title or "Reported numbers beside ours"), columns, rows, notes, wide=True),)


def _row(subject: Subject, number: ReportedNumber) -> tuple[Inline, ...]:
    """Of a subject narrowed to the levels of a number."""
    response = subject.plan.responses[number.response]
    return (
        text(number.quantity),
        text(number.reported),
        _ours(subject, number),
        _floor(floors(response, subject)),
        text(", ".join(dtypes(subject)) or "–"),
        text(formula(response)),
        text(inputs(subject)),
        join(_what(subject, number), "; "),
        text(number.note) or DASH,
    )


def _floor(found: dict[str, float]) -> Inline:
    """One number, or one a dtype with its name."""
    named = len(found) > 1
    told = ((dtype if named else "", numerals.quantity(least, 2)) for dtype, least in found.items())
    return join((say("{dtype} {least}", dtype=dtype, least=least) if dtype else least for dtype, least in told)) or DASH


def _ours(subject: Subject, number: ReportedNumber) -> Inline:
    """The statistic with its interval, the blocks and the values behind it, and how many have no finite one."""
    block, value = values(subject, number)
    finite = np.isfinite(value)
    if not finite.any():
        return text("no value")
    told = join((_statistic(name, block[finite], value[finite]) for name in number.summary.split("_")), " ± ")
    blocks = len(np.unique(block[finite]))
    several = say(", {n} values", n=numerals.count(int(finite.sum()))) if finite.sum() > blocks else ()
    lost = say(", {n} not finite", n=numerals.count(int((~finite).sum()))) if not finite.all() else ()
    return say("{told}, *n* = {n}{several}{lost}", told=told, n=numerals.count(blocks), several=several, lost=lost)


def values(subject: Subject, number: ReportedNumber) -> tuple[Codes, Floats]:
    """Block and value of every row of the response at the places asked for."""
    dataset = subject.results.dataset
    axes = [axis for axis in ("step", "layer", "measurement") if axis in dataset.schema.names]
    found = dataset.to_table(filter=pc.field("response") == number.response, columns=["block", "value", *axes])
    for axis in axes:
        found = _at(found, axis, getattr(number.at, axis))
    return found["block"].to_numpy().astype(np.int64), found["value"].to_numpy().astype(np.float64)


def _at(found: pa.Table, axis: str, wanted: object) -> pa.Table:
    """The rows at some places of an axis; all of a response that lacks it."""
    if wanted == "all" or found[axis].null_count == found.num_rows:
        return found
    places = (pc.max(found[axis]).as_py(),) if wanted == "last" else wanted if isinstance(wanted, tuple) else (wanted,)
    column = found[axis].cast(pa.string()) if pa.types.is_dictionary(found[axis].type) else found[axis]
    return found.filter(pc.is_in(column, pa.array(places, column.type)))


def _statistic(name: str, block: Codes, value: Floats) -> Inline:
    """`mean`, `median` or `sd` with its limits, or the `min` or `max` of all values."""
    if name in ("min", "max"):
        return (numerals.quantity(float(getattr(value, name)())),)
    center, low, high = spread(block, value) if name == "sd" else _middle(name, block, value)
    return say("{center} {limits}", center=numerals.quantity(center), limits=limits(low, high))


def _middle(name: str, block: Codes, value: Floats) -> tuple[float, float, float]:
    """The mean or the median over blocks with its limits."""
    found = Rows((), block, value, np.ones(len(value), dtype=bool), np.inf, nested=True)
    grouped = summarise(found, "median" if name == "median" else "mean")
    return float(grouped.center), float(grouped.low), float(grouped.high)


def spread(block: Codes, value: Floats) -> tuple[float, float, float]:
    """The standard deviation of all values; limits on its logarithm, by the jackknife; NaN if undefined."""
    sd, names = float(value.std(ddof=1)) if value.size > 1 else np.nan, np.unique(block)
    with np.errstate(divide="ignore", invalid="ignore"):
        left_out = np.array([value[block != name].std(ddof=1) for name in names]) if value.size > 2 else np.array([])
        error = jackknife_error([np.log(left_out)]) if len(names) > 2 and (left_out > 0).all() else None
    if error is None:
        return sd, np.nan, np.nan
    reach = -float(special.stdtrit(len(names) - 1, TAIL)) * error
    return sd, sd * float(np.exp(-reach)), sd * float(np.exp(reach))


def _what(subject: Subject, number: ReportedNumber) -> Iterator[Piece]:
    """The response by its kind and options, the statistic, the measurement, the places and the levels."""
    response = subject.plan.responses[number.response]
    yield kind(response)
    yield {"sd": "standard deviation", "mean_sd": "mean ± standard deviation", "min": "least", "max": "largest"}.get(
        number.summary, number.summary
    )
    if of := measurements(response) if number.at.measurement == "all" else (number.at.measurement,):
        yield f"of the {' and the '.join(of)}"
    for axis in ("step", "layer"):
        if axis in response.axes:
            yield _place(axis, getattr(number.at, axis))
    for path, level in number.where.items():
        yield say("{path} {level}", path=code(short(path)), level=numerals.level(level))


def _place(axis: str, wanted: object) -> str:
    """`last step`, `all layers`, `step 50`, `steps 1, 10`."""
    if wanted in ("all", "last"):
        return f"{wanted} {axis}{'s' if wanted == 'all' else ''}"
    several = wanted if isinstance(wanted, tuple) else (wanted,)
    return f"{axis}{'s' if len(several) > 1 else ''} {', '.join(map(numerals.level, several))}"
