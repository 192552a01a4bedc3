"""Angles between rows without a loop over pairs, against that loop in extended precision."""

from __future__ import annotations

import math
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from lnnstats.engine.responses import row_angle
from lnnstats.engine.responses.angles import BLOCK
from lnnstats.parts.responses import RowAngle
from lnnstats.parts.responses.changes import floor

ROWS, COLUMNS = 40, 600
RNG = np.random.default_rng(3)
ONE = RNG.normal(size=(ROWS, 1)) @ RNG.normal(size=(1, COLUMNS))
TWO = ONE + 1e-6 * RNG.normal(size=(ROWS, 1)) @ RNG.normal(size=(1, COLUMNS))
FULL = RNG.normal(size=(ROWS, COLUMNS))
CHANGES = {
    "of rank one": ONE,
    "of rank one, stored in float32": ONE.astype(np.float32),
    "of rank one and a little noise": ONE * (1 + 1e-12 * RNG.normal(size=ONE.shape)),
    "of rank two": TWO,
    "of rank two, stored in float32": TWO.astype(np.float32),
    "of rank ten": RNG.normal(size=(ROWS, 10)) @ RNG.normal(size=(10, COLUMNS)),
    "of ten scales": (RNG.normal(size=(ROWS, 10)) * 10.0 ** -np.arange(10)) @ RNG.normal(size=(10, COLUMNS)),
    "of full rank": FULL,
    "as Adam moves": ONE / (np.abs(ONE) + 1e-3 * np.abs(FULL)),
    "with rows that vanish": np.where(np.arange(ROWS)[:, None] % 7 == 0, 0.0, TWO),
    "with rows of all sizes": TWO * 10.0 ** -np.linspace(0, 40, ROWS)[:, None],
    "of a few rows": FULL[:3, :5],
    "of one column": FULL[:, :1],
}
# Pairs that agree to 1e-9 in each of 20 directions: more than are split off, so that A A' decides.
CLUSTERS = np.repeat(FULL[:20], 2, axis=0) * (1 + 1e-9 * RNG.normal(size=ONE.shape))


def measure(*matrices: Any, **options: Any) -> np.ndarray:
    """[R], of runs with these changes of one layer."""
    held = (torch.stack([torch.as_tensor(matrix) for matrix in matrices]),)
    changes = SimpleNamespace(matrices=lambda options, measurement: held)
    return row_angle(RowAngle(**options), changes).numpy()[:, 0, 0]


@cache
def literal(name: str, folded: bool) -> np.ndarray:
    """Every pair by 2 atan2(|u - v|, |u + v|), in extended precision (64 bits of mantissa), in degrees."""
    rows = CHANGES[name].astype(np.longdouble)
    rows = rows[(rows != 0).any(axis=1)]
    units = rows / np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    first, second = np.triu_indices(len(units), 1)
    apart, together = (np.sqrt(((units[first] + s * units[second]) ** 2).sum(axis=1)) for s in (-1, 1))
    angles = 2 * np.arctan2(apart, together)
    return np.degrees(np.minimum(angles, np.pi - angles) if folded else angles).astype(np.float64)


@pytest.mark.parametrize("folded", [True, False])
@pytest.mark.parametrize("name", CHANGES)
def test_angles_are_those_of_the_loop_over_pairs(name: str, folded: bool) -> None:
    wanted = literal(name, folded)
    # float64's own floor beside 0; a few eps of half a turn beside a right angle.
    tolerance = {"rtol": 1e-15, "atol": (1.0 if folded else 3.0) * floor(RowAngle(), "float64")}
    np.testing.assert_allclose(measure(CHANGES[name], folded=folded), [wanted.mean()], **tolerance)
    np.testing.assert_allclose(measure(CHANGES[name], of="largest", folded=folded), [wanted.max()], **tolerance)


def test_rows_that_agree_in_a_change_of_high_rank_are_told_apart_down_to_a_millionth_of_a_degree() -> None:
    pairs = [measure(CLUSTERS[i : i + 2], of="largest")[0] for i in range(0, 40, 2)]  # a pair alone is told exactly
    assert max(pairs) < 1e-6
    apart, whole = measure(CLUSTERS[::2]), measure(CLUSTERS)
    # 780 pairs: 20 of them within a pair, four for every two of the 190 pairs of directions, alike to 1e-9
    assert whole[0] * 780 == pytest.approx(4 * 190 * apart[0], abs=20 * 1e-6 + 760 * 1e-7)


def test_parallel_rows_are_below_the_floor_of_what_stores_them() -> None:
    for dtype in ("float32", "float64"):
        found = measure(ONE.astype(dtype), of="largest")[0]
        assert found <= floor(RowAngle(), dtype)
    assert floor(RowAngle(), "float32") == pytest.approx(math.degrees(2.0**-23), rel=1e-6)


@pytest.mark.parametrize(("precision", "degrees"), [("float32", 0.0198), ("float64", 8.54e-7)])
def test_arccos_has_a_floor(precision: str, degrees: float) -> None:
    """The smallest angle above 0 that it can give is its floor; smaller ones become 0 or that."""
    options: dict[str, Any] = {"formula": "arccos", "precision": precision}
    blind = floor(RowAngle(**options), "float64")
    assert blind == pytest.approx(degrees, rel=2e-3)
    found = np.array([measure(ONE[i : i + 2], **options)[0] for i in range(ROWS - 1)])
    assert (found > 0).any() and found[found > 0].min() == pytest.approx(blind, rel=1e-6)
    # away from 0 it is as good as any: its error there is eps over the sine
    assert measure(FULL, **options)[0] == pytest.approx(literal("of full rank", True).mean(), rel=1e-5)


def test_opposite_rows_are_one_direction_where_they_are_folded() -> None:
    opposite = np.array([[1.0, 2.0], [-2.0, -4.0], [1.0, 2.0]])
    for formula in ("stable", "arccos"):
        # of arccos in float64 to its floor
        assert measure(opposite, formula=formula)[0] == pytest.approx(0, abs=2e-6)
        assert measure(opposite, formula=formula, folded=False)[0] == pytest.approx(120, abs=2e-6)
        assert measure(opposite, formula=formula, folded=False, of="largest")[0] == pytest.approx(180, abs=2e-6)


def test_without_a_pair_there_is_no_angle() -> None:
    one_row, one_left = FULL[:1], np.array([[1.0, 2.0], [0.0, 0.0]])
    assert np.isnan(measure(one_row)).all() and np.isnan(measure(one_left)).all()
    assert np.isnan(measure(one_left, of="largest")).all()
    assert not RowAngle().defined(1, 5) and RowAngle().defined(2, 5)


def test_a_run_that_is_not_finite_has_no_angle_and_harms_no_other() -> None:
    broken = TWO.copy()
    broken[3, 4] = math.nan
    endless = np.where(np.arange(COLUMNS) == 2, math.inf, TWO)
    for options in ({}, {"formula": "arccos"}, {"of": "largest"}):
        found, alone = measure(TWO, broken, TWO, endless, **options), measure(TWO, **options)
        np.testing.assert_allclose(found, [alone[0], math.nan, alone[0], math.nan], rtol=1e-12)


def test_more_rows_than_a_block_are_all_compared() -> None:
    """Directions 1 degree apart, one a row: the mean is that of |i - j| folded into 90."""
    number = 2 * BLOCK + 30
    turns = np.radians(np.arange(number))
    rows = np.column_stack([np.cos(turns), np.sin(turns), np.zeros((number, 20))])
    apart = np.abs(np.subtract.outer(np.arange(number), np.arange(number)))[np.triu_indices(number, 1)] % 180
    wanted = np.minimum(apart, 180 - apart)
    assert measure(rows)[0] == pytest.approx(wanted.mean(), rel=1e-13)
    assert measure(rows, of="largest")[0] == pytest.approx(90, rel=1e-13)
    # of cosines, to the root of eps where rows are parallel
    assert measure(rows, formula="arccos")[0] == pytest.approx(wanted.mean(), abs=1e-6)
