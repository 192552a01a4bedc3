"""Kruskal-Wallis and Jonckheere: R's own numbers, Hollander & Wolfe's example, every labelling listed, and size."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats.exact.jonckheere_counts import jonckheere_probabilities
from lnnstats.stats.procedures.jonckheere import conditional_moments, jonckheere
from lnnstats.stats.procedures.kruskal_wallis import kruskal_wallis
from lnnstats.stats.resampling.jackknife import jackknife_error
from lnnstats.stats.values import Degenerate, UnusableValues
from tests.oracles import oracle

REFERENCE = oracle("ranks")
SAMPLES = {name: r for name, r in REFERENCE["between"].items()}


@pytest.mark.parametrize("name", SAMPLES)
def test_kruskal_matches_r(name):
    r = SAMPLES[name]
    ours, drawn = kruskal_wallis(r["groups"]), kruskal_wallis(r["groups"], method="exact")
    # The same arithmetic in double precision, printed to 15 digits.
    assert ours.statistic == pytest.approx(r["h"], rel=1e-11)
    assert ours.p_above(0.0) == pytest.approx(r["p"], rel=1e-11)
    assert ours.estimate == pytest.approx(r["epsilon"], rel=1e-11)
    m = 9999 if any("random" in check for check in drawn.checks) else math.inf
    error = math.sqrt(r["coin_p"] * (1 - r["coin_p"]) * (1 / REFERENCE["draws"] + 1 / m))
    # coin draws 200,000 labellings: 4 joint Monte-Carlo errors.
    assert drawn.p_above(0.0) == pytest.approx(r["coin_p"], abs=4 * error)


@pytest.mark.parametrize("name", SAMPLES)
def test_jonckheere_matches_kendall_in_r(name):
    """J is Kendall's S of value and group but for constants, so cor.test's z, with ties in both, is J's."""
    r = SAMPLES[name]
    ours = jonckheere(r["groups"])
    pooled, sizes = np.concatenate(r["groups"]), np.array([len(g) for g in r["groups"]])
    mean, variance = conditional_moments(np.unique(pooled, return_counts=True)[1], sizes)
    assert ours.statistic == r["j"]
    # S = 2 J - (untied pairs): the same z up to rounding.
    assert (ours.statistic - mean) / math.sqrt(variance) == pytest.approx(r["j_z"], rel=1e-10)
    # 5,000 labellings drawn in R: 4 binomial errors.
    assert ours.p_above(0.5) == pytest.approx(r["j_p"], abs=4 * math.sqrt(r["j_p"] * (1 - r["j_p"]) / 5000))


def test_hollander_and_wolfe_example():
    """Hollander & Wolfe (1999), example 6.2: J = 79, and P = .0207 by the normal with the tied variance."""
    groups = SAMPLES["knowledge"]["groups"]
    mean, variance = conditional_moments(np.unique(np.concatenate(groups), return_counts=True)[1], np.array([6, 6, 6]))
    assert jonckheere(groups).statistic == 79.0
    assert round(float(stats.norm.sf((79 - mean) / math.sqrt(variance))), 4) == 0.0207


SMALL = [
    ([1.0, 2.0, 2.0], [2.0, 3.0], [3.0, 5.0]),
    ([1.0, 4.0], [2.0, 3.0, 6.0], [5.0, 7.0]),
    ([1.0, 1.0, 1.0], [1.0, 2.0, np.inf], [np.inf]),
]


@pytest.mark.parametrize("groups", SMALL)
def test_exact_p_list_every_labelling(groups):
    pooled, labels = np.concatenate(groups), np.repeat(np.arange(3), [len(g) for g in groups])
    every = np.array(sorted(set(permutations(labels.tolist()))))
    ranks = stats.rankdata(pooled)
    won = (pooled[:, None] > pooled) + (pooled[:, None] == pooled) / 2
    j = np.array([((label[:, None] > label) * won).sum() for label in every])
    h = np.array([sum(ranks[label == g].sum() ** 2 / (label == g).sum() for g in range(3)) for label in every])
    at = int(np.flatnonzero((every == labels).all(axis=1))[0])
    ordered, any_difference = jonckheere(groups), kruskal_wallis(groups, method="exact")
    # At most 210 equally likely labellings.
    assert ordered.p_above(0.5) == pytest.approx((j >= j[at]).mean(), rel=1e-11)
    assert ordered.p_below(0.5) == pytest.approx((j <= j[at]).mean(), rel=1e-11)
    assert any_difference.p_above(0.0) == pytest.approx((h >= h[at] - 1e-9).mean(), rel=1e-11)
    assert any_difference.attainable == pytest.approx((h >= h.max() - 1e-9).mean(), rel=1e-11)
    mean, variance = conditional_moments(np.unique(pooled, return_counts=True)[1], np.bincount(labels))
    assert (mean, variance) == pytest.approx((j.mean(), j.var()), rel=1e-11)


def test_untied_and_tied_recursions_agree_on_moments():
    for ties, sizes in [([1] * 12, [3, 4, 5]), ([2, 1, 3, 1, 2], [4, 2, 3])]:
        p = jonckheere_probabilities(np.array(ties), np.array(sizes))
        value = np.arange(p.size) / 2
        found = (float(p @ value), float(p @ value**2) - float(p @ value) ** 2)
        assert p.sum() == pytest.approx(1.0, rel=1e-12)
        assert found == pytest.approx(conditional_moments(np.array(ties), np.array(sizes)), rel=1e-10)


def test_large_samples_turn_normal_and_say_so():
    rng = np.random.default_rng(2)
    groups = [np.round(rng.normal(size=40), 1) for _ in range(4)]
    evidence = jonckheere(groups)
    assert any(check.startswith("approximation") for check in evidence.checks)
    labels = np.repeat(np.arange(4), 40)
    tau = stats.kendalltau(np.concatenate(groups), labels, method="asymptotic", alternative="greater")
    # The same normal with the same tied variance.
    assert evidence.p_above(0.5) == pytest.approx(tau.pvalue, rel=1e-9)


def test_ties_narrow_the_null():
    """An untied variance would be too large: heavy ties, same J, smaller p."""
    groups = [np.repeat([0.0, 1.0], [9, 3]), np.repeat([0.0, 1.0], [6, 6]), np.repeat([0.0, 1.0], [3, 9])]
    _, tied = conditional_moments(np.array([18, 18]), np.array([12, 12, 12]))
    _, untied = conditional_moments(np.ones(36, dtype=int), np.array([12, 12, 12]))
    assert tied < 0.8 * untied
    assert jonckheere(groups).p_above(0.5) < stats.norm.sf((jonckheere(groups).statistic - 216) / math.sqrt(untied))


def test_jackknife_leaves_out_each_value():
    groups = [np.array([0.3, 1.2, 0.8]), np.array([1.1, 1.2, 2.0, 0.1]), np.array([3.0, 1.2])]
    for procedure in (kruskal_wallis, jonckheere):
        without = [
            np.array([procedure([np.delete(h, i) if h is g else h for h in groups]).estimate for i in range(g.size)])
            for g in groups
        ]
        assert procedure(groups).standard_error == pytest.approx(jackknife_error(without), rel=1e-10)


@pytest.mark.parametrize("procedure", [kruskal_wallis, jonckheere])
def test_bad_values_have_an_answer(procedure):
    with pytest.raises(Degenerate, match="tie"):
        procedure([[1.0, 1.0], [1.0]])
    with pytest.raises(Degenerate, match="no blocks"):
        procedure([[1.0, 2.0], []])
    with pytest.raises(Degenerate, match="needs more"):
        procedure([[1.0], [2.0]])
    with pytest.raises(UnusableValues, match="NaN"):
        procedure([[1.0, np.nan], [2.0]])
    with pytest.raises(ValueError, match="at least 2"):
        procedure([[1.0, 2.0]])


def test_direction_only():
    evidence = jonckheere(SAMPLES["knowledge"]["groups"])
    with pytest.raises(ValueError, match="direction only"):
        evidence.p_above(0.6)
    low, high = evidence.interval(0.9)
    assert low > 0.5
    assert high == 1.0
    assert jonckheere(SAMPLES["uneven"]["groups"]).interval(0.95) == (0.0, 1.0)


@pytest.mark.parametrize("number", [300, pytest.param(3000, marks=pytest.mark.slow)])
def test_size(assert_size, number):
    rng = np.random.default_rng(3)
    worlds = [np.split(np.round(rng.exponential(size=15), 1), [4, 9]) for _ in range(number)]
    assert_size([kruskal_wallis(groups).p_above(0.0) for groups in worlds], 0.05)
    assert_size([jonckheere(groups).p_above(0.5) for groups in worlds], 0.05)
