"""How long work tells of itself: what the pipeline says, and to whom it says how far it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

Advance = Callable[[float], None]


class Watch(Protocol):
    """Who follows a run."""

    def say(self, text: str) -> None:
        """One line."""
        ...

    def working(self, total: float) -> AbstractContextManager[Advance]:
        """Follow work of `total` units; the block is given a function that takes the units done since its last call."""
        ...


def duration(seconds: float) -> str:
    """A predicted duration, as roughly as it is known."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


class Silent:
    """Nobody."""

    def say(self, text: str) -> None:
        return None

    def working(self, total: float) -> AbstractContextManager[Advance]:
        return nullcontext(lambda units: None)


SILENT = Silent()
