"""Difference of two paired proportions: the discordant counts of n blocks in, score tests at any threshold out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..pivots.score_tests import ScoreTest
from ..rounding import ROUNDING


@dataclass(frozen=True, slots=True)
class Discordance:
    """Of `n` blocks, `first` have the event under treatment only and `second` under reference only."""

    first: int
    second: int
    n: int

    @property
    def difference(self) -> float:
        """Observed difference in risk, treatment minus reference."""
        return (self.first - self.second) / self.n

    @property
    def standard_error(self) -> float:
        """Standard error of the difference from the multinomial variance."""
        return math.sqrt(max(0.0, (self.first + self.second) / self.n - self.difference**2) / self.n)


def restricted_second(counts: Discordance, threshold: float) -> float:
    """Maximum likelihood P(reference only) under a difference of `threshold` (Tango 1998, equation 6)."""
    a = 2.0 * counts.n
    b = (2.0 * counts.n - counts.first + counts.second) * threshold - counts.first - counts.second
    c = -counts.second * threshold * (1.0 - threshold)
    root = math.sqrt(max(0.0, b * b - 4.0 * a * c))
    risk = (root - b) / (2.0 * a) if b <= 0 else -2.0 * c / (b + root)
    return min(max(risk, 0.0, -threshold), (1.0 - threshold) / 2.0)


def score_statistic(counts: Discordance, threshold: float) -> float:
    """(first - second - n t) / sqrt(n (2 q + t (1 - t))), q the restricted risk; 0 / 0 is 0."""
    excess = counts.first - counts.second - counts.n * threshold
    if abs(excess) < ROUNDING * counts.n:
        return 0.0
    spread = 2.0 * restricted_second(counts, threshold) + threshold * (1.0 - threshold)
    return excess / math.sqrt(counts.n * spread) if spread > 0 else math.copysign(math.inf, excess)


def tango(counts: Discordance) -> ScoreTest:
    """The score tests of the paired difference and their dual interval (Tango 1998, Stat. Med. 17:891)."""
    return ScoreTest(lambda threshold: score_statistic(counts, threshold), counts.difference)
