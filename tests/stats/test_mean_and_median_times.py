"""Restricted means and medians: R's survival, closed forms without censoring, exact orders, duality, simulated size."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats.procedures.kaplan_meier import kaplan_meier
from lnnstats.stats.procedures.median_time import median_time, median_time_groups
from lnnstats.stats.procedures.restricted_mean import restricted_mean, restricted_mean_groups
from lnnstats.stats.values import Degenerate, UnusableValues
from tests.oracles import oracle

ORACLE = oracle("times")


def groups(name):
    data = ORACLE[name]
    time, seen, treated = np.array(data["time"], float), np.array(data["seen"], bool), np.array(data["group"]) == 1
    return time[treated], time[~treated], seen[treated], seen[~treated]


def test_restricted_mean_is_the_paired_t_of_restricted_times(assert_dual):
    rng = np.random.default_rng(0)
    a, b = rng.exponential(size=(2, 14))
    a[3] = np.inf
    evidence, t = restricted_mean(a, b, horizon=1.5), stats.ttest_rel(np.minimum(a, 1.5), np.minimum(b, 1.5))
    assert evidence.statistic == pytest.approx(t.statistic, rel=1e-12)
    assert evidence.p_below(0.0) == pytest.approx(stats.t.cdf(t.statistic, 13), rel=1e-12)
    assert_dual(evidence)


@pytest.mark.parametrize("name", ["leukaemia", "weibull"])
def test_restricted_mean_of_groups_matches_survfit(name, assert_dual):
    data = ORACLE[name]
    evidence = restricted_mean_groups(*groups(name), horizon=data["horizon"])
    reference, treatment = data["rmean"]
    assert evidence.estimate == pytest.approx(treatment - reference, rel=1e-12)
    effect = evidence.effects[0]
    # survfit's errors are plain Greenwood; the normal limits are 1.96 of them apart.
    reach = stats.norm.ppf(0.975) * math.hypot(*data["rmean_error"])
    assert (effect.low, effect.high) == pytest.approx((evidence.estimate - reach, evidence.estimate + reach), rel=1e-11)
    assert evidence.standard_error > math.hypot(*data["rmean_error"])
    assert_dual(evidence)


def test_without_censoring_it_is_welch():
    rng = np.random.default_rng(1)
    a, b = rng.exponential(size=9), rng.exponential(2, size=15)
    evidence = restricted_mean_groups(a, b, np.ones(9, bool), np.ones(15, bool), horizon=1.2)
    t = stats.ttest_ind(np.minimum(a, 1.2), np.minimum(b, 1.2), equal_var=False)
    assert (evidence.statistic, evidence.df) == (pytest.approx(t.statistic, rel=1e-11), pytest.approx(t.df, rel=1e-11))


def test_horizon_must_be_known():
    first, second, seen_1, seen_2 = groups("leukaemia")
    with pytest.raises(UnusableValues, match="where both curves are known"):
        restricted_mean_groups(first, second, seen_1, seen_2, horizon=40.0)
    # The reference's curve reaches 0 and is known for ever; the treatment's ends at 35 weeks.
    assert "up to 35" in restricted_mean_groups(first, second, seen_1, seen_2).estimand
    with pytest.raises(ValueError, match="no finite time"):
        restricted_mean(first, second, horizon=math.inf)


def test_size_of_restricted_means(assert_size):
    rng = np.random.default_rng(2)
    p = []
    for _ in range(2000):
        times, end = rng.exponential(size=(2, 15)), rng.uniform(0.8, 3.0, size=(2, 15))
        seen, at = times <= end, np.minimum(times, end)
        p.append(restricted_mean_groups(at[0], at[1], seen[0], seen[1], horizon=0.8).p_above(0.0))
    assert_size(p, 0.05)


def test_median_of_differences_by_order_statistics(assert_dual):
    rng = np.random.default_rng(3)
    a, b = rng.exponential(size=(2, 12))
    evidence = median_time(a, b, horizon=10.0)
    ordered = np.sort(a - b)
    # P(Bin(12, 1/2) <= 2) = .0193, P(<= 3) = .073: the third value from either end.
    assert evidence.interval(0.95) == (ordered[2], ordered[-3])
    assert evidence.p_above(0.0) == pytest.approx(stats.binomtest(int((a > b).sum()), 12, 0.5, "greater").pvalue)
    assert evidence.attainable == 0.5**12
    assert_dual(evidence)


def test_median_of_ties_and_few_blocks():
    never = median_time([np.inf] * 5, [np.inf, np.inf, 1.0, 2.0, 3.0], horizon=4.0)
    assert (never.statistic, never.p_above(0.0)) == (3.0, 0.5)
    assert never.interval(0.95) == (-math.inf, math.inf)
    assert "2 of 5 blocks" in never.checks[0]


@pytest.mark.parametrize("scale", ["raw", "log"])
def test_medians_of_groups(scale, assert_dual):
    evidence = median_time_groups(*groups("leukaemia"), scale=scale)
    assert evidence.estimate == pytest.approx(23 - 8 if scale == "raw" else math.log(23 / 8))
    low, high = evidence.interval(0.95)
    assert (low > 0, high) == (True, math.inf)
    assert [effect.estimate for effect in evidence.effects] == [23.0, 8.0]
    assert_dual(evidence)


@pytest.mark.parametrize("seed", range(4))
def test_su_wei_by_brute_force(seed):
    """The smallest sum of squares over a fine grid of common medians, from the definition."""
    rng = np.random.default_rng(seed)
    a, b = rng.integers(1, 30, size=(2, 14)).astype(float)
    seen = rng.random((2, 14)) < 0.85
    evidence, curves = median_time_groups(a, b, *seen), [kaplan_meier(a, seen[0]), kaplan_meier(b, seen[1])]

    def distance(curve, m):
        place = np.searchsorted(curve.times, m, side="right") - 1
        if m == curve.median or (math.isinf(curve.median) and m >= curve.horizon_limit):
            return 0.0
        if place < 0:
            return math.inf
        place = min(place, int((curve.survival > 0).sum()) - 1)
        s, d, r = curve.survival[place], curve.events[: place + 1], curve.at_risk[: place + 1]
        return (math.log(s) * (math.log(-math.log(s)) - math.log(math.log(2)))) ** 2 / (d / (r * (r - d))).sum()

    # Curves jump at whole weeks only: quarter weeks meet every combination of steps, and no threshold here is a jump.
    for threshold in (-12.125, -3.125, 4.875, 15.875):
        squares = [distance(curves[0], m + threshold) + distance(curves[1], m) for m in np.arange(0, 60, 0.125)]
        if min(squares) < 60:
            assert (
                abs(evidence.statistic if threshold == 0 else _root(evidence, threshold))
                <= math.sqrt(min(squares)) + 1e-9
            )


def _root(evidence, threshold):
    return stats.norm.ppf(evidence.p_below(threshold))


def test_a_median_that_is_not_reached(assert_dual):
    evidence = median_time_groups([5.0] * 12, np.arange(1.0, 13.0), [False] * 12, [True] * 12)
    assert evidence.estimate == evidence.interval(0.95)[1] == math.inf
    assert_dual(evidence)
    with pytest.raises(Degenerate, match="neither median"):
        median_time_groups([5.0, 6.0], [5.0, 7.0, 8.0], [False, False], [True, False, False])


def test_size_of_medians(assert_size):
    rng = np.random.default_rng(6)
    p = []
    for _ in range(1000):
        times, end = rng.exponential(size=(2, 25)), rng.uniform(0.5, 4.0, size=(2, 25))
        seen, at = times <= end, np.minimum(times, end)
        p.append(median_time_groups(at[0], at[1], seen[0], seen[1]).p_above(0.0))
    assert_size(p, 0.05)


def test_refusals():
    with pytest.raises(UnusableValues, match="logs are not defined"):
        median_time_groups([0.0, 1.0], [1.0, 2.0], [True] * 2, [True] * 2, scale="log")
    with pytest.raises(ValueError, match="scale: 'sqrt'"):
        median_time_groups([1.0], [1.0], [True], [True], scale="sqrt")
    with pytest.raises(Degenerate) as caught:
        restricted_mean([1.0, 2.0], [1.0, 2.0], horizon=5.0)
    assert caught.value.code == "zero_variance"
    with pytest.raises(Degenerate, match="a group of 1 run"):
        restricted_mean_groups([1.0], [1.0, 2.0], [True], [True, True])
    with pytest.raises(Degenerate, match="no run has its event"):
        restricted_mean_groups([5.0, 5.0], [5.0, 5.0], [False] * 2, [False] * 2, horizon=4.0)
