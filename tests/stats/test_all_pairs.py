"""All pairs of levels: R's t tests composed, a size that has a floor, duality, simulated size at the bound."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.stats import Degenerate, all_pairs, paired_t
from tests.oracles import oracle

R = oracle("crossed")
LEVELS = np.array(R["levels"])


def test_alike_and_some_differ_from_r():
    evidence = all_pairs(LEVELS, scale="raw")
    # R's p-values and limits to 15 digits.
    assert evidence.p_below(R["margin"]) == pytest.approx(R["alike"], rel=1e-10)
    assert evidence.p_above(0.0) == pytest.approx(R["some_differ"], rel=1e-10)
    assert evidence.interval(0.9)[1] == pytest.approx(R["upper"], rel=1e-10)
    assert evidence.estimate == pytest.approx(np.ptp(LEVELS.mean(axis=0)), rel=1e-12)


@pytest.mark.parametrize("method", ["t", "sign_flip"])
def test_dual_and_cut_at_its_floor(method, assert_dual):
    evidence = all_pairs(np.exp(LEVELS), method=method)
    assert_dual(evidence, levels=(0.5, 0.9, 0.95))
    assert evidence.p_above(-0.1) == 0.0 and evidence.p_below(-0.1) == evidence.p_below(0.0) == 1.0
    assert evidence.interval(0.95)[0] >= 0.0


def test_the_order_of_levels_is_nothing():
    one, other = all_pairs(LEVELS, scale="raw"), all_pairs(LEVELS[:, ::-1], scale="raw")
    assert one.p_below(0.7) == pytest.approx(other.p_below(0.7), rel=1e-12)
    assert one.p_above(0.1) == pytest.approx(other.p_above(0.1), rel=1e-12)


def test_two_levels_are_two_one_sided_tests_of_a_pair():
    pair = paired_t(LEVELS[:, 0], LEVELS[:, 1], scale="raw")
    both = all_pairs(LEVELS[:, :2], scale="raw")
    for t in (0.1, 0.8):
        assert both.p_below(t) == pytest.approx(max(pair.p_below(t), pair.p_above(-t)), rel=1e-12)
        assert both.p_above(t) == pytest.approx(min(1.0, 2 * min(pair.p_above(t), pair.p_below(-t))), rel=1e-12)


def test_every_pair_is_an_effect():
    evidence = all_pairs(LEVELS, scale="raw", names=["a", "b", "c", "d"])
    assert [e.name for e in evidence.effects][:4] == [
        "difference a against b", "difference a against c", "difference a against d", "difference b against c",
    ]
    assert max(abs(e.estimate) for e in evidence.effects) == pytest.approx(evidence.estimate, rel=1e-12)


@pytest.mark.parametrize("side", ["above", "below"])
def test_size_at_the_bound(side, assert_size):
    """One pair of four levels at 1, the others within."""
    rng, p = np.random.default_rng(3), []
    for _ in range(300):
        values = rng.normal(size=(12, 1)) + rng.normal(size=(12, 4)) + np.array([0.0, 0.5, 0.5, 1.0])
        evidence = all_pairs(values, scale="raw")
        p.append(evidence.p_above(1.0) if side == "above" else evidence.p_below(1.0))
    assert_size(p, 0.05)


def test_a_pair_that_does_not_vary_is_refused():
    with pytest.raises(Degenerate):
        all_pairs([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [3.0, 6.0, 9.0]])
