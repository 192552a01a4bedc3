"""The precision ladder: identities that hold up to rounding, that fail, and that are too coarse to tell."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.stats.procedures.precision_ladder import precision_ladder
from lnnstats.stats.second_source.identities import precision_ladder as second_source
from lnnstats.stats.values import Degenerate, UnusableValues

RNG = np.random.default_rng(3)


def products(dtype, n=12, width=30):
    """Relative residual of (AB)C = A(BC), an identity, in a precision."""
    residuals = []
    for seed in range(n):
        a, b, c = np.random.default_rng(seed).normal(size=(3, width, width)).astype(dtype)
        left, right = (a @ b) @ c, a @ (b @ c)
        size = np.linalg.norm(a.astype(float)) * np.linalg.norm(b.astype(float)) * np.linalg.norm(c.astype(float))
        residuals.append(np.linalg.norm((left - right).astype(float)) / size)
    return np.array(residuals)


def test_an_identity_is_supported():
    # Matrix products of inner size 30: |fl(AB) - AB| <= 30 u |A||B| (Higham 2002, 3.13), twice two products.
    found = precision_ladder(products(np.float32), products(np.float64), units=120)
    assert (found.p_above(0.0), found.p_below(0.0)) == (0.0, 1.0)
    assert 26 < found.estimate < 32  # rounding falls by 2^29
    assert found.effects[0].high == pytest.approx(1 - 0.025 ** (1 / 12))  # 0 of 12


def test_a_false_identity_is_refuted():
    values = RNG.uniform(0.1, 0.2, size=10)
    found = precision_ladder(values, values * (1 + 1e-7), units=100)
    assert (found.p_above(0.0), found.p_below(0.0)) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("single", "double"),
    [
        (1e-5, 1e-14),  # a violation in float32: 100 bounds
        (1e-7, 1e-8),  # falls, but not as rounding does
        (1e-9, 1e-15),  # within both bounds, yet the fall is below 2^20
    ],
)
def test_anything_else_is_undecided(single, double):
    found = precision_ladder(np.full(5, single), np.full(5, double), units=1)
    assert (found.p_above(0.0), found.p_below(0.0)) == (1.0, 1.0)


def test_exact_equality_in_double_precision_supports():
    assert precision_ladder(np.full(5, 1e-8), np.zeros(5), units=1).p_above(0.0) == 0.0


def test_bad_residuals_are_refused():
    with pytest.raises(UnusableValues, match="negative"):
        precision_ladder([-1.0, 0.0], [0.0, 0.0], units=1)
    with pytest.raises(UnusableValues, match="NaN"):
        precision_ladder([np.nan, 0.0], [0.0, 0.0], units=1)
    with pytest.raises(Degenerate):
        precision_ladder([], [], units=1)


def test_the_second_source_agrees():
    single, double = products(np.float32), products(np.float64)
    found = second_source(precision_ladder(single, double, units=120), single, double)
    assert [a.digits > 12 for a in found] == [True, True]  # both are the same arithmetic in float64
