"""Page's test: the textbook table, enumeration of all permutations with ties, scipy without, direction only."""

from __future__ import annotations

import math
from collections import Counter
from itertools import permutations, product

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats import Degenerate, page
from lnnstats.stats.exact.permutations import arrangement_counts


def brute_force(values):
    """P(L >= observed) and P(L <= observed) over all permutations within the blocks, mid-ranks kept."""
    ranks = stats.rankdata(values, axis=1)
    order = np.arange(1, ranks.shape[1] + 1)
    blocks = [[float(np.dot(order, p)) for p in permutations(row)] for row in ranks]
    sums = np.array([sum(choice) for choice in product(*blocks)])
    observed = float((ranks @ order).sum())
    return (sums >= observed - 1e-9).mean(), (sums <= observed + 1e-9).mean()


TIED = [
    np.array([[1, 2, 2], [3, 3, 3], [1, 1, 2], [5, 1, 9.0]]),
    np.array([[1, 2, 2, 4], [2, 2, 2, 2], [0, 0, 1, 1.0]]),
    np.array([[1, 3, 2], [1, 2, 3], [2, 1, 3], [1, 2, np.inf], [1, np.inf, np.inf]]),
]


@pytest.mark.parametrize("values", TIED)
def test_matches_enumeration_with_ties(values):
    evidence = page(values)
    above, below = brute_force(values)
    # Counts over at most 13,824 arrangements: exact up to rounding.
    assert evidence.p_above(0.0) == pytest.approx(above, rel=1e-11)
    assert evidence.p_below(0.0) == pytest.approx(below, rel=1e-11)


@pytest.mark.parametrize(("n", "k"), [(4, 3), (10, 5), (18, 6)])
def test_matches_scipy_without_ties(n, k):
    values = np.random.default_rng(n).normal(size=(n, k)) + 0.3 * np.arange(k)
    theirs = stats.page_trend_test(values, method="exact")
    evidence = page(values)
    assert evidence.statistic == theirs.statistic
    assert evidence.p_above(0.0) == pytest.approx(theirs.pvalue, rel=1e-10)


def test_textbook():
    """Page (1963) table: 3 treatments, 10 subjects; the documentation of scipy gives L = 133.5 with ties there."""
    table = np.array(
        [[3, 4, 3], [2, 2, 4], [3, 3, 5], [1, 3, 2], [2, 3, 2], [2, 4, 5], [1, 2, 4], [3, 4, 4], [2, 4, 5], [1, 3, 4.0]]
    )
    evidence = page(table)
    assert evidence.statistic == 133.5
    sums = Counter({0.0: 1.0})
    for row in stats.rankdata(table, axis=1):
        step = Counter()
        for before, share in sums.items():
            for p in permutations(row):
                step[before + float(np.dot((1, 2, 3), p))] += share / 6
        sums = step
    listed = sum(share for total, share in sums.items() if total >= 133.5)
    assert evidence.p_above(0.0) == pytest.approx(listed, rel=1e-11)
    # scipy documents .00182 for this table, as if there were no ties.
    assert evidence.p_above(0.0) < 0.0015
    assert evidence.checks[0].startswith("ties: 5 of 10")


def test_ignoring_ties_would_change_the_answer():
    """The reason for the tie pattern: scipy's exact p of tied ranks is not the permutation p."""
    values = TIED[0]
    assert abs(stats.page_trend_test(values, method="exact").pvalue - page(values).p_above(0.0)) > 0.005


def test_order_ends_and_attainable():
    perfect = page(np.tile(np.arange(4.0), (3, 1)))
    assert perfect.p_above(0.0) == pytest.approx(perfect.attainable) == pytest.approx(24.0**-3)
    assert perfect.estimate == pytest.approx(1.0)
    reverse = page(np.tile(np.arange(4.0)[::-1], (3, 1)))
    assert reverse.p_below(0.0) == pytest.approx(24.0**-3)


def test_direction_only():
    evidence = page(np.random.default_rng(0).normal(size=(12, 4)) + np.arange(4))
    for test in (evidence.p_above, evidence.p_below):
        with pytest.raises(ValueError, match="direction only"):
            test(0.1)
    low, high = evidence.interval(0.95)
    assert (low > 0) == (evidence.p_above(0.0) <= 0.025)
    assert high == 1.0
    assert page(np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])).interval(0.9) == (-1.0, 1.0)


def test_resolution_and_divergence_make_ties():
    values = np.array([[1e-9, 1e-12, 1.0], [np.inf, 1.0, np.inf], [0.1, 0.2, 0.3]])
    evidence = page(values, resolution=1e-6)
    assert evidence.statistic == pytest.approx((1.5 + 3 + 9) + (2.5 + 2 + 7.5) + 14)
    assert evidence.checks[0].startswith("ties: 2 of 3")


def test_all_tied_is_degenerate_and_one_tied_block_is_neutral():
    with pytest.raises(Degenerate) as caught:
        page(np.ones((3, 4)))
    assert caught.value.code == "no_discordance"
    values = np.random.default_rng(3).normal(size=(6, 4))
    assert page(np.vstack([values, np.ones((1, 4))])).p_above(0.0) == pytest.approx(page(values).p_above(0.0))


@pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (2, 1, 2), (3, 1), (4,)])
def test_arrangements_are_counted_once(sizes):
    ranks = np.repeat(2 * np.cumsum(sizes) - np.array(sizes) + 1, sizes)
    smallest, counts = arrangement_counts(sizes)
    listed = {p: sum(j * r for j, r in enumerate(p, 1)) for p in set(permutations(ranks.tolist()))}
    expected = np.bincount(np.array(list(listed.values())) - min(listed.values()), minlength=counts.size)
    assert smallest == min(listed.values())
    np.testing.assert_array_equal(counts, expected)


def test_many_blocks_by_saddlepoint_and_many_levels_by_normal():
    rng = np.random.default_rng(8)
    many = page(rng.normal(size=(3000, 6)))
    assert any("saddlepoint" in check for check in many.checks)
    z = (many.statistic - 3000 * 6 * 49 / 4) / math.sqrt(3000 * 36 * 7 * 35 / 144)
    # Page's normal approximation; no skewness and 3000 blocks leave the continuity correction, 1/2 unit of sd 256.
    assert many.p_above(0.0) == pytest.approx(stats.norm.sf(z), abs=0.002)
    values = rng.normal(size=(40, 12))
    wide, theirs = page(values), stats.page_trend_test(values, method="asymptotic")
    assert any("normal" in check for check in wide.checks)
    assert wide.p_above(0.0) == pytest.approx(theirs.pvalue, rel=1e-10)


def test_size_with_ties(assert_size):
    rng = np.random.default_rng(9)
    p = [page(rng.integers(0, 3, size=(8, 4)).astype(float)).p_above(0.0) for _ in range(400)]
    assert_size(p, 0.05)
