"""Log-rank test: times of k groups, or of k levels within blocks, in; Evidence on whether their hazards differ out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ..arrays import BoolArray, FloatArray
from ..models.partial_likelihood import partial_likelihood
from ..models.proportional_hazards import LESS_POWER, changing_ratio, groups_p, pairs_p
from ..pivots.no_effect import Direction, NoEffect, no_effect_evidence
from ..samples.risk_sets import RiskSets, censored_times, first_of_two, risk_sets, some_events
from ..values import Degenerate, Evidence

FEW_EVENTS = 10


@dataclass(frozen=True, slots=True, eq=False)
class ObservedExpected:
    """Events less those expected under equal hazards, and their covariance: `excess` [k], `covariance` [k, k]."""

    excess: FloatArray
    covariance: FloatArray
    events: int

    @property
    def chi_square(self) -> float:
        """excess' covariance^- excess."""
        return max(0.0, float(self.excess @ np.linalg.pinv(self.covariance, hermitian=True) @ self.excess))

    @property
    def df(self) -> int:
        """The rank of the covariance: k - 1, less where a level is never at risk together with others."""
        return int(np.linalg.matrix_rank(self.covariance, hermitian=True))


def log_rank(*groups: tuple[ArrayLike, ArrayLike]) -> Evidence:
    """Equality of the hazards of independent groups, each a pair (times [n_j], observed [n_j]); +inf: never.

    Mantel's (1966) chi-square with hypergeometric variances. Two groups: theta = log hazard ratio, first to second,
    with the one-step estimate excess / variance (Peto); decides its sign only, and `checks` warns where the hazards are
    not proportional, so that it may miss a difference. More: theta = chi-square / events
    within [0, k - 1], cut at 1; decides only that some differ. Degenerate without an event that compares groups.
    """
    data = [censored_times(*group, name=f"group {j + 1}") for j, group in enumerate(groups)]
    if len(data) < 2:
        raise ValueError(f"groups: {len(data)} group; a comparison needs at least 2.")
    risk = risk_sets([t for t, _ in data], [o for _, o in data])
    n, of_two = sum(t.size for t, _ in data), _crossing(risk, data) if len(data) == 2 else ()
    return _evidence("log_rank", observed_expected(risk), n, "independent groups", of_two)


def stratified_log_rank(times: ArrayLike, observed: ArrayLike) -> Evidence:
    """As `log_rank` for k levels within blocks: times and observed [n, k], each block a stratum of its own.

    Excess and covariance are summed over the blocks, so only comparisons within a block count.
    """
    at, seen = np.asarray(times, dtype=np.float64), np.asarray(observed)
    if at.ndim != 2 or at.shape != seen.shape or at.shape[1] < 2:
        raise ValueError(f"times: expected two equal arrays [blocks, levels >= 2], found {at.shape} and {seen.shape}.")
    if not len(at):
        raise Degenerate("too_few_blocks", "times: there are no blocks to analyse.")
    flat, known = censored_times(at.ravel(), seen.ravel(), "times")
    at, events = flat.reshape(at.shape), known.reshape(at.shape)
    parts = [observed_expected(risk_sets(_columns(row), _columns(had))) for row, had in zip(at, events, strict=True)]
    total = ObservedExpected(
        np.sum([p.excess for p in parts], axis=0),
        np.sum([p.covariance for p in parts], axis=0),
        sum(p.events for p in parts),
    )
    of_two = _crossing_within(at, events) if total.excess.size == 2 else ()
    return _evidence("stratified_log_rank", total, len(at), "within blocks", of_two)


def observed_expected(risk: RiskSets) -> ObservedExpected:
    """Sums over the event times of deaths - d n_j / n, and d (n - d) / (n - 1) (n_j / n)(1[j = l] - n_l / n)."""
    at_risk, deaths = risk.at_risk.sum(axis=1), risk.deaths.sum(axis=1)
    share = risk.at_risk / at_risk[:, None]
    weight = deaths * (at_risk - deaths) / np.maximum(at_risk - 1.0, 1.0)
    covariance = np.diag(weight @ share) - (share * weight[:, None]).T @ share
    informative = deaths[(share > 0).sum(axis=1) > 1]
    return ObservedExpected((risk.deaths - deaths[:, None] * share).sum(axis=0), covariance, int(informative.sum()))


def _columns(row: np.ndarray) -> list[np.ndarray]:
    return [row[j : j + 1] for j in range(row.size)]


def _crossing(risk: RiskSets, data: Sequence[tuple[FloatArray, BoolArray]]) -> tuple[str, ...]:
    """A warning where the hazards of two groups are not proportional, for which this test is the best one."""
    at, seen = np.concatenate([times for times, _ in data]), np.concatenate([observed for _, observed in data])
    likelihood = partial_likelihood(risk)
    return changing_ratio(groups_p(likelihood, at, seen), LESS_POWER) if likelihood.time.size else ()


def _crossing_within(at: FloatArray, seen: BoolArray) -> tuple[str, ...]:
    """The same of two levels within blocks."""
    (first, second), (seen_1, seen_2) = at.T, seen.T
    return changing_ratio(pairs_p(*first_of_two(first, seen_1, second, seen_2)), LESS_POWER)


def _evidence(procedure: str, found: ObservedExpected, n: int, how: str, of_two: tuple[str, ...]) -> Evidence:
    """Evidence on direction for two groups, on any difference for more."""
    some_events(found.events, 1, n)
    if found.df == 0:
        raise Degenerate("zero_variance", f"no event of the {found.events} tells the groups apart.")
    few = f"approximation: {found.events} events; the log-rank statistic is only roughly normal."
    checks = (*((few,) if found.events < FEW_EVENTS else ()), *of_two)
    if found.excess.size > 2:
        return _omnibus(procedure, found, n, how, checks)
    return _directional(procedure, found, n, how, checks)


def _directional(procedure: str, found: ObservedExpected, n: int, how: str, checks: Sequence[str]) -> Evidence:
    """The signed statistic excess / sqrt(variance) of the first group."""
    variance = float(found.covariance[0, 0])
    excess, error = float(found.excess[0]), variance**-0.5
    z = excess * error
    tests = Direction(procedure, float(special.ndtr(-z)), float(special.ndtr(z)), 0.0, -np.inf, np.inf)
    return Evidence(
        procedure=procedure,
        estimand=f"log hazard ratio of the event, first to second, {how} (one-step estimate)",
        measure="hazard_ratio",
        estimate=excess / variance,
        null=0.0,
        n=n,
        statistic_name="z",
        statistic=z,
        df=None,
        tests=tests,
        attainable=0.0,
        display="exp",
        checks=tuple(checks),
        standard_error=error,
    )


def _omnibus(procedure: str, found: ObservedExpected, n: int, how: str, checks: Sequence[str]) -> Evidence:
    """The chi-square of all groups, its size for each event as the effect."""
    chi_square = found.chi_square
    return no_effect_evidence(
        NoEffect(procedure, float(special.chdtrc(found.df, chi_square))),
        estimand=f"spread of the hazards of the event over the levels, {how} (chi-square for each event)",
        measure="chi_square_per_event",
        estimate=min(1.0, chi_square / found.events),
        n=n,
        statistic_name="chi-square",
        statistic=chi_square,
        df=float(found.df),
        attainable=0.0,
        checks=tuple(checks),
    )
