"""The frozen values of the statistical core: Evidence, Effect, Agreement, and the two ways an analysis can refuse."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
EFFECT_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Effect:
    """A further effect size with its two-sided interval at `level`, and the method that gave the interval.

    Where `level` is None the limits are no confidence limits; `method` says what they are.
    """

    name: str
    estimate: float
    low: float
    high: float
    level: float | None
    method: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """One number computed twice from the same data: by this package (`ours`) and by `source` (`theirs`)."""

    source: str
    quantity: str
    ours: float
    theirs: float

    @property
    def digits(self) -> float:
        """Agreeing significant digits, -log10 of the relative difference, within [0, 16].

        Equal numbers, equal infinities included, agree to 16; a NaN or an infinity on one side only agrees to 0.
        Where one side is exactly zero the absolute difference is taken.
        """
        if self.ours == self.theirs:
            return 16.0
        if not (math.isfinite(self.ours) and math.isfinite(self.theirs)):
            return 0.0
        unit = abs(self.theirs) if self.ours and self.theirs else 1.0
        relative = abs(self.ours - self.theirs) / unit
        return 16.0 if relative == 0 else min(16.0, max(0.0, -math.log10(relative)))


class Tests(Protocol):
    """Both one-sided tests of one parameter theta at every threshold t, and the interval dual to them.

    `p_above(t)` is the one-sided p of H0: theta <= t (small: theta lies above t), `p_below(t)` that of H0: theta >= t.
    `interval(level)` gives the limits (L, U) of the two-sided interval dual to both: with a = (1 - level) / 2,
    L > t means p_above(t) <= a, and p_above(t) < a means L > t; the same for U and p_below. Only at t = L itself,
    a single point, can p equal a; where p is a step function of t, L > t exactly when p_above(t) <= a.
    Limits may be infinite.
    """

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: theta <= threshold."""

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: theta >= threshold."""

    def interval(self, level: float) -> tuple[float, float]:
        """Two-sided limits at confidence `level`."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a procedure knows about one real parameter theta, on the scale of the test: an estimate and its `tests`.

    `attainable` is the smallest one-sided p that any outcome could give at `null`, given the design (and, for a
    conditional test, given its margins); 0.0 for a continuous statistic. `n` counts the blocks analysed. `display`
    says how theta and its limits are shown: "identity", or "exp" for log ratios and log odds. Each entry of
    `checks` is a plain warning that starts with a word or two and a colon: skewness, ties, approximation, zeros ...

    `standard_error` is that of the estimate, on the scale of the test: its Monte-Carlo error over blocks. An F
    statistic has `numerator_df` and `df`, its denominator's. Where theta is a mean of one value a block,
    `contributions` are these values [n].
    """

    procedure: str
    estimand: str
    measure: str
    estimate: float
    null: float
    n: int
    statistic_name: str
    statistic: float | None
    df: float | None
    tests: Tests
    attainable: float
    display: str
    effects: tuple[Effect, ...] = ()
    checks: tuple[str, ...] = ()
    standard_error: float | None = None
    numerator_df: float | None = None
    contributions: FloatArray | None = field(default=None, compare=False, repr=False)

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: theta <= threshold."""
        return self.tests.p_above(threshold)

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: theta >= threshold."""
        return self.tests.p_below(threshold)

    def interval(self, level: float) -> tuple[float, float]:
        """Two-sided limits at confidence `level`."""
        return self.tests.interval(level)


class UnusableValues(ValueError):
    """The values cannot enter this procedure; the message says how many, what is allowed and what to do."""


class Degenerate(Exception):
    """Nothing can be tested: `code` is the reason for a machine, `message` the sentence for a reader.

    Codes: "zero_variance", "no_discordance", "too_few_blocks", "no_events", "empty_cell", "singular", "singular_fit",
    "unidentified".
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
