"""The tests of a parameter turned round: those of theta in, those of sum - theta out."""

from __future__ import annotations

from dataclasses import dataclass

from ..values import Tests


@dataclass(frozen=True, slots=True)
class Mirrored:
    """The tests of `sum` - theta from those of theta."""

    tests: Tests
    sum: float = 0.0

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: sum - theta <= threshold."""
        return self.tests.p_below(self.sum - threshold)

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: sum - theta >= threshold."""
        return self.tests.p_above(self.sum - threshold)

    def interval(self, level: float) -> tuple[float, float]:
        """The limits, turned round."""
        low, high = self.tests.interval(level)
        return self.sum - high, self.sum - low
