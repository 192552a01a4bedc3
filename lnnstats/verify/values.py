"""The outcome of a verification."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One promise checked: what was expected, what was seen, and how far apart they may be."""

    level: str
    name: str
    ok: bool
    expected: str
    observed: str
    tolerance: str = "equal"


@dataclass(frozen=True)
class Audit:
    """Every check of a run; a run is verified only if every one holds."""

    run: str
    nonce: str
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)
