"""Permutation F, stratified F and aligned ranks: coin, afex, scipy and every arrangement listed; size under slopes."""

from __future__ import annotations

import math
from itertools import permutations, product

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats.procedures.aligned_ranks import aligned_ranks
from lnnstats.stats.procedures.permutation_f import permutation_f
from lnnstats.stats.procedures.stratified_f import stratified_f
from lnnstats.stats.values import Degenerate, UnusableValues
from lnnstats.stats.variance.split_plot import SplitPlot
from tests.oracles import oracle

REFERENCE = oracle("ranks")


def f_statistic(table):
    """F of the levels of a complete block design by its sums of squares."""
    n, k = table.shape
    between = n * ((table.mean(axis=0) - table.mean()) ** 2).sum()
    within = ((table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean()) ** 2).sum()
    return between / (k - 1) / (within / ((k - 1) * (n - 1)))


def test_every_permutation_of_a_small_table():
    table = np.random.default_rng(1).normal(size=(4, 3)) + np.arange(3)
    evidence = permutation_f(table, scale="raw")
    listed = np.array([f_statistic(np.array(t)) for t in product(*(list(permutations(row)) for row in table))])
    # 1,296 equal masses.
    assert evidence.statistic == pytest.approx(f_statistic(table), rel=1e-11)
    assert evidence.p_above(0.0) == pytest.approx((listed >= f_statistic(table) * (1 - 1e-9)).mean(), rel=1e-11)
    assert evidence.attainable == pytest.approx(6.0**-3, rel=1e-11)


@pytest.mark.parametrize("name", REFERENCE["within"])
def test_within_blocks_matches_coin(name):
    r = REFERENCE["within"][name]
    evidence = permutation_f(np.array(r["values"]), scale="raw")
    p, m = r["mean_p"], 9999 if evidence.checks else math.inf
    # coin's quadratic form of the level sums orders the permutations as F does; 4 joint Monte-Carlo errors.
    assert evidence.p_above(0.0) == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) * (1 / REFERENCE["draws"] + 1 / m)))


def test_two_levels_are_the_sign_flips():
    table = np.random.default_rng(2).normal(size=(9, 2))
    theirs = stats.permutation_test(
        (table[:, 0] - table[:, 1],), lambda d, axis: np.abs(d.mean(axis=axis)), permutation_type="samples",
        alternative="greater", n_resamples=np.inf,
    )
    # All 512 flips on both sides.
    assert permutation_f(table, scale="raw").p_above(0.0) == pytest.approx(theirs.pvalue, rel=1e-11)


def test_stratified_matches_coin():
    r = REFERENCE["strata"]
    evidence = stratified_f(r["y"], r["g"], r["s"])
    # Groups are balanced over strata, where the quadratic form is a multiple of ours; 4 joint Monte-Carlo errors.
    error = math.sqrt(r["p"] * (1 - r["p"]) * (1 / REFERENCE["draws"] + 1 / 9999))
    assert evidence.p_above(0.0) == pytest.approx(r["p"], abs=4 * error)


def test_ignoring_strata_hides_an_effect():
    rng = np.random.default_rng(3)
    groups, strata = np.tile([0, 1], 12), np.repeat([0, 1], 12)
    values = rng.normal(size=24) + 1.5 * groups + 10 * strata
    assert stratified_f(values, groups, strata).p_above(0.0) < 0.01
    assert stratified_f(values, groups, np.zeros(24)).p_above(0.0) > 0.3


@pytest.mark.parametrize("name", REFERENCE["art"])
@pytest.mark.parametrize("effect", ["first", "second", "interaction"])
def test_aligned_ranks_match_afex(name, effect):
    r = REFERENCE["art"][name]
    theirs, ours = r["effects"][effect], aligned_ranks(np.array(r["values"]), effect=effect)
    # Aligned and ranked by hand in R, F and Greenhouse-Geisser df by afex: the same arithmetic.
    assert ours.statistic == pytest.approx(theirs["f"], rel=1e-10)
    assert (ours.numerator_df, ours.df) == pytest.approx((theirs["df1"], theirs["df2"]), rel=1e-10)
    assert ours.p_above(0.0) == pytest.approx(theirs["p"], rel=1e-9)


def test_alignment_removes_the_other_effects():
    """Large main effects leave the aligned interaction where it was."""
    rng = np.random.default_rng(4)
    noise = rng.normal(size=(8, 2, 3))
    moved = noise + 50 * np.arange(2)[:, None] - 30 * np.arange(3)
    assert aligned_ranks(moved).statistic == pytest.approx(aligned_ranks(noise).statistic, rel=1e-9)


def test_bad_values_have_an_answer():
    for values in (np.ones((4, 3)), 0.1 * np.arange(1, 4)[:, None] * np.ones((3, 4))):
        with pytest.raises(Degenerate, match="same value"):
            permutation_f(values, scale="raw")
    with pytest.raises(UnusableValues, match="infinite"):
        permutation_f([[1.0, np.inf], [1.0, 2.0]], scale="raw")
    with pytest.raises(UnusableValues, match="at or below"):
        permutation_f([[1.0, 0.0], [1.0, 2.0]])
    with pytest.raises(Degenerate, match="1 block"):
        permutation_f([[1.0, 2.0]])
    with pytest.raises(Degenerate, match="two groups"):
        stratified_f([1.0, 2.0, 3.0], [0, 0, 1], [0, 0, 1])
    with pytest.raises(Degenerate, match="vary"):
        stratified_f([1.0, 1.0, 3.0, 3.0], [0, 1, 0, 1], [0, 0, 1, 1])
    with pytest.raises(ValueError, match="one label"):
        stratified_f([1.0, 2.0], [0, 1], [0])
    with pytest.raises(Degenerate, match="equal"):
        aligned_ranks(np.ones((3, 2, 2)))
    with pytest.raises(Degenerate, match="1 block"):
        aligned_ranks(np.arange(4.0).reshape(1, 2, 2))
    with pytest.raises(ValueError, match="effect"):
        aligned_ranks(np.ones((3, 2, 2)), effect="a:b")
    with pytest.raises(ValueError, match="at least 2"):
        aligned_ranks(np.ones((3, 1, 2)))


def test_equal_blocks_are_decided_without_error():
    """No error at all: F is infinite, p that of the permutations; aligned ranks have no error to test against."""
    table = np.tile([1.0, 2.0, 4.0], (5, 1))
    evidence = permutation_f(table)
    assert (evidence.statistic, evidence.estimate) == (math.inf, 1.0)
    assert evidence.p_above(0.0) == pytest.approx(6.0**-4)
    for cells in ([[1.0, 2.0], [4.0, 3.0]], [[1.0, 2.0], [1.0, 2.0]]):
        with pytest.raises(Degenerate, match="every block"):
            aligned_ranks(np.tile(cells, (3, 1, 1)))
    assert permutation_f(table[:, ::-1]).p_above(0.0) == evidence.p_above(0.0)


def test_own_error_term():
    """F of a 2 x 2 interaction is the squared t of the double differences."""
    values = np.random.default_rng(6).normal(size=(9, 2, 2))
    double = values[:, 0, 0] - values[:, 0, 1] - values[:, 1, 0] + values[:, 1, 1]
    interaction = SplitPlot((values.reshape(9, 4),), (), (2, 2)).test((0, 1))
    assert interaction.f == pytest.approx(stats.ttest_1samp(double, 0).statistic ** 2, rel=1e-11)
    assert interaction.epsilon("gg") == pytest.approx(1.0, rel=1e-15)


def test_size(assert_size):
    rng = np.random.default_rng(7)
    tables = [rng.exponential(size=(6, 3)) for _ in range(1000)]
    assert_size([permutation_f(table, scale="raw", resamples=199).p_above(0.0) for table in tables], 0.05)
    shape, main = (10, 2, 3), 3.0 * np.arange(2)[:, None]
    worlds = [rng.normal(size=shape) + main + rng.normal(size=(10, 1, 1)) for _ in range(2000)]
    assert_size([aligned_ranks(world).p_above(0.0) for world in worlds], 0.05)
    labels, strata = np.tile([0, 1, 2], 6), np.repeat([0, 1], 9)
    values = [rng.exponential(size=18) + 5 * strata for _ in range(1000)]
    assert_size([stratified_f(v, labels, strata, resamples=199).p_above(0.0) for v in values], 0.05)
