"""Exact inference on one proportion: a count of n in, its two binomial tests and their dual interval out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from ..intervals import binomial_limit, binomial_tail
from .roots import increasing_root
from .student import tail


@dataclass(frozen=True, slots=True)
class Proportion:
    """`count` successes in `n` trials; theta is the probability of success."""

    count: int
    n: int

    @property
    def error(self) -> float | None:
        """sqrt(p (1 - p) / n); None at 0 and n, where the plug-in would claim certainty."""
        share = self.count / self.n
        return math.sqrt(share * (1 - share) / self.n) if 0 < self.count < self.n else None

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: theta <= threshold; 0 below 0, where no probability can lie."""
        return binomial_tail(self.count, self.n, threshold) if threshold >= 0 else 0.0

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: theta >= threshold; 0 above 1."""
        return binomial_tail(self.n - self.count, self.n, 1.0 - threshold) if threshold <= 1 else 0.0

    def interval(self, level: float) -> tuple[float, float]:
        """Clopper-Pearson limits."""
        a = tail(level)
        low, fall = binomial_limit(self.count, self.n, a), binomial_limit(self.n - self.count, self.n, a)
        return float(low), 1.0 - float(fall)


@dataclass(frozen=True, slots=True)
class LogOdds:
    """The same trials with theta = log(p / (1 - p)), accurate for odds near zero and infinity alike."""

    count: int
    n: int

    @property
    def estimate(self) -> float:
        """log(count / (n - count)), infinite at either end."""
        return float(special.logit(self.count / self.n))

    @property
    def error(self) -> float | None:
        """sqrt(1 / count + 1 / (n - count)); None where the estimate is infinite."""
        return math.sqrt(1 / self.count + 1 / (self.n - self.count)) if 0 < self.count < self.n else None

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: theta <= threshold."""
        return binomial_tail(self.count, self.n, float(special.expit(threshold)))

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: theta >= threshold."""
        return binomial_tail(self.n - self.count, self.n, float(special.expit(-threshold)))

    def interval(self, level: float) -> tuple[float, float]:
        """Logits of the Clopper-Pearson limits; -inf or inf at the ends of the support."""
        a = tail(level)
        low, fall = binomial_limit(self.count, self.n, a), binomial_limit(self.n - self.count, self.n, a)
        return float(special.logit(low)), -float(special.logit(fall))

    def mid_p_interval(self, level: float) -> tuple[float, float]:
        """Limits by the mid-p test, P(X > count) + P(X = count) / 2: shorter, level only nearly kept."""
        a = tail(level)
        low, fall = _mid_limit(self.count, self.n, a), _mid_limit(self.n - self.count, self.n, a)
        return low, -fall


def _mid_limit(count: int, n: int, probability: float) -> float:
    """The log odds at which [P(X >= count) + P(X > count)] / 2 = probability; -inf for count = 0."""
    if count == 0:
        return -math.inf

    def mid_p(odds: float) -> float:
        p = float(special.expit(odds))
        return (binomial_tail(count, n, p) + (binomial_tail(count + 1, n, p) if count < n else 0.0)) / 2

    return increasing_root(mid_p, probability, 0.0, 1.0)
