"""In: a name and the names allowed. Out: what the name stands for, or an error that offers the closest one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from lnnstats.errors import Problem, UnknownName

Value = TypeVar("Value")


def closest(name: str, allowed: Iterable[str]) -> str | None:
    """The allowed name most like `name`, upper and lower case alike, or None where none is close."""
    folded = {candidate.casefold(): candidate for candidate in allowed}
    matches = get_close_matches(name.casefold(), folded, n=1)
    return folded[matches[0]] if matches else None


def did_you_mean(name: str, allowed: Iterable[str]) -> str:
    """The hint `did you mean 'x'?`, or an empty text where no name is close."""
    match = closest(name, allowed)
    return f"did you mean {match!r}?" if match else ""


def lookup(table: Mapping[str, Value], name: str, path: str) -> Value:
    """`table[name]`; raises `UnknownName` for the field `path`, with the allowed names and the closest of them."""
    if name in table:
        return table[name]
    raise UnknownName(
        Problem(path, "unknown name", found=repr(name), allowed=", ".join(table), hint=did_you_mean(name, table))
    )
