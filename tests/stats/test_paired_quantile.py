"""Quantiles of two levels: binomial and listed laws of resamples, scipy's quantiles, horizons, duality, size."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats import Degenerate, UnusableValues, paired_quantile
from lnnstats.stats.resampling.quantile_curves import quantile_curves, row_quantiles


def pairs(rng, n, correlation=0.5, shift=0.3):
    first = rng.normal(size=n)
    return np.exp(first + shift), np.exp(correlation * first + math.sqrt(1 - correlation**2) * rng.normal(size=n))


@pytest.mark.parametrize("quantile", [0.05, 0.25, 0.5, 0.7, 0.9])
@pytest.mark.parametrize("n", [2, 9, 10, 29])
def test_quantiles_are_those_of_scipy(n, quantile):
    values = np.random.default_rng(n).normal(size=(5, n))
    theirs = stats.mstats.mquantiles(values, [quantile], alphap=0, betap=0, axis=1).data[:, 0]
    assert row_quantiles(values, quantile) == pytest.approx(theirs, rel=1e-12, abs=1e-12)  # one product and one sum


def test_the_median_is_the_usual_one():
    values = np.random.default_rng(0).normal(size=(4, 10))
    assert row_quantiles(values, 0.5) == pytest.approx(np.median(values, axis=1), rel=1e-14)  # halves round otherwise


def test_ties_and_infinities_stay_as_they_are():
    assert row_quantiles(np.full((1, 9), 0.1), 0.33)[0] == 0.1
    assert row_quantiles(np.array([[1.0, np.inf, np.inf, 2.0]]), 0.5)[0] == np.inf
    assert row_quantiles(np.array([[1.0, np.inf, np.inf, np.inf]]), 0.5)[0] == np.inf


def test_both_levels_are_resampled_together():
    """The joint law of two medians of four blocks against that of all 256 resamples."""
    values = np.array([[1.0, 8.0], [2.0, 4.0], [3.0, 1.0], [5.0, 2.0]])
    listed = np.array([np.median(values[list(drawn)], axis=0) for drawn in product(range(4), repeat=4)])
    drawn, b = quantile_curves(values, resamples=40_000, seed=3).drawn, 40_000
    for threshold in (-5.0, -2.0, 0.0, 1.5, 3.0):
        p = (listed[:, 0] - listed[:, 1] <= threshold).mean()
        found = (drawn[:, 0] - drawn[:, 1] <= threshold).mean()
        assert found == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / b))  # 4 binomial errors


def test_against_a_constant_it_is_a_binomial_tail():
    """The median of 11 resampled values is at most x_(i) with chance P(Bin(11, i / 11) >= 6)."""
    values, b = np.arange(1.0, 12.0), 20_000
    evidence = paired_quantile(values, np.full(11, 4.0), resamples=b)
    for i in range(1, 11):
        p = stats.binom.sf(5, 11, i / 11)
        assert evidence.p_above(i - 4.0) == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / b) + 1 / b)
        assert evidence.p_below(i - 3.0) == pytest.approx(1 - p, abs=4 * math.sqrt(p * (1 - p) / b) + 1 / b)
    assert evidence.estimate == 2.0


@pytest.mark.parametrize("scale", ["raw", "log", "log1p"])
@pytest.mark.parametrize("horizon", [None, 1.6])
def test_tests_and_limits_are_dual(scale, horizon, assert_dual):
    evidence = paired_quantile(*pairs(np.random.default_rng(4), 40, shift=0.0), scale=scale, horizon=horizon)
    assert_dual(evidence)
    assert evidence.measure == ("difference" if scale == "raw" else "ratio")


def test_levels_swap_with_the_sign():
    first, second = pairs(np.random.default_rng(5), 31)
    ours, theirs = paired_quantile(first, second), paired_quantile(second, first)
    assert ours.p_above(0.2) == theirs.p_below(-0.2)
    assert ours.interval(0.9) == tuple(-x for x in reversed(theirs.interval(0.9)))


def test_a_ratio_has_no_unit_and_is_of_the_quantiles_themselves():
    first, second = pairs(np.random.default_rng(6), 30)
    evidence = paired_quantile(first, second, scale="log")
    assert math.exp(evidence.estimate) == pytest.approx(np.median(first) / np.median(second), rel=1e-12)
    assert paired_quantile(7 * first, 7 * second, scale="log").interval(0.9) == pytest.approx(evidence.interval(0.9))


def test_it_is_no_median_of_differences():
    first, second = np.arange(9.0), np.array([0.5, 1.5, 2.5, 3.5, 4.5, 0.0, 0.0, 0.0, 0.0])
    assert np.median(first - second) == -0.5
    assert paired_quantile(first, second).estimate == 3.5


def test_a_run_that_never_arrives_is_only_late():
    first, second = pairs(np.random.default_rng(7), 30)
    horizon = float(np.quantile(first, 0.9))
    never = np.where(first > horizon, np.inf, first)
    cut = np.minimum(first, horizon)
    assert paired_quantile(never, second, horizon=horizon).tests.lower.tolist() == (
        paired_quantile(cut, second, horizon=horizon).tests.lower.tolist()
    )
    assert paired_quantile(never, second, horizon=horizon).interval(0.95) == paired_quantile(first, second).interval(
        0.95
    )


def test_limits_hold_whatever_lies_beyond_the_horizon():
    """With a sixth more than half of the runs arriving, the limits contain those of any continuation."""
    rng = np.random.default_rng(8)
    first, second = rng.permutation(np.arange(1.0, 31.0)), rng.permutation(np.arange(1.0, 31.0))
    evidence = paired_quantile(first, second, horizon=18.5)
    assert evidence.checks[0].startswith("censoring") and evidence.standard_error is None
    for beyond in (1.0, 50.0):
        stretched = [np.where(x > 18.5, 18.5 + beyond * (x - 18.5), x) for x in (first, second)]
        known = paired_quantile(*stretched)
        for threshold in (-8.0, -1.0, 0.0, 1.0, 8.0):
            assert evidence.p_above(threshold) >= known.p_above(threshold)
            assert evidence.p_below(threshold) >= known.p_below(threshold)


def test_a_quantile_beyond_the_horizon_is_named():
    first, second = np.arange(1.0, 21.0), np.arange(2.0, 22.0)
    with pytest.raises(Degenerate, match="median is beyond the horizon at level 3, 1") as caught:
        paired_quantile(first, second, horizon=10.0, names=[3, 1])
    assert caught.value.code == "unidentified"
    with pytest.raises(Degenerate, match="median is infinite at level reference"):
        paired_quantile(first, np.where(second > 5, np.inf, second))
    assert paired_quantile(first, second, quantile=0.3, horizon=10.0).estimate == pytest.approx(-1.0, abs=1e-12)


@pytest.mark.parametrize("late", ["treatment", "reference"])
def test_one_quantile_beyond_the_horizon_bounds_the_difference(late):
    """Whatever the late times are, the p of any threshold and the limits allow for them; the other side is known."""
    early, horizon = np.random.default_rng(5).permutation(np.arange(1.0, 41.0)) / 10, 100.0
    pair = (np.full(40, np.inf), early) if late == "treatment" else (early, np.full(40, np.inf))
    evidence = paired_quantile(*pair, horizon=horizon)
    sign = 1.0 if late == "treatment" else -1.0
    assert evidence.estimate == pytest.approx(sign * (horizon - np.median(early)), rel=1e-12)
    low, high = evidence.interval(0.95)
    assert (high if sign > 0 else -low) == np.inf and np.isfinite(low if sign > 0 else high)
    towards, away = (evidence.p_above, evidence.p_below) if sign > 0 else (evidence.p_below, evidence.p_above)
    assert towards(sign * 95.0) < 0.001 and away(sign * 1e6) == 1.0
    assert evidence.checks[0].startswith("bound:") and late in evidence.checks[0]


@pytest.mark.parametrize(("quantile", "needed"), [(0.5, 9), (0.8, 24), (0.1, 49)])
def test_too_few_blocks_are_refused(quantile, needed):
    rng = np.random.default_rng(9)
    with pytest.raises(Degenerate, match=f"at least {needed}") as caught:
        paired_quantile(*pairs(rng, needed - 1), quantile=quantile)
    assert caught.value.code == "too_few_blocks"
    assert paired_quantile(*pairs(rng, needed), quantile=quantile).n == needed


def test_blocks_all_alike_have_nothing_to_test():
    with pytest.raises(Degenerate) as caught:
        paired_quantile(np.full(12, 3.0), np.full(12, 2.0))
    assert caught.value.code == "zero_variance"


@pytest.mark.parametrize(
    ("spoil", "said"), [({"quantile": 1.0}, "no quantile"), ({"horizon": math.inf}, "no finite time")]
)
def test_options_without_sense_are_refused(spoil, said):
    with pytest.raises(ValueError, match=said):
        paired_quantile(*pairs(np.random.default_rng(10), 12), **spoil)


def test_values_outside_the_scale_are_refused():
    first, second = pairs(np.random.default_rng(11), 12)
    with pytest.raises(UnusableValues, match="scale 'log'"):
        paired_quantile(first - 1, second, scale="log")


@pytest.mark.parametrize("side", ["p_above", "p_below"])
@pytest.mark.parametrize("correlation", [-0.5, 0.5])
def test_size_at_the_true_difference(side, correlation, assert_size):
    rng, truth, p = np.random.default_rng(12), math.exp(0.3) - 1, []
    for _ in range(300):
        evidence = paired_quantile(*pairs(rng, 30, correlation), resamples=300)
        p.append(getattr(evidence, side)(truth))
    assert_size(p, 0.05)
