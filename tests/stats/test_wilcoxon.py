"""Wilcoxon: coin's exact p with ties and zeros, R's interval, brute force, duality, size and refusals."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats import Degenerate, UnusableValues
from lnnstats.stats.procedures.wilcoxon import wilcoxon
from tests.oracles import oracle

PAIRS = oracle("pairs")["pairs"]


@pytest.mark.parametrize("name", PAIRS)
def test_exact_p_of_coin_with_ties_and_zeros_at_any_threshold(name):
    case = PAIRS[name]
    evidence = wilcoxon(case["treatment"], case["reference"], scale="raw")
    for theirs in case["wilcoxon"]:
        # coin's shift algorithm counts the same arrangements: rounding only.
        assert evidence.p_above(theirs["shift"]) == pytest.approx(theirs["greater"], rel=1e-12)
        assert evidence.p_below(theirs["shift"]) == pytest.approx(theirs["less"], rel=1e-12)


def test_estimate_and_interval_of_r():
    case = PAIRS["free"]
    evidence = wilcoxon(case["treatment"], case["reference"], scale="raw")
    # Walsh averages, to the grid of twelve digits on which differences are ranked.
    assert [evidence.estimate, *evidence.interval(0.95)] == pytest.approx(case["hodges_lehmann"], rel=1e-11)


def brute_force(differences, threshold):
    """P(W+ >= observed) over all signs of the non-zero shifted differences, zeros ranked and dropped."""
    shifted = np.round(np.asarray(differences) - threshold, 9)
    ranks = stats.rankdata(np.abs(shifted))
    observed = ranks[shifted > 0].sum()
    free = ranks[shifted != 0]
    return np.mean([free @ signs >= observed for signs in product([0, 1], repeat=free.size)])


@pytest.mark.parametrize("threshold", [-1.0, -0.5, 0.0, 0.25, 1.0])
def test_brute_force_with_heavy_ties(threshold):
    differences = np.array([0.0, 0.0, 1.0, 1.0, -1.0, 2.0, 3.0, 3.0, -2.0])
    evidence = wilcoxon(differences, np.zeros(9), scale="raw")
    below = [brute_force(differences, t) for t in np.linspace(-4, threshold, int(8 * (threshold + 4)) + 1)]
    # The p of "theta <= t" is the largest over t' <= t (steps of 1/8 hit every Walsh average and every gap).
    assert evidence.p_above(threshold) == pytest.approx(max(below), rel=1e-12)


def test_float_ties_are_ties():
    # 0.3 - 0.2 and 0.2 - 0.1 differ in their last bit; scipy ranks them apart (scipy issue 26082), R would too.
    evidence = wilcoxon([0.3, 0.2, 0.4], [0.2, 0.1, 0.5], scale="raw")
    assert evidence.p_above(0.0) == 4 / 8  # mid-ranks 2, 2, 2 with one sign negative: W+ >= 4 in 3 + 1 of 8
    assert any(check.startswith("ties: ") for check in evidence.checks)


def test_scipy_without_ties():
    first, second = np.random.default_rng(1).lognormal(size=(2, 30))
    evidence = wilcoxon(first, second)
    theirs = stats.wilcoxon(np.log(first), np.log(second), alternative="greater", method="exact")
    assert (evidence.statistic, evidence.measure, evidence.display) == (theirs.statistic, "ratio", "exp")
    assert evidence.p_above(0.0) == pytest.approx(theirs.pvalue, rel=1e-12)


@pytest.mark.parametrize("n", [7, 20, 51, 80])
@pytest.mark.parametrize("tied", [False, True])
def test_dual_at_every_step(n, tied):
    rng = np.random.default_rng(n)
    differences = rng.integers(-3, 5, size=n) * 1.0 if tied else rng.normal(0.2, 1, size=n)
    evidence = wilcoxon(differences, np.zeros(n), scale="raw")
    for level in (0.5, 0.8, 0.95, 0.99):
        a = (1 - level) / 2
        low, high = evidence.interval(level)
        for threshold in (low - 1e-9, low + 1e-9, 0.0, high - 1e-9, high + 1e-9):  # the grid is finer than 1e-9
            assert (low > threshold) == (evidence.p_above(threshold) <= a + 1e-12)
            assert (high < threshold) == (evidence.p_below(threshold) <= a + 1e-12)
    p = [evidence.p_above(t) for t in np.linspace(-6, 6, 400)]
    assert (np.diff(p) >= 0).all()


def test_exact_and_normal_meet(monkeypatch):
    differences = np.random.default_rng(4).normal(0.3, 1.0, size=50)
    exact = wilcoxon(differences, np.zeros(50), scale="raw")
    monkeypatch.setattr("lnnstats.stats.exact.signed_rank.MOST_EXACT", 10)
    normal = wilcoxon(differences, np.zeros(50), scale="raw")
    for threshold in (-0.2, 0.0, 0.2, 0.4):
        # Edgeworth: the excess kurtosis of W+, g = -0.071 at n = 50, moves a tail by at most 0.55 |g| / 24 = 0.0016.
        assert normal.p_above(threshold) == pytest.approx(exact.p_above(threshold), abs=0.002)


def test_standard_error_is_that_of_the_estimate():
    """Against the spread of the estimate over 300 samples, whose relative error is 1 / sqrt(600), taken 4 times.

    A further .03 for Lehmann's error itself, which is only asymptotically that of the estimate.
    """
    rng = np.random.default_rng(5)
    found = [wilcoxon(rng.normal(size=25), np.zeros(25), scale="raw") for _ in range(300)]
    spread = np.std([x.estimate for x in found])
    assert np.mean([x.standard_error for x in found]) == pytest.approx(spread, rel=4 / math.sqrt(600) + 0.03)


@pytest.mark.parametrize(("n", "seed"), [(6, 1), (12, 2), (55, 3)])
def test_size(n, seed, assert_size):
    rng = np.random.default_rng(seed)
    zero = np.zeros(n)
    assert_size([wilcoxon(rng.standard_t(3, size=n), zero, scale="raw").p_above(0.0) for _ in range(600)], 0.05)
    spikes = rng.integers(-2, 3, size=(600, n)) * 1.0
    assert_size([wilcoxon(d, zero, scale="raw").p_above(0.0) for d in spikes if d.any()], 0.05)


def test_resolution_makes_ties():
    evidence = wilcoxon([1e-9, 2.0, 3.0], [1e-12, 1.0, 1.0], resolution=1e-6)
    assert evidence.attainable == 1 / 4
    assert any(check.startswith("zeros: 1 of 3") for check in evidence.checks)


def test_refusals():
    with pytest.raises(Degenerate) as caught:
        wilcoxon([1.0, 2.0], [1.0, 2.0])
    assert caught.value.code == "no_discordance"
    with pytest.raises(Degenerate):
        wilcoxon([0.0, 0.0], [0.0, 0.0], scale="raw")
    with pytest.raises(UnusableValues, match="Walsh"):
        wilcoxon(np.arange(1.0, 5002.0), np.ones(5001))
    with pytest.raises(UnusableValues, match="NaN"):
        wilcoxon([1.0, np.nan], [1.0, 2.0], resolution=0.1)
    with pytest.raises(UnusableValues, match="infinite"):
        wilcoxon([1.0, np.inf], [1.0, 2.0])
    with pytest.raises(UnusableValues, match="at or below 0"):
        wilcoxon([1.0, 0.0], [1.0, 2.0])


def test_one_block_and_equal_differences_have_an_answer():
    assert wilcoxon([2.0], [1.0], scale="raw").p_above(0.0) == 0.5
    same = wilcoxon([2.0, 3.0, 4.0], [1.0, 2.0, 3.0], scale="raw")
    assert (same.estimate, same.p_above(0.0), same.p_above(1.0)) == (1.0, 1 / 8, 1.0)
    assert same.interval(0.5) == pytest.approx((1.0, 1.0), abs=1e-11)
    assert same.interval(0.95) == (-math.inf, math.inf)
