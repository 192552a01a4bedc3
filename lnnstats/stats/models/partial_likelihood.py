"""Cox's partial likelihood of two groups: times and events in, a concave log likelihood of one log hazard ratio out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from ..arrays import BoolArray, FloatArray
from ..pivots.likelihood_root import LikelihoodRoot
from ..pivots.roots import increasing_root
from ..samples.risk_sets import RiskSets


@dataclass(frozen=True, slots=True, eq=False)
class PartialLikelihood:
    """sum over deaths of x_l b - log(A_l exp(b) + B_l), Efron's (1977) shares A and B of the two groups at risk.

    `time` and `exposed` (1 for each death under treatment) have one entry a death at which both groups are at risk;
    deaths elsewhere say nothing. `odds` = log(A / B).
    """

    time: FloatArray
    exposed: FloatArray
    odds: FloatArray

    def logarithm(self, b: float) -> float:
        """Log likelihood at log hazard ratio `b`, up to a constant."""
        return float(b * self.exposed.sum() - np.logaddexp(self.odds + b, 0.0).sum())

    def score(self, b: float) -> float:
        """Its first derivative."""
        return float(self.exposed.sum() - special.expit(self.odds + b).sum())

    def information(self, b: float) -> float:
        """Minus its second derivative."""
        share = special.expit(self.odds + b)
        return float((share * (1.0 - share)).sum())

    @property
    def estimate(self) -> float:
        """Where the score is zero; infinite where all deaths fall in one group (a monotone likelihood)."""
        deaths = self.exposed.sum()
        if deaths in (0, self.exposed.size):
            return math.copysign(math.inf, deaths - 0.5)
        return increasing_root(lambda b: -self.score(b), 0.0, 0.0, 1.0)

    @property
    def largest(self) -> float:
        """The supremum of the log likelihood, finite even where the estimate is not."""
        if math.isfinite(self.estimate):
            return self.logarithm(self.estimate)
        return -float(self.odds.sum()) if self.estimate > 0 else 0.0

    def root(self) -> LikelihoodRoot:
        """The signed root of the likelihood ratio."""
        start = self.estimate if math.isfinite(self.estimate) else 0.0
        scale = 1.0 / math.sqrt(self.information(start))
        return LikelihoodRoot(self.logarithm, self.estimate, self.largest, start, scale)

    def hazards_change(self, weights: FloatArray) -> float:
        """Score chi-square (1 df) of a log hazard ratio that varies with `weights` [deaths] (Grambsch & Therneau 1994).

        nan where the estimate is infinite or the weights do not vary.
        """
        if not math.isfinite(self.estimate):
            return math.nan
        share = special.expit(self.odds + self.estimate)
        variance = share * (1.0 - share)
        centred = weights - (weights @ variance) / variance.sum()
        spread = float(centred**2 @ variance)
        return float(centred @ (self.exposed - share)) ** 2 / spread if spread > 0 else math.nan


def partial_likelihood(risk: RiskSets) -> PartialLikelihood:
    """Efron's partial likelihood from the risk sets of two groups, treatment first."""
    both = (risk.at_risk > 0).all(axis=1)
    at_risk, deaths, time = risk.at_risk[both], risk.deaths[both], risk.times[both]
    total = deaths.sum(axis=1).astype(np.int64)
    which = np.repeat(np.arange(total.size), total)
    place = np.arange(which.size) - np.repeat(np.cumsum(total) - total, total)
    share = (place / total[which])[:, None]
    left = at_risk[which] - share * deaths[which]
    return PartialLikelihood(time[which], _exposed(place, deaths[which, 0]), np.log(left[:, 0] / left[:, 1]))


def _exposed(place: FloatArray, deaths: FloatArray) -> FloatArray:
    """1 for the first deaths at each time, as many as there are under treatment; tied deaths have no order."""
    return (place < deaths).astype(np.float64)


def kaplan_meier_weights(time: FloatArray, at: FloatArray, seen: BoolArray) -> FloatArray:
    """1 - S(t-) of the pooled sample at each of `time`, the default transform of time in tests of proportionality."""
    moments, deaths = np.unique(at[seen & np.isfinite(at)], return_counts=True)
    risk = at.size - np.searchsorted(np.sort(at), moments, side="left")
    survival = np.concatenate([[1.0], np.cumprod(1.0 - deaths / risk)])
    return 1.0 - survival[np.searchsorted(moments, time, side="left")]
