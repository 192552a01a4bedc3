"""Where in a table something is wrong: file, column and rows in, one refusal out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lnnstats.errors import BadInput, Problem

ROW = " row"  # the column that numbers the rows of the file; no column of a file starts with a space
NAMED = 5  # rows named one by one


def refusal(path: Path, column: str, message: str, found: str = "", allowed: str = "", hint: str = "") -> BadInput:
    """The error of one column of a file; no column for the file itself."""
    return BadInput(Problem(f"{path}: {column}" if column else str(path), message, found, allowed, hint))


def rows(numbers: Sequence[int]) -> str:
    """`row 3`, `rows 3 and 7`, `rows 1, 2, 3, 4, 5 and 12 more`; counted from 1 under the header, blank lines not."""
    shown = [str(number) for number in numbers[:NAMED]]
    if len(shown) == 1:
        return f"row {shown[0]}"
    if len(numbers) > NAMED:
        return f"rows {', '.join(shown)} and {len(numbers) - NAMED:,} more"
    return f"rows {', '.join(shown[:-1])} and {shown[-1]}"


def counted(number: int, whole: int) -> str:
    """`3 of 40 rows`."""
    return f"{number:,} of {whole:,} row{'' if whole == 1 else 's'}"
