"""Welch's t: R's t.test and effectsize, scipy, summaries, duality, size and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats import Degenerate, UnusableValues
from lnnstats.stats.procedures.from_summaries import t_from_summary, welch_from_summaries
from lnnstats.stats.procedures.welch_t import welch_t
from tests.oracles import oracle

GROUPS = oracle("groups")["groups"]


@pytest.mark.parametrize("name", GROUPS)
@pytest.mark.parametrize("pooled", [False, True])
def test_t_test_of_r(name, pooled):
    case = GROUPS[name]
    theirs = case["pooled" if pooled else "welch"]
    ours = welch_t(case["treatment"], case["reference"], scale="raw", equal_variances=pooled)
    # The same formula in R: rounding only.
    assert [ours.statistic, ours.df] == pytest.approx([theirs["statistic"], theirs["df"]], rel=1e-12)
    assert ours.standard_error == pytest.approx(theirs["error"], rel=1e-12)
    assert ours.interval(0.95) == pytest.approx(theirs["limits"], rel=1e-10)
    assert ours.p_above(0.0) == pytest.approx(theirs["greater"], rel=1e-10)
    assert ours.n == len(case["treatment"]) + len(case["reference"])


@pytest.mark.parametrize("name", GROUPS)
def test_standardised_effects_of_effectsize(name):
    case = GROUPS[name]
    effects = {e.name: (e.estimate, e.low, e.high) for e in welch_t(*pair(case), scale="raw").effects}
    for ours, theirs in (("g", "g"), ("d, average variance", "average"), ("Glass' delta", "glass")):
        assert effects[ours][0] == pytest.approx(case[theirs][0], rel=1e-10)
        # effectsize finds its noncentralities by an optimiser that stops near 1e-4.
        assert effects[ours] == pytest.approx(case[theirs], rel=1e-3, abs=1e-3)
    # The dominance matrix, element by element, in R: rounding only.
    assert effects["Cliff's delta"] == pytest.approx(case["cliff"], rel=1e-11)
    assert effects["A12"] == pytest.approx([(x + 1) / 2 for x in case["cliff"]], rel=1e-11)


def pair(case):
    return case["treatment"], case["reference"]


def test_noncentral_limits_are_the_noncentralities():
    """Each limit of g, scaled back, puts the observed pooled t at its 2.5% or 97.5% point."""
    first, second = np.random.default_rng(0).normal(size=(2, 8))
    evidence = welch_t(first + 1, second, scale="raw", equal_variances=True)
    g = evidence.effects[0]
    for limit, probability in ((g.low, 0.025), (g.high, 0.975)):
        noncentrality = limit / g.estimate * evidence.statistic
        assert stats.nct.sf(evidence.statistic, 14, noncentrality) == pytest.approx(probability, rel=1e-8)


def test_log_scale_and_duality(assert_dual):
    rng = np.random.default_rng(1)
    first, second = rng.lognormal(0.5, 1.0, size=11), rng.lognormal(size=7)
    evidence = welch_t(first, second)
    assert (evidence.measure, evidence.display) == ("ratio", "exp")
    assert math.exp(evidence.estimate) == pytest.approx(stats.gmean(first) / stats.gmean(second), rel=1e-13)
    assert_dual(evidence)


def test_equivalence_of_statsmodels():
    from statsmodels.stats.weightstats import ttost_ind

    first, second = np.random.default_rng(2).normal(size=(2, 25))
    evidence = welch_t(first, second, scale="raw")
    p, above, below = ttost_ind(first, second, -0.6, 0.6, usevar="unequal")
    assert evidence.p_above(-0.6) == pytest.approx(above[1], rel=1e-10)
    assert evidence.p_below(0.6) == pytest.approx(below[1], rel=1e-10)
    assert max(evidence.p_above(-0.6), evidence.p_below(0.6)) == pytest.approx(p, rel=1e-10)


def test_summaries_are_the_same_test():
    first, second = np.random.default_rng(3).normal(size=(2, 9))
    whole = welch_t(first, second[:6], scale="raw")
    numbers = [f(x) for x in (first, second[:6]) for f in (np.mean, lambda x: np.std(x, ddof=1), np.size)]
    table = welch_from_summaries(*numbers)
    assert (table.estimate, table.statistic, table.df, table.n) == pytest.approx(
        (whole.estimate, whole.statistic, whole.df, whole.n), rel=1e-12
    )
    assert [e.high for e in table.effects] == pytest.approx([e.high for e in whole.effects[:3]], rel=1e-9)


def test_published_summary():
    # Student (1908), differences of the sleep data: mean 1.58, sd 1.229995, n 10; t = 4.0621 on 9, as in R.
    evidence = t_from_summary(1.58, 1.229995, 10)
    assert (round(evidence.statistic, 4), evidence.df) == (4.0621, 9)
    assert evidence.interval(0.95) == pytest.approx((0.7001142, 2.4598858), abs=1e-5)


@pytest.mark.parametrize("spread", [1.0, 4.0])
def test_size_with_unequal_groups(spread, assert_size):
    """Welch's t is nearly exact; in small normal groups its size stays below .055 (Welch 1947), hence that bound."""
    rng = np.random.default_rng(4)
    p = [welch_t(rng.normal(0, spread, 6), rng.normal(0, 1, 15), scale="raw").p_above(0.0) for _ in range(1000)]
    assert (np.array(p) <= 0.05).mean() <= 0.055 + 4 * math.sqrt(0.055 * 0.945 / 1000)


def test_refusals():
    with pytest.raises(Degenerate, match="reference: 1 block"):
        welch_t([1.0, 2.0], [1.0])
    with pytest.raises(Degenerate) as caught:
        welch_t([2.0, 2.0], [1.0, 1.0, 1.0])
    assert caught.value.code == "zero_variance"
    with pytest.raises(Degenerate):
        welch_t([2.0, 2.0], [1.0, 1.0, 1.0], equal_variances=True)
    with pytest.raises(Degenerate):
        welch_t([], [1.0, 1.0])
    with pytest.raises(UnusableValues, match="infinite"):
        welch_t([2.0, np.inf], [1.0, 1.0, 1.0])
    with pytest.raises(UnusableValues, match="NaN"):
        welch_t([2.0, np.nan], [1.0, 1.0, 1.0])
    with pytest.raises(UnusableValues, match="sd >= 0"):
        welch_from_summaries(1.0, -1.0, 5, 1.0, 1.0, 5)
    with pytest.raises(UnusableValues, match="no summary"):
        t_from_summary(math.nan, 1.0, 5)
    with pytest.raises(UnusableValues, match="no summary"):
        t_from_summary(1.0, 1.0, 5.5)
    with pytest.raises(Degenerate):
        t_from_summary(1.0, 0.0, 5)
    with pytest.raises(Degenerate):
        t_from_summary(1.0, 1.0, 1)


def test_one_constant_group_has_an_answer():
    evidence = welch_t([2.0, 2.0, 2.0], [1.0, 1.5, 1.1, 0.7])
    assert evidence.df == pytest.approx(3)
    assert {e.name for e in evidence.effects} >= {"g", "Glass' delta"}
    other = welch_t([1.0, 1.5, 1.1, 0.7], [2.0, 2.0, 2.0])
    assert "Glass' delta" not in {e.name for e in other.effects}
