"""Cochran's Q: R's mantelhaen.test, enumeration of all permutations, the sign test for two levels, its size."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats.procedures.cochran_q import centred_events, cochran_q, q_statistic
from lnnstats.stats.procedures.mcnemar import mcnemar
from lnnstats.stats.values import Degenerate
from tests.oracles import oracle

ORACLE = oracle("events")


@pytest.mark.parametrize("case", ORACLE["cochran"], ids=lambda case: str(len(case["events"])))
def test_q_matches_r(case):
    evidence = cochran_q(case["events"], method="chi_square")
    # Sums of small integers: rounding of one division.
    assert evidence.statistic == pytest.approx(case["q"], rel=1e-13)
    assert evidence.p_above(0.0) == pytest.approx(stats.chi2.sf(case["q"], evidence.df), rel=1e-12)
    assert "chi-square with" in evidence.checks[-1]


def test_exact_p_by_listing_every_permutation():
    events = np.array([[0, 1, 1], [0, 0, 1], [1, 0, 1], [0, 0, 1], [1, 1, 1], [0, 0, 0]], dtype=bool)
    evidence = cochran_q(events)
    orders = [sorted(set(permutations(row))) for row in events.astype(int).tolist()]
    values = np.array([q_statistic(centred_events(np.array(t, dtype=bool))) for t in product(*orders)])
    assert evidence.p_above(0.0) == pytest.approx((values >= evidence.statistic - 1e-9).mean(), rel=1e-13)
    assert evidence.attainable == pytest.approx((values >= values.max() - 1e-9).mean(), rel=1e-13)
    assert "2 of 6 blocks" in evidence.checks[0]


def test_two_levels_are_the_two_sided_sign_test():
    rng = np.random.default_rng(1)
    events = rng.random((20, 2)) < [0.3, 0.7]
    pair = mcnemar(events[:, 1], events[:, 0])
    assert cochran_q(events).p_above(0.0) == pytest.approx(2 * min(pair.p_above(0.0), pair.p_below(0.0)), rel=1e-12)


def test_monte_carlo_is_near_the_exact_p():
    events = np.array(ORACLE["cochran"][1]["events"])
    exact, drawn = cochran_q(events), cochran_q(events, method="monte_carlo", resamples=20_000, seed=3)
    # p = .095: four standard errors of 20,000 draws.
    assert drawn.p_above(0.0) == pytest.approx(exact.p_above(0.0), abs=4 * 0.0021)
    assert "random permutations" in drawn.checks[-1]


def test_many_levels_are_drawn():
    events = np.random.default_rng(2).random((15, 12)) < 0.4
    assert "random permutations" in cochran_q(events, resamples=999).checks[-1]


def test_decides_any_effect_only():
    evidence = cochran_q(ORACLE["cochran"][0]["events"])
    assert evidence.p_below(0.0) == 1.0
    assert evidence.interval(0.95)[0] > 0
    assert evidence.estimate == pytest.approx(evidence.statistic / (10 * 3))
    with pytest.raises(ValueError, match="any effect only"):
        evidence.p_above(0.1)


def test_size(assert_size):
    rng = np.random.default_rng(5)
    p = [cochran_q(rng.random((10, 3)) < 0.5).p_above(0.0) for _ in range(2000)]
    assert_size(p, 0.05)
    # Not idle: the exact test of so many distinct sums comes near its level.
    assert np.mean(np.array(p) <= 0.05) > 0.025


def test_refusals():
    with pytest.raises(Degenerate) as caught:
        cochran_q([[True, True], [False, False]])
    assert caught.value.code == "no_discordance"
    with pytest.raises(ValueError, match="at least 2"):
        cochran_q([[True], [False]])
    with pytest.raises(ValueError, match="method: 'f' is not known"):
        cochran_q([[True, False]], method="f")
