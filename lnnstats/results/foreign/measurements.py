"""Which of a change's measurements each row tells of: rows of those that the plan names, and a note on the others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from lnnstats.names import did_you_mean
from lnnstats.parts.responses.base import MEASUREMENTS, measurements
from lnnstats.results.foreign.levels import coded
from lnnstats.results.foreign.place import ROW, counted, refusal, rows
from lnnstats.results.table import NAME
from lnnstats.study.values import Plan


def placed(path: Path, table: pa.Table, plan: Plan) -> tuple[pa.Table, tuple[str, ...]]:
    """The rows of measurements that the plan has of their response, or that name none, and a note on the others.

    Raises BadInput for a word that is no measurement.
    """
    if "measurement" not in table.column_names:
        return table, ()
    place, words = _words(path, table)
    response, names = coded(table["response"])
    known = [measurements(plan.responses[name]) for name in names]
    kept = np.array([[*(word in its for word in words), True] for its in known])[response, place]
    codes = pa.array(place.astype(np.int32), mask=place < 0)
    column = pa.DictionaryArray.from_arrays(codes, pa.array(words, pa.string()))
    table = table.set_column(table.column_names.index("measurement"), "measurement", column.cast(NAME))
    if kept.all():
        return table, ()
    left = dict.fromkeys(f"{words[p]} of {names[r]}" for r, p in zip(response[~kept], place[~kept], strict=True))
    told = f"{counted(int((~kept).sum()), len(kept))} left out: the plan has no measurement {', '.join(left)}"
    return table.filter(pa.array(kept)), (told,)


def _words(path: Path, table: pa.Table) -> tuple[np.ndarray, list[str]]:
    """The place of each row's measurement among the distinct ones, -1 where a cell is empty, and these."""
    place, found = coded(table["measurement"])
    words = [str(word).strip() for word in found]
    for index, word in enumerate(words):
        if word and word not in MEASUREMENTS:
            said = f"no measurement in {rows(table[ROW].to_numpy()[place == index].tolist())}"
            meant = did_you_mean(word, MEASUREMENTS)
            raise refusal(path, "measurement", said, repr(word), ", ".join(MEASUREMENTS), meant)
    empty = np.array([*(word == "" for word in words), True])
    return np.where(empty[place], -1, place), words
