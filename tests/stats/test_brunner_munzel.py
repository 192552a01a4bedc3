"""Brunner-Munzel: the published example, R's formula, scipy, separation, infinities, duality, size and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats import Degenerate, UnusableValues
from lnnstats.stats.procedures.brunner_munzel import brunner_munzel
from tests.oracles import oracle

GROUPS = oracle("groups")["groups"]


def test_published_example():
    # Brunner & Munzel (2000), pain scores, as lawstat prints them: W 3.1375, df 17.683, p .005786, p-hat .788961,
    # 95% limits .5952169 and .9827052.
    case = GROUPS["pain"]
    evidence = brunner_munzel(case["treatment"], case["reference"])
    assert (round(evidence.statistic, 4), round(evidence.df, 3), round(evidence.estimate, 6)) == (
        3.1375,
        17.683,
        0.788961,
    )
    assert 2 * evidence.p_above(0.5) == pytest.approx(0.005786, abs=5e-7)
    assert evidence.interval(0.95) == pytest.approx((0.5952169, 0.9827052), abs=5e-8)


@pytest.mark.parametrize("name", GROUPS)
def test_formula_in_r(name):
    case, theirs = GROUPS[name], GROUPS[name]["brunner_munzel"]
    ours = brunner_munzel(case["treatment"], case["reference"])
    assert [ours.estimate, ours.statistic, ours.df] == pytest.approx(
        [theirs["estimate"], theirs["statistic"], theirs["df"]], rel=1e-11
    )
    assert ours.interval(0.95) == pytest.approx(np.clip(theirs["limits"], 0, 1), rel=1e-10)
    assert ours.p_above(0.5) == pytest.approx(theirs["greater"], rel=1e-9)


def test_scipy():
    rng = np.random.default_rng(1)
    first, second = rng.normal(0.4, 2, size=14), rng.normal(size=9)
    ours, theirs = brunner_munzel(first, second), stats.brunnermunzel(second, first)
    # Its statistic is positive where the second sample is the larger.
    assert ours.statistic == pytest.approx(theirs.statistic, rel=1e-11)
    assert 2 * min(ours.p_above(0.5), ours.p_below(0.5)) == pytest.approx(theirs.pvalue, rel=1e-9)


def test_dual_and_reflected(assert_dual):
    rng = np.random.default_rng(2)
    first, second = rng.normal(0.3, 1, size=12), rng.normal(size=10)
    evidence, turned = brunner_munzel(first, second), brunner_munzel(second, first)
    assert_dual(evidence)
    for threshold in (0.2, 0.5, 0.65):
        assert evidence.p_above(threshold) == pytest.approx(turned.p_below(1 - threshold), rel=1e-9)


def test_complete_separation_has_exact_answers(assert_dual):
    first, second = np.array([5.0, 6.0, 7.0, 8.0]), np.array([1.0, 2.0, 3.0])
    evidence = brunner_munzel(first, second)
    assert evidence.p_above(0.5) == evidence.attainable == 1 / 35
    assert evidence.p_above(0.9) == pytest.approx(0.9**3)
    assert (evidence.p_below(0.99), evidence.p_below(1.01)) == (1.0, 0.0)
    # a^(1/3) = .2924 at a = .025, below 1/2 and with 1/35 > .025; at a = .05 the permutation test excludes 1/2 itself.
    assert evidence.interval(0.95) == (pytest.approx(0.025 ** (1 / 3)), 1.0)
    low, _ = evidence.interval(0.9)
    assert low == math.nextafter(0.5, 1)
    for one in (evidence, brunner_munzel(second, first)):
        for level in (0.5, 0.9, 0.95, 0.998):
            low, high = one.interval(level)
            for t in (low - 1e-9, low + 1e-9, 0.5, high - 1e-9, high + 1e-9):
                assert (low > t) == (one.p_above(t) <= (1 - level) / 2 * (1 + 1e-12))
                assert (high < t) == (one.p_below(t) <= (1 - level) / 2 * (1 + 1e-12))
    delta, a12 = evidence.effects
    assert (delta.estimate, delta.high, a12.estimate) == (1.0, 1.0, 1.0)
    assert a12.low == pytest.approx(0.025 ** (1 / 3))


def test_separation_bound_is_valid_and_sharp():
    """With a constant treatment P(separation) is theta^m exactly, and so is p_above(theta)."""
    rng = np.random.default_rng(3)
    theta, p = 0.7, []
    for below in rng.random((2000, 4)) < theta:
        values = np.where(below, -1.0, 1.0) * (1 + rng.random(4))
        if below.all():
            p.append(brunner_munzel(np.zeros(6), values).p_above(theta))
    assert set(np.round(p, 12)) == {round(theta**4, 12)}
    assert abs(len(p) / 2000 - theta**4) < 4 * math.sqrt(theta**4 * (1 - theta**4) / 2000)


def test_no_p_below_that_of_any_relabelling():
    """One inversion in 25 pairs: t has p near 2e-5 there, and 252 relabellings allow no p below 1 / 252."""
    evidence = brunner_munzel([5.0, 6.0, 7.0, 8.0, 3.5], [1.0, 2.0, 3.0, 4.0, 0.0])
    assert stats.t.sf(evidence.statistic, evidence.df) < 1e-4
    assert evidence.p_above(0.5) == evidence.attainable == 1 / 252
    low, high = evidence.interval(1 - 2 * 0.9 / 252)
    assert (low, high) == (0.5, 1.0)


def test_many_blocks():
    first, second = np.random.default_rng(5).normal(size=(2, 2000))
    evidence = brunner_munzel(first + 0.2, second)
    assert evidence.attainable == 0.0
    assert evidence.statistic == pytest.approx(stats.brunnermunzel(second, first + 0.2).statistic, rel=1e-10)


def test_infinite_is_the_worst_rank_and_the_resolution_ties():
    evidence = brunner_munzel([np.inf, np.inf, 3.0], [np.inf, 2.0, 1.0, 0.5])
    assert evidence.estimate == pytest.approx((3.5 + 3.5 + 3.0) / 12)
    assert brunner_munzel([1e-9, 2.0, 3.0], [1e-12, 1e-10], resolution=1e-6).estimate == pytest.approx((1 + 2 + 2) / 6)
    assert any(check.startswith("ties: ") for check in evidence.checks)


@pytest.mark.parametrize("spread", [1.0, 3.0])
def test_size_with_unequal_spread(spread, assert_size):
    """Groups of 15 and 20; the t approximation is known to exceed .05 by up to .01 at such sizes (Brunner & Munzel)."""
    rng = np.random.default_rng(4)
    p = np.array([brunner_munzel(rng.normal(0, spread, 15), rng.normal(0, 1, 20)).p_above(0.5) for _ in range(2000)])
    assert (p <= 0.05).mean() <= 0.06 + 4 * math.sqrt(0.06 * 0.94 / 2000)


def test_refusals():
    with pytest.raises(Degenerate) as caught:
        brunner_munzel([1.0, 1.0], [1.0, 1.0, 1.0])
    assert caught.value.code == "no_discordance"
    with pytest.raises(Degenerate) as caught:
        brunner_munzel([1.0], [1.0, 2.0])
    assert caught.value.code == "too_few_blocks"
    with pytest.raises(UnusableValues, match="NaN"):
        brunner_munzel([1.0, np.nan], [1.0, 2.0])
