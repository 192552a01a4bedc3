"""The joint rule: the literal step-down, closed tests over selections written out, and its errors by simulation."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from lnnstats.stats.corrections import fallback, graphical, holm, joint, joint_two_sided

PROBABILITIES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8)
FEW = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=4)
ALPHA = 0.05


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
def test_with_holm_it_is_the_step_down_of_shaffer(pairs, alpha):
    """Exactly, ties included: the step-down's factor falls only where a claim loses its larger p, and k p rises
    between two such places, so its running maximum is that of Holm on (own p, larger p of the others).
    """
    support, refute = np.array(pairs).T
    decision = joint_two_sided(support, refute, alpha)
    found = {(int(i), 0) for i in np.flatnonzero(decision.supported)} | {
        (int(i), 1) for i in np.flatnonzero(decision.refuted)
    }
    assert found == literal(pairs, alpha)


LOCAL = {
    "bonferroni": lambda p, m: m * p.min(),
    "holm": lambda p, m: len(p) * p.min(),
    "hochberg": lambda p, m: (np.arange(len(p), 0, -1) * np.sort(p)).min(),
    "hommel": lambda p, m: (len(p) * np.sort(p) / np.arange(1, len(p) + 1)).min(),
    "fixed_sequence": lambda p, m: p[0],
}


@pytest.mark.parametrize("method", LOCAL)
@given(pairs=FEW)
def test_it_is_the_closed_test_over_selections(method, pairs):
    """Every selection of at most one null a claim, each tested; a null's adjusted p is the largest of those with it."""
    p, m = np.array(pairs), len(pairs)
    expected = np.zeros((m, 2))
    for sides in product((0, 1, None), repeat=m):
        held = [(i, side) for i, side in enumerate(sides) if side is not None]
        if held:
            local = LOCAL[method](np.array([p[null] for null in held]), m)
            for null in held:
                expected[null] = max(expected[null], local)
    found = joint(*p.T, method, ALPHA)
    expected = np.minimum(1, expected).T
    np.testing.assert_allclose([found.p_support_adjusted, found.p_refute_adjusted], expected, rtol=1e-14)


@given(PROBABILITIES, st.randoms(use_true_random=False))
def test_joint_does_not_depend_on_the_order_of_claims(pairs, random):
    support, refute = np.array(pairs).T
    order = list(range(len(pairs)))
    random.shuffle(order)
    straight = joint_two_sided(support, refute, ALPHA)
    shuffled = joint_two_sided(support[order], refute[order], ALPHA)
    np.testing.assert_array_equal(straight.p_support_adjusted[order], shuffled.p_support_adjusted)
    np.testing.assert_array_equal(straight.p_refute_adjusted[order], shuffled.p_refute_adjusted)


def test_one_claim_needs_no_correction():
    for share in (None, 0.5):
        decision = joint([0.03], [0.9], "holm", ALPHA, refute_share=share)
        assert (decision.supported[0], decision.refuted[0]) == (True, False)
        assert (decision.p_support_adjusted[0], decision.p_refute_adjusted[0]) == (0.03, 0.9)


def test_no_claims():
    assert joint_two_sided([], [], ALPHA).supported.size == 0


def test_a_claim_with_both_nulls_rejected_frees_the_others():
    # k = 2 until claim 0 has lost both nulls (.001, .002), then k = 1: .04 <= .05.
    decision = joint_two_sided([0.001, 0.04], [0.002, 0.9], ALPHA)
    assert decision.supported.tolist() == [True, True]
    assert decision.p_support_adjusted.tolist() == [0.002, 0.04]


def test_an_order_by_selections_ends_at_its_first_claim_and_by_chains_goes_on():
    support, refute = np.array([0.001, 0.002, 0.01]), np.array([0.999, 0.998, 0.99])
    assert joint(support, refute, "fixed_sequence", ALPHA).supported.tolist() == [True, False, False]
    chains = joint(support, refute, "fixed_sequence", ALPHA, refute_share=0.5)
    assert chains.supported.tolist() == [True, True, True]
    assert chains.p_support_adjusted.tolist() == [0.002, 0.004, 0.02]


@given(PROBABILITIES)
def test_chains_are_two_families_of_their_own(pairs):
    support, refute = np.array(pairs).T
    found = joint(support, refute, "holm", ALPHA, refute_share=0.2)
    scale = (0.8, 0.2) if len(pairs) > 1 else (1.0, 1.0)
    np.testing.assert_array_equal(found.p_support_adjusted, np.minimum(1, holm(support) / scale[0]))
    np.testing.assert_array_equal(found.p_refute_adjusted, np.minimum(1, holm(refute) / scale[1]))


def test_what_was_declared_reaches_the_method():
    support, refute = np.array([0.001, 0.02, 0.01]), np.array([0.002, 0.98, 0.99])
    weights, chain = np.array([0.5, 0.3, 0.2]), np.eye(3, k=1)
    for method, declared in {
        "fallback": {"weights": weights},
        "graphical": {"weights": weights, "transitions": chain},
    }.items():
        found = joint(support, refute, method, ALPHA, **declared).p_support_adjusted
        assert found[1] == fallback([0.002, 0.02, 0.99], weights)[1]
    ranked = joint(support, refute, "serial_gatekeeping", ALPHA, ranks=[0, 1, 1]).p_support_adjusted
    assert ranked.tolist() == [0.001, 0.04, 0.02]


def test_families_in_a_batch_are_families_of_their_own():
    p = np.random.default_rng(4).random((2, 3, 4, 5))
    whole = joint(p[0], p[1], "hommel", ALPHA)
    one = joint(p[0, 2, 1], p[1, 2, 1], "hommel", ALPHA)
    np.testing.assert_array_equal(whole.p_support_adjusted[2, 1], one.p_support_adjusted)
    np.testing.assert_array_equal(whole.refuted[2, 1], one.refuted)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: joint([np.nan, 0.1], [0.2, 0.3], "holm", ALPHA), "untestable claim p = 1"),
        (lambda: joint([0.1], [0.2, 0.3], "holm", ALPHA), "both p-values of every claim"),
        (lambda: joint([0.1], [0.2], "shaffer", ALPHA), "unknown method 'shaffer'; give one of bonferroni, holm"),
        (lambda: joint([0.1, 0.2], [0.2, 0.1], "holm", ALPHA, refute_share=1.0), "between 0 and 1"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


WAYS = {
    "holm": {},
    "hochberg": {},
    "hommel": {},
    "fixed_sequence": {},
    "chains": {"refute_share": 0.5},
    "graphical": {},
}


def _declared(way, m):
    if way == "graphical":
        ring = np.roll(np.eye(m), 1, axis=1) if m > 1 else np.zeros((1, 1))
        return {"weights": np.full(m, 1 / m), "transitions": ring, "refute_share": 0.4}
    return WAYS[way]


def _p_values(truth, room, repetitions, correlation, seed):
    """p of theta <= 0 and of theta >= room from z with mean theta: [repetitions, m] each."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(repetitions, 1)) * math.sqrt(correlation)
    z = truth + shared + rng.normal(size=(repetitions, len(truth))) * math.sqrt(1 - correlation)
    return special.ndtr(-z), special.ndtr(z - room)


def familywise_error(way, truth, room, repetitions, correlation, seed):
    """Share of families with a false rejection: theta <= 0 makes the null of support true, theta >= room the other."""
    support, refute = _p_values(truth, room, repetitions, correlation, seed)
    method = "fixed_sequence" if way == "chains" else way
    found = joint(support, refute, method, ALPHA, **_declared(way, len(truth)))
    false = (found.supported & (truth <= 0)) | (found.refuted & (truth >= room))
    return float(false.any(axis=-1).mean())


def _bound(allowed, repetitions):
    """Four binomial standard errors: a chance of 3e-5 each."""
    return allowed + 4 * math.sqrt(allowed * (1 - allowed) / repetitions)


WORLDS = {
    "all at 0": lambda m, room: np.zeros(m),
    "all at room": lambda m, room: np.full(m, room),
    "alternating": lambda m, room: np.where(np.arange(m) % 2 == 0, 0.0, room),
    "between": lambda m, room: np.resize([0.0, room / 2, room, room / 2], m),
    "beyond": lambda m, room: np.resize([room + 3.0, 0.0, -3.0, room], m),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("m", [1, 2, 5, 10])
def test_familywise_error(way, world, m):
    """Independent and strongly correlated claims; Hochberg and Hommel also where the true nulls oppose each other,
    which theory does not cover and which costs them nothing here.
    """
    for room, correlation in ((3.0, 0.0), (3.0, 0.8), (0.5, 0.8)):
        error = familywise_error(way, WORLDS[world](m, room), room, 2000, correlation, m)
        assert error <= _bound(ALPHA, 2000)


@pytest.mark.parametrize("correlation", [0.0, 0.8])
def test_without_room_two_nulls_of_a_claim_are_true_and_the_error_may_double(correlation):
    """At theta = 0 = room both nulls hold, outside the guarantee: each keeps alpha."""
    error = familywise_error("holm", np.zeros(5), 0.0, 4000, correlation, 7)
    assert error <= _bound(2 * ALPHA, 4000)


def test_the_rule_is_not_timid():
    """The error is spent: with half of the claims at either boundary, independent, it is near alpha."""
    error = familywise_error("holm", WORLDS["alternating"](10, 6.0), 6.0, 4000, 0.0, 11)
    assert error >= 0.035  # expected 1 - (1 - .005)^10 = .049; 4 standard errors of .0034 below


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("m", range(1, 11))
def test_familywise_error_at_length(way, m):
    for world in WORLDS.values():
        for room in (0.5, 1.0, 2.0, 4.0):
            for correlation in (0.0, 0.3, 0.95):
                error = familywise_error(way, world(m, room), room, 10_000, correlation, 100 + m)
                assert error <= 0.05 + 5 * math.sqrt(0.05 * 0.95 / 10_000)  # 5: of 3,600 such comparisons


def false_discoveries(method, truth, room, repetitions, correlation, seed):
    """Mean share of false among the decided claims."""
    support, refute = _p_values(truth, room, repetitions, correlation, seed)
    found = joint(support, refute, method, ALPHA)
    false = (found.supported & (truth <= 0)) | (found.refuted & (truth >= room))
    decided = (found.supported | found.refuted).sum(axis=-1)
    return float((false.sum(axis=-1) / np.maximum(1, decided)).mean())


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("m", [1, 5, 20])
@pytest.mark.parametrize("method", ["benjamini_hochberg", "benjamini_yekutieli"])
def test_false_discovery_rate(method, world, m):
    for room, correlation in ((3.0, 0.0), (0.5, 0.0), (3.0, 0.8)):
        rate = false_discoveries(method, WORLDS[world](m, room), room, 2000, correlation, m)
        assert rate <= _bound(ALPHA, 2000)  # a mean of values in [0, 1] varies at most like their indicator


def test_the_false_discovery_rate_needs_no_doubling():
    """Claims at either boundary, each with one true null and decided for the other: the rate is alpha itself."""
    rate = false_discoveries("benjamini_hochberg", np.resize([0.0, 8.0], 20), 8.0, 4000, 0.0, 3)
    assert abs(rate - ALPHA) <= 4 * math.sqrt(ALPHA * (1 - ALPHA) / 4000)


def test_two_hundred_claims():
    p = np.random.default_rng(5).random((2, 200)) ** 2
    ring = np.roll(np.eye(200), 1, axis=1)
    found = joint(p[0], p[1], "graphical", ALPHA, weights=np.full(200, 1 / 200), transitions=ring, refute_share=0.5)
    np.testing.assert_array_equal(
        found.p_support_adjusted, np.minimum(1, graphical(p[0], np.full(200, 1 / 200), ring) / 0.5)
    )
