"""A table of published summaries (mean, sd or se, n of each cell) and a plan -> Summaries, or one clear error."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from lnnstats.errors import BadInput, Problem
from lnnstats.names import did_you_mean
from lnnstats.results.foreign.formats import TEXT, heading, opened, readable
from lnnstats.results.foreign.layout import require, unplaced
from lnnstats.results.foreign.levels import matched
from lnnstats.results.foreign.numbers import numbers
from lnnstats.results.foreign.place import ROW, refusal, rows
from lnnstats.study.values import Plan, Scalar

FINITE, CORRELATION = "finite numbers", "numbers from -1 to 1, empty where it is not known"
LARGEST = 2**53  # up to here a float tells whole numbers apart


@dataclass(frozen=True)
class Summary:
    """What was published of one response in one cell: mean, standard deviation (of runs, n - 1) and number of runs.

    `mean_rounding`, `sd_rounding`, `correlation_rounding`: half a unit of the last digit printed, 0 where the file
    keeps binary numbers: the value before rounding lies within. `correlation`: of the cell's runs with those of the
    factor's reference level in the same blocks, None where it is not known.
    """

    response: str
    levels: Mapping[str, Scalar]
    mean: float
    sd: float
    n: int
    mean_rounding: float = 0.0
    sd_rounding: float = 0.0
    correlation: float | None = None
    correlation_rounding: float = 0.0


@dataclass(frozen=True)
class Summaries:
    """The summaries of a table, and a sentence on every row left out."""

    path: Path
    cells: tuple[Summary, ...]
    notes: tuple[str, ...] = ()

    def of(self, response: str, levels: Mapping[str, Scalar]) -> Summary:
        """The summary of a response in a cell. Raises BadInput where the table has none."""
        for cell in self.cells:
            if cell.response == response and cell.levels == levels:
                return cell
        where = ", ".join([f"response {response}", *(f"{path} {label}" for path, label in levels.items())])
        raise refusal(self.path, "", "no row for a cell that is compared", where, hint="add its mean, sd and n")


def difference(treatment: Summary, reference: Summary) -> tuple[float, float, int]:
    """Mean, sd and n of the differences within blocks: sd^2 = s1^2 + s2^2 - 2 r s1 s2, r the treatment's correlation.

    Raises BadInput where the correlation is not known or the numbers of runs differ: paired runs come in equal numbers.
    """
    place = f"summaries: {', '.join(map(str, treatment.levels.values()))}"
    if treatment.n != reference.n:
        found = f"n {treatment.n} and {reference.n}"
        hint = "compare independent groups (welch_t)"
        raise BadInput(Problem(place, "paired levels need the same number of runs", found, "", hint))
    if treatment.correlation is None:
        hint = (
            "add a column `correlation` (with the factor's reference level), give --correlation, "
            "or compare independent groups (welch_t)"
        )
        raise BadInput(Problem(place, "a paired comparison needs the correlation of the two levels", hint=hint))
    shared = 2 * treatment.correlation * treatment.sd * reference.sd
    variance = treatment.sd**2 + reference.sd**2 - shared
    return treatment.mean - reference.mean, math.sqrt(max(0.0, variance)), treatment.n


def corners(*cells: Summary) -> Iterator[tuple[Summary, ...]]:
    """The cells with every mean, sd and correlation at either end of what rounding hides; an sd not below 0.

    A p-value below 1/2 is largest at one of these: it falls with the distance of the means from the threshold and
    rises with the error, whose square is convex in the standard deviations and linear in the correlation. (Where
    Satterthwaite's degrees of freedom move too this is no proof; no exception was seen in 20,000 boxes.)
    """
    yield from product(*map(_ends, cells))


def _ends(cell: Summary) -> tuple[Summary, ...]:
    means = sorted({cell.mean - cell.mean_rounding, cell.mean + cell.mean_rounding})
    sds = sorted({max(0.0, cell.sd - cell.sd_rounding), cell.sd + cell.sd_rounding})
    exact = replace(cell, mean_rounding=0.0, sd_rounding=0.0, correlation_rounding=0.0)
    return tuple(replace(exact, mean=m, sd=s, correlation=r) for m in means for s in sds for r in _correlated(cell))


def _correlated(cell: Summary) -> list[float | None]:
    """The ends of a correlation, within -1 to 1."""
    if cell.correlation is None:
        return [None]
    low, high = cell.correlation - cell.correlation_rounding, cell.correlation + cell.correlation_rounding
    return [*sorted({max(-1.0, low), min(1.0, high)})]


def holds_summaries(path: Path) -> bool:
    """Whether the columns of a table are those of summaries: mean, n, and sd or se; no block."""
    names = {*heading(path)}
    return {"mean", "n"} <= names and bool({"sd", "se"} & names) and "block" not in names


def read_summaries(path: Path, plan: Plan) -> Summaries:
    """The summaries of a file: a column a factor, mean, sd (or se = sd / sqrt n), n; response where there are several.

    Raises BadInput naming the column and row of an sd below 0, an n below 2 or not whole, a cell given twice, or what
    is no number.
    """
    with readable(path):
        sheet = opened(path)
        names = sheet.names
        spread = _spread(path, names)
        wanted = [*plan.factors, *_response(path, names, plan), "mean", spread, "n"]
        optional = [name for name in ("correlation",) if name in names]
        require(path, names, wanted)
        table = sheet.read(dict.fromkeys([*wanted, *optional], TEXT))
        if not table.num_rows:
            raise refusal(path, "", "holds a header and no rows", hint="write a row for every cell")
        table = table.append_column(ROW, pa.array(np.arange(1, table.num_rows + 1, dtype=np.int32)))
        table, notes = matched(path, table, plan)
        cells = _cells(path, table, plan, spread)
    return Summaries(path, cells, (*notes, *unplaced(wanted, plan)))


def _spread(path: Path, names: Sequence[str]) -> str:
    given = [name for name in ("sd", "se") if name in names]
    if len(given) == 2:
        hint = "leave one of them out: sd is the spread of the runs, se that of their mean"
        raise refusal(path, "se", "a table has sd or se, not both", hint=hint)
    return given[0] if given else "sd"


def _response(path: Path, names: Sequence[str], plan: Plan) -> list[str]:
    if "response" not in names and len(plan.responses) > 1:
        allowed = ", ".join(plan.responses)
        raise refusal(path, "response", "column is missing: the plan has several responses", allowed=allowed)
    return ["response"] if "response" in names else []


def _cells(path: Path, table: pa.Table, plan: Plan, spread: str) -> tuple[Summary, ...]:
    labels = {name: {str(label): label for label in factor.labels} for name, factor in plan.factors.items()}
    means, widths, sizes = (_numbers(path, table, name) for name in ("mean", spread, "n"))
    correlations = _correlations(path, table)
    found: dict[tuple[Any, ...], int] = {}
    cells = []
    for index, row in enumerate(table.to_pylist()):
        response = _named(path, row, plan)
        levels = {name: labels[name][str(row[name])] for name in plan.factors}
        _first(path, found, (response, *levels.values()), row[ROW])
        size = _size(path, sizes[index], row[ROW])
        _not_negative(path, spread, widths[index], row[ROW])
        scale = math.sqrt(size) if spread == "se" else 1.0
        rounding = _rounding(row["mean"]), _rounding(row[spread]) * scale
        shared = correlations[index], _rounding(row.get("correlation"))
        cells.append(Summary(response, levels, means[index], widths[index] * scale, size, *rounding, *shared))
    return tuple(cells)


def _numbers(path: Path, table: pa.Table, name: str) -> list[float]:
    """A column of finite numbers."""
    values: list[float | None] = numbers(path, name, table, pa.float64(), FINITE).to_pylist()
    for row, value in zip(table[ROW].to_pylist(), values, strict=True):
        if value is None or not math.isfinite(value):
            found = "an empty cell" if value is None else str(value)
            raise refusal(path, name, f"no finite number in {rows([row])}", found, FINITE)
    return [float(value) for value in values if value is not None]


def _correlations(path: Path, table: pa.Table) -> list[float | None]:
    if "correlation" not in table.column_names:
        return [None] * table.num_rows
    values: list[float | None] = numbers(path, "correlation", table, pa.float64(), CORRELATION).to_pylist()
    for row, value in zip(table[ROW].to_pylist(), values, strict=True):
        if value is not None and not -1 <= value <= 1:
            raise refusal(path, "correlation", f"no correlation in {rows([row])}", str(value), CORRELATION)
    return values


def _named(path: Path, row: Mapping[str, Any], plan: Plan) -> str:
    name = str(row["response"]).strip() if "response" in row else next(iter(plan.responses))
    if name not in plan.responses:
        meant = did_you_mean(name, plan.responses)
        raise refusal(
            path, "response", f"unknown response in {rows([row[ROW]])}", repr(name), ", ".join(plan.responses), meant
        )
    return name


def _first(path: Path, found: dict[tuple[Any, ...], int], key: tuple[Any, ...], row: int) -> None:
    if key in found:
        told = ", ".join(map(str, key))
        raise refusal(path, "", f"more than one row for one cell: {rows([found[key], row])}", told, "one row a cell")
    found[key] = row


def _size(path: Path, n: float, row: int) -> int:
    if n != int(n) or not 2 <= n <= LARGEST:
        hint = "a single run has no standard deviation" if n == 1 else ""
        raise refusal(path, "n", f"no number of runs in {rows([row])}", f"{n:g}", "whole numbers from 2", hint)
    return int(n)


def _not_negative(path: Path, name: str, value: float, row: int) -> None:
    if value < 0:
        raise refusal(path, name, f"below 0 in {rows([row])}", f"{value:g}", "0 or more")


def _rounding(printed: Any) -> float:
    """Half a unit of the last digit printed; 0 for a number that was not text."""
    try:
        exponent = Decimal(printed.strip()).as_tuple().exponent if isinstance(printed, str) else None
    except InvalidOperation:
        return 0.0
    return 0.5 * 10.0**exponent if isinstance(exponent, int) else 0.0
