"""Cox regression of two groups, or of blocks with themselves: times in, Evidence on the log hazard ratio out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import same_length
from ..effects import ratio_effect
from ..models.partial_likelihood import PartialLikelihood, partial_likelihood
from ..models.proportional_hazards import AVERAGED, changing_ratio, groups_p, pairs_p
from ..pivots.proportion import LogOdds
from ..pivots.student import Student
from ..samples.risk_sets import censored_times, first_of_two, risk_sets, some_events
from ..values import EFFECT_LEVEL, Degenerate, Effect, Evidence

FEW_EVENTS = 10


def cox(
    treatment: ArrayLike, reference: ArrayLike, treatment_observed: ArrayLike, reference_observed: ArrayLike
) -> Evidence:
    """theta = log hazard ratio, treatment to reference, of independent groups; times [n1] and [n2], +inf for never.

    `observed` is False where a time is censored. Cox's (1972) partial likelihood with Efron's ties; tests and interval
    by the signed root of its likelihood ratio, which stays defined where all events fall in one group (the estimate is
    then infinite, and so is one limit). exp(theta) > 1: the treatment arrives sooner. Wald's limits are an effect.
    `checks` warns if the score test of Grambsch & Therneau (1994) finds that the hazard ratio changes with time.
    """
    first, seen_1 = censored_times(treatment, treatment_observed, "treatment")
    second, seen_2 = censored_times(reference, reference_observed, "reference")
    n, events = first.size + second.size, int(seen_1.sum() + seen_2.sum())
    likelihood = partial_likelihood(risk_sets((first, second), (seen_1, seen_2)))
    some_events(likelihood.time.size, 1, n)
    tests = likelihood.root()
    at, seen = np.concatenate([first, second]), np.concatenate([seen_1, seen_2])
    return Evidence(
        procedure="cox",
        estimand="log hazard ratio of the event, treatment to reference, independent groups",
        measure="hazard_ratio",
        estimate=likelihood.estimate,
        null=0.0,
        n=n,
        statistic_name="signed root of the likelihood ratio",
        statistic=tests.root(0.0),
        df=None,
        tests=tests,
        attainable=0.0,
        display="exp",
        effects=_wald(likelihood),
        checks=(*_event_check(events, n), *changing_ratio(groups_p(likelihood, at, seen), AVERAGED)),
        standard_error=_standard_error(likelihood),
    )


def stratified_cox(
    treatment: ArrayLike, reference: ArrayLike, treatment_observed: ArrayLike, reference_observed: ArrayLike
) -> Evidence:
    """theta = log hazard ratio, treatment to reference, each block a stratum with its own baseline hazard; arrays [n].

    Of a pair only who arrives first counts: given that, the treatment is first with odds exp(theta) (Holt & Prentice
    1974), so the partial likelihood is binomial and its tests and limits are exact. A block counts if one run has its
    event while the other is still followed without one; ties and blocks censored before that say nothing. `checks`
    warns if that chance varies with the rank of the time of the first event. Degenerate if no block counts.
    """
    first, seen_1 = censored_times(treatment, treatment_observed, "treatment")
    second, seen_2 = censored_times(reference, reference_observed, "reference")
    same_length(first, second, "treatment, reference")
    time, is_sooner = first_of_two(first, seen_1, second, seen_2)
    sooner, counted, n = int(is_sooner.sum()), is_sooner.size, first.size
    later = counted - sooner
    if not counted:
        raise Degenerate("no_discordance", f"in none of the {n} blocks is it known which run has its event first.")
    exact = LogOdds(sooner, counted)
    inside = 0 < sooner < counted
    return Evidence(
        procedure="stratified_cox",
        estimand="log hazard ratio of the event, treatment to reference, within blocks",
        measure="hazard_ratio",
        estimate=exact.estimate,
        null=0.0,
        n=n,
        statistic_name="blocks in which the treatment arrives first",
        statistic=float(sooner),
        df=None,
        tests=exact,
        attainable=0.5**counted,
        display="exp",
        effects=(ratio_effect("hazard ratio", exact.estimate, exact.mid_p_interval(EFFECT_LEVEL), "mid-p"),),
        checks=(*_tie_check(counted, n), *changing_ratio(pairs_p(time, is_sooner), AVERAGED)),
        standard_error=math.sqrt(counted / (sooner * later)) if inside else None,
    )


def _standard_error(likelihood: PartialLikelihood) -> float | None:
    """1 / sqrt(information) at a finite estimate."""
    if not math.isfinite(likelihood.estimate):
        return None
    return 1.0 / math.sqrt(likelihood.information(likelihood.estimate))


def _wald(likelihood: PartialLikelihood) -> tuple[Effect, ...]:
    """The hazard ratio with Wald's limits; none where the estimate is infinite."""
    error = _standard_error(likelihood)
    if error is None:
        return ()
    limits = Student(likelihood.estimate, error).interval(EFFECT_LEVEL)
    return (ratio_effect("hazard ratio", likelihood.estimate, limits, "Wald"),)


def _event_check(events: int, n: int) -> tuple[str, ...]:
    if events >= FEW_EVENTS:
        return ()
    return (f"approximation: {events} events among {n} runs; the likelihood ratio's limit law needs more.",)


def _tie_check(counted: int, n: int) -> tuple[str, ...]:
    if counted == n:
        return ()
    return (f"ties: in {n - counted} of {n} blocks it is not known which run is first.",)
