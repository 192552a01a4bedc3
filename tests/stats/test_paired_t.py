"""Paired t: Student's own data, duality, size, and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats import Degenerate, UnusableValues, paired_t
from tests.oracles import oracle

PAIRS = oracle("pairs")["pairs"]


def test_sleep_data(sleep):
    first, second = sleep
    evidence = paired_t(second, first, scale="raw")
    # R: t = 4.0621, df = 9, p = 0.002833, 95% CI 0.7001142 to 2.4598858.
    assert (round(evidence.statistic, 4), evidence.df) == (4.0621, 9)
    assert 2 * evidence.p_above(0.0) == pytest.approx(0.002833, abs=5e-7)
    assert evidence.interval(0.95) == pytest.approx((0.7001142, 2.4598858), abs=5e-8)
    assert evidence.measure == "difference"
    order = {effect.name: effect for effect in evidence.effects}["P(treatment < reference)"]
    assert order.estimate == 0.05
    assert evidence.checks[0].startswith("skewness: ")


def test_log_scale_is_the_ratio_of_geometric_means(assert_dual):
    rng = np.random.default_rng(1)
    reference = rng.lognormal(size=12)
    treatment = reference * rng.lognormal(0.3, 0.2, size=12)
    evidence = paired_t(treatment, reference)
    assert math.exp(evidence.estimate) == pytest.approx(stats.gmean(treatment) / stats.gmean(reference), rel=1e-13)
    assert (evidence.measure, evidence.display) == ("ratio", "exp")
    assert_dual(evidence)


def test_thresholds_match_scipy():
    rng = np.random.default_rng(2)
    first, second = rng.normal(size=(2, 9))
    evidence = paired_t(first, second, scale="raw")
    for threshold in (-1.0, 0.0, 0.7):
        above = stats.ttest_1samp(first - second, threshold, alternative="greater").pvalue
        # The same formula through another routine: rounding only.
        assert evidence.p_above(threshold) == pytest.approx(above, rel=1e-10)
        assert evidence.p_below(threshold) == pytest.approx(1 - above, rel=1e-10)


def test_size(assert_size):
    rng = np.random.default_rng(3)
    p = [paired_t(*rng.normal(size=(2, 6)), scale="raw").p_above(0.0) for _ in range(400)]
    assert_size(p, 0.05)
    assert stats.kstest(p, "uniform").pvalue > 1e-4


def test_effect_survives_extreme_t():
    reference = np.linspace(1, 2, 12)
    evidence = paired_t(reference * (1 + 1e-9 * np.arange(12)) * 50, reference)
    effect = evidence.effects[0]
    assert all(map(math.isfinite, (effect.estimate, effect.low, effect.high)))
    assert effect.low < effect.estimate < effect.high


@pytest.mark.parametrize("name", PAIRS)
def test_t_and_effects_of_r(name):
    case = PAIRS[name]
    evidence = paired_t(case["treatment"], case["reference"], scale="raw")
    assert [evidence.statistic, evidence.df] == pytest.approx([case["t"]["statistic"], case["t"]["df"]], rel=1e-12)
    assert evidence.standard_error == pytest.approx(case["t"]["error"], rel=1e-12)
    assert evidence.p_above(0.0) == pytest.approx(case["t"]["greater"], rel=1e-10)
    effects = {effect.name: (effect.estimate, effect.low, effect.high) for effect in evidence.effects}
    # effectsize finds its noncentralities by an optimiser that stops near 1e-4.
    assert effects["d_z"] == pytest.approx(case["d_z"], rel=1e-3, abs=1e-3)
    assert effects["g_z"] == pytest.approx(case["g_z"], rel=1e-3, abs=1e-3)
    assert effects["d_av"] == pytest.approx(case["d_av"], rel=1e-12)


def test_d_av_where_one_or_no_column_varies():
    reference = np.full(5, 2.0)
    treatment = np.array([1.0, 2.0, 4.0, 8.0, 9.0])
    effects = {e.name: e for e in paired_t(treatment, reference, scale="raw").effects}
    assert effects["d_av"].estimate == pytest.approx(2.8 / math.sqrt(np.var(treatment, ddof=1) / 2), rel=1e-13)


def test_two_blocks_have_a_d_z_and_no_g_z():
    names = {effect.name for effect in paired_t([1.0, 2.0], [1.5, 3.5]).effects}
    assert "d_z" in names
    assert "g_z" not in names


@pytest.mark.parametrize("scale", ["log", "raw", "log1p"])
def test_a_constant_factor_is_degenerate_not_certain(scale):
    reference = np.linspace(0.1, 3.0, 15)
    treatment = {"log": reference * 1.1, "raw": reference + 0.1, "log1p": (1 + reference) * 1.1 - 1}[scale]
    with pytest.raises(Degenerate) as caught:
        paired_t(treatment, reference, scale=scale)
    assert caught.value.code == "zero_variance"


def test_one_block_is_too_few():
    with pytest.raises(Degenerate) as caught:
        paired_t([1.0], [2.0])
    assert caught.value.code == "too_few_blocks"
    with pytest.raises(Degenerate, match="no blocks"):
        paired_t([], [])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0, 0.0, -2.0], "2 of 3 values are at or below 0"),
        ([1.0, np.nan, 2.0], "1 of 3 values are NaN"),
        ([1.0, np.inf, 2.0], "1 of 3 values are infinite"),
    ],
)
def test_unusable_values_are_counted(values, message):
    with pytest.raises(UnusableValues, match=message):
        paired_t(values, [1.0, 2.0, 3.0])


def test_wrong_calls():
    with pytest.raises(ValueError, match="lengths are 3 and 2"):
        paired_t([1.0, 2.0, 3.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="choose one of raw, log, log1p"):
        paired_t([1.0], [1.0], scale="sqrt")
    with pytest.raises(ValueError, match="between 0 and 1"):
        paired_t([1.0, 2.0, 4.0], [1.0, 1.0, 1.0]).interval(95)
