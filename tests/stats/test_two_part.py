"""Two-part analysis: its parts are McNemar and the paired t, its joint tests keep their level, bad input is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats.procedures.mcnemar import mcnemar
from lnnstats.stats.procedures.paired_t import paired_t
from lnnstats.stats.procedures.two_part import PARTS, two_part
from lnnstats.stats.values import Degenerate

TAU = 0.01


def spiked(n, seed, shift=0.0, chance=0.7):
    rng = np.random.default_rng(seed)
    values = rng.lognormal(size=(2, n)) * (rng.random((2, n)) < chance)
    return values[0] * math.exp(shift), values[1]


def test_parts_are_mcnemar_and_paired_t(assert_dual):
    a, b = spiked(30, 0)
    chance, size = (two_part(a, b, resolution=TAU, part=part) for part in ("chance", "size"))
    both = (a > TAU) & (b > TAU)
    assert chance.interval(0.95) == mcnemar(a > TAU, b > TAU).interval(0.95)
    assert size.statistic == pytest.approx(paired_t(a[both], b[both]).statistic)
    assert size.checks[0].startswith("spike: ")
    assert_dual(size)


def test_both_is_the_larger_p():
    a, b = spiked(40, 1, shift=1.5)
    a = np.where((a == 0) & (np.arange(40) < 36), 5.0, a)
    chance, size, both = (two_part(a, b, resolution=TAU, part=part) for part in ("chance", "size", "both"))
    assert both.p_above(0.0) == max(chance.p_above(0.0), size.p_above(0.0))
    assert both.p_below(0.0) == max(chance.p_below(0.0), size.p_below(0.0))
    assert both.estimate == pytest.approx(-stats.norm.ppf(both.p_above(0.0)), rel=1e-9)
    assert both.interval(0.95)[0] > 0
    with pytest.raises(ValueError, match="direction only"):
        both.p_above(0.1)


def test_either_is_lachenbruchs_sum():
    a, b = spiked(40, 2)
    chance, size, either = (two_part(a, b, resolution=TAU, part=part) for part in ("chance", "size", "either"))
    two_sided = [min(1.0, 2 * min(e.p_above(0.0), e.p_below(0.0))) for e in (chance, size)]
    assert either.statistic == pytest.approx(sum(stats.chi2.isf(two_sided, 1)), rel=1e-10)
    assert either.p_above(0.0) == pytest.approx(stats.chi2.sf(either.statistic, 2), rel=1e-10)


def test_opposite_parts_share_no_direction():
    # Treatment is rarely in the tail but far out when it is.
    a = np.array([9.0, 8, 7, 9, 8] + [0.0] * 8)
    b = np.array([1.0, 1.1, 1, 1.2, 1] + [1.0] * 8)
    both = two_part(a, b, resolution=TAU)
    assert both.estimate == 0.0
    assert both.interval(0.95) == (-math.inf, math.inf)
    assert two_part(a, b, resolution=TAU, part="either").p_above(0.0) < 0.001


@pytest.mark.parametrize("part", PARTS)
def test_size_without_any_effect(part, assert_size):
    p = []
    for seed in range(800):
        a, b = spiked(20, seed)
        try:
            p.append(two_part(a, b, resolution=TAU, part=part).p_above(0.0))
        except Degenerate:
            p.append(1.0)
    assert_size(p, 0.05)


def test_both_keeps_its_level_with_an_effect_on_one_part(assert_size):
    p = [two_part(*spiked(25, seed, shift=2.0), resolution=TAU).p_above(0.0) for seed in range(500)]
    assert_size(p, 0.05)


def test_a_part_without_data():
    a = np.array([1.0, 2.0, 3.0, 0.0])
    above = two_part(a[:3], 2 * a[:3] ** 1.1, resolution=TAU, part="either")
    assert above.attainable == 0.0
    with pytest.raises(Degenerate) as caught:
        two_part(a[:3], a[:3] ** 2 + 1, resolution=TAU, part="chance")
    assert caught.value.code == "no_discordance"
    only_chance = two_part(a, np.zeros(4), resolution=TAU, part="either")
    assert only_chance.p_above(0.0) == pytest.approx(only_chance.attainable)
    with pytest.raises(Degenerate, match="both values lie above"):
        two_part(a, np.zeros(4), resolution=TAU, part="size")
    with pytest.raises(Degenerate, match="either part"):
        two_part(np.zeros(3), np.zeros(3), resolution=TAU, part="either")


def test_bad_options():
    with pytest.raises(ValueError, match="part: 'sum'"):
        two_part([1.0], [2.0], resolution=TAU, part="sum")
    with pytest.raises(ValueError, match="no positive number"):
        two_part([1.0], [2.0], resolution=0.0)
