"""Median Theil-Sen slope: R and scipy, exact under any law, what censoring leaves alone, the exponent of a power."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats import Degenerate, UnusableValues, theil_sen, trend_slope
from lnnstats.stats.procedures.theil_sen import pairwise_median_slopes
from tests.oracles import oracle

R = oracle("trends")
VALUES, LEVELS = np.array(R["values"]), np.array(R["levels"], float)


@pytest.mark.parametrize(("name", "scores"), [("theil_sen", LEVELS), ("exponent", np.log(LEVELS))])
def test_slopes_and_sign_test_from_r(name, scores, assert_dual):
    theirs = R[name]
    assert pairwise_median_slopes(np.log(VALUES), scores) == pytest.approx(theirs["slopes"], rel=1e-10)
    evidence = theil_sen(VALUES, scores, scale="log", exponent=name == "exponent")
    assert evidence.estimate == pytest.approx(theirs["median"], rel=1e-10)
    assert evidence.p_above(theirs["at"]) == pytest.approx(theirs["p_above"], rel=1e-12)
    assert evidence.p_below(theirs["at"]) == pytest.approx(theirs["p_below"], rel=1e-12)
    assert_dual(evidence, levels=(0.5, 0.9, 0.95))


def test_ties_in_the_scores_make_no_pair():
    scores = np.array([1.0, 1.0, 2.0, 4.0])
    values = np.random.default_rng(0).normal(size=(5, 4))
    theirs = [stats.theilslopes(row, scores).slope for row in values]
    assert pairwise_median_slopes(values, scores) == pytest.approx(theirs, rel=1e-12)


def test_values_at_the_horizon_leave_the_slope_within_the_other_pairs():
    """One of six levels touches 5 of 15 pairs: the slope of an exact line does not move, a least-squares slope does."""
    scores = np.arange(1.0, 7.0)
    line = np.exp(0.5 * scores + np.random.default_rng(1).normal(size=(8, 1)))
    cut = line.copy()
    cut[:, -1] = line[:, -2]
    assert theil_sen(cut, scores, scale="log").estimate == pytest.approx(0.5, rel=1e-12)
    assert trend_slope(cut + 1e-3 * np.arange(8)[:, None], scores, scale="log").estimate < 0.45


def test_a_power_law_has_its_exponent():
    levels = np.array([1.0, 2.0, 4.0, 8.0])
    rng = np.random.default_rng(2)
    values = 3 * levels**-2.0 * np.exp(0.05 * rng.normal(size=(20, 4)))
    for procedure in (theil_sen, trend_slope):
        found = procedure(values, np.log(levels), scale="log", exponent=True)
        assert (found.measure, found.display) == ("exponent", "identity")
        assert found.interval(0.99)[0] < -2 < found.interval(0.99)[1]
        assert found.estimate == pytest.approx(-2, abs=0.05)  # its standard error is about .007
    with pytest.raises(ValueError, match="power law"):
        theil_sen(values, np.log(levels), scale="raw", exponent=True)


def test_flat_blocks_count_for_neither_side():
    values = np.array([[1.0, 1.0, 1.0], [1.0, 2.0, 3.0], [1.0, 2.0, 4.0], [0.1, 0.3, 0.5]])
    evidence = theil_sen(values, [1, 2, 3])
    assert evidence.p_above(0.0) == pytest.approx(stats.binom.sf(2, 4, 0.5))
    assert any(check.startswith("ties: in 1 of 4") for check in evidence.checks)


def test_exact_for_skewed_slopes(assert_size):
    """The median of log-normal slopes is 1 whatever the number of blocks."""
    rng, scores = np.random.default_rng(4), np.arange(4.0)
    p = [theil_sen(np.exp(rng.normal(size=(9, 1))) * scores, scores).p_above(1.0) for _ in range(500)]
    assert_size(p, 0.05)
    assert min(p) < 0.05


def test_refusals():
    with pytest.raises(UnusableValues, match="NaN"):
        theil_sen([[1.0, np.nan]], [1, 2])
    with pytest.raises(ValueError, match="same score"):
        theil_sen([[1.0, 2.0]], [1, 1])
    with pytest.raises(Degenerate):
        theil_sen(np.empty((0, 3)), [1, 2, 3])
