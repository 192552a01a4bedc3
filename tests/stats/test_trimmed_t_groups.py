"""Yuen's t for groups: R's formula, scipy's trimmed t, no trimming is Welch's t, duality, size and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats import Degenerate
from lnnstats.stats.procedures.trimmed_t_groups import trimmed_t_groups
from lnnstats.stats.procedures.welch_t import welch_t
from tests.oracles import oracle

GROUPS = oracle("groups")["groups"]


@pytest.mark.parametrize("name", ["sleep", "small", "skewed"])
def test_formula_in_r(name):
    case = GROUPS[name]
    for theirs in case["yuen"]:
        ours = trimmed_t_groups(case["treatment"], case["reference"], scale="raw", trim=theirs["trim"])
        assert [ours.estimate, ours.standard_error, ours.df] == pytest.approx(
            [theirs["estimate"], theirs["error"], theirs["df"]], rel=1e-11
        )
        assert ours.interval(0.95) == pytest.approx(theirs["limits"], rel=1e-10)


@pytest.mark.parametrize("trim", [0.05, 0.2, 0.4])
def test_scipy(trim):
    rng = np.random.default_rng(1)
    first, second = rng.lognormal(size=15), rng.lognormal(size=9)
    ours = trimmed_t_groups(first, second, trim=trim)
    theirs = stats.ttest_ind(np.log(first), np.log(second), equal_var=False, trim=trim, alternative="greater")
    assert [ours.statistic, ours.df, ours.p_above(0.0)] == pytest.approx(
        [theirs.statistic, theirs.df, theirs.pvalue], rel=1e-11
    )


def test_without_trimming_it_is_welch(assert_dual):
    first, second = np.random.default_rng(2).normal(size=(2, 12))
    ours, welch = (
        f(first, second[:7], scale="raw", **o) for f, o in ((trimmed_t_groups, {"trim": 0.0}), (welch_t, {}))
    )
    assert (ours.statistic, ours.df) == pytest.approx((welch.statistic, welch.df), rel=1e-12)
    assert_dual(trimmed_t_groups(first, second[:7], scale="raw"))


def test_size_under_heavy_tails(assert_size):
    rng = np.random.default_rng(3)
    draws = rng.standard_t(2, size=(2000, 25))
    assert_size([trimmed_t_groups(d[:10], d[10:], scale="raw").p_above(0.0) for d in draws], 0.05)


def test_refusals():
    with pytest.raises(Degenerate, match="after trimming"):
        trimmed_t_groups([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], trim=0.4)
    with pytest.raises(Degenerate) as caught:
        trimmed_t_groups([9.0, 2.0, 2.0, 2.0, 1.0], [5.0, 3.0, 3.0, 3.0, 1.0], scale="raw")
    assert caught.value.code == "zero_variance"
    almost = np.exp(np.log(np.full(6, 0.3)) + np.array([0.0, 1, -1, 1, 0, -1]) * 3e-16)
    assert np.ptp(almost) > 0
    with pytest.raises(Degenerate, match="beyond rounding"):
        trimmed_t_groups(almost, almost * 2)
    with pytest.raises(ValueError, match="trim"):
        trimmed_t_groups([1.0, 2.0], [1.0, 2.0], trim=-0.1)
