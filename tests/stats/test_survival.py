"""Cox, log-rank and accelerated failure times: R's survival, closed forms, extremes, duality and simulated size."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats.models.aft_likelihood import DISTRIBUTIONS
from lnnstats.stats.models.partial_likelihood import kaplan_meier_weights, partial_likelihood
from lnnstats.stats.procedures.aft import aft, paired_aft
from lnnstats.stats.procedures.cox import cox, stratified_cox
from lnnstats.stats.procedures.log_rank import log_rank, stratified_log_rank
from lnnstats.stats.procedures.mcnemar import mcnemar
from lnnstats.stats.samples.risk_sets import risk_sets
from lnnstats.stats.values import Degenerate, UnusableValues
from tests.oracles import oracle

ORACLE = oracle("times")
SETS = ("leukaemia", "weibull")


def groups(name):
    """Treatment and reference times, and whether each was observed."""
    data = ORACLE[name]
    time, seen, treated = np.array(data["time"], float), np.array(data["seen"], bool), np.array(data["group"]) == 1
    return time[treated], time[~treated], seen[treated], seen[~treated]


def levels():
    return np.array(ORACLE["levels"]["time"], float), np.array(ORACLE["levels"]["seen"], bool)


def all_seen(*times):
    return *times, *(np.ones(len(t), bool) for t in times)


@pytest.mark.parametrize("name", SETS)
def test_cox_matches_coxph(name, assert_dual):
    evidence, theirs = cox(*groups(name)), ORACLE[name]["cox"]
    # coxph stops when the log likelihood rises by less than 1e-9 of itself, which after a Newton step is exact.
    assert evidence.estimate == pytest.approx(theirs["estimate"], rel=1e-10)
    assert evidence.standard_error == pytest.approx(theirs["error"], rel=1e-10)
    assert evidence.statistic**2 == pytest.approx(theirs["lr"], rel=1e-10)
    assert_dual(evidence)


@pytest.mark.parametrize("name", SETS)
def test_score_test_and_proportionality_match_r(name):
    first, second, seen_1, seen_2 = groups(name)
    likelihood, theirs = partial_likelihood(risk_sets((first, second), (seen_1, seen_2))), ORACLE[name]["cox"]
    assert likelihood.score(0.0) ** 2 / likelihood.information(0.0) == pytest.approx(theirs["score"], rel=1e-12)
    at, seen = np.concatenate([first, second]), np.concatenate([seen_1, seen_2])
    weights = kaplan_meier_weights(likelihood.time, at, seen)
    # cox.zph carries coxph's estimate, known to its convergence only.
    assert likelihood.hazards_change(weights) == pytest.approx(theirs["zph"], rel=1e-8)


def test_cox_published_leukaemia():
    # Efron's ties: log hazard ratio -1.572 (se .412) in Therneau & Grambsch and in every program's manual.
    evidence = cox(*groups("leukaemia"))
    assert (evidence.estimate, evidence.standard_error) == pytest.approx((-1.572, 0.412), abs=5e-4)
    assert evidence.checks == ()


def test_monotone_likelihood(assert_dual):
    evidence = cox(*all_seen(np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])))
    low, high = evidence.interval(0.95)
    assert evidence.estimate == high == math.inf
    assert math.isfinite(low)
    # The supremum of the partial likelihood is (1/3)(1/2)(1); at 0 it is 1/6 * 1/5 * 1/4: risk sets of 6, 5 and 4.
    assert evidence.statistic == pytest.approx(math.sqrt(2 * math.log((6 * 5 * 4) / (3 * 2 * 1))), rel=1e-12)
    assert evidence.standard_error is None and evidence.effects == ()
    assert_dual(evidence)
    assert cox(*all_seen(np.array([4.0, 5.0, 6.0]), np.array([1.0, 2.0, 3.0]))).estimate == -math.inf


def test_changing_hazards_are_warned_of():
    rng = np.random.default_rng(0)
    first, second = np.concatenate([rng.uniform(0, 1, 60), rng.uniform(8, 9, 60)]), rng.uniform(3, 6, 120)
    assert any(check.startswith("proportional hazards:") for check in cox(*all_seen(first, second)).checks)


def test_cox_reverses_and_takes_never():
    first, second, seen_1, seen_2 = groups("weibull")
    forward, backward = cox(first, second, seen_1, seen_2), cox(second, first, seen_2, seen_1)
    assert forward.p_above(0.2) == pytest.approx(backward.p_below(-0.2), rel=1e-10)
    never = np.where(seen_1, first, np.inf)
    late = np.where(seen_1, first, 1e6)
    assert cox(never, second, seen_1, seen_2).estimate == pytest.approx(cox(late, second, seen_1, seen_2).estimate)


def test_stratified_cox_matches_exact_ties_and_is_binomial(assert_dual):
    times, seen = levels()
    evidence, theirs = stratified_cox(times[:, 2], times[:, 0], seen[:, 2], seen[:, 0]), ORACLE["levels"]["pairs"]
    assert evidence.estimate == pytest.approx(theirs["estimate"], rel=1e-10)
    assert evidence.standard_error == pytest.approx(theirs["error"], rel=1e-10)
    assert "1 of 12 blocks" in evidence.checks[0]
    assert_dual(evidence)
    # Five of eleven first: the same numbers as McNemar's on five against six discordant blocks.
    same = mcnemar(np.arange(11) < 5, np.arange(11) >= 5)
    assert evidence.interval(0.9) == same.interval(0.9)


def test_stratified_cox_knows_what_it_cannot_know():
    # Treatment first; censored first of both; both at once; treatment's event where the other is censored: first.
    evidence = stratified_cox([1, 5, 3, 4], [2, 3, 3, 4], [True] * 4, [True, False, True, False])
    assert (evidence.statistic, evidence.n) == (2.0, 4)
    assert evidence.attainable == 0.25
    with pytest.raises(Degenerate, match="in none of the 2 blocks"):
        stratified_cox([1, 2], [1, 1], [True, True], [True, False])


@pytest.mark.parametrize("name", SETS)
def test_log_rank_matches_survdiff(name):
    first, second, seen_1, seen_2 = groups(name)
    evidence, theirs = log_rank((first, seen_1), (second, seen_2)), ORACLE[name]["log_rank"]
    assert evidence.statistic**2 == pytest.approx(theirs["chisq"], rel=1e-12)
    assert evidence.estimate == pytest.approx(theirs["excess"] / theirs["variance"], rel=1e-12)
    assert evidence.p_above(0.0) + evidence.p_below(0.0) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="direction only"):
        evidence.p_above(0.1)


def test_log_rank_of_levels_matches_survdiff():
    times, seen = levels()
    three, strata = log_rank(*zip(times.T, seen.T, strict=True)), stratified_log_rank(times, seen)
    assert (three.statistic, three.df) == (pytest.approx(ORACLE["levels"]["three"], rel=1e-11), 2.0)
    assert (strata.statistic, strata.df) == (pytest.approx(ORACLE["levels"]["strata"], rel=1e-11), 2.0)
    assert three.p_above(0.0) == pytest.approx(stats.chi2.sf(three.statistic, 2), rel=1e-12)
    pair = stratified_log_rank(times[:, [2, 0]], seen[:, [2, 0]])
    assert pair.statistic**2 == pytest.approx(ORACLE["levels"]["pairs"]["chisq"], rel=1e-12)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_aft_matches_survreg(name, distribution, assert_dual):
    evidence, theirs = aft(*groups(name), distribution=distribution), ORACLE[name]["aft"][distribution]
    assert evidence.estimate == pytest.approx(theirs["estimate"], rel=1e-9)
    # survreg's information is that of its last but one step: some 1e-7.
    assert evidence.standard_error == pytest.approx(theirs["error"], rel=1e-6)
    n = evidence.df + 2
    assert n * math.log1p(evidence.statistic**2 / (n - 2)) == pytest.approx(theirs["lr"], rel=1e-9)
    assert_dual(evidence)


def test_aft_lognormal_without_censoring_is_students_test():
    rng = np.random.default_rng(3)
    a, b = rng.lognormal(size=12), rng.lognormal(0.7, size=9)
    evidence, t = aft(*all_seen(a, b)), stats.ttest_ind(np.log(a), np.log(b))
    assert evidence.estimate == pytest.approx(np.log(a).mean() - np.log(b).mean(), rel=1e-10)
    # Newton to 1e-12 of the likelihood leaves some 1e-11 of its fall.
    assert (evidence.statistic, evidence.df) == (pytest.approx(t.statistic, rel=1e-8), 19)
    assert 2 * evidence.p_below(0.0) == pytest.approx(t.pvalue, rel=1e-8)


def test_paired_aft_without_censoring_is_the_paired_t():
    rng = np.random.default_rng(4)
    a = rng.lognormal(size=10)
    b = a * rng.lognormal(0.3, 0.5, size=10)
    evidence, t = paired_aft(*all_seen(a, b)), stats.ttest_rel(np.log(a), np.log(b))
    # The jackknife of a mean is its ordinary error; each fit is exact to 1e-12.
    assert evidence.statistic == pytest.approx(t.statistic, rel=1e-8)
    assert evidence.p_above(0.0) == pytest.approx(1 - t.pvalue / 2, rel=1e-7)
    assert evidence.effects[0].low < math.exp(evidence.estimate) < evidence.effects[0].high


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_aft_size(distribution, assert_size):
    rng = np.random.default_rng(7)
    draw = {
        "lognormal": rng.lognormal,
        "weibull": rng.exponential,
        "loglogistic": lambda size: np.exp(rng.logistic(size=size)),
    }
    p = []
    for _ in range(500):
        times = draw[distribution](size=24)
        seen, times = times <= 1.5, np.minimum(times, 1.5)
        p.append(aft(times[:12], times[12:], seen[:12], seen[12:], distribution=distribution).p_above(0.0))
    assert_size(p, 0.05)


def test_size_of_cox_and_log_rank(assert_size):
    rng = np.random.default_rng(8)
    p_cox, p_rank, p_strata = [], [], []
    for _ in range(1000):
        times = rng.exponential(size=(20, 2))
        seen, times = times <= 1.5, np.minimum(times, 1.5)
        p_cox.append(cox(times[:, 0], times[:, 1], seen[:, 0], seen[:, 1]).p_above(0.0))
        p_rank.append(log_rank(*zip(times.T, seen.T, strict=True)).p_above(0.0))
        p_strata.append(stratified_cox(times[:, 0], times[:, 1], seen[:, 0], seen[:, 1]).p_above(0.0))
    for p in (p_cox, p_rank, p_strata):
        assert_size(p, 0.05)


@pytest.mark.parametrize("procedure", [cox, stratified_cox, aft, paired_aft])
def test_bad_times(procedure):
    ones = np.ones(3, bool)
    with pytest.raises(UnusableValues, match="negative"):
        procedure([-1.0, 2, 3], [1.0, 2, 3], ones, ones)
    with pytest.raises(UnusableValues, match="NaN"):
        procedure([np.nan, 2, 3], [1.0, 2, 3], ones, ones)
    with pytest.raises(Degenerate):
        procedure([1.0, 2, 3], [1.0, 2, 3], ~ones, ~ones)
    with pytest.raises(Degenerate) as caught:
        procedure([], [], [], [])
    assert caught.value.code == "too_few_blocks"


def test_aft_refuses_what_has_no_estimate():
    ones = np.ones(3, bool)
    with pytest.raises(UnusableValues, match="0 or infinite"):
        aft([0.0, 2, 3], [1.0, 2, 3], ones, ones)
    with pytest.raises(Degenerate, match="no event under reference"):
        aft([1.0, 2, 3], [1.0, 2, 3], ones, ~ones)
    with pytest.raises(Degenerate) as caught:
        aft([2.0, 2, 2], [1.0, 1, 1], ones, ones)
    assert caught.value.code == "zero_variance"
    with pytest.raises(ValueError, match="distribution: 'gamma'"):
        aft([1.0, 2, 3], [1.0, 2, 3], ones, ones, distribution="gamma")


def test_log_rank_refusals():
    with pytest.raises(ValueError, match="at least 2"):
        log_rank(([1.0], [True]))
    with pytest.raises(Degenerate):
        log_rank(([1.0], [False]), ([2.0], [False]))
    with pytest.raises(Degenerate) as caught:
        log_rank(([1.0, 1.0], [True, True]), ([1.0], [True]))
    assert caught.value.code == "zero_variance"
    with pytest.raises(ValueError, match="two equal arrays"):
        stratified_log_rank([1.0, 2.0], [True, True])
