"""Shares of an effect's variation over conditions: against sums of squares by hand, simulation, and rescaling."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats.values import Degenerate, UnusableValues
from lnnstats.stats.variance.effect_shares import effect_shares


def additive(a, b, both=0.0):
    """theta over a 2 x 3 factorial: effects a, b [3] and a product term."""
    first, second = np.array([-a, a])[:, None], np.asarray(b, dtype=float)[None, :]
    return first + second + both * np.array([-1, 1])[:, None] * np.array([-1, 0, 1])[None, :]


def test_without_noise_they_are_the_sums_of_squares_by_hand():
    theta = additive(2.0, [-1.0, 0.0, 1.0], both=0.5)
    found = effect_shares(np.stack([theta] * 4), ("a", "b"))
    # variances over the six conditions: 2^2, 2/3, 0.5^2 x 2/3
    parts = {(0,): 4.0, (1,): 2 / 3, (0, 1): 1 / 6}
    total = sum(parts.values())
    assert found.variance.estimate == pytest.approx(total, rel=1e-13) == theta.var()  # sums in another order
    for term, variance in parts.items():
        effect = found.terms[term]
        # equal blocks have no error: the limits are the estimate, to rounding
        assert (effect.low, effect.estimate, effect.high) == pytest.approx((variance / total,) * 3, abs=1e-12)
    assert found.total[0].estimate == pytest.approx((4 + 1 / 6) / total, rel=1e-12)
    assert [effect.name for effect in (*found.terms.values(), *found.total)] == ["a", "b", "a × b", "a", "b"]


def test_the_variance_over_pairs_of_blocks_is_the_double_loop():
    """Second source: V_S by projecting with group means, over every pair of different blocks."""
    y = np.random.default_rng(1).normal(size=(5, 2, 3)) + additive(0.4, [0, 1, 2])
    found = effect_shares(y)
    centred = y - y.mean(axis=(1, 2), keepdims=True)
    first = np.broadcast_to(centred.mean(axis=2, keepdims=True), y.shape)
    second = np.broadcast_to(centred.mean(axis=1, keepdims=True), y.shape)
    pairs = [(i, j) for i in range(5) for j in range(5) if i != j]
    by_hand = {
        term: np.mean([(p[i] * p[j]).mean() for i, j in pairs])
        for term, p in {(0,): first, (1,): second, (0, 1): centred - first - second}.items()
    }
    total = sum(by_hand.values())
    assert found.variance.estimate == pytest.approx(total, rel=1e-12)
    assert all(found.terms[t].estimate == pytest.approx(v / total, rel=1e-11) for t, v in by_hand.items())


def simulated(theta, n, draws, shared):
    """Blocks whose conditions share part of their noise, as blocks of one study do."""
    common = draws.normal(size=(n, 1, 1)) + draws.normal(size=(n, 2, 1))
    return theta + shared * common + draws.normal(size=(n, *theta.shape))


def test_the_variance_is_unbiased_and_the_plug_in_is_not():
    theta, draws = additive(0.15, [-0.1, 0.0, 0.1]), np.random.default_rng(2)
    repeats = [simulated(theta, 10, draws, 0.7) for _ in range(1500)]
    found = np.array([effect_shares_variance(y) for y in repeats])
    error = found.std(ddof=1) / np.sqrt(len(found))
    assert abs(found.mean() - theta.var()) < 4 * error  # 4 standard errors: fails by chance in 1 of 16,000 seeds
    naive = np.mean([y.mean(axis=0).var() for y in repeats])
    assert naive - theta.var() > 20 * error


def effect_shares_variance(y):
    """The variance over conditions, 0 and below where an estimate is refused."""
    a = (y - y.mean(axis=(1, 2), keepdims=True)).reshape(len(y), -1)
    n = len(a)
    try:
        return effect_shares(y).variance.estimate
    except Degenerate:
        return ((a.sum(axis=0) ** 2).sum() - (a**2).sum()) / (n * (n - 1) * a.shape[1])


def test_the_limits_cover_as_promised():
    theta, draws = additive(0.8, [-0.6, 0.0, 0.6], both=0.4), np.random.default_rng(3)
    truth = {(0,): 0.64, (1,): 0.24, (0, 1): 0.16 * 2 / 3}
    total, runs = sum(truth.values()), 600
    covered = dict.fromkeys(truth, 0)
    for _ in range(runs):
        found = effect_shares(simulated(theta, 30, draws, 0.5))
        for term, variance in truth.items():
            covered[term] += found.terms[term].low <= variance / total <= found.terms[term].high
    # not below 92 % of 95 % promised (an approximation by the jackknife), judged at one in ten thousand
    assert min(covered.values()) > stats.binom.ppf(1e-4, runs, 0.92), covered


def test_shares_of_a_rescaled_and_shifted_effect_are_the_same():
    y = np.random.default_rng(4).normal(size=(8, 2, 2, 2)) + 3 * np.indices((2, 2, 2))[0]
    one, other = effect_shares(y), effect_shares(5 - 3 * y)
    assert other.variance.estimate == pytest.approx(9 * one.variance.estimate, rel=1e-11)
    assert all(other.terms[t].estimate == pytest.approx(e.estimate, abs=1e-11) for t, e in one.terms.items())
    assert sum(effect.estimate for effect in one.terms.values()) == pytest.approx(1, abs=1e-11)


@pytest.mark.parametrize("y", [np.ones((5, 2, 2)), np.zeros((5, 2, 2)), np.ones((2, 2, 2))])
def test_nothing_to_share_is_said(y):
    with pytest.raises(Degenerate):
        effect_shares(y)


def test_what_is_no_factorial_is_refused():
    with pytest.raises(ValueError, match="at least 2 levels"):
        effect_shares(np.ones((5, 2, 1)))
    with pytest.raises(UnusableValues, match="finite"):
        effect_shares(np.full((5, 2, 2), np.nan))
