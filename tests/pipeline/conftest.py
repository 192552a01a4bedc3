"""A pipeline that does not render: storage and conclusions are tested without drawing figures."""

from __future__ import annotations

import pytest


@pytest.fixture
def unrendered(monkeypatch):
    monkeypatch.setattr("lnnstats.pipeline.compose", lambda subject: None)
    monkeypatch.setattr("lnnstats.pipeline.write", lambda blocks, folder: ())


class Listener:
    """A watch that remembers what it was told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.done = 0.0
        self.total = 0.0

    def say(self, text):
        self.said.append(text)

    def working(self, total):
        from contextlib import nullcontext

        self.total = total
        return nullcontext(self._advance)

    def _advance(self, units):
        self.done += units


@pytest.fixture
def listener():
    return Listener()
