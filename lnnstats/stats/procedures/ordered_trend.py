"""Ordered binary trend: events at k ordered levels of each block in, Evidence on their trend out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import BoolArray, FloatArray, bool_array, known_option, level_scores
from ..effects import paired_risk_difference, ratio_effect
from ..exact.lattice import ExactTails, LatticeSum, Part, SaddlepointTails, lower_limit, tails, upper_limit
from ..exact.subsets import score_lattice, subset_sums
from ..pivots.bounded_mean import bounded_mean
from ..pivots.student import tail
from ..values import EFFECT_LEVEL, Degenerate, Effect, Evidence

MEASURES = ("odds_ratio", "risk_difference")


def ordered_trend(events: ArrayLike, scores: ArrayLike, *, measure: str = "odds_ratio") -> Evidence:
    """Trend of events [n, k] over the level scores [k].

    "odds_ratio": theta = log odds ratio per unit of score in logit P(event) = block + theta score, tested exactly
    given each block's number of events (conditional logistic regression; Cox 1958). At 0 this is the permutation test
    of exchangeable levels. Degenerate if in every block all levels agree.
    "risk_difference": theta = mean risk at the levels above the mean score minus that at the levels below it, weighted
    by distance from the mean score (the least-squares slope in other units: within [-1, 1], and for two levels the
    plain risk difference), with no model for the probabilities; every threshold is tested by betting (`bounded_mean`),
    valid also if no event was seen; `statistic` is the exact conditional p of no upward trend, for comparison only.
    """
    happened = bool_array(events, "events", 2)
    levels = level_scores(scores, happened.shape[1])
    known_option("measure", measure, MEASURES)
    return _odds_evidence(happened, levels) if measure == "odds_ratio" else _risk_evidence(happened, levels)


@dataclass(frozen=True, slots=True, eq=False)
class ConditionalTrend:
    """The distribution of T given the margins, in steps of the score lattice, with the observed value."""

    total: LatticeSum
    observed: int
    step: float
    tails: ExactTails | SaddlepointTails

    @property
    def estimate(self) -> float:
        """Conditional maximum likelihood estimate of the log odds ratio per unit of score; infinite at the ends."""
        return self.total.tilt(self.observed) / self.step

    @property
    def error(self) -> float | None:
        """1 / sqrt(conditional information) at the estimate, per unit of score; None where that is infinite."""
        if not 0 < self.observed < self.total.maximum:
            return None
        return 1.0 / math.sqrt(self.total.cumulants(self.total.tilt(self.observed))[2]) / self.step

    @property
    def attainable(self) -> float:
        """The smaller probability of the two ends of the support under no trend."""
        ends = self.total.log_probability_of_maximum(), self.total.reflected().log_probability_of_maximum()
        return math.exp(min(ends))

    def p_above(self, threshold: float) -> float:
        """Exact conditional P(T >= observed) at log odds ratio `threshold`."""
        return self.tails.upper(threshold * self.step)

    def p_below(self, threshold: float) -> float:
        """Exact conditional P(T <= observed) at log odds ratio `threshold`."""
        return self.tails.lower(threshold * self.step)

    def interval(self, level: float) -> tuple[float, float]:
        """Limits by inversion of both tests; infinite where T is at an end of its support."""
        start = self.total.tilt(min(max(self.observed, 0.5), self.total.maximum - 0.5))
        step, a = 1.0 / math.sqrt(self.total.cumulants(start)[2]), tail(level)
        low = lower_limit(self.tails.upper, a, start, step) if self.observed > 0 else -math.inf
        high = upper_limit(self.tails.lower, a, start, step) if self.observed < self.total.maximum else math.inf
        return low / self.step, high / self.step


def conditional_trend(events: BoolArray, scores: FloatArray) -> ConditionalTrend:
    """The conditional distribution of T = sum of the scores of all events, given each block's number of events."""
    step, lattice = score_lattice(scores)
    numbers = np.bincount(events.sum(axis=1), minlength=lattice.size + 1)
    counts, parts, smallest = subset_sums(lattice), [], 0
    for number in range(1, lattice.size):
        support = np.flatnonzero(counts[number])
        smallest += int(numbers[number]) * int(support[0])
        if numbers[number] and support.size > 1:
            parts.append(Part(counts[number, support[0] : support[-1] + 1], int(numbers[number])))
    if not parts:
        raise Degenerate("no_discordance", f"in each of the {len(events)} blocks all levels agree on the event.")
    informative = (numbers.size - 1 > events.sum(axis=1)) & events.any(axis=1)
    total, observed = LatticeSum(tuple(parts)), int((events[informative] @ lattice).sum()) - smallest
    return ConditionalTrend(total, observed, step, tails(total, observed))


def trend_contributions(events: BoolArray, scores: FloatArray) -> FloatArray:
    """z_i = sum_j w_j x_ij in [-1, 1], w_j = 2 (s_j - mean s) / sum |s - mean s|, summing to 1 on either side of 0."""
    centred = scores - scores.mean()
    return np.clip(events @ (2 * centred / np.abs(centred).sum()), -1.0, 1.0)


def _odds_evidence(events: BoolArray, scores: FloatArray) -> Evidence:
    """Evidence on the log odds ratio per unit of score."""
    exact = conditional_trend(events, scores)
    return Evidence(
        procedure="ordered_trend",
        estimand="log conditional odds ratio of the event per unit of score, within blocks",
        measure="odds_ratio",
        estimate=exact.estimate,
        null=0.0,
        n=len(events),
        statistic_name="T",
        statistic=float((events @ scores).sum()),
        df=None,
        tests=exact,
        attainable=exact.attainable,
        display="exp",
        effects=(_end_difference(events, scores),),
        checks=_tie_check(events) + _approximation_check(exact),
        standard_error=exact.error,
    )


def _risk_evidence(events: BoolArray, scores: FloatArray) -> Evidence:
    """Evidence on the weighted difference in risk between high and low scores."""
    contributions = trend_contributions(events, scores)
    betting = bounded_mean(contributions, -1.0, 1.0)
    companion, odds = _conditional_companion(events, scores)
    return Evidence(
        procedure="ordered_trend",
        estimand="risk at high scores minus risk at low scores, levels weighted by their distance from the mean score",
        measure="risk_difference",
        estimate=float(contributions.mean()),
        null=0.0,
        n=len(events),
        statistic_name="exact conditional p of no upward trend",
        statistic=companion,
        df=None,
        tests=betting,
        attainable=bounded_mean(np.ones(len(events)), -1.0, 1.0).p_above(0.0),
        display="identity",
        effects=(_end_difference(events, scores), *odds),
        checks=_tie_check(events),
        standard_error=float(contributions.std(ddof=1)) / math.sqrt(len(events)) if len(events) > 1 else None,
        contributions=contributions,
    )


def _conditional_companion(events: BoolArray, scores: FloatArray) -> tuple[float | None, tuple[Effect, ...]]:
    """The exact conditional p at no trend and the odds ratio; nothing where no block is informative."""
    try:
        exact = conditional_trend(events, scores)
    except Degenerate:
        return None, ()
    limits = exact.interval(EFFECT_LEVEL)
    odds = ratio_effect("conditional odds ratio per unit of score", exact.estimate, limits, "exact conditional")
    return exact.p_above(0.0), (odds,)


def _end_difference(events: BoolArray, scores: FloatArray) -> Effect:
    """Risk at the highest score minus risk at the lowest."""
    last, first = events[:, int(scores.argmax())], events[:, int(scores.argmin())]
    return paired_risk_difference(last, first, "risk difference, highest minus lowest score")


def _tie_check(events: BoolArray) -> tuple[str, ...]:
    """Says how many blocks carry no information on the odds ratio."""
    equal = int((events.all(axis=1) | ~events.any(axis=1)).sum())
    if not equal:
        return ()
    return (f"ties: in {equal} of {len(events)} blocks all levels agree; an odds ratio rests on the other blocks.",)


def _approximation_check(exact: ConditionalTrend) -> tuple[str, ...]:
    """Says where the saddlepoint formula stands in for the convolution."""
    if isinstance(exact.tails, ExactTails):
        return ()
    return ("approximation: the conditional distribution has too many points; saddlepoint tails, exact cumulants.",)
