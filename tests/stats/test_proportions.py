"""Sign test, exact binomial, exact McNemar: closed forms, other libraries, duality, exact size by enumeration."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lnnstats.stats import Degenerate, UnusableValues, exact_binomial, mcnemar, sign_test


def events(count, n):
    return np.arange(n) < count


def pairs(both, first, second, neither):
    table = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [both, first, second, neither], axis=0).astype(bool)
    return table[:, 0], table[:, 1]


def test_binomial_matches_scipy(assert_dual):
    evidence = exact_binomial(events(7, 20), null=0.3)
    for p in (0.1, 0.3, 0.5, 0.9):
        # Incomplete beta against summed probabilities: rounding of 20 terms.
        assert evidence.p_above(p) == pytest.approx(stats.binomtest(7, 20, p, "greater").pvalue, rel=1e-11)
        assert evidence.p_below(p) == pytest.approx(stats.binomtest(7, 20, p, "less").pvalue, rel=1e-11)
    assert evidence.attainable == pytest.approx(0.3**20)
    assert_dual(evidence)


@pytest.mark.parametrize("count", [0, 10])
def test_binomial_at_the_ends(count):
    evidence = exact_binomial(events(count, 10))
    low, high = evidence.interval(0.95)
    assert (low if count == 0 else high) == (0.0 if count == 0 else 1.0)
    assert evidence.p_above(0.0) == (1.0 if count == 0 else 0.0)
    assert evidence.p_below(1.0) == (1.0 if count == 10 else 0.0)
    assert evidence.p_above(-0.1) == 0.0
    assert evidence.p_below(1.1) == 0.0
    assert evidence.p_above(1.1) == 1.0


@pytest.mark.parametrize("p", [0.05, 0.3, 0.9])
@pytest.mark.parametrize("n", [4, 15, 40])
def test_binomial_size_is_exact(n, p):
    """Every outcome enumerated: P(p_above(p) <= alpha) <= alpha."""
    weight = stats.binom(n, p).pmf(np.arange(n + 1))
    rejected = np.array([exact_binomial(events(count, n)).p_above(p) for count in range(n + 1)])
    for alpha in (0.01, 0.05, 0.2):
        assert weight[rejected <= alpha].sum() <= alpha + 1e-12


def test_sign_test_ties_resolution_and_never_reached(sleep):
    first, second = sleep
    evidence = sign_test(second, first)
    # Nine gains of nine that differ: 2^-9 one-sided.
    assert evidence.p_above(0.5) == evidence.attainable == pytest.approx(2.0**-9)
    assert (evidence.n, evidence.statistic) == (10, 9.0)
    assert "1 of 10 blocks tie" in evidence.checks[0]
    never = sign_test([np.inf, np.inf, 3.0, 1e-9], [np.inf, 2.0, 5.0, 1e-12], resolution=1e-6)
    assert (never.statistic, never.estimate) == (1.0, 0.5)
    assert never.effects[0].estimate == 0.5


@pytest.mark.parametrize("greater", [0, 3, 8])
def test_sign_test_duality(greater, assert_dual):
    treatment = np.where(events(greater, 8), 2.0, 0.0)
    assert_dual(sign_test(treatment, np.ones(8)))


def test_mcnemar_exact_worked_example(assert_dual):
    # Approval ratings, Agresti (2013, table 11.1): 794, 150 | 86, 570.
    evidence = mcnemar(*pairs(794, 86, 150, 570))
    assert 2 * evidence.p_below(0.0) == pytest.approx(stats.binomtest(86, 236).pvalue, rel=1e-10)
    assert evidence.estimate == pytest.approx(math.log(86 / 150), rel=1e-14)
    assert evidence.effects[0].estimate == pytest.approx(-64 / 1600)
    assert_dual(evidence)


def test_mcnemar_one_sided_discordance(assert_dual):
    evidence = mcnemar(*pairs(1, 6, 0, 3))
    low, high = evidence.interval(0.95)
    assert evidence.estimate == high == math.inf
    # P(X = 6 | p) = p^6 = .025.
    p = 0.025 ** (1 / 6)
    assert low == pytest.approx(math.log(p / (1 - p)), rel=1e-12)
    assert evidence.effects[1].high == math.inf
    assert_dual(evidence)


def test_mid_p_interval_solves_its_equation_and_lies_inside():
    evidence = mcnemar(*pairs(5, 9, 3, 5))
    mid = evidence.effects[1]
    p = mid.low / (1 + mid.low)
    assert stats.binom.sf(9, 12, p) + stats.binom.pmf(9, 12, p) / 2 == pytest.approx(0.025, abs=1e-10)
    exact = np.exp(evidence.interval(0.95))
    assert exact[0] < mid.low < mid.high < exact[1]


@given(st.integers(0, 12), st.integers(0, 12), st.floats(-4, 4))
def test_mcnemar_reverses(first, second, threshold):
    if first + second == 0:
        return
    forward, backward = mcnemar(*pairs(1, first, second, 1)), mcnemar(*pairs(1, second, first, 1))
    assert forward.p_above(threshold) == pytest.approx(backward.p_below(-threshold), rel=1e-12)


def test_nothing_differs():
    for refuse in (lambda: sign_test([1.0, 2.0], [1.0, 2.0]), lambda: mcnemar([True, False], [True, False])):
        with pytest.raises(Degenerate) as caught:
            refuse()
        assert caught.value.code == "no_discordance"


def test_events_must_be_booleans():
    assert exact_binomial([1, 0, 1]).estimate == pytest.approx(2 / 3)
    with pytest.raises(UnusableValues, match="booleans"):
        exact_binomial([0.2, 1.0])
