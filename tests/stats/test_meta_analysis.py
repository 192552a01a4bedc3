"""Meta-analysis: metafor digit by digit, published tables, the study procedure, size, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats.models.pooling import i_squared, pooled, reml_tau2
from lnnstats.stats.procedures.meta_analysis import meta_analysis, pool_estimates
from lnnstats.stats.samples.published import log_mean_ratios, mean_differences
from lnnstats.stats.values import Degenerate, UnusableValues
from tests.oracles import oracle

REFERENCE = oracle("pooled")
CASES = REFERENCE["pooled"]


@pytest.mark.parametrize("name", CASES)
def test_metafor(name, assert_dual):
    case = CASES[name]
    evidence = pool_estimates(case["y"], case["v"])
    effects = {effect.name: effect for effect in evidence.effects}
    # metafor was asked for convergence to 1e-14; its Fisher scoring leaves 1e-10 in tau2.
    assert (evidence.estimate, evidence.standard_error) == pytest.approx((case["estimate"], case["se"]), rel=1e-9)
    assert evidence.statistic == pytest.approx(case["t"], rel=1e-9)
    assert 2 * min(evidence.p_above(0.0), evidence.p_below(0.0)) == pytest.approx(case["p"], rel=1e-9)
    assert evidence.interval(0.95) == pytest.approx((case["low"], case["high"]), rel=1e-9)
    tau2, share = effects["tau2"], effects["I2"]
    assert (tau2.estimate, share.estimate) == pytest.approx((case["tau2"], case["i2"]), rel=1e-9)
    assert (tau2.low, tau2.high) == pytest.approx((case["tau2_low"], case["tau2_high"]), rel=1e-9)
    assert (share.low, share.high) == pytest.approx((case["i2_low"], case["i2_high"]), rel=1e-9)
    adhoc = pool_estimates(case["y"], case["v"], adhoc=True)
    assert adhoc.standard_error == pytest.approx(case["adhoc_se"], rel=1e-9)
    assert_dual(evidence)


@pytest.mark.parametrize("name", ["bcg", "homogeneous", "normand"])
def test_prediction_interval(name):
    case = CASES[name]
    effect = pool_estimates(case["y"], case["v"]).effects[2]
    # As above: tau2 to 1e-10.
    assert (effect.low, effect.high) == pytest.approx((case["pi_low"], case["pi_high"]), rel=1e-9)
    on_logs = pool_estimates(case["y"], case["v"], scale="log").effects[2]
    assert on_logs.name == "ratio in a new stratum"
    assert (on_logs.low, on_logs.high) == pytest.approx((math.exp(effect.low), math.exp(effect.high)), rel=1e-12)


def test_published_tables():
    table = [REFERENCE["table"][name] for name in ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")]
    for function, key in ((mean_differences, "md"), (log_mean_ratios, "rom")):
        y, v = function(*table)
        # The same arithmetic: rounding only.
        assert y == pytest.approx(REFERENCE[key]["y"], rel=1e-12)
        assert v == pytest.approx(REFERENCE[key]["v"], rel=1e-12)


def test_equal_variances_are_the_t_test_of_the_estimates():
    y = [0.3, 0.1, 0.6, 0.2]
    expected = stats.ttest_1samp(y, 0.0, alternative="greater")
    for variance in (1e-6, 0.04, 10.0):
        evidence = pool_estimates(y, [variance] * 4)
        # An identity, whatever tau2.
        assert evidence.p_above(0.0) == pytest.approx(expected.pvalue, rel=1e-10)
    assert evidence.checks[0].startswith("agreement: ")
    assert pool_estimates(y, [10.0] * 4, adhoc=True).checks == ()


def test_the_best_of_two_maxima():
    """A restricted likelihood with two maxima: the estimate is the higher, found on a grid before the root."""
    rng = np.random.default_rng(0)
    for _ in range(100):
        y, v = rng.normal(size=5) * 2, rng.exponential(size=5) ** 4 + 1e-3
        fine = np.concatenate([[0.0], np.geomspace(1e-6, 1e3, 4000)])
        found = reml_tau2(y, v)

        def criterion(tau2, y=y, v=v):
            w = 1 / (v + tau2)
            return float(-np.log(w).sum() + np.log(w.sum()) + w @ (y - w @ y / w.sum()) ** 2)

        # No point of a fine grid is better beyond rounding.
        assert criterion(found) <= min(map(criterion, fine)) + 1e-10


def strata(rng, n=12, count=5, effect=0.0, tau=0.3):
    """Values [n, 2, count] on a log scale with effects that vary over strata."""
    theta = effect + tau * rng.normal(size=count)
    base = rng.normal(size=(n, 1, count))
    return np.exp(base + 0.4 * rng.normal(size=(n, 2, count)) + np.stack([theta, np.zeros(count)]))


def test_the_study_procedure_pools_paired_differences(assert_dual):
    values = strata(np.random.default_rng(1), effect=0.5)
    evidence = meta_analysis(values)
    differences = np.log(values[:, 0] / values[:, 1])
    by_hand = pool_estimates(differences.mean(axis=0), differences.var(axis=0, ddof=1) / 12, scale="log")
    # log of a ratio against a difference of logs: rounding.
    assert evidence.statistic == pytest.approx(by_hand.statistic, rel=1e-9)
    assert (evidence.n, evidence.df, evidence.measure) == (12, 4.0, "ratio")
    assert_dual(evidence)


@pytest.mark.parametrize("tau", [0.0, 0.3])
def test_size(assert_size, tau):
    rng = np.random.default_rng(2)
    p = [meta_analysis(strata(rng, count=4, tau=tau)).p_above(0.0) for _ in range(500)]
    assert_size(p, 0.05)


def test_two_strata_have_no_prediction():
    evidence = pool_estimates([0.2, 0.9], [0.04, 0.09])
    assert [effect.name for effect in evidence.effects] == ["tau2", "I2"]
    assert evidence.df == 1


def test_infinite_heterogeneity_is_all_of_the_spread():
    assert i_squared(math.inf, np.array([1.0, 2.0])) == 1.0


def test_tau2_in_any_unit():
    y, v = np.array(CASES["bcg"]["y"]), np.array(CASES["bcg"]["v"])
    # Scaled exactly by a power of two; the root finder's tolerance is relative.
    assert pooled(y * 2**40, v * 2.0**80).tau2 == pytest.approx(pooled(y, v).tau2 * 2.0**80, rel=1e-10)


@pytest.mark.parametrize(
    ("estimates", "variances", "code"),
    [([0.1], [1.0], "too_few_blocks"), ([], [], "too_few_blocks"), ([0.5, 0.5, 0.5], [1.0, 2.0, 3.0], "zero_variance")],
)
def test_degenerate(estimates, variances, code):
    with pytest.raises(Degenerate) as caught:
        pool_estimates(estimates, variances)
    assert caught.value.code == code


def test_refusals():
    with pytest.raises(UnusableValues, match="1 of 2 are not positive"):
        pool_estimates([0.1, 0.2], [0.0, 1.0])
    with pytest.raises(ValueError, match="lengths are 2 and 3"):
        pool_estimates([0.1, 0.2], [1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="give treatment and reference"):
        meta_analysis(np.ones((4, 3, 2)))
    with pytest.raises(Degenerate, match="zero_variance"):
        meta_analysis(np.ones((4, 2, 2)))
    with pytest.raises(UnusableValues, match="means: 1 are not positive"):
        log_mean_ratios([1.0], [1.0], [5], [-1.0], [1.0], [5])
    with pytest.raises(UnusableValues, match="must be positive"):
        mean_differences([1.0], [0.0], [5], [1.0], [1.0], [5])
