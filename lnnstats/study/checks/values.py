"""An inconsistency of a study, and the one for a name that refers to nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lnnstats.names import did_you_mean

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Inconsistency:
    """An inconsistency at a path of the file."""

    path: Place
    message: str
    found: str = ""
    allowed: str = ""
    hint: str = ""


def unknown(path: Place, what: str, name: object, allowed: Iterable[object]) -> Inconsistency:
    """A name that refers to nothing."""
    names = [str(item) for item in allowed]
    return Inconsistency(path, f"unknown {what}", repr(name), ", ".join(names), did_you_mean(str(name), names))
