"""Algebraic claims: options."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from lnnstats.parts.base import Positive
from lnnstats.parts.procedures.base import Along, Contrast


class PrecisionLadder(Along):
    """An identity's relative residual in float32 and float64: zero violations of a bound of `units` rounding units, and
    a fall as rounding falls. A rule, no test.
    """

    kind: Literal["precision_ladder"] = "precision_ladder"
    units: Positive
    contrast: ClassVar[Contrast] = "pair"

    @property
    def omnibus(self) -> bool:
        return True  # an identity holds or not; it has no side

    def claim(self, response: str, side: str) -> str:
        return f"{response} is rounding, and falls with it"

    def least_p(self, blocks: int, null: float, upward: bool) -> float:
        return 0.0

    def chosen(self, path: str, baseline: Any) -> tuple[Any, ...] | None:
        return "float32", "float64"


PARTS = (PrecisionLadder,)
