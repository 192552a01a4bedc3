"""Block names of any kind -> block numbers; rows that tell of the same run are refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lnnstats.results.foreign.levels import coded
from lnnstats.results.foreign.place import ROW, refusal, rows

WHOLE = re.compile(r"[+-]?\d{1,40}(\.0*)?")
LARGEST = 2**31 - 1


def numbered(path: Path, table: pa.Table) -> pa.Array:
    """Block numbers [rows]: whole numbers stay; others, and numbers too large, are numbered in sorted order."""
    place, names = coded(table["block"])
    texts = [str(name).strip() for name in names]
    none = np.array([*(text in ("", "nan") for text in texts), True])
    if (without := np.flatnonzero(none[place])).size:
        numbers = table[ROW].to_numpy()[without].tolist()
        hint = "every row names the block (the seed, the subject) it belongs to"
        raise refusal(path, "block", f"no block in {rows(numbers)}", hint=hint)
    return pa.array(_numbers(texts)[place], pa.int32())


def _numbers(texts: Sequence[str]) -> NDArray[np.int64]:
    keys: list[Any] = list(texts)
    if all(WHOLE.fullmatch(text) for text in texts):
        keys = [int(text.partition(".")[0]) for text in texts]
        if all(abs(key) <= LARGEST for key in keys):
            return np.array(keys, dtype=np.int64)
    rank = {key: index for index, key in enumerate(sorted(set(keys)))}
    return np.array([rank[key] for key in keys], dtype=np.int64)


def no_duplicates(path: Path, table: pa.Table, keys: Sequence[str]) -> None:
    """Refuse two rows with the same keys, naming them."""
    combined, size = np.zeros(table.num_rows, dtype=np.int64), 1
    for name in keys:
        place, values = coded(table[name])
        if size * (len(values) + 1) >= 2**62:
            combined = np.unique(combined, return_inverse=True)[1]
            size = table.num_rows
        combined, size = combined * (len(values) + 1) + place + 1, size * (len(values) + 1)
    order = np.argsort(combined, kind="stable")
    again = np.flatnonzero(np.diff(combined[order]) == 0)
    if not again.size:
        return
    first, second = (int(order[again[0] + i]) for i in (0, 1))
    told = {name: table[name][first].as_py() for name in keys}
    run = ", ".join(f"{name} {value}" for name, value in told.items() if value is not None)
    raise refusal(
        path,
        "",
        f"more than one row for one run: {rows([table[ROW][i].as_py() for i in (first, second)])}"
        + (f"; {again.size:,} rows in all repeat another" if again.size > 1 else ""),
        run,
        "one row a block, cell, response, step, layer and measurement",
        "average repeats of a run or give them blocks of their own; a column that tells them apart is a factor to name",
    )
