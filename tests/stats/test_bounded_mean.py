"""Betting: the wealth by its definition, monotone tests, duality, size for hard distributions, the all-equal case."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnnstats.stats import UnusableValues, bounded_mean
from lnnstats.stats.pivots.bounded_mean import LARGEST_STAKE, TUNED_FOR


def wealth_by_definition(y, mean):
    """The largest wealth along the way, one bet at a time, nothing looked at before its turn."""
    wealth = best = 1.0
    for i in range(len(y)):
        seen = list(y[:i])
        means = [(0.5 + sum(seen[: j + 1])) / (j + 2) for j in range(i)]
        variance = (0.25 + sum((seen[j] - means[j]) ** 2 for j in range(i))) / (i + 1)
        stake = math.sqrt(2 * math.log(1 / TUNED_FOR) / (len(y) * variance))
        wealth *= 1 + min(stake, LARGEST_STAKE / mean) * (y[i] - mean)
        best = max(best, wealth)
    return best


def test_p_is_the_inverse_of_the_largest_wealth():
    y = np.random.default_rng(0).beta(2, 5, size=25)
    betting = bounded_mean(y, 0.0, 1.0)
    for mean in (0.1, 0.25, 0.6):
        # Products against sums of logarithms: 25 roundings.
        assert betting.p_above(mean) == pytest.approx(1 / wealth_by_definition(y, mean), rel=1e-12)
        assert betting.p_below(mean) == pytest.approx(1 / wealth_by_definition(1 - y, 1 - mean), rel=1e-12)


@given(st.lists(st.floats(-1, 3), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_tests_are_monotone_and_dual(assert_dual, values):
    betting = bounded_mean(values, -1.0, 3.0)
    p = [betting.p_above(t) for t in np.linspace(-1.5, 3.5, 41)]
    assert all(low <= high * (1 + 1e-12) for low, high in pairwise(p))
    assert_dual(betting, levels=(0.9, 0.95))


def test_the_bounds_are_facts():
    betting = bounded_mean([0.0, 0.0, 0.0], 0.0, 1.0)
    assert (betting.p_above(-0.1), betting.p_above(0.0), betting.p_above(1.0)) == (0.0, 1.0, 1.0)
    assert betting.interval(0.95)[0] == 0.0
    assert bounded_mean([0.2, 0.0], 0.0, 1.0).p_above(0.0) == 0.0
    with pytest.raises(UnusableValues, match="beyond the bounds"):
        bounded_mean([0.5, 1.2], 0.0, 1.0)


def test_equal_values_shrink_the_interval_with_n():
    widths = [np.ptp(bounded_mean(np.full(n, 0.3), 0.0, 1.0).interval(0.95)) for n in (10, 100, 1000)]
    assert widths[0] > 3 * widths[1] > 9 * widths[2] > 0


@pytest.mark.parametrize(
    ("mean", "draw"),
    [
        (0.05, lambda rng: (rng.random(30) < 0.05).astype(float)),
        (0.5, lambda rng: (rng.random(30) < 0.5).astype(float)),
        (0.1, lambda rng: rng.beta(0.1, 0.9, size=30)),
        (0.9, lambda rng: 1 - rng.beta(0.1, 0.9, size=30)),
    ],
    ids=["rare", "coin", "skewed", "reversed"],
)
def test_size(mean, draw, assert_size):
    rng = np.random.default_rng(21)
    draws = [draw(rng) for _ in range(500)]
    assert_size([bounded_mean(y, 0.0, 1.0).p_above(mean) for y in draws], 0.05)
    assert_size([bounded_mean(y, 0.0, 1.0).p_below(mean) for y in draws], 0.05)
