"""A column as numbers: text parsed, missing cells null, everything else refused with its row and what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lnnstats.results.foreign.formats import MISSING
from lnnstats.results.foreign.levels import coded
from lnnstats.results.foreign.place import ROW, refusal, rows
from lnnstats.results.table import plain

ALLOWED = "numbers, nan or inf for a run that diverged, empty for a run that is missing"
# What a cell that is no number looks like -> what to do about it.
HINTS = (
    (r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?|[+-]?\d{1,3}(['  _]\d{3})+([.,]\d*)?", "write it without thousands separators"),
    (r"[+-]?\d*,\d+([eE][+-]?\d+)?", "write a decimal point"),
    (r".*\d\s*%", "write the share itself: 0.12 for 12 %"),
    (r"true|false", "write 1 and 0"),
    (r"(?i)diverged|failed|overflow|#.*", "write nan for a run that diverged, nothing for a run that is missing"),
    (r"[+-]?\d[\d.]*(e[+-]?\d+)?\s*[^\d\s].*", "write the number without its unit"),
)


def numbers(path: Path, name: str, table: pa.Table, kind: pa.DataType, allowed: str = ALLOWED) -> pa.ChunkedArray:
    """A column as `kind`; null where a cell is empty, NA or null.

    `table` numbers its rows in ROW. Raises BadInput naming the rows that hold no number.
    """
    column = plain(table[name])
    if pa.types.is_boolean(column.type) or pa.types.is_nested(column.type) or pa.types.is_temporal(column.type):
        raise refusal(path, name, f"{column.type} where numbers belong", allowed=allowed, hint="write numbers")
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = _trimmed(column)
    try:
        return column.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        message, found, asked, hint = _no_number(column, table[ROW].to_numpy(), kind)
        raise refusal(path, name, message, found, asked or allowed, hint) from None


def _trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text without spaces around it, a sign of plus, or a typographic minus; missing cells null."""
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    text = pc.replace_substring_regex(pc.replace_substring(text, "\u2212", "-"), r"^\+(\d|\.)", r"\1")
    return pc.if_else(pc.is_in(text, pa.array(MISSING)), pa.scalar(None, pa.string()), text)


def _no_number(column: pa.ChunkedArray, row: NDArray[np.int32], kind: pa.DataType) -> tuple[str, str, str, str]:
    """What is wrong, what was found first, what is allowed where whole numbers are asked for, and what to do."""
    place, values = coded(column)
    wrong = np.array([*(not _casts(value, column.type, kind) for value in values), False])
    at = np.flatnonzero(wrong[place])
    found, where = str(values[int(place[at[0]])])[:60], rows(row[at].tolist())
    if pa.types.is_integer(kind):
        return f"no whole number in {where}", repr(found), f"whole numbers ({kind})", ""
    hint = next((hint for shape, hint in HINTS if re.fullmatch(shape, found)), "")
    return f"text where numbers belong in {where}", repr(found), "", hint


def _casts(value: Any, written: pa.DataType, kind: pa.DataType) -> bool:
    try:
        pa.scalar(value, written).cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True
