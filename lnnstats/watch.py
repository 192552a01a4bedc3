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


class Silent:
    """Nobody."""

    def say(self, text: str) -> None:
        return None

    def working(self, total: float) -> AbstractContextManager[Advance]:
        return nullcontext(lambda units: None)


SILENT = Silent()
