"""Friedman and Quade: R's own numbers, every permutation listed, ties, failures, floors, and size."""

from __future__ import annotations

import math
from itertools import permutations, product

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats.procedures.friedman import friedman
from lnnstats.stats.procedures.quade import quade
from lnnstats.stats.values import Degenerate, UnusableValues
from tests.oracles import oracle

REFERENCE = oracle("ranks")
TABLES = REFERENCE["within"]


@pytest.mark.parametrize("name", TABLES)
def test_friedman_and_quade_match_r(name):
    r = TABLES[name]
    values = np.array(r["values"])
    n, k = values.shape
    ours, quades = friedman(values), quade(values)
    # The same arithmetic in double precision, printed to 15 digits.
    assert ours.estimate == pytest.approx(r["chi2"] / (n * (k - 1)), rel=1e-12)
    assert ours.estimate == pytest.approx(r["w"], rel=1e-12)
    assert ours.statistic == pytest.approx((n - 1) * r["chi2"] / (n * (k - 1) - r["chi2"]), rel=1e-11)
    assert ours.p_above(0.0) == pytest.approx(stats.f.sf(ours.statistic, k - 1, (k - 1) * (n - 1)), rel=1e-10)
    assert quades.statistic == pytest.approx(r["quade_f"], rel=1e-11)
    assert quades.p_above(0.0) == pytest.approx(r["quade_p"], rel=1e-10)
    assert (ours.numerator_df, ours.df) == (quades.numerator_df, quades.df) == (k - 1, (k - 1) * (n - 1))


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize(("procedure", "key"), [(friedman, "coin_p"), (quade, "quade_coin_p")])
def test_permutation_p_match_coin(name, procedure, key):
    values, theirs = np.array(TABLES[name]["values"]), TABLES[name][key]
    ours = procedure(values, method="exact")
    m = 9999 if any("random" in check for check in ours.checks) else math.inf
    error = math.sqrt(theirs * (1 - theirs) * (1 / REFERENCE["draws"] + 1 / m))
    # Both are drawn (coin 200,000 times): 4 of their joint Monte-Carlo errors.
    assert ours.p_above(0.0) == pytest.approx(theirs, abs=4 * error)


def listed(scores):
    """P(sum of squared column sums >= observed) over all (k!)^n arrangements."""
    def length(table):
        return float((np.sum(table, axis=0) ** 2).sum())

    every = [length(table) for table in product(*(list(permutations(row)) for row in scores.tolist()))]
    return np.mean(np.array(every) >= length(scores) - 1e-9), np.mean(np.array(every) >= max(every) - 1e-9)


@pytest.mark.parametrize(
    "values",
    [
        [[1, 2, 2], [3, 3, 3], [1, 1, 2], [5, 1, 9.0]],
        [[1, 3, 2], [1, 2, 3], [2, 1, 3], [1, 2, np.inf], [1, np.inf, np.inf]],
        [[1, 2, 2, 4], [2, 1, 2, 2], [0, 3, 1, 1.0]],
        [[1, 2], [1, 2], [3, 1], [1, 1.0]],
    ],
)
def test_exact_p_lists_every_permutation(values):
    array = np.array(values)
    ranks = stats.rankdata(array, axis=1)
    p, least = listed(ranks - ranks.mean(axis=1, keepdims=True))
    ours = friedman(array, method="exact")
    # Sums of at most 7,776 equal masses.
    assert ours.p_above(0.0) == pytest.approx(p, rel=1e-10)
    assert ours.attainable == pytest.approx(least, rel=1e-10)
    assert friedman(array).attainable == pytest.approx(least, rel=1e-10)
    top = np.where(np.isinf(array), 1e9, array)
    weights = stats.rankdata(np.minimum(np.ptp(top, axis=1), 1e8))
    p, least = listed(weights[:, None] * (ranks - ranks.mean(axis=1, keepdims=True)))
    assert quade(array, method="exact").p_above(0.0) == pytest.approx(p, rel=1e-10)
    assert quade(array, method="exact").attainable == pytest.approx(least, rel=1e-10)


def test_full_agreement_has_no_smaller_p_than_its_permutations():
    """F is infinite at W = 1, where its p would be 0; three blocks of three levels cannot give less than 1/36."""
    agreed = np.tile([1.0, 2.0, 4.0], (3, 1))
    for procedure in (friedman, quade):
        evidence = procedure(agreed)
        assert evidence.statistic == math.inf
        assert evidence.estimate == pytest.approx(1.0)
        assert evidence.p_above(0.0) == evidence.attainable == pytest.approx(1 / 36)


def test_ties_stay_within_the_unit_interval():
    rng = np.random.default_rng(4)
    for _ in range(50):
        values = rng.integers(0, 3, size=(5, 4)).astype(float)
        assert 0.0 <= friedman(values).estimate <= 1.0
        assert 0.0 <= quade(values).estimate <= 1.0


@pytest.mark.parametrize("procedure", [friedman, quade])
def test_bad_values_have_an_answer(procedure):
    with pytest.raises(Degenerate, match="tie"):
        procedure(np.ones((4, 3)))
    with pytest.raises(Degenerate, match="1 block"):
        procedure([[1.0, 2.0]])
    with pytest.raises(Degenerate):
        procedure(np.empty((0, 3)))
    with pytest.raises(UnusableValues, match="NaN"):
        procedure([[1.0, np.nan], [1.0, 2.0]])
    with pytest.raises(ValueError, match="1 level"):
        procedure([[1.0], [2.0]])
    with pytest.raises(ValueError, match="method"):
        procedure([[1.0, 2.0], [2.0, 1.0]], method="chi2")


def test_decides_any_effect_only():
    evidence = friedman(TABLES["rounding"]["values"])
    assert evidence.p_below(0.0) == 1.0
    for test in (evidence.p_above, evidence.p_below):
        with pytest.raises(ValueError, match="any effect only"):
            test(0.1)
    assert evidence.interval(0.95)[0] > 0.0
    assert evidence.interval(0.9999) == (0.0, 1.0)


def test_resolution_ties_what_lies_below_it():
    values = np.array([[1e-9, 1e-12, 1.0], [1e-10, 1e-7, 2.0], [0.1, 0.2, 0.3]])
    floored = np.maximum(values, 1e-6)
    assert friedman(values, resolution=1e-6).statistic == friedman(floored).statistic
    assert quade(values, resolution=1e-6).statistic == quade(floored).statistic


def test_mean_correlation_and_its_error():
    """The mean over pairs of blocks of Spearman's rho, and its jackknife, from scipy without ties."""
    values = np.random.default_rng(5).normal(size=(7, 5)) + 0.5 * np.arange(5)

    def mean_rho(table):
        rho = stats.spearmanr(table, axis=1).statistic
        return rho[np.triu_indices(len(table), 1)].mean()

    left_out = [mean_rho(np.delete(values, i, axis=0)) for i in range(7)]
    error = math.sqrt(6 / 7 * np.sum((np.array(left_out) - np.mean(left_out)) ** 2))
    (effect,) = friedman(values).effects
    z = np.arctanh(left_out)
    reach = stats.t.ppf(0.975, 6) * math.sqrt(6 / 7 * np.sum((z - z.mean()) ** 2))
    assert effect.estimate == pytest.approx(mean_rho(values), rel=1e-11)
    assert effect.high == pytest.approx(math.tanh(math.atanh(mean_rho(values)) + reach), rel=1e-9)
    assert friedman(values).standard_error == pytest.approx(error * 6 / 7, rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("step", [0.0, 0.5, 1.0])
def test_coverage_of_the_mean_correlation(step):
    """20 blocks of 4 levels, normal: the jackknife of Fisher's z covers within 2 points of 95%, 4 errors of 2,000."""
    rng, shift = np.random.default_rng(8), step * np.arange(4)
    ranks = np.argsort(np.argsort(rng.normal(size=(400_000, 4)) + shift, axis=1), axis=1).mean(axis=0) - 1.5
    truth, covered = float(ranks @ ranks) / 5, 0
    for _ in range(2000):
        effects = friedman(rng.normal(size=(20, 4)) + shift).effects  # none where all rank sums are equal
        covered += any(effect.low <= truth <= effect.high for effect in effects)
    assert abs(covered / 2000 - 0.95) <= 0.02


def test_draws_are_reproducible():
    values = np.random.default_rng(6).normal(size=(25, 6))
    one, same, other = (friedman(values, method="monte_carlo", seed=seed).p_above(0.0) for seed in (1, 1, 2))
    assert one == same != other


def test_size(assert_size):
    rng = np.random.default_rng(7)
    tables = [np.round(rng.standard_t(3, size=(8, 4)), 1) for _ in range(2000)]
    for procedure in (friedman, quade):
        assert_size([procedure(table).p_above(0.0) for table in tables], 0.05)
