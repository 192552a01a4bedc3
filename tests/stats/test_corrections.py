"""Corrections: the step-down by a literal reading of its rule, Holm by statsmodels, familywise error by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special
from statsmodels.stats.multitest import multipletests

from lnnstats.stats import conjunction, holm, joint_two_sided

PROBABILITIES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8)


def literal(pairs, alpha):
    """Reject the smallest open p if it is <= alpha / k, k = claims with a null not yet rejected; repeat."""
    open_nulls = {(i, side): p for i, pair in enumerate(pairs) for side, p in enumerate(pair)}
    rejected = set()
    while open_nulls:
        k = len({claim for claim, _ in open_nulls})
        smallest = min(open_nulls, key=open_nulls.get)
        if k * open_nulls[smallest] > alpha:
            break
        rejected.add(smallest)
        del open_nulls[smallest]
    return rejected


@given(PROBABILITIES, st.sampled_from([0.01, 0.05, 0.3]))
def test_joint_is_its_rule(pairs, alpha):
    support, refute = np.array(pairs).T
    decision = joint_two_sided(support, refute, alpha)
    found = {(int(i), 0) for i in np.flatnonzero(decision.supported)} | {
        (int(i), 1) for i in np.flatnonzero(decision.refuted)
    }
    assert found == literal(pairs, alpha)


@given(PROBABILITIES, st.randoms(use_true_random=False))
def test_joint_does_not_depend_on_the_order_of_claims(pairs, random):
    support, refute = np.array(pairs).T
    order = list(range(len(pairs)))
    random.shuffle(order)
    straight = joint_two_sided(support, refute, 0.05)
    shuffled = joint_two_sided(support[order], refute[order], 0.05)
    np.testing.assert_array_equal(straight.p_support_adjusted[order], shuffled.p_support_adjusted)
    np.testing.assert_array_equal(straight.p_refute_adjusted[order], shuffled.p_refute_adjusted)


def test_one_claim_needs_no_correction():
    decision = joint_two_sided([0.03], [0.9], 0.05)
    assert (decision.supported[0], decision.refuted[0]) == (True, False)
    assert (decision.p_support_adjusted[0], decision.p_refute_adjusted[0]) == (0.03, 0.9)


def test_no_claims():
    assert joint_two_sided([], [], 0.05).supported.size == 0


def test_a_claim_with_both_nulls_rejected_frees_the_others():
    # k = 2 until claim 0 has lost both nulls (.001, .002), then k = 1: .04 <= .05.
    decision = joint_two_sided([0.001, 0.04], [0.002, 0.9], 0.05)
    assert decision.supported.tolist() == [True, True]
    assert decision.p_support_adjusted.tolist() == [0.002, 0.04]


def test_holm_matches_statsmodels():
    p = np.random.default_rng(0).random(12) ** 3
    np.testing.assert_allclose(holm(p), multipletests(p, method="holm")[1], rtol=1e-13)


def test_conjunction():
    assert conjunction([0.01, 0.04], [0.3, 0.02]) == (0.04, 0.04)
    assert conjunction([0.9, 0.1], [0.8, 0.7])[1] == 1.0
    with pytest.raises(ValueError, match="same number"):
        conjunction([], [])


def test_nan_is_not_a_p_value():
    with pytest.raises(ValueError, match="untestable claim p = 1"):
        joint_two_sided([np.nan, 0.1], [0.2, 0.3], 0.05)


def familywise_error(m, room, truth, repetitions, correlation, seed):
    """Share of families with a false rejection: theta at 0 (support null true) or at `room` (refutation null true)."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(repetitions, 1)) * math.sqrt(correlation)
    z = truth + shared + rng.normal(size=(repetitions, m)) * math.sqrt(1 - correlation)
    support, refute = special.ndtr(-z), special.ndtr(z - room)
    false = 0
    for s, r in zip(support, refute, strict=True):
        decision = joint_two_sided(s, r, 0.05)
        false += bool((decision.supported & (truth <= 0)).any() or (decision.refuted & (truth >= room)).any())
    return false / repetitions


@pytest.mark.parametrize("m", [1, 3, 10])
@pytest.mark.parametrize("room", [0.0, 3.0])
@pytest.mark.parametrize("correlation", [0.0, 0.8])
def test_familywise_error(m, room, correlation):
    """Claims alternately at their two boundaries; with no room between them each sits on both."""
    truth = np.where(np.arange(m) % 2 == 0, 0.0, room)
    error = familywise_error(m, room, truth, 400, correlation, m)
    allowed = 0.10 if room == 0 else 0.05  # at room 0 a claim at 0 has two true nulls, outside the guarantee: 2 alpha
    assert error <= allowed + 4 * math.sqrt(allowed * (1 - allowed) / 400)


@pytest.mark.slow
@pytest.mark.parametrize("m", range(1, 11))
def test_familywise_error_at_length(m):
    truth = np.where(np.arange(m) % 3 == 0, 0.0, np.where(np.arange(m) % 3 == 1, 2.0, 1.0))
    error = familywise_error(m, 2.0, truth, 5000, 0.3, 100 + m)
    assert error <= 0.05 + 4 * math.sqrt(0.05 * 0.95 / 5000)
