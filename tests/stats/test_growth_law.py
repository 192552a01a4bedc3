"""Exponential or power law: R's two regressions, the algebra, both laws found, size where neither fits better."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.stats import Degenerate, UnusableValues, growth_law
from lnnstats.stats.procedures.growth_law import Lines
from tests.oracles import oracle

R = oracle("trends")
VALUES, LEVELS = np.array(R["values"]), np.array(R["levels"], float)
FAR = 1e12
EXPONENTIAL, POWER = 0.4 * LEVELS, 2.0 * np.log(LEVELS)


def blocks(curve, n, rng, sd=0.4):
    return np.exp(curve + 0.5 * rng.normal(size=(n, 1)) + sd * rng.normal(size=(n, curve.size)))


def test_both_fits_and_the_index_from_r():
    evidence, theirs = growth_law(VALUES, LEVELS, horizon=FAR), R["growth"]
    found = {effect.name: effect.estimate for effect in evidence.effects}
    assert found["exponential: R²"] == pytest.approx(theirs["straight"], rel=1e-10)
    assert found["power law: R²"] == pytest.approx(theirs["power"], rel=1e-10)
    assert found["exponential: time ratio per unit of level"] == pytest.approx(np.exp(theirs["slope"]), rel=1e-10)
    assert found["power law: exponent"] == pytest.approx(theirs["exponent"], rel=1e-10)
    r, s = theirs["straight"] ** 0.5, theirs["power"] ** 0.5  # both slopes are positive
    index = (r - s) / (1 - theirs["alike"]) / ((r + s) / (1 + theirs["alike"]))
    assert evidence.estimate == pytest.approx(index, rel=1e-10)
    for effect in evidence.effects:
        assert effect.low < effect.estimate < effect.high


def test_the_contrast_has_the_sign_of_the_difference_of_squares():
    """Of random curves that grow: residual sum of squares on log levels less that on levels, by numpy's lstsq."""
    rng, lines = np.random.default_rng(0), Lines.of(LEVELS)
    for _ in range(50):
        curve = 0.3 * LEVELS + 0.6 * rng.normal(size=LEVELS.size)
        rests = [
            np.linalg.lstsq(np.column_stack([np.ones(LEVELS.size), x]), curve, rcond=None)[1][0]
            for x in (LEVELS, np.log(LEVELS))
        ]
        if curve @ lines.growth > 0:
            assert np.sign(curve @ lines.bend) == np.sign(rests[1] - rests[0])


@pytest.mark.parametrize(("curve", "index"), [(EXPONENTIAL, 1.0), (POWER, -1.0), (3 * EXPONENTIAL, 1.0)])
def test_exact_curves_have_an_index_of_one(curve, index):
    lines = Lines.of(LEVELS)
    # Both contrasts are sums of five numbers near 1, so float64 leaves 1e-14.
    assert (curve @ lines.bend) / (curve @ lines.growth) == pytest.approx(index, rel=1e-12)


def test_either_law_is_found_where_it_holds():
    rng = np.random.default_rng(1)
    grows, bends = growth_law(blocks(EXPONENTIAL, 40, rng), LEVELS, horizon=FAR), blocks(POWER, 40, rng)
    assert grows.p_above(0.0) < 0.01 and grows.p_below(0.0) > 0.9
    falls = growth_law(bends, LEVELS, horizon=FAR)
    assert falls.p_below(0.0) < 0.01 and falls.p_above(0.0) > 0.9


@pytest.mark.parametrize("side", ["p_above", "p_below"])
def test_size_where_neither_law_fits_better(side, assert_size):
    levels = np.arange(1.0, 7.0)
    lines = Lines.of(levels)
    curve = 2 * (lines.exponential / np.linalg.norm(lines.exponential) + lines.power / np.linalg.norm(lines.power))
    rng, p = np.random.default_rng(5), []
    for _ in range(300):
        evidence = growth_law(blocks(curve, 20, rng), levels, horizon=FAR, resamples=300)
        p.append(getattr(evidence, side)(0.0))
    assert_size(p, 0.05)


def test_a_median_beyond_the_horizon_is_named():
    rng = np.random.default_rng(2)
    times = blocks(EXPONENTIAL, 20, rng)
    with pytest.raises(Degenerate, match=r"beyond the horizon at level 5, 8") as caught:
        growth_law(times, LEVELS, horizon=6.0, names=[1, 2, 3, 5, 8])
    assert caught.value.code == "unidentified"
    near = growth_law(times, LEVELS, horizon=float(np.median(times[:, -1])) * 1.02)
    assert any(check.startswith("censoring:") for check in near.checks)


def test_a_run_that_never_arrives_counts_as_late():
    times = blocks(EXPONENTIAL, 15, np.random.default_rng(3))
    late = times.copy()
    late[0, -1] = np.inf
    late_too = times.copy()
    late_too[0, -1] = 1e6
    first, second = (growth_law(t, LEVELS, horizon=1e6).estimate for t in (late, late_too))
    assert first == second


def test_times_that_do_not_grow_follow_no_law():
    with pytest.raises(Degenerate, match="do not grow"):
        growth_law(blocks(-EXPONENTIAL, 20, np.random.default_rng(4)), LEVELS, horizon=FAR)


def test_growth_that_is_not_sure_supports_neither_law():
    flat = growth_law(blocks(0.05 * LEVELS, 8, np.random.default_rng(7), sd=1.0), LEVELS, horizon=FAR)
    assert min(flat.p_above(0.0), flat.p_below(0.0)) > 0.05


@pytest.mark.parametrize("levels", [[1, 2, 3, 3], [0, 1, 2, 3]])
def test_too_few_or_no_positive_levels(levels):
    with pytest.raises(UnusableValues, match="4 positive levels"):
        growth_law(np.ones((5, 4)), levels, horizon=10)


def test_times_of_zero_are_refused():
    with pytest.raises(UnusableValues, match="are 0"):
        growth_law(np.zeros((5, 5)), LEVELS, horizon=10)
