"""Bootstrap of the mean: R's boot on the same replicates, scipy, duality, batches, size and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats import Degenerate
from lnnstats.stats.procedures.bootstrap_mean import bootstrap_mean
from lnnstats.stats.resampling.bootstrap import MeanReplicates, bootstrap_means, jackknife_acceleration, median_bias
from tests.oracles import oracle

CASES = oracle("pairs")["bootstrap"]


@pytest.mark.parametrize("case", CASES)
def test_limits_of_boot_on_the_same_replicates(case):
    values, replicates = np.array(case["values"]), np.array(case["replicates"])
    deviations = values - values.mean()
    acceleration, bias = jackknife_acceleration(deviations), median_bias(replicates - values.mean(), np.array(1.0))
    # Closed form against R's jackknife: rounding of differences of means.
    assert float(acceleration) == pytest.approx(case["acceleration"], rel=1e-9)
    assert float(bias) == pytest.approx(case["bias"], abs=1e-12)
    ordered, zero = np.sort(replicates), np.array(0.0)
    plain, corrected = MeanReplicates(ordered, zero, zero), MeanReplicates(ordered, bias, acceleration)
    # 999 replicates: the percentile limits are the 25th from each end in both.
    assert plain.interval(0.95) == pytest.approx(case["percentile"], rel=1e-12)
    # boot interpolates between two replicates where BCa falls between them; ours is the outer one of the two.
    low, high = (int(np.searchsorted(ordered, limit)) for limit in corrected.interval(0.95))
    assert ordered[low] <= case["bca"][0] <= ordered[low + 1]
    assert ordered[high - 1] <= case["bca"][1] <= ordered[high]


@pytest.mark.parametrize("method", ["percentile", "BCa"])
def test_limits_near_scipy(method):
    """Other random draws: at 20,000 replicates a 2.5% quantile has a standard error of .005 sd, taken 6 times."""
    values = np.random.default_rng(1).exponential(size=40)
    ours = bootstrap_mean(values, np.zeros(40), method=method.lower(), resamples=20_000, seed=3)
    theirs = stats.bootstrap((values,), np.mean, n_resamples=20_000, method=method, rng=1).confidence_interval
    assert ours.interval(0.95) == pytest.approx(tuple(theirs), abs=6 * 0.005 * math.sqrt(2) * ours.standard_error * 3)


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_dual(method):
    evidence = bootstrap_mean(
        np.random.default_rng(2).exponential(size=20), np.ones(20), method=method, resamples=1999, seed=1
    )
    for level in (0.5, 0.9, 0.95, 0.99, 0.9999):
        low, high = evidence.interval(level)
        a = (1 - level) / 2
        for threshold in (math.nextafter(low, -9), low, math.nextafter(low, 9), 0.0, high, math.nextafter(high, 9)):
            assert (low > threshold) == (evidence.p_above(threshold) <= a * (1 + 1e-9))
            assert (high < threshold) == (evidence.p_below(threshold) <= a * (1 + 1e-9))
    assert evidence.interval(0.9999) == (-math.inf, math.inf)
    assert evidence.p_above(-1e9) == evidence.attainable == 1 / 2000
    assert evidence.p_above(1e9) == 1.0


def test_a_batch_gives_the_limits_of_each_row():
    values = np.random.default_rng(3).normal(size=(4, 3, 18)) * np.arange(1, 4)[:, None]
    low, high = bootstrap_means(values, resamples=999, seed=5).interval(0.9)
    assert low.shape == high.shape == (4, 3)
    for cell in np.ndindex(4, 3):
        alone = bootstrap_means(values[cell], resamples=999, seed=5).interval(0.9)
        # A matrix product may sum in another order.
        assert (low[cell], high[cell]) == pytest.approx(tuple(map(float, alone)), rel=1e-12)


def test_values_that_do_not_vary():
    replicates = bootstrap_means(np.full((2, 20), 3.0), resamples=99, seed=1)
    low, high = replicates.interval(0.9)
    assert low.tolist() == high.tolist() == [3.0, 3.0]
    with pytest.raises(Degenerate) as caught:
        bootstrap_mean(np.full(20, 3.0), np.ones(20), seed=1)
    assert caught.value.code == "zero_variance"


def test_few_blocks_are_refused_or_warned_of():
    values = np.random.default_rng(4).normal(size=30)
    with pytest.raises(Degenerate) as caught:
        bootstrap_mean(values[:14], np.zeros(14), seed=1)
    assert caught.value.code == "too_few_blocks"
    few = bootstrap_mean(values[:29], np.zeros(29), resamples=999, seed=1)
    assert any(check.startswith("approximation: 29 blocks") for check in few.checks)
    enough = bootstrap_mean(values, np.zeros(30), resamples=999, seed=1)
    assert not any(check.startswith("approximation") for check in enough.checks)
    with pytest.raises(ValueError, match="percentile, bca"):
        bootstrap_mean(values, np.zeros(30), method="basic", seed=1)


def test_many_blocks_say_that_student_stands_in():
    values = np.random.default_rng(7).normal(size=30_000)
    evidence = bootstrap_mean(values, np.zeros(30_000), seed=1)
    assert evidence.checks[-1].startswith("approximation: 30000 blocks")
    assert evidence.p_above(0.0) == pytest.approx(stats.ttest_1samp(values, 0.0, alternative="greater").pvalue)


def test_log_scale_is_a_ratio():
    first, second = np.random.default_rng(5).lognormal(size=(2, 30))
    evidence = bootstrap_mean(first, second, scale="log", resamples=999, seed=1)
    assert (evidence.measure, evidence.display) == ("ratio", "exp")


def test_coverage_at_thirty_blocks():
    """Known to be near .94 for normal values at n = 30 (published simulations .93 to .945); 4 standard errors below."""
    values = np.random.default_rng(6).normal(size=(2000, 30))
    for method in ("percentile", "bca"):
        low, high = bootstrap_means(values, resamples=999, seed=2, method=method).interval(0.95)
        covered = float(((low <= 0) & (high >= 0)).mean())
        assert 0.93 - 4 * math.sqrt(0.07 * 0.93 / 2000) < covered < 0.96
