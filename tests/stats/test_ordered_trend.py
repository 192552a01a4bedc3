"""Ordered binary trend: brute-force enumeration, conditional logistic regression, duality, saddlepoint, the spike."""

from __future__ import annotations

import math
from itertools import combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lnnstats.stats import Degenerate, mcnemar, ordered_trend, trend_slope
from lnnstats.stats.arrays import level_scores
from lnnstats.stats.exact.lattice import LatticeSum, Part, SaddlepointTails, tails
from lnnstats.stats.exact.subsets import score_lattice, subset_sums
from lnnstats.stats.procedures.ordered_trend import conditional_trend, trend_contributions


def brute_force(events, scores, beta):
    """P(T >= t) and P(T <= t), every arrangement of each block's events listed, weighted by exp(beta T)."""
    blocks = [
        [sum(scores[j] for j in chosen) for chosen in combinations(range(len(scores)), int(row.sum()))]
        for row in events
    ]
    sums = np.array([sum(choice) for choice in product(*blocks)])
    weight = np.exp(beta * (sums - sums.max()))
    observed = float((events @ np.asarray(scores)).sum())
    total = weight.sum()
    return weight[sums >= observed - 1e-9].sum() / total, weight[sums <= observed + 1e-9].sum() / total


def random_events(n, k, seed, slope=0.15, base=0.3):
    rng = np.random.default_rng(seed)
    return rng.random((n, k)) < base + slope * np.arange(k)


@pytest.mark.parametrize("scores", [[0.0, 1.0, 2.0, 3.0], [1.0, 2.0, 4.0, 8.0], [-1.0, 0.5, 0.75, 3.0]])
@pytest.mark.parametrize("seed", range(4))
def test_matches_enumeration(scores, seed):
    events = random_events(5, 4, seed)
    evidence = ordered_trend(events, scores)
    for beta in (-1.3, -0.2, 0.0, 0.4, 2.0):
        above, below = brute_force(events, scores, beta)
        # Sums of a few hundred positive terms, no subtraction.
        assert evidence.p_above(beta) == pytest.approx(above, rel=1e-10)
        assert evidence.p_below(beta) == pytest.approx(below, rel=1e-10)


@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=1, max_size=5))
@settings(max_examples=40, deadline=None)
def test_duality_for_any_events(assert_dual, rows):
    events = np.array(rows)
    if (np.ptp(events.astype(int), axis=1) == 0).all():
        return
    assert_dual(ordered_trend(events, [0, 1, 3]), levels=(0.9, 0.95))


def test_two_levels_are_mcnemar():
    events = random_events(14, 2, 3)
    trend, exact = ordered_trend(events, [0, 1]), mcnemar(events[:, 1], events[:, 0])
    assert trend.estimate == pytest.approx(exact.estimate, rel=1e-12)
    assert trend.interval(0.95) == pytest.approx(exact.interval(0.95), rel=1e-9)
    assert trend.attainable == pytest.approx(exact.attainable, rel=1e-12)


def test_scores_have_a_unit():
    events = random_events(12, 4, 1)
    one, ten = ordered_trend(events, [0, 1, 2, 4]), ordered_trend(events, [5, 15, 25, 45])
    assert ten.estimate == pytest.approx(one.estimate / 10, rel=1e-12)
    assert ten.interval(0.9) == pytest.approx(tuple(x / 10 for x in one.interval(0.9)), rel=1e-10)
    assert ten.p_above(0.03) == pytest.approx(one.p_above(0.3), rel=1e-12)


def test_end_of_the_support_gives_an_infinite_limit(assert_dual):
    events = np.array([[False, False, True], [False, True, True], [False, False, True], [False, True, True]])
    evidence = ordered_trend(events, [0, 1, 2])
    assert evidence.estimate == math.inf
    assert evidence.interval(0.95)[1] == math.inf
    assert evidence.p_above(0.0) == pytest.approx(evidence.attainable) == pytest.approx(3.0**-4)
    assert evidence.p_below(5.0) == 1.0
    assert_dual(evidence)


def test_blocks_without_discordance():
    events = random_events(10, 3, 2)
    padded = np.vstack([events, np.ones((4, 3), bool), np.zeros((3, 3), bool)])
    evidence = ordered_trend(padded, [0, 1, 2])
    assert evidence.n == 17
    assert evidence.interval(0.9) == pytest.approx(ordered_trend(events, [0, 1, 2]).interval(0.9), rel=1e-12)
    assert evidence.checks[0].startswith("ties: ")
    with pytest.raises(Degenerate) as caught:
        ordered_trend(np.ones((5, 3), bool), [0, 1, 2])
    assert caught.value.code == "no_discordance"


@pytest.mark.parametrize("beta", [0.0, 0.35])
def test_size_is_exact_over_all_outcomes(beta):
    """One block of each margin, all outcomes at the null beta enumerated: P(p <= alpha) <= alpha."""
    scores = np.array([0.0, 1.0, 2.0, 4.0])
    rows = [[list(np.isin(range(4), chosen)) for chosen in combinations(range(4), m)] for m in (1, 2, 3, 2)]
    p, weight = [], []
    for choice in product(*rows):
        events = np.array(choice)
        p.append(ordered_trend(events, scores).p_above(beta))
        weight.append(math.exp(beta * float((events @ scores).sum())))
    p, weight = np.array(p), np.array(weight) / np.sum(weight)
    for alpha in (0.01, 0.05, 0.2):
        assert weight[p <= alpha].sum() <= alpha + 1e-12


def test_saddlepoint_agrees_with_convolution():
    """300 blocks, both tails over 20 decades; the error of the formula is of order n^-3/2, here below 1e-3."""
    exact = conditional_trend(random_events(300, 6, 5, slope=0.03), np.arange(6.0))
    saddle = SaddlepointTails(exact.total, exact.observed)
    for beta in np.linspace(-0.4, 0.6, 21):
        assert saddle.upper(beta) == pytest.approx(exact.tails.upper(beta), rel=1e-3)
        assert saddle.lower(beta) == pytest.approx(exact.tails.lower(beta), rel=1e-3)


def test_saddlepoint_at_the_mean_is_continuous():
    total = LatticeSum((Part(np.array([1.0, 3.0, 1.0, 0.5]), 60),))
    saddle = SaddlepointTails(total, 70)
    centre = total.tilt(69.5)
    near = [saddle.upper(centre + shift) for shift in (-2e-6, -1e-7, 0.0, 1e-7, 2e-6)]
    assert np.ptp(near) < 1e-4
    assert near[2] == pytest.approx(tails(total, 70).upper(centre), abs=1e-4)


def test_many_blocks_use_the_saddlepoint_and_say_so(assert_dual):
    evidence = ordered_trend(random_events(20_000, 6, 1, slope=0.01), np.arange(6))
    assert any(check.startswith("approximation: ") for check in evidence.checks)
    assert_dual(evidence, levels=(0.9, 0.95))


def test_extreme_p_values_keep_their_order():
    evidence = ordered_trend(random_events(400, 5, 1, slope=0.2, base=0.05), np.arange(5))
    p = [evidence.p_above(beta) for beta in np.linspace(-1, 3, 30)]
    assert all(0 <= low <= high * (1 + 1e-12) for low, high in pairwise(p))
    assert 0 < evidence.p_above(0.0) < 1e-30


@pytest.mark.parametrize(
    ("scores", "step", "lattice"),
    [
        ([1, 2, 4, 8], 1.0, [0, 1, 3, 7]),
        ([0.1, 0.3, 0.2], 0.1, [0, 2, 1]),
        ([0.0, 1 / 3, 0.5], 1 / 6, [0, 2, 3]),
        (np.log2([2, 4, 8, 32]), 1.0, [0, 1, 2, 4]),
    ],
)
def test_lattice_of_scores(scores, step, lattice):
    found_step, found = score_lattice(level_scores(scores, len(scores)))
    assert found_step == pytest.approx(step, rel=1e-12)
    assert found.tolist() == lattice


def test_scores_without_a_lattice_are_refused():
    with pytest.raises(ValueError, match="not multiples of one step"):
        ordered_trend(random_events(5, 3, 0), np.log2([2, 3, 5]))


def test_subset_sums_are_binomial_counts():
    counts = subset_sums(np.array([0, 1, 3, 7]))
    np.testing.assert_array_equal(counts.sum(axis=1), [math.comb(4, m) for m in range(5)])
    assert [int(y) for y in np.flatnonzero(counts[2])] == sorted(a + b for a, b in combinations([0, 1, 3, 7], 2))


def test_risk_difference_is_the_mean_slope_in_its_own_unit():
    events, scores = random_events(30, 4, 6), np.array([0.0, 1.0, 2.0, 4.0])
    evidence = ordered_trend(events, scores, measure="risk_difference")
    slope = trend_slope(events.astype(float), scores).estimate
    assert evidence.estimate == pytest.approx(3.5 * slope, rel=1e-12)  # 2 sum (s - 1.75)^2 / sum |s - 1.75|
    exact = ordered_trend(events, scores)
    assert evidence.statistic == exact.p_above(0.0)
    odds = evidence.effects[1]
    assert (odds.low, odds.high) == pytest.approx(tuple(np.exp(exact.interval(0.95))), rel=1e-12)


def test_risk_difference_duality(assert_dual):
    assert_dual(ordered_trend(random_events(40, 5, 7), np.arange(5), measure="risk_difference"))


def test_contributions_respect_their_bound():
    scores = np.array([0.0, 1.0, 5.0])
    rows = np.array(list(product([False, True], repeat=3)))
    contributions = trend_contributions(rows, scores)
    assert contributions.max() == pytest.approx(1.0)
    assert contributions.min() == pytest.approx(-1.0)


def test_with_two_levels_it_is_the_plain_risk_difference():
    events = random_events(40, 2, 9, slope=0.3)
    evidence = ordered_trend(events, np.array([1.0, 8.0]), measure="risk_difference")
    assert evidence.estimate == pytest.approx(events[:, 1].mean() - events[:, 0].mean(), abs=1e-15)


def test_no_event_at_all_is_still_a_valid_test_of_relevance():
    evidence = ordered_trend(np.zeros((60, 4), bool), np.arange(4), measure="risk_difference")
    assert evidence.statistic is None
    assert evidence.p_below(0.15) < 0.05
    assert evidence.p_above(0.0) == 1.0
    few = ordered_trend(np.zeros((5, 4), bool), np.arange(4), measure="risk_difference")
    assert few.p_below(0.15) > 0.05


def rare_trend(rng, repetitions, n, risk):
    """Blocks whose only possible event is at the last level: z is bound-like and rare, its mean is known."""
    return np.concatenate([np.zeros((repetitions, n, 3), bool), rng.random((repetitions, n, 1)) < risk], axis=2)


def test_rare_events_the_t_test_errs_and_betting_does_not(assert_size):
    """theta exactly d, reached by rare events: "theta < d" is claimed falsely by t far above alpha."""
    rng, scores = np.random.default_rng(11), np.arange(4.0)
    draws = rare_trend(rng, 400, 25, 0.05)
    d = 0.05 * trend_contributions(np.array([[False, False, False, True]]), scores)[0]
    contributions = draws @ trend_contributions(np.eye(4, dtype=bool), scores)
    with np.errstate(all="ignore"):
        t = (contributions.mean(1) - d) / (contributions.std(1, ddof=1) / 5)
    assert (stats.t.cdf(t, 24) <= 0.05).mean() > 0.2  # no event at all in .95^25 = .28 of the studies
    p = [ordered_trend(x, scores, measure="risk_difference").p_below(d) for x in draws]
    assert_size(p, 0.05)


def test_unknown_measure():
    with pytest.raises(ValueError, match="choose one of odds_ratio, risk_difference"):
        ordered_trend(random_events(5, 3, 0), [0, 1, 2], measure="ratio")


@pytest.mark.slow
def test_a_million_blocks():
    events = random_events(1_000_000, 6, 1, slope=0.0)
    for measure in ("odds_ratio", "risk_difference"):
        low, high = ordered_trend(events, np.arange(6), measure=measure).interval(0.95)
        assert low < high < 0.01
