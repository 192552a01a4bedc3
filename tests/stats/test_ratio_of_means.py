"""Ratio of means: limits by root finding in R, unbounded sets, monotone tests, duality, size and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats import Degenerate, UnusableValues
from lnnstats.stats.procedures.ratio_of_means import ratio_of_means
from tests.oracles import oracle

CASES = oracle("pairs")["fieller"]


@pytest.mark.parametrize("case", CASES)
def test_limits_and_tests_of_r(case):
    evidence = ratio_of_means(case["treatment"], case["reference"])
    assert evidence.statistic == pytest.approx(case["t"], rel=1e-12)
    assert evidence.estimate == pytest.approx(case["estimate"], rel=1e-12, abs=1e-14)
    assert evidence.p_above(0.0) == pytest.approx(case["greater"], rel=1e-11)
    # R's uniroot stops within 1e-13 of a root at which p moves little.
    assert evidence.interval(0.95) == pytest.approx((case["low"], case["high"]), abs=1e-9)


def test_dual(assert_dual):
    first, second = np.random.default_rng(1).gamma(4.0, size=(2, 12))
    assert_dual(ratio_of_means(first, second), levels=(0.5, 0.9, 0.95, 0.99))


def test_thresholds_are_paired_t_tests():
    first, second = np.random.default_rng(2).gamma(4.0, size=(2, 12))
    evidence = ratio_of_means(first, second)
    for ratio in (0.7, 0.9, 1.0, 1.4):
        theirs = stats.ttest_1samp(first - ratio * second, 0.0, alternative="greater").pvalue
        assert evidence.p_above(math.log(ratio)) == pytest.approx(theirs, rel=1e-10)


@pytest.mark.parametrize("seed", range(12))
def test_unsure_means_give_infinite_limits_and_monotone_tests(seed):
    rng = np.random.default_rng(seed)
    first, second = rng.normal(0.7, 1.5, size=(2, 6)) + rng.normal(0.0, 1.0, size=6)
    first, second = first - first.mean() + 0.8, second - second.mean() + 0.5
    evidence = ratio_of_means(first, second)
    places = np.linspace(-12, 12, 401)
    p, q = (np.array([test(t) for t in places]) for test in (evidence.p_above, evidence.p_below))
    assert (np.diff(p) >= -1e-15).all()
    assert (np.diff(q) <= 1e-15).all()
    for level in (0.5, 0.8, 0.95):
        low, high = evidence.interval(level)
        a = (1 - level) / 2
        assert (low == -math.inf) == (stats.ttest_1samp(first, 0.0, alternative="greater").pvalue >= a)
        assert (high == math.inf) == (stats.ttest_1samp(second, 0.0, alternative="greater").pvalue >= a)
        assert ((p <= a) == (places < low)).all()
        assert ((q <= a) == (places > high)).all()
    assert any(check.startswith("unbounded: ") for check in evidence.checks)


def test_extreme_thresholds_are_the_tests_of_each_mean():
    first, second = np.random.default_rng(3).gamma(2.0, size=(2, 7))
    evidence = ratio_of_means(first, second)
    assert evidence.p_above(-math.inf) == pytest.approx(
        stats.ttest_1samp(first, 0.0, alternative="greater").pvalue, rel=1e-10
    )
    assert evidence.p_below(math.inf) == evidence.p_below(800.0)
    assert evidence.p_below(800.0) == pytest.approx(
        stats.ttest_1samp(second, 0.0, alternative="greater").pvalue, rel=1e-10
    )


def test_standard_error_by_the_delta_method():
    rng = np.random.default_rng(4)
    estimates, errors = [], []
    for _ in range(400):
        second = rng.gamma(9.0, size=40)
        found = ratio_of_means(second * rng.gamma(9.0, 1 / 9, size=40), second)
        estimates.append(found.estimate)
        errors.append(found.standard_error)
    # A standard deviation of 400 estimates has a relative error of 1 / sqrt(800), taken 4 times.
    assert np.mean(errors) == pytest.approx(np.std(estimates), rel=4 / math.sqrt(800))


def test_size(assert_size):
    rng = np.random.default_rng(5)
    draws = rng.normal(5.0, 1.0, size=(2000, 2, 10))
    assert_size([ratio_of_means(*d).p_above(0.0) for d in draws], 0.05)
    assert_size([ratio_of_means(2 * d[0], d[1]).p_below(math.log(2.0)) for d in draws], 0.05)


def test_refusals():
    with pytest.raises(UnusableValues, match="not positive"):
        ratio_of_means([-1.0, -2.0, 1.0], [1.0, 2.0, 3.0])
    with pytest.raises(Degenerate) as caught:
        ratio_of_means([1.1, 2.2, 3.3], [1.0, 2.0, 3.0])
    assert caught.value.code == "zero_variance"
    with pytest.raises(Degenerate):
        ratio_of_means([1.0], [2.0])
    constant = ratio_of_means([2.0, 2.0, 2.0], [1.0, 1.5, 1.2])
    assert constant.interval(0.95)[0] > -math.inf
