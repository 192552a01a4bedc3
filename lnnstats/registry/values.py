"""In: the texts of one claim. Out: a frozen `Claim`; it holds no verdict, since verdicts are what studies find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["identity", "stochastic", "equivalence"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as its source says it and, beside it, as a study can test it: two statements, never one.

    `kind` says which evidence counts: an *identity* holds up to c*eps and is judged by violations out of n, a
    *stochastic* claim by a test with an effect and its interval, an *equivalence* by a margin fixed before the run.
    """

    id: str
    source: str
    locator: str
    printed: str
    scoped: str
    estimand: str
    factors: str
    kind: tuple[Kind, ...]
    test: str
