"""Studentised bootstrap: portability of its draws, exact duality, the definition of p, size, degenerate resamples."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lnnstats.stats import Degenerate, bootstrap_t, paired_t
from lnnstats.stats.procedures.bootstrap_t import studentised
from lnnstats.stats.resampling.draws import coins, indices, raw_stream, slabs


def pair(n, seed=0):
    rng = np.random.default_rng(seed)
    return rng.exponential(size=n) + 0.3, rng.exponential(size=n)


def naive_p_above(difference, threshold, resamples, seed):
    """The definition, one resample at a time."""
    n, mean, error = difference.size, difference.mean(), difference.std(ddof=1) / math.sqrt(difference.size)
    chosen = indices(raw_stream(seed), resamples, n)
    count = 0
    for row in chosen:
        sample = difference[row]
        t = (sample.mean() - mean) / (sample.std(ddof=1) / math.sqrt(n))
        count += t >= (mean - threshold) / error
    return (1 + count) / (resamples + 1)


def test_p_is_its_definition():
    first, second = pair(13)
    evidence = bootstrap_t(first, second, resamples=499, seed=5)
    for threshold in (-0.5, 0.0, 0.2, 1.0):
        assert evidence.p_above(threshold) == pytest.approx(naive_p_above(first - second, threshold, 499, 5), abs=1e-12)


def test_duality_is_exact_at_every_draw():
    first, second = pair(10)
    evidence = bootstrap_t(first, second, resamples=399, seed=1)
    for level in (0.5, 0.9, 0.95, 0.99):
        a = (1 - level) / 2
        low, high = evidence.interval(level)
        for threshold in (math.nextafter(low, -math.inf), low, math.nextafter(low, math.inf), 0.0, high):
            assert (low > threshold) == (evidence.p_above(threshold) <= a + 1e-12)
            assert (high < threshold) == (evidence.p_below(threshold) <= a + 1e-12)


def test_limits_are_infinite_when_resamples_cannot_reach_the_level():
    assert bootstrap_t(*pair(10), resamples=99, seed=1).interval(0.999) == (-math.inf, math.inf)


def test_seed_decides_and_slabs_do_not():
    first, second = pair(11)
    assert bootstrap_t(first, second, seed=1).p_above(0.0) == bootstrap_t(first, second, seed=1).p_above(0.0)
    assert bootstrap_t(first, second, seed=1).interval(0.9) != bootstrap_t(first, second, seed=2).interval(0.9)
    stream = raw_stream(9)
    np.testing.assert_array_equal(
        np.concatenate([indices(stream, rows, 5) for rows in slabs(20, 5, cells=30)]), indices(raw_stream(9), 20, 5)
    )


def test_draws_are_the_published_generator():
    # First words of Philox4x64-10 with key 0 after one increment of the counter, from numpy's raw generator; the
    # index is exact integer arithmetic on the top 53 bits.
    words = [int(word) for word in np.random.Philox(key=0).random_raw(6)]
    assert indices(raw_stream(0), 1, 6).ravel().tolist() == [((word >> 11) * 6) >> 53 for word in words]
    flips = coins(raw_stream(0), 2, 70)
    assert flips.shape == (2, 70)
    assert [bool(words[0] >> bit & 1) for bit in range(64)] == flips[0, :64].tolist()


def test_a_resample_without_spread_has_an_infinite_t():
    rows = np.array([[2.0, 2.0, 2.0], [-2.0, -2.0, -2.0], [0.0, 0.0, 0.0], [1.0, 2.0, 3.0]])
    t = studentised(rows)
    assert (t[0], t[1]) == (math.inf, -math.inf)
    assert math.isnan(t[2])
    assert t[3] == pytest.approx(2 * math.sqrt(3))


def test_few_distinct_values_stay_valid(assert_size):
    """Differences on three points, n = 4: many resamples have no spread; the test must not reject for it."""
    rng = np.random.default_rng(8)
    p = []
    while len(p) < 300:
        difference = rng.choice([-1.0, 0.0, 1.0], size=4)
        if difference.std() > 0:
            p.append(bootstrap_t(difference, np.zeros(4), resamples=199, seed=len(p)).p_above(0.0))
    assert_size(p, 0.05)


def test_agrees_with_t_for_normal_differences():
    """At n = 200 both are nearly the same; 9999 draws leave a Monte-Carlo error of .0022 at p = .05, taken 4 times."""
    rng = np.random.default_rng(3)
    first, second = rng.normal(size=(2, 200))
    evidence, student = bootstrap_t(first, second, seed=1), paired_t(first, second, scale="raw")
    low, _ = student.interval(0.9)
    assert evidence.p_above(low) == pytest.approx(0.05, abs=0.009 + 0.006)  # .006: order 1/n


def test_many_blocks_say_that_student_stands_in():
    first, second = pair(30_000)
    evidence = bootstrap_t(first, second, seed=1)
    assert any(check.startswith("approximation: ") for check in evidence.checks)
    assert evidence.p_above(0.0) == paired_t(first, second, scale="raw").p_above(0.0)


def test_degenerate():
    with pytest.raises(Degenerate):
        bootstrap_t([1.0, 2.0], [0.0, 1.0], seed=1)


@pytest.mark.slow
def test_error_under_skew_is_below_that_of_t():
    """One-sided error for exponential differences, n = 20: the reason this procedure exists."""
    rng = np.random.default_rng(12)
    draws = rng.exponential(size=(1000, 20)) - 1.0
    zero = np.zeros(20)
    ours = np.mean([bootstrap_t(d, zero, resamples=999, seed=i).p_below(0.0) <= 0.05 for i, d in enumerate(draws)])
    student = np.mean([paired_t(d, zero, scale="raw").p_below(0.0) <= 0.05 for d in draws])
    assert ours < student
    assert ours < 0.09  # nominal .05, error .007; published simulations leave .06 to .08 at n = 20
