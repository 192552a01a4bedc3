"""Kaplan-Meier: the leukaemia data of Freireich, statsmodels, times never reached, restricted means."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from lnnstats.stats import UnusableValues, kaplan_meier

# Remission in weeks under 6-MP (Freireich et al. 1963), + censored.
TIMES = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35], dtype=float)
SEEN = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], dtype=bool)


def test_freireich():
    curve = kaplan_meier(TIMES, SEEN)
    # Published to three decimals (Collett; Klein & Moeschberger).
    np.testing.assert_array_equal(curve.times, [6, 7, 10, 13, 16, 22, 23])
    np.testing.assert_allclose(curve.survival, [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], atol=5e-4)
    np.testing.assert_array_equal(curve.at_risk, [21, 17, 15, 12, 11, 7, 6])
    assert (curve.median, curve.median_low, curve.median_high) == (23.0, 13.0, math.inf)


def test_matches_statsmodels():
    rng = np.random.default_rng(0)
    time, seen = rng.exponential(size=80).round(1), rng.random(80) < 0.7
    curve, theirs = kaplan_meier(time, seen), SurvfuncRight(time, seen.astype(int))
    place = np.searchsorted(theirs.surv_times, curve.times)
    # Product against exponentiated sum of logs: rounding of 80 terms.
    np.testing.assert_allclose(curve.survival, theirs.surv_prob[place], rtol=1e-12)
    assert curve.median == theirs.quantile(0.5)
    low, high = theirs.quantile_ci(0.5, method="cloglog")
    assert (curve.median_low, curve.median_high) == (low, high)


def test_no_censoring_is_the_empirical_distribution():
    time = np.array([3.0, 1.0, 2.0, 2.0, 5.0])
    curve = kaplan_meier(time, np.ones(5, bool))
    np.testing.assert_allclose(curve.survival, [0.8, 0.4, 0.2, 0.0], atol=1e-15)
    assert curve.low[-1] == 0.0
    assert curve.high[-1] == curve.high[-2]
    mean, error = curve.restricted_mean(10.0)
    assert mean == pytest.approx(time.mean(), rel=1e-14)
    # Without censoring Greenwood's variance of the mean is the biased variance over n.
    assert error == pytest.approx(time.std() / math.sqrt(5), rel=1e-12)


def test_restricted_mean_stops_at_its_horizon():
    time = np.array([1.0, 2.0, 3.0, 4.0])
    mean, error = kaplan_meier(time, np.ones(4, bool)).restricted_mean(2.5)
    cut = np.minimum(time, 2.5)
    assert (mean, error) == pytest.approx((cut.mean(), cut.std() / 2), rel=1e-13)


def test_never_reached_stays_at_risk():
    curve = kaplan_meier([1.0, 2.0, np.inf, np.inf, np.inf], [True] * 5)
    np.testing.assert_allclose(curve.survival, [0.8, 0.6], rtol=1e-15)
    assert curve.median == math.inf
    assert curve.restricted_mean(100.0)[0] == pytest.approx((1 + 2 + 3 * 100) / 5)


def test_no_event_at_all():
    curve = kaplan_meier([2.0, 3.0], [False, False])
    assert curve.times.size == 0
    assert (curve.median, curve.restricted_mean(3.0)) == (math.inf, (3.0, 0.0))


def test_refusals():
    curve = kaplan_meier(TIMES, SEEN)
    with pytest.raises(ValueError, match="where the curve is known"):
        curve.restricted_mean(36.0)
    with pytest.raises(UnusableValues, match="1 of 2 times are negative"):
        kaplan_meier([-1.0, 2.0], [True, True])


def test_coverage_of_the_median():
    rng = np.random.default_rng(4)
    inside = 0
    for _ in range(300):
        time, censor = rng.exponential(size=(2, 40)) * [[1.0], [2.0]]
        curve = kaplan_meier(np.minimum(time, censor), time <= censor)
        inside += curve.median_low <= math.log(2) <= curve.median_high
    # Nominal .95, binomial error .0126; published coverages at n = 40 are .93 to .97.
    assert 0.90 < inside / 300 <= 1.0
