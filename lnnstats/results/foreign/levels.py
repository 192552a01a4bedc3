"""A column of levels -> the plan's own labels, matched by value and not by spelling, and rows of no planned level."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lnnstats.names import did_you_mean
from lnnstats.results.foreign.place import ROW, counted, refusal, rows
from lnnstats.results.table import level_values, plain
from lnnstats.study.levels import level_key
from lnnstats.study.values import Plan, Scalar

SHOWN = 8  # labels listed in a sentence


def coded(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], list[Any]]:
    """Each row's place among the distinct values of a column (-1 for a null), and these values."""
    whole = plain(column).dictionary_encode().unify_dictionaries().combine_chunks()
    whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
    place = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return place, whole.dictionary.to_pylist()


def matched(path: Path, table: pa.Table, plan: Plan) -> tuple[pa.Table, tuple[str, ...]]:
    """The rows whose levels the plan names, with the plan's labels; a note on each level left out or without a row.

    Raises BadInput for rows without a level and for a factor none of whose levels is there.
    """
    keep, notes = np.ones(table.num_rows, dtype=bool), list[str]()
    labelled: dict[str, pa.Array] = {}
    for factor, declared in plan.factors.items():
        codes, told = _codes(path, table, factor, declared.labels)
        labelled[factor] = pa.DictionaryArray.from_arrays(
            pa.array(np.maximum(codes, 0), pa.int32()), level_values(declared.labels)
        )
        keep &= codes >= 0
        notes += told
    for factor, labels in labelled.items():
        table = table.set_column(table.column_names.index(factor), factor, labels)
    return (table if keep.all() else table.filter(pa.array(keep))), tuple(notes)


def _codes(
    path: Path, table: pa.Table, factor: str, labels: tuple[Scalar, ...]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Each row's place among a factor's labels, -1 for a level that the plan does not name."""
    place, spelled = coded(table[factor])
    empty = np.array([*(str(value).strip() == "" for value in spelled), True])
    if (without := np.flatnonzero(empty[place])).size:
        numbers = table[ROW].to_numpy()[without].tolist()
        raise refusal(path, factor, f"no level in {rows(numbers)}", allowed=_listed(labels))
    keys = {level_key(label): index for index, label in enumerate(labels)}
    found = np.array([keys.get(level_key(value), -1) for value in spelled], dtype=np.int64)
    codes = found[place]
    if not (codes >= 0).any():
        hint = did_you_mean(str(spelled[0]), map(str, labels))
        raise refusal(path, factor, "no row has a level that the plan names", _listed(spelled), _listed(labels), hint)
    other = {str(spelled[i]).strip(): int((place == i).sum()) for i in np.flatnonzero(found < 0)}
    absent = [label for index, label in enumerate(labels) if index not in found]
    return codes, (*_left_out(factor, other, len(codes), labels), *_absent(factor, absent))


def _left_out(factor: str, other: Mapping[str, int], whole: int, labels: tuple[Scalar, ...]) -> tuple[str, ...]:
    if not other:
        return ()
    shown = ", ".join(f"{label!r} {count:,}" for label, count in list(other.items())[:SHOWN])
    more = f" and {len(other) - SHOWN} more levels" if len(other) > SHOWN else ""
    meant = next((hint for label in other if (hint := did_you_mean(label, map(str, labels)))), "")
    said = f"{counted(sum(other.values()), whole)} left out: the plan names no such level of {factor} ({shown}{more})"
    return (f"{said}; {meant}" if meant else said,)


def _absent(factor: str, labels: list[Scalar]) -> tuple[str, ...]:
    return (f"no row has {factor} = {_listed(labels)}",) if labels else ()


def _listed(labels: Any) -> str:
    shown = [str(label)[:40] for label in labels]
    return ", ".join(shown[:SHOWN]) + (f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else "")
