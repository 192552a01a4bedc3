"""Corrections: R's p.adjust, multcomp, statsmodels, and closed tests over all subsets written out literally."""

from __future__ import annotations

import doctest
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from lnnstats.stats import corrections
from lnnstats.stats.corrections import conjunction, disjunction, graphical, serial_gatekeeping, shaffer
from lnnstats.stats.corrections.shaffer import equal_pairs
from tests.oracles import oracle

ORACLE = oracle("corrections")
DIGITS = 1e-13  # R writes 15 significant digits
IN_R = {
    "bonferroni": "bonferroni",
    "holm": "holm",
    "hochberg": "hochberg",
    "hommel": "hommel",
    "benjamini_hochberg": "BH",
    "benjamini_yekutieli": "BY",
}
IN_STATSMODELS = {
    "bonferroni": "bonferroni",
    "holm": "holm",
    "hochberg": "simes-hochberg",
    "hommel": "hommel",
    "benjamini_hochberg": "fdr_bh",
    "benjamini_yekutieli": "fdr_by",
}
FAMILY = st.lists(st.floats(0, 1), min_size=1, max_size=6).map(np.array)


def closed(p, local):
    """The largest local p over all intersections that hold each claim; `local` takes the claims of one."""
    adjusted = np.zeros(len(p))
    for size in range(1, len(p) + 1):
        for keep in combinations(range(len(p)), size):
            adjusted[list(keep)] = np.maximum(adjusted[list(keep)], local(np.array(keep)))
    return np.minimum(1, adjusted)


@pytest.mark.parametrize("method", IN_R)
@pytest.mark.parametrize("family", ORACLE["families"])
def test_r(method, family):
    p, expected = ORACLE["families"][family], ORACLE["adjusted"][family][IN_R[method]]
    np.testing.assert_allclose(getattr(corrections, method)(np.atleast_1d(p)), np.atleast_1d(expected), rtol=DIGITS)


@pytest.mark.parametrize("method", IN_STATSMODELS)
def test_statsmodels(method):
    p = np.random.default_rng(0).random((40, 12)) ** 3
    expected = [multipletests(row, method=IN_STATSMODELS[method])[1] for row in p]
    np.testing.assert_allclose(getattr(corrections, method)(p), expected, rtol=1e-13)  # the same few products


@given(FAMILY)
def test_hommel_is_closed_simes(p):
    def simes(keep):
        return (len(keep) * np.sort(p[keep]) / np.arange(1, len(keep) + 1)).min()

    np.testing.assert_allclose(corrections.hommel(p), closed(p, simes), rtol=1e-14)


@given(FAMILY)
def test_hochberg_is_a_closed_test(p):
    """So the joint rule may build on it: the local test is the smallest of (s - j + 1) p_(j)."""

    def local(keep):
        return (np.arange(len(keep), 0, -1) * np.sort(p[keep])).min()

    np.testing.assert_allclose(corrections.hochberg(p), closed(p, local), rtol=1e-14)


@given(FAMILY, st.randoms(use_true_random=False))
def test_serial_gatekeeping_is_closed_bonferroni_on_the_first_family(p, random):
    rank = np.array([random.randrange(3) for _ in p])

    def local(keep):
        first = keep[rank[keep] == rank[keep].min()]
        return len(first) * p[first].min()

    np.testing.assert_allclose(serial_gatekeeping(p, rank), closed(p, local), rtol=1e-14)


@pytest.mark.parametrize("case", ORACLE["serial"])
def test_serial_gatekeeping_in_r(case):
    np.testing.assert_allclose(serial_gatekeeping(case["p"], case["ranks"]), case["adjusted"], rtol=DIGITS)


@pytest.mark.parametrize("case", ORACLE["graphs"])
def test_graphs_in_r(case):
    """R takes every subset of the graph; among them the two doses with two endpoints of Bretz et al. (2011)."""
    found = graphical(case["p"], case["weights"], case["transitions"])
    np.testing.assert_allclose(found, case["adjusted"], rtol=DIGITS)


@given(FAMILY)
def test_graphs_hold_the_simpler_procedures(p):
    m = len(p)
    all_ways = (1 - np.eye(m)) / max(1, m - 1)
    first = np.eye(m)[0]
    # Shares move through a graph in m steps of rounding.
    np.testing.assert_allclose(graphical(p, np.full(m, 1 / m), all_ways), corrections.holm(p), rtol=1e-12)
    np.testing.assert_array_equal(corrections.fallback(p, first), corrections.fixed_sequence(p))
    np.testing.assert_array_equal(graphical(p, np.full(m, 1 / m), np.zeros((m, m))) <= 0.05, p / (1 / m) <= 0.05)
    np.testing.assert_array_equal(serial_gatekeeping(p, np.zeros(m)), corrections.holm(p))
    np.testing.assert_array_equal(serial_gatekeeping(p, np.arange(m)), corrections.fixed_sequence(p))


def test_fallback_by_hand():
    # Claim 1 (.5): .06. Claim 2 has .3, too little for p .01 / .3 = .033; then claim 3 has .2 + .3: .04.
    np.testing.assert_allclose(corrections.fallback([0.03, 0.01, 0.02], [0.5, 0.3, 0.2]), [0.06, 1 / 30, 0.04])


def test_a_claim_without_a_share_and_without_a_giver_is_never_decided():
    assert graphical([0.0, 0.0], [1.0, 0.0], np.zeros((2, 2))).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("case", ORACLE["shaffer"], ids=lambda case: f"k={case['k']}")
def test_shaffer_in_r(case):
    assert sorted(equal_pairs(case["k"])) == case["numbers"]
    np.testing.assert_allclose(shaffer(np.atleast_1d(case["p"])), np.atleast_1d(case["adjusted"]), rtol=DIGITS)


def test_shaffer_is_multcomp_for_three_means():
    """With three means the static count is the exact one: 3, 1, 1."""
    found = shaffer(ORACLE["plants"]["p"])
    np.testing.assert_allclose(found, ORACLE["plants"]["adjusted"], rtol=DIGITS)


def test_shaffer_lies_between_holm_and_the_count_that_looks_at_the_pairs():
    """multcomp counts what can hold beside the very pairs decided (Shaffer's S2), never more than S1 does."""
    p = np.array(ORACLE["breaks"]["p"])
    assert (shaffer(p) <= corrections.holm(p)).all()
    assert (shaffer(p) >= np.array(ORACLE["breaks"]["adjusted"]) * (1 - DIGITS)).all()
    assert (shaffer(p) < corrections.holm(p)).any()


def test_shaffer_counts_as_published():
    """Shaffer (1986), table 2: the factors for four, five and six means."""
    factors = {
        4: [6, 3, 3, 3, 2, 1],
        5: [10, 6, 6, 6, 6, 4, 4, 3, 2, 1],
        6: [15, 10, 10, 10, 10, 10, 7, 7, 7, 6, 4, 4, 3, 2, 1],
    }
    for expected in factors.values():
        p = np.arange(1, len(expected) + 1) * 1e-6
        running = np.maximum.accumulate(np.array(expected) * p)
        np.testing.assert_allclose(shaffer(p), running, rtol=1e-15)


def test_shaffer_needs_all_pairs():
    with pytest.raises(ValueError, match="4 p-values are not all pairs"):
        shaffer([0.1, 0.2, 0.3, 0.4])


@given(FAMILY)
def test_the_order_of_power(p):
    """Bonferroni >= Holm >= Hochberg >= Hommel >= BH, and BY >= BH; within rounding of one product."""
    slack = 1e-15
    methods = ("bonferroni", "holm", "hochberg", "hommel", "benjamini_hochberg")
    for larger, smaller in pairwise(getattr(corrections, name)(p) for name in methods):
        assert (larger >= smaller - slack).all()
    assert (corrections.benjamini_yekutieli(p) >= corrections.benjamini_hochberg(p) - slack).all()


@pytest.mark.parametrize("method", IN_R)
def test_families_in_a_batch_are_families_of_their_own(method):
    p = np.random.default_rng(1).random((3, 2, 5)) ** 2
    adjust = getattr(corrections, method)
    np.testing.assert_array_equal(adjust(p)[2, 1], adjust(p[2, 1]))


@pytest.mark.parametrize("method", [*IN_R, "fixed_sequence"])
def test_no_claims(method):
    assert getattr(corrections, method)([]).shape == (0,)


@pytest.mark.parametrize("method", [*IN_R, "fixed_sequence", "shaffer"])
@pytest.mark.parametrize("p", [[np.nan, 0.1, 0.2], [-0.1, 0.5, 1.0], [0.1, 1.1, 0.2], [np.inf, 0.0, 0.1], 0.3])
def test_what_is_no_vector_of_p_values(method, p):
    with pytest.raises(ValueError, match="untestable claim p = 1"):
        getattr(corrections, method)(p)


@pytest.mark.parametrize(
    ("weights", "transitions", "message"),
    [
        ([0.6, 0.6], np.zeros((2, 2)), "weights"),
        ([-0.1, 0.5], np.zeros((2, 2)), "weights"),
        ([1.0], np.zeros((2, 2)), "weights"),
        ([0.5, np.nan], np.zeros((2, 2)), "weights"),
        ([0.5, 0.5], np.eye(2), "transitions"),
        ([0.5, 0.5], [[0, 1.2], [1, 0]], "transitions"),
        ([0.5, 0.5], [[0, -1], [1, 0]], "transitions"),
        ([0.5, 0.5], np.zeros((3, 3)), "transitions"),
    ],
)
def test_what_is_no_graph(weights, transitions, message):
    with pytest.raises(ValueError, match=message):
        graphical([0.1, 0.2], weights, transitions)


def test_ranks_of_another_family():
    with pytest.raises(ValueError, match="rank of each claim"):
        serial_gatekeeping([0.1, 0.2], [0, 1, 2])


def test_compound_claims():
    assert conjunction([0.01, 0.04], [0.3, 0.02]) == (0.04, 0.04)
    assert disjunction([0.3, 0.02], [0.01, 0.04]) == (0.04, 0.04)
    assert conjunction([0.9, 0.1], [0.8, 0.7])[1] == 1.0
    for compound in (conjunction, disjunction):
        with pytest.raises(ValueError, match="same number"):
            compound([], [])


def test_the_page_says_what_happens():
    page = Path(__file__).resolve().parents[2] / "docs" / "multiplicity.md"
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert tried and not failed
