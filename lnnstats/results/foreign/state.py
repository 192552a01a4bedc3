"""How each run ended: its status, and whether it was observed to the end; told by the table, or by its value."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lnnstats.names import did_you_mean
from lnnstats.results.foreign.levels import coded
from lnnstats.results.foreign.place import ROW, refusal, rows
from lnnstats.results.table import NAME, plain
from lnnstats.results.values import STATUSES

TRUTHS = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False, "": True, "none": True}


def statuses(path: Path, table: pa.Table) -> pa.Table:
    """The table with a status for every row: the one given, else diverged where the value is not finite.

    Raises BadInput for an unknown word.
    """
    finite = pc.is_finite(table["value"]).fill_null(False).to_numpy()
    codes = np.where(finite, STATUSES.index("ok"), STATUSES.index("diverged"))
    missing = pc.is_null(table["value"]).to_numpy()
    codes = np.where(missing, STATUSES.index("ok"), codes)  # no run, unless the table says how it ended
    if "status" in table.column_names:
        given = _given(path, table)
        codes = np.where(given >= 0, given, codes)
        table = table.drop_columns(["status"])
    names = pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(STATUSES))
    return table.append_column("status", names.cast(NAME))


def _given(path: Path, table: pa.Table) -> np.ndarray:
    """The place of each row's own status among STATUSES, -1 where it has none."""
    place, words = coded(table["status"])
    known = {"": -1, **{status: index for index, status in enumerate(STATUSES)}}
    for index, word in enumerate(words):
        if str(word).strip() not in known:
            at = table[ROW].to_numpy()[place == index].tolist()
            meant = did_you_mean(str(word), STATUSES)
            raise refusal(path, "status", f"unknown status in {rows(at)}", repr(word), ", ".join(STATUSES), meant)
    return np.array([*(known[str(word).strip()] for word in words), -1])[place]


def observed(path: Path, table: pa.Table) -> pa.ChunkedArray | pa.Array:
    """Whether each run was observed to the end; true where the table does not say."""
    if "observed" not in table.column_names:
        return pa.array(np.ones(table.num_rows, dtype=bool))
    place, words = coded(plain(table["observed"]))
    for index, word in enumerate(words):
        if str(word).strip().lower() not in TRUTHS:
            at = table[ROW].to_numpy()[place == index].tolist()
            raise refusal(path, "observed", f"no truth in {rows(at)}", repr(word), "true, false, or empty for true")
    return pa.array(np.array([*(TRUTHS[str(word).strip().lower()] for word in words), True])[place])
