"""Permutation t: every relabelling in R and scipy, strata, batches, inversion, duality, size and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats import Degenerate, UnusableValues
from lnnstats.stats.procedures.permutation_t import permutation_t
from lnnstats.stats.resampling.label_permutations import label_moves, permutation_t_pvalues
from tests.oracles import oracle

ORACLE = oracle("groups")


def welch(first, second, axis=-1):
    return stats.ttest_ind(first, second, equal_var=False, axis=axis).statistic


def scipy_p(first, second, alternative):
    return stats.permutation_test(
        (first, second), welch, vectorized=True, n_resamples=np.inf, alternative=alternative
    ).pvalue


def test_every_relabelling_in_r():
    case = ORACLE["groups"]["small"]
    evidence = permutation_t(case["treatment"], case["reference"], scale="raw")
    # Counts of the same 5005 relabellings.
    assert evidence.p_above(0.0) == pytest.approx(case["permutation"]["greater"], rel=1e-12)
    assert evidence.p_below(0.0) == pytest.approx(case["permutation"]["less"], rel=1e-12)
    assert evidence.attainable == pytest.approx(1 / math.comb(15, 6))


@pytest.mark.parametrize("case", ORACLE["one_way"])
def test_coin_within_strata(case):
    """Groups of equal size: the studentised and coin's plain statistic order the relabellings alike."""
    values, labels, strata = (np.array(case[key]) for key in ("values", "treated", "block"))
    above, below = permutation_t_pvalues(values.astype(float), labels, strata=strata)
    assert (above, below) == pytest.approx((case["greater"], case["less"]), rel=1e-10)
    order = np.concatenate([strata[labels], strata[~labels]])
    whole = permutation_t(values[labels], values[~labels], scale="raw", strata=order)
    assert whole.p_above(0.0) == pytest.approx(case["greater"], rel=1e-10)


@pytest.mark.parametrize("threshold", [-0.7, 0.0, 0.6, 1.5])
@pytest.mark.parametrize("sizes", [(5, 5), (4, 7)])
def test_scipy_at_any_threshold(threshold, sizes):
    rng = np.random.default_rng(sum(sizes))
    first, second = rng.normal(0.5, 1.5, size=sizes[0]), rng.normal(size=sizes[1])
    evidence = permutation_t(first, second, scale="raw")
    assert evidence.p_above(threshold) == pytest.approx(scipy_p(first - threshold, second, "greater"), rel=1e-10)
    assert evidence.p_below(threshold) == pytest.approx(scipy_p(first - threshold, second, "less"), rel=1e-10)


def test_float_ties_count():
    values = np.array([0.1, 0.2, 0.3, 0.3, 0.2, 0.1])
    above, below = permutation_t_pvalues(values, np.arange(6) < 3)
    assert above == scipy_p(np.array([1.0, 2, 3]), np.array([3.0, 2, 1]), "greater")
    assert above == below


def test_inversion_meets_the_batch():
    rng = np.random.default_rng(1)
    first, second = rng.exponential(size=18), rng.exponential(size=13)
    evidence = permutation_t(first, second, scale="raw", resamples=1999, seed=3)
    labels = np.arange(31) < 18
    above, below = permutation_t_pvalues(np.concatenate([first, second]), labels, resamples=1999, seed=3)
    assert (evidence.p_above(0.0), evidence.p_below(0.0)) == pytest.approx((above, below), rel=1e-12)
    for threshold in (-0.5, 0.3, 0.8):
        shifted, _ = permutation_t_pvalues(np.concatenate([first - threshold, second]), labels, resamples=1999, seed=3)
        assert evidence.p_above(threshold) == pytest.approx(shifted, rel=1e-12)


def test_a_batch_gives_the_p_of_each_row():
    values = np.random.default_rng(2).normal(size=(3, 2, 20))
    labels = np.arange(20) < 8
    above, below = permutation_t_pvalues(values, labels, resamples=499, seed=1)
    assert above.shape == below.shape == (3, 2)
    for cell in np.ndindex(3, 2):
        alone = permutation_t_pvalues(values[cell], labels, resamples=499, seed=1)
        assert (above[cell], below[cell]) == pytest.approx(tuple(map(float, alone)), rel=1e-12)


def test_dual_at_every_step():
    rng = np.random.default_rng(3)
    evidence = permutation_t(rng.lognormal(0.4, 1.0, size=6), rng.lognormal(size=8))
    for level in (0.5, 0.9, 0.95, 0.99):
        low, high = evidence.interval(level)
        a = (1 - level) / 2
        for threshold in (np.nextafter(low, -9), low, 0.0, high, np.nextafter(high, 9)):
            assert (low > threshold) == (evidence.p_above(threshold) <= a + 1e-12)
            assert (high < threshold) == (evidence.p_below(threshold) <= a + 1e-12)


def test_moves_keep_to_their_strata():
    labels, strata = np.array([1, 0, 0, 1, 0, 1, 1, 0], dtype=bool), np.array([0, 0, 0, 1, 1, 1, 1, 1])
    listed = np.concatenate(list(label_moves(labels, strata)))
    assert len(listed) == math.comb(3, 1) * math.comb(5, 3) - 1
    assert len(np.unique(listed, axis=0)) == len(listed)
    assert not (listed == labels).all(axis=1).any()
    drawn = np.concatenate(list(label_moves(np.tile(labels, 8), np.tile(strata, 8), resamples=50, seed=1)))
    for moves, groups in ((listed, strata), (drawn, np.tile(strata, 8))):
        own = np.tile(labels, moves.shape[1] // 8)
        for group in (0, 1):
            assert (moves[:, groups == group].sum(axis=1) == own[groups == group].sum()).all()


def test_random_moves_agree_with_the_list(monkeypatch):
    rng = np.random.default_rng(4)
    values, labels = rng.normal(size=14) + 0.8 * (np.arange(14) < 6), np.arange(14) < 6
    exact, _ = permutation_t_pvalues(values, labels)
    monkeypatch.setattr("lnnstats.stats.resampling.label_permutations.MOST_ENUMERATED", 10)
    drawn, _ = permutation_t_pvalues(values, labels, resamples=9999, seed=2)
    # Four standard errors of 9999 draws.
    assert drawn == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 9999))


def test_size_exchangeable_and_unequal(assert_size):
    rng = np.random.default_rng(5)
    labels = np.arange(14) < 5
    p, _ = permutation_t_pvalues(rng.exponential(size=(2000, 14)), labels, resamples=499, seed=1)
    assert_size(p, 0.05)
    # Spread three times larger in the small group: the plain difference of means would reject .10 of the time.
    unequal, _ = permutation_t_pvalues(
        rng.normal(size=(2000, 36)) * np.where(np.arange(36) < 12, 3.0, 1.0), np.arange(36) < 12, resamples=499, seed=1
    )
    assert (unequal <= 0.05).mean() <= 0.06 + 4 * math.sqrt(0.06 * 0.94 / 2000)


def test_many_blocks_say_that_welch_stands_in():
    rng = np.random.default_rng(6)
    evidence = permutation_t(rng.normal(size=15_000), rng.normal(size=10_000), scale="raw")
    assert evidence.checks[0].startswith("approximation: ")


def test_refusals():
    with pytest.raises(Degenerate) as caught:
        permutation_t([1.0, 1.0], [2.0, 2.0])
    assert caught.value.code == "zero_variance"
    with pytest.raises(Degenerate):
        permutation_t([1.0], [2.0, 3.0])
    with pytest.raises(UnusableValues):
        permutation_t([1.0, -1.0], [2.0, 3.0])
    with pytest.raises(ValueError, match="strata"):
        permutation_t([1.0, 2.0], [2.0, 3.0], strata=[1, 1, 1])
