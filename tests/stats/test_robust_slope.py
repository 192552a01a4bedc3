"""Robust slopes: clubSandwich and sandwich digit by digit, duality, size under dependence, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.stats.models.mixed_model import long_rows
from lnnstats.stats.models.sandwich import cr2, hc3, least_squares
from lnnstats.stats.procedures.robust_slope import robust_slope
from lnnstats.stats.procedures.trend_slope import trend_slope
from lnnstats.stats.values import Degenerate
from tests.oracles import oracle

CASES = oracle("models")["cluster"]
SCORES = np.array([0.0, 1.0, 2.0, 4.0])


def curves(n=9, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 1)) + 0.5 * rng.normal(size=(n, 1)) * SCORES + rng.normal(size=(n, 4))


@pytest.mark.parametrize("name", CASES)
def test_clubsandwich(name):
    case = CASES[name]
    x = np.column_stack([np.ones(len(case["x"])), case["x"]])
    line = least_squares(long_rows(case["y"], x, x[:, :1], case["block"]))
    found, independent = cr2(line, np.array([0.0, 1.0])), hc3(line, np.array([0.0, 1.0]))
    # Closed forms in both programs: rounding, times the conditioning of X.
    assert (found.estimate, found.error) == pytest.approx((case["estimate"], case["se"]), rel=1e-12)
    assert (found.df, found.statistic) == pytest.approx((case["df"], case["t"]), rel=1e-12)
    assert independent.error == pytest.approx(case["hc3"], rel=1e-12)


def test_complete_blocks_give_the_t_test_of_their_slopes(assert_dual):
    evidence, by_slopes = robust_slope(curves(), SCORES, scale="raw"), trend_slope(curves(), SCORES, scale="raw")
    # An identity for equal blocks: rounding only.
    assert evidence.statistic == pytest.approx(by_slopes.statistic, rel=1e-11)
    assert evidence.df == pytest.approx(8.0, rel=1e-11)
    assert_dual(evidence)


def test_hc3_of_independent_runs():
    evidence = robust_slope(curves(), SCORES, scale="raw", errors="hc3")
    assert evidence.df == 9 * 4 - 2


def test_scale_and_units():
    values = np.exp(curves(seed=2))
    values[0, 1] = np.nan
    evidence = robust_slope(values, SCORES)
    assert (evidence.measure, evidence.display) == ("ratio", "exp")
    assert "1 of 36 cells hold no run" in evidence.checks[0]
    # Rounding only: scores are centred and scaled first.
    assert robust_slope(values, 100 * SCORES + 1e4).statistic == pytest.approx(evidence.statistic, rel=1e-9)


def test_size_where_whole_blocks_and_cells_are_unequal(assert_size):
    """Blocks with slopes of their own and cells missing more often at high scores."""
    rng = np.random.default_rng(3)
    p = []
    for seed in range(1000):
        values = curves(10, seed)
        values[rng.random(values.shape) < 0.1 * np.arange(4)] = np.nan
        p.append(robust_slope(values, SCORES, scale="raw").p_above(0.0))
    assert_size(p, 0.05)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (np.ones((4, 4)), "zero_variance"),
        (np.tile(SCORES, (4, 1)), "zero_variance"),
        (np.tile(SCORES**2, (4, 1)), "zero_variance"),
        (np.where(np.arange(4) < 1, curves(), np.nan), "unidentified"),
        (np.full((4, 4), np.nan), "too_few_blocks"),
    ],
)
def test_degenerate(values, code):
    with pytest.raises(Degenerate) as caught:
        robust_slope(values, SCORES, scale="raw")
    assert caught.value.code == code


def test_one_run_decides_alone():
    values = np.full((4, 2), np.nan)
    values[:, 0], values[2, 1] = [1.0, 2.0, 4.0, 3.0], 5.0
    with pytest.raises(Degenerate, match="one run alone"):
        robust_slope(values, [0, 1], scale="raw", errors="hc3")
