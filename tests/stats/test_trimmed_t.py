"""Trimmed t: R's formula, scipy's trimmed t, no trimming is the paired t, duality, size and refusals."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats import Degenerate, paired_t
from lnnstats.stats.procedures.trimmed_t import trimmed_t
from tests.oracles import oracle

PAIRS = oracle("pairs")["pairs"]


@pytest.mark.parametrize("name", PAIRS)
def test_mean_error_and_limits_of_r(name):
    case = PAIRS[name]
    for theirs in case["trimmed"]:
        ours = trimmed_t(case["treatment"], case["reference"], scale="raw", trim=theirs["trim"])
        assert (ours.df, ours.n) == (theirs["df"], len(case["reference"]))
        # The same formula in R: rounding only.
        assert [ours.estimate, ours.standard_error] == pytest.approx([theirs["mean"], theirs["error"]], rel=1e-12)
        assert ours.interval(0.95) == pytest.approx(theirs["limits"], rel=1e-11)


def test_scipy_against_a_group_that_does_not_vary():
    """Yuen's t of two groups is that of one where the other is constant."""
    first, second = np.random.default_rng(1).lognormal(size=(2, 23))
    differences = np.log(first) - np.log(second)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy warns that the zeros do not vary
        theirs = stats.ttest_ind(differences, np.zeros(23), equal_var=False, trim=0.2, alternative="greater")
    ours = trimmed_t(first, second)
    assert [ours.statistic, ours.df] == pytest.approx([theirs.statistic, theirs.df], rel=1e-12)
    assert ours.p_above(0.0) == pytest.approx(theirs.pvalue, rel=1e-10)


def test_without_trimming_it_is_the_paired_t():
    first, second = np.random.default_rng(2).normal(size=(2, 9))
    ours, plain = trimmed_t(first, second, scale="raw", trim=0.0), paired_t(first, second, scale="raw")
    assert (ours.statistic, ours.df) == (pytest.approx(plain.statistic, rel=1e-13), plain.df)


def test_dual_and_unmoved_by_an_outlier(assert_dual):
    differences = np.random.default_rng(3).normal(1.0, 1.0, size=15)
    evidence = trimmed_t(differences, np.zeros(15), scale="raw")
    assert_dual(evidence)
    far = differences.copy()
    far[differences.argmax()] = 1e9
    assert trimmed_t(far, np.zeros(15), scale="raw").interval(0.95) == pytest.approx(evidence.interval(0.95), rel=1e-12)


@pytest.mark.parametrize("n", [10, 20])
def test_size_for_normal_differences(n):
    """A t approximation: 200,000 simulated worlds reject .055 of the time at n = 10 and .052 at n = 20."""
    rng = np.random.default_rng(n)
    zero = np.zeros(n)
    p = np.array([trimmed_t(rng.normal(size=n), zero, scale="raw").p_above(0.0) for _ in range(2000)])
    assert (p <= 0.05).mean() <= 0.056 + 4 * math.sqrt(0.056 * 0.944 / 2000)


@pytest.mark.parametrize("n", [10, 30])
def test_size_under_heavy_tails(n, assert_size):
    rng = np.random.default_rng(n)
    zero = np.zeros(n)
    assert_size([trimmed_t(rng.standard_t(2, size=n), zero, scale="raw").p_above(0.0) for _ in range(2000)], 0.05)


def test_refusals():
    with pytest.raises(Degenerate, match="1 after trimming"):
        trimmed_t([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], trim=0.4)
    with pytest.raises(Degenerate) as caught:
        trimmed_t([5.0, 2.0, 2.0, 2.0, 1.0], np.ones(5), scale="raw")
    assert caught.value.code == "zero_variance"
    with pytest.raises(ValueError, match=r"below 0\.5"):
        trimmed_t([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], trim=0.5)
