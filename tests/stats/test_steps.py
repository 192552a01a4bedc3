"""Several comparisons in one Evidence: R's t tests composed by hand, all flips listed in R, duality, size, coverage."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.stats import paired_t, sign_flip
from lnnstats.stats.compose import maximum, minimum, mirrored
from lnnstats.stats.procedures.adjacent_steps import adjacent_steps
from lnnstats.stats.procedures.best_level import best_level
from lnnstats.stats.procedures.many_to_one import many_to_one
from lnnstats.stats.values import Degenerate, UnusableValues
from tests.oracles import oracle

R = oracle("steps")
VALUES = np.array(R["values"])
STEPS, TO_FIRST = R["steps"], R["to_first"]


def test_smallest_and_largest_step_from_r():
    # R's p-values to 15 digits; its p_below is one minus a p.
    rising, falling = adjacent_steps(VALUES), adjacent_steps(VALUES, alternative="decreasing")
    assert rising.estimate == pytest.approx(min(s["estimate"] for s in STEPS), rel=1e-10)
    assert rising.p_above(0.0) == pytest.approx(max(s["p_above"] for s in STEPS), rel=1e-9)
    assert rising.p_below(0.0) == pytest.approx(min(1.0, 3 * min(s["p_below"] for s in STEPS)), rel=1e-9)
    assert falling.estimate == pytest.approx(max(s["estimate"] for s in STEPS), rel=1e-10)
    assert falling.p_below(0.0) == pytest.approx(max(s["p_below"] for s in STEPS), rel=1e-9)
    assert falling.p_above(0.0) == pytest.approx(min(1.0, 3 * min(s["p_above"] for s in STEPS)), rel=1e-9)
    assert rising.interval(0.95)[0] == pytest.approx(min(s["low"] for s in STEPS), rel=1e-9)
    assert falling.interval(0.95)[1] == pytest.approx(max(s["high"] for s in STEPS), rel=1e-9)
    assert rising.effects[0].estimate == pytest.approx(np.exp(STEPS[0]["estimate"]), rel=1e-10)
    assert rising.statistic == pytest.approx(min(STEPS, key=lambda s: s["estimate"])["t"], rel=1e-10)


@pytest.mark.parametrize("method", ["t", "sign_flip"])
def test_composed_tests_are_dual(method, assert_dual):
    for evidence in (
        adjacent_steps(VALUES, method=method),
        adjacent_steps(VALUES, method=method, alternative="decreasing"),
        best_level(VALUES, 3, better="higher", method=method),
    ):
        assert_dual(evidence, levels=(0.5, 0.9, 0.95))


@pytest.mark.parametrize("method", ["max_t", "bonferroni"])
@pytest.mark.parametrize("alternative", ["greater", "less"])
def test_many_to_one_is_dual(method, alternative, assert_dual):
    assert_dual(many_to_one(VALUES, 1, method=method, alternative=alternative), levels=(0.5, 0.9, 0.95))


def test_best_level_from_r():
    worst = best_level(VALUES, 0, better="lower", names=["a", "b", "c", "d"])
    assert worst.p_above(0.0) == pytest.approx(max(s["p_above"] for s in TO_FIRST), rel=1e-9)
    assert worst.estimate == pytest.approx(min(s["estimate"] for s in TO_FIRST), rel=1e-10)
    assert [effect.name for effect in worst.effects] == ["ratio b against a", "ratio c against a", "ratio d against a"]
    turned = best_level(1 / VALUES, 0, better="higher")
    assert turned.p_above(0.1) == pytest.approx(worst.p_above(0.1), rel=1e-9)


def test_joint_flips_match_all_flips_listed_in_r():
    evidence = many_to_one(VALUES)
    # Counts over 512 flips.
    assert evidence.p_above(0.0) == R["union"]
    assert evidence.p_above(0.2) == R["union_shifted"]
    bonferroni = many_to_one(VALUES, method="bonferroni")
    assert bonferroni.p_above(0.0) == pytest.approx(3 * min(s["p_above"] for s in TO_FIRST), rel=1e-9)
    assert bonferroni.p_below(0.0) == pytest.approx(max(s["p_below"] for s in TO_FIRST), rel=1e-9)


def test_some_level_below_is_the_mirror_image():
    low, high = many_to_one(VALUES, alternative="less"), many_to_one(1 / VALUES)
    assert low.estimate == pytest.approx(-high.estimate, rel=1e-12)
    assert low.p_below(0.1) == high.p_above(-0.1)
    assert low.interval(0.9) == pytest.approx(tuple(-x for x in high.interval(0.9)[::-1]), rel=1e-9)


def test_one_comparison_is_the_pair():
    pair = VALUES[:, :2]
    single = paired_t(pair[:, 1], pair[:, 0])
    for evidence in (adjacent_steps(pair), best_level(pair, 0), many_to_one(pair, method="bonferroni")):
        for t in (-0.2, 0.0, 0.3):
            assert evidence.p_above(t) == pytest.approx(single.p_above(t), rel=1e-12)
            assert evidence.p_below(t) == pytest.approx(single.p_below(t), rel=1e-12)
    flips, joint = sign_flip(np.log(pair[:, 1] / pair[:, 0])), many_to_one(pair)
    assert joint.p_above(0.1) == flips.p_above(0.1)
    assert joint.interval(0.9) == pytest.approx(flips.interval(0.9), rel=1e-9)


def test_compose_refuses_unlike_parts():
    parts = [paired_t(VALUES[:, 0], VALUES[:, 1]), paired_t(VALUES[:, 0], VALUES[:, 1], scale="raw")]
    with pytest.raises(ValueError, match="different kinds"):
        minimum(parts, procedure="x", estimand="y")
    with pytest.raises(ValueError, match="none given"):
        maximum([], procedure="x", estimand="y")
    twice = mirrored(mirrored(parts[0]))
    assert (twice.estimate, twice.statistic, twice.interval(0.9)) == (
        parts[0].estimate, parts[0].statistic, parts[0].interval(0.9),
    )


@pytest.mark.parametrize("procedure", [adjacent_steps, many_to_one, lambda v, **o: best_level(v, 0, **o)])
def test_bad_values_have_an_answer(procedure):
    with pytest.raises(UnusableValues, match="NaN"):
        procedure([[1.0, np.nan], [1.0, 2.0]])
    with pytest.raises(Degenerate) as caught:
        procedure([[1.0, 1.0, 2.0], [2.0, 2.0, 5.0], [3.0, 3.0, 4.0]])
    assert caught.value.code == "zero_variance"
    with pytest.raises(Degenerate, match="1 block"):
        procedure([[1.0, 2.0]])
    with pytest.raises(ValueError, match="at least 2"):
        procedure([[1.0], [2.0]])
    with pytest.raises(ValueError, match="names"):
        procedure(VALUES, names=["a"])
    with pytest.raises(ValueError, match="method"):
        procedure(VALUES, method="wilcoxon")


def test_columns_out_of_range():
    with pytest.raises(ValueError, match="column 4 of 4"):
        best_level(VALUES, 4)
    with pytest.raises(ValueError, match="column -1 of 4"):
        many_to_one(VALUES, -1)


@pytest.mark.parametrize("worlds", [300, pytest.param(3000, marks=pytest.mark.slow)])
def test_size_at_the_least_favourable_truths(assert_size, worlds):
    """No step but one far away; every level at the reference; errors correlated, unequal and t3."""
    rng = np.random.default_rng(11)
    noise = [rng.standard_t(3, size=(8, 4)) * [1, 1, 2, 3] + rng.normal(size=(8, 1)) for _ in range(worlds)]
    steep = np.array([0.0, 0.0, 9.0, 18.0]) * 3
    assert_size([adjacent_steps(e + steep, scale="raw").p_above(0.0) for e in noise], 0.05)
    assert_size([adjacent_steps(e, scale="raw").p_below(0.0) for e in noise], 0.05)
    assert_size([many_to_one(e, scale="raw").p_above(0.0) for e in noise], 0.05)
    sunk = np.array([0.0, 0.0, -50.0, -50.0])
    assert_size([many_to_one(e + sunk, scale="raw").p_below(0.0) for e in noise], 0.05)


@pytest.mark.slow
def test_coverage_of_the_largest_difference():
    """At truths between none and all at the maximum, the 95% interval covers at least that often, less 4 errors."""
    rng = np.random.default_rng(12)
    for truth in ([0, 0, 0], [0.5, 0, 0], [1, 1, -1]):
        covered = 0
        for _ in range(2000):
            e = many_to_one(rng.normal(size=(9, 4)) + np.array([0, *truth]), scale="raw")
            low, high = e.interval(0.95)
            covered += low <= max(truth) <= high
        assert covered / 2000 >= 0.95 - 4 * np.sqrt(0.05 * 0.95 / 2000)
