"""Welch's ANOVA against R's oneway.test and effectsize; two groups, size with unequal variances, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.stats.pivots.noncentral_f import f_upper_tail
from lnnstats.stats.pivots.omnibus_f import FPivot
from lnnstats.stats.procedures.anova import anova
from lnnstats.stats.procedures.welch_anova import welch_anova, welch_f
from lnnstats.stats.values import Degenerate, UnusableValues
from tests.oracles import oracle

ORACLE = oracle("anova")["welch"]
GROUPS = ORACLE["groups"]


def test_as_in_oneway_test():
    evidence = welch_anova(*GROUPS, scale="raw")
    ours = (evidence.statistic, evidence.numerator_df, evidence.df, evidence.p_above(0.0))
    assert ours == pytest.approx((ORACLE["F"], *ORACLE["df"], ORACLE["p"]), rel=1e-11)  # one formula, rounding
    assert evidence.effects[0].estimate == pytest.approx(ORACLE["omega"], rel=1e-11)


def test_two_groups_are_welch_t():
    pair, evidence = ORACLE["pair"], welch_anova(*GROUPS[:2], scale="raw")
    assert (evidence.statistic, evidence.df) == pytest.approx((pair["t"] ** 2, pair["df"]), rel=1e-11)


def test_duality_and_jackknife(assert_dual):
    evidence = welch_anova(*GROUPS, scale="raw")
    assert_dual(evidence)
    brute = 0.0
    for place, group in enumerate(GROUPS):
        left = [
            welch_anova(*GROUPS[:place], np.delete(group, i), *GROUPS[place + 1 :], scale="raw").estimate
            for i in range(len(group))
        ]
        brute += (1 - 1 / len(group)) * ((left - np.mean(left)) ** 2).sum()
    assert evidence.standard_error == pytest.approx(np.sqrt(brute), rel=1e-9)


def sample(seed, sizes, deviations, means, worlds=4000):
    """So many worlds: counts, means and variances [worlds, k], by their normal-theory distributions."""
    rng = np.random.default_rng(seed)
    counts, s = np.array(sizes, dtype=float), np.array(deviations)
    drawn = rng.normal(means, s / np.sqrt(counts), (worlds, counts.size))
    return counts, drawn, s**2 * rng.chisquare(counts - 1, (worlds, counts.size)) / (counts - 1)


def test_size_with_unequal_variances():
    """Where the classical F rejects a fifth of true nulls or more, Welch's stays near 0.05."""
    f, df1, df2 = welch_f(*sample(1, (8, 20, 30), (4.0, 1.0, 2.0), 0.0))
    rate = (f_upper_tail(f, df1, df2) <= 0.05).mean()
    # An approximation: within 0.01 beside 4 binomial standard errors (0.014).
    assert abs(rate - 0.05) < 0.01 + 4 * np.sqrt(0.05 * 0.95 / 4000)


@pytest.mark.parametrize("theta", [0.1, 0.3])
def test_thresholds_hold_their_level(assert_size, theta):
    """At a true theta, both one-sided tests reject near alpha: the noncentral F of Welch's statistic."""
    sizes, deviations, means = (15, 25, 20), (2.0, 1.0, 1.5), np.array([0.0, 1.0, 0.3])
    weights = np.array(sizes) / np.array(deviations) ** 2
    spread = weights @ (means - weights @ means / weights.sum()) ** 2
    noncentrality = theta / (1 - theta) * 60
    f, df1, df2 = welch_f(*sample(2, sizes, deviations, means * np.sqrt(noncentrality / spread), 1500))
    pivots = [FPivot(*map(float, x), estimate=0.0, size=60.0) for x in zip(f, np.full(1500, df1), df2, strict=True)]
    for p in ([pivot.p_above(theta) for pivot in pivots], [pivot.p_below(theta) for pivot in pivots]):
        # An approximation, here a little conservative: no more than 0.05 by chance, no less than half of it.
        assert_size(p, 0.05)
        assert np.mean(np.array(p) <= 0.05) > 0.025


def test_balanced_and_alike_is_near_the_classical_test():
    rng = np.random.default_rng(3)
    groups = rng.normal(size=(3, 4000)) + np.array([[0.0], [0.05], [0.1]])
    # The two differ by O(1 / n) and the sampling error of the variances, some 2% here.
    ours, theirs = (f(*groups, scale="raw").statistic for f in (welch_anova, anova))
    assert ours == pytest.approx(theirs, rel=0.1)


@pytest.mark.parametrize(
    ("groups", "code"),
    [
        (([1.0, 2.0], [3.0]), "too_few_blocks"),
        (([1.0, 2.0], []), "empty_cell"),
        (([1.0, 2.0], [0.1, 0.1, 0.1]), "zero_variance"),
    ],
)
def test_nothing_to_test(groups, code):
    with pytest.raises(Degenerate) as caught:
        welch_anova(*groups, scale="raw")
    assert caught.value.code == code


def test_wrong_calls():
    with pytest.raises(UnusableValues, match="at or below 0"):
        welch_anova([1.0, 2.0, -1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="1 group; a comparison needs at least 2"):
        welch_anova([1.0, 2.0], scale="raw")
