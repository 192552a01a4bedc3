"""Contrasts and marginal means of independent groups against R: emmeans, t.test; size, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lnnstats.stats.procedures.group_contrast import group_contrast
from lnnstats.stats.values import Degenerate, UnusableValues
from lnnstats.stats.variance.marginal_means import marginal_means_between, marginal_means_within
from tests.oracles import oracle

ORACLE = oracle("anova")
WELCH, BETWEEN = ORACLE["welch"], ORACLE["between"]
ROUNDING = 1e-10  # one formula, summed in another order


@pytest.mark.parametrize("variances", ["unequal", "equal"])
def test_four_groups_as_in_r(variances):
    evidence = group_contrast(*WELCH["groups"], weights=WELCH["weights"], variances=variances, scale="raw")
    theirs = WELCH[variances]
    ours = (evidence.estimate, evidence.standard_error, evidence.df)
    assert ours == pytest.approx([theirs[key] for key in ("estimate", "se", "df")], rel=ROUNDING)
    assert evidence.n == 32
    if variances == "equal":
        assert evidence.interval(0.95) == pytest.approx((theirs["low"], theirs["high"]), rel=ROUNDING)


def test_two_groups_are_welch_t():
    theirs = WELCH["pair"]
    evidence = group_contrast(*WELCH["groups"][:2], weights=(1, -1), scale="raw")
    ours = (evidence.estimate, evidence.statistic, evidence.df, *evidence.interval(0.95))
    assert ours == pytest.approx([theirs[k] for k in ("estimate", "t", "df", "low", "high")], rel=ROUNDING)


def test_contrast_of_marginal_means_as_in_emmeans():
    theirs, weights = BETWEEN["contrast"], np.tile([-1, -1, 2], 2) / 4
    evidence = group_contrast(*BETWEEN["cells"], weights=weights, variances="equal", scale="raw")
    ours = (evidence.estimate, evidence.standard_error, *evidence.interval(0.95))
    assert ours == pytest.approx([theirs[k] for k in ("estimate", "se", "low", "high")], rel=ROUNDING)
    assert 2 * evidence.p_above(0.0) == pytest.approx(theirs["p"], rel=ROUNDING)


def test_marginal_means_as_in_emmeans():
    theirs = BETWEEN["emm"]
    found = marginal_means_between(*BETWEEN["cells"], shape=(2, 3), factors=(1,))
    assert [each.level for each in found] == [(0,), (1,), (2,)]
    for key, name in (("mean", "mean"), ("error", "se"), ("df", "df"), ("low", "low"), ("high", "high")):
        assert [getattr(each, key) for each in found] == pytest.approx(theirs[name], rel=ROUNDING)


def test_marginal_means_within_are_t_of_block_means():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(7, 2, 3)) + 5.0
    found = marginal_means_within(values, factors=(0,))
    scores = values.mean(axis=2)
    assert [each.mean for each in found] == pytest.approx(scores.mean(axis=0), rel=1e-13)
    assert [each.error for each in found] == pytest.approx(scores.std(axis=0, ddof=1) / math.sqrt(7), rel=1e-12)
    assert [each.level for each in marginal_means_within(values, factors=(0, 1))][-1] == (1, 2)


def test_standardised_contrast_of_two_groups():
    """g = J d with d = difference / pooled sd, by hand."""
    first, second = (np.array(group) for group in WELCH["groups"][:2])
    evidence = group_contrast(first, second, weights=(1, -1), variances="equal", scale="raw")
    pooled = math.sqrt((first.var(ddof=1) * 5 + second.var(ddof=1) * 8) / 13)
    hedges = math.exp(math.lgamma(13 / 2) - math.lgamma(6)) / math.sqrt(13 / 2)
    (g,) = evidence.effects
    assert g.estimate == pytest.approx(hedges * (first.mean() - second.mean()) / pooled, rel=1e-12)
    assert g.low < g.estimate < g.high


def test_log_scale_is_a_ratio_of_geometric_means(assert_dual):
    rng = np.random.default_rng(2)
    groups = [rng.lognormal(m, s, n) for m, s, n in ((0, 1, 8), (0.4, 0.5, 11), (1, 2, 9))]
    evidence = group_contrast(*groups, weights=(-0.5, -0.5, 1))
    assert (evidence.measure, evidence.display) == ("ratio", "exp")
    logs = [np.log(group).mean() for group in groups]
    assert evidence.estimate == pytest.approx(logs[2] - (logs[0] + logs[1]) / 2, rel=1e-12)
    assert_dual(evidence)


def test_size_with_unequal_variances(assert_size):
    rng = np.random.default_rng(3)
    weights, p = (1, -0.5, -0.5), []
    for _ in range(2000):
        groups = [rng.normal(0, s, n) for s, n in ((3.0, 6), (1.0, 15), (1.0, 20))]
        p.append(group_contrast(*groups, weights=weights, scale="raw").p_above(0.0))
    assert_size(p, 0.05)
    assert np.mean(np.array(p) <= 0.05) > 0.03


@pytest.mark.parametrize(
    ("groups", "variances", "code"),
    [
        (([1.0], [1.0, 2.0]), "unequal", "too_few_blocks"),
        (([1.0], [2.0]), "equal", "too_few_blocks"),
        (([1.0, 2.0], []), "unequal", "empty_cell"),
        (([0.1, 0.1, 0.1], [0.3, 0.3]), "unequal", "zero_variance"),
        (([0.1, 0.1, 0.1], [0.3, 0.3]), "equal", "zero_variance"),
    ],
)
def test_nothing_to_test(groups, variances, code):
    with pytest.raises(Degenerate) as caught:
        group_contrast(*groups, weights=(1, -1), variances=variances, scale="raw")
    assert caught.value.code == code


def test_wrong_calls():
    groups = [1.0, 2.0, 4.0], [2.0, 3.0, 7.0]
    with pytest.raises(ValueError, match=r"sum to 0\.5"):
        group_contrast(*groups, weights=(1, -0.5))
    with pytest.raises(ValueError, match="3 weights for 2 groups"):
        group_contrast(*groups, weights=(1, -0.5, -0.5))
    with pytest.raises(ValueError, match="choose one of unequal, equal"):
        group_contrast(*groups, weights=(1, -1), variances="hc3")
    with pytest.raises(UnusableValues, match="NaN"):
        group_contrast([1.0, np.nan], [2.0, 3.0], weights=(1, -1))
    with pytest.raises(Degenerate, match="no error term"):
        marginal_means_between([1.0], [2.0], shape=(2,), factors=(0,))
    with pytest.raises(Degenerate, match="1 block"):
        marginal_means_within([[1.0, 2.0]], factors=(0,))
