"""Accelerated failure times over ordered levels: R's survreg without each block, slopes without censoring, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lnnstats.stats import Degenerate, UnusableValues, aft_trend, paired_aft, trend_slope
from tests.oracles import oracle

R = oracle("trends")
VALUES, LEVELS = np.array(R["values"]), np.array(R["levels"], float)
SEEN, TIMES = R["horizon"] >= VALUES, np.minimum(VALUES, R["horizon"])


@pytest.mark.parametrize("distribution", ["lognormal", "weibull", "loglogistic"])
def test_estimate_and_error_from_survreg(distribution, assert_dual):
    evidence, theirs = aft_trend(TIMES, SEEN, LEVELS, distribution=distribution), R["aft"][distribution]
    # survreg stops near 1e-12 of its likelihood, a square: 1e-6 of the coefficients, which the jackknife sums.
    assert evidence.estimate == pytest.approx(theirs["estimate"], rel=1e-6)
    assert evidence.standard_error == pytest.approx(theirs["error"], rel=1e-5)
    assert (evidence.measure, evidence.display, evidence.df) == ("time_ratio", "exp", len(VALUES) - 1)
    assert_dual(evidence)


def test_without_censoring_it_is_the_mean_slope_of_logs():
    everything = np.ones_like(SEEN)
    ours, slopes = aft_trend(VALUES, everything, LEVELS), trend_slope(VALUES, LEVELS, scale="log")
    # Both are linear in the log times: the estimate is the mean of the slopes, leaving out a block gives their sd.
    assert ours.estimate == pytest.approx(slopes.estimate, rel=1e-9)
    assert ours.standard_error == pytest.approx(slopes.standard_error, rel=1e-9)
    assert ours.p_above(0.2) == pytest.approx(slopes.p_above(0.2), rel=1e-7)


def test_two_levels_are_a_pair():
    ours = aft_trend(TIMES[:, [3, 1]], SEEN[:, [3, 1]], [1, 0])
    pair = paired_aft(TIMES[:, 3], TIMES[:, 1], SEEN[:, 3], SEEN[:, 1])
    assert ours.estimate == pytest.approx(pair.estimate, rel=1e-8)
    assert ours.standard_error == pytest.approx(pair.standard_error, rel=1e-8)


def test_the_unit_of_the_scores():
    one, ten = aft_trend(TIMES, SEEN, LEVELS), aft_trend(TIMES, SEEN, 10 * LEVELS + 3)
    assert ten.estimate == pytest.approx(one.estimate / 10, rel=1e-9)
    assert ten.statistic == pytest.approx(one.statistic, rel=1e-9)
    assert ten.effects[0].estimate == pytest.approx(math.exp(one.estimate / 10), rel=1e-9)


def test_log_levels_give_an_exponent():
    rng, levels = np.random.default_rng(0), np.array([1.0, 2.0, 4.0, 8.0])
    times = levels**1.5 * np.exp(0.1 * rng.normal(size=(30, 4)))
    found = aft_trend(np.minimum(times, 20.0), times <= 20.0, np.log(levels), exponent=True)
    assert (found.measure, found.display, found.effects) == ("exponent", "identity", ())
    assert found.estimate == pytest.approx(1.5, abs=5 * found.standard_error)


def test_levels_that_are_mostly_censored_are_named_by_number():
    late = np.where(LEVELS >= 5, TIMES.max() * 2, TIMES)
    found = aft_trend(late, SEEN & (LEVELS < 5), LEVELS)
    assert any(check.startswith("censoring: at 2 of 5 levels") for check in found.checks)


@pytest.mark.parametrize(
    ("times", "seen", "code"),
    [
        (TIMES, SEEN & (LEVELS == 1), "no_events"),
        (TIMES, SEEN & False, "no_events"),
        (TIMES[:2], SEEN[:2], "too_few_blocks"),
        (np.tile(np.exp(LEVELS), (5, 1)), np.ones((5, 5), bool), "zero_variance"),
    ],
)
def test_what_has_no_estimate(times, seen, code):
    with pytest.raises(Degenerate) as caught:
        aft_trend(times, seen, LEVELS)
    assert caught.value.code == code


def test_times_without_logarithm():
    with pytest.raises(UnusableValues, match="0 or infinite"):
        aft_trend(np.where(LEVELS == 1, 0.0, TIMES), SEEN, LEVELS)
