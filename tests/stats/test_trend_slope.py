"""Mean slope: against polyfit and scipy, duality, the scale of scores, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats import Degenerate, trend_slope

SCORES = np.array([0.0, 1.0, 2.0, 4.0])


def values(n=9, slope=0.1, seed=0):
    rng = np.random.default_rng(seed)
    return np.exp(rng.normal(size=(n, 1)) + slope * SCORES + 0.3 * rng.normal(size=(n, 4)))


def test_matches_polyfit_and_scipy(assert_dual):
    x = values()
    slopes = np.polyfit(SCORES, np.log(x).T, 1)[0]
    evidence = trend_slope(x, SCORES, scale="log")
    expected = stats.ttest_1samp(slopes, 0.0, alternative="greater")
    # polyfit solves by SVD: 1e-12 covers its conditioning.
    assert evidence.estimate == pytest.approx(slopes.mean(), rel=1e-12)
    assert evidence.p_above(0.0) == pytest.approx(expected.pvalue, rel=1e-10)
    assert (evidence.measure, evidence.display, evidence.df) == ("ratio", "exp", 8.0)
    assert_dual(evidence)


def test_slope_is_per_unit_of_score():
    x = values()
    per_unit = trend_slope(x, SCORES).estimate
    assert trend_slope(x, 10 * SCORES).estimate == pytest.approx(per_unit / 10, rel=1e-13)
    assert trend_slope(x, SCORES + 7).estimate == pytest.approx(per_unit, rel=1e-12)


def test_equal_slopes_are_degenerate():
    base = np.random.default_rng(1).normal(size=(6, 1))
    with pytest.raises(Degenerate) as caught:
        trend_slope(base + 0.3 * SCORES, SCORES)
    assert caught.value.code == "zero_variance"


@pytest.mark.parametrize(("scores", "message"), [([0, 1, 2], "3 scores for 4 levels"), ([1, 1, 1, 1], "same score")])
def test_wrong_scores(scores, message):
    with pytest.raises(ValueError, match=message):
        trend_slope(values(), scores)


def test_size_with_slopes_of_their_own(assert_size):
    """Blocks with random slopes: the trap of the random-intercept model, right here by construction."""
    rng = np.random.default_rng(4)
    p = [
        trend_slope(rng.normal(size=(6, 1)) * SCORES + rng.normal(size=(6, 4)), SCORES).p_above(0.0) for _ in range(400)
    ]
    assert_size(p, 0.05)
