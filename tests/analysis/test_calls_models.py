"""Mixed models, robust slopes and meta-analysis from a table to a verdict, with missing and diverged runs."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.stats.procedures.meta_analysis import meta_analysis
from lnnstats.stats.procedures.mixed_pair import mixed_pair
from lnnstats.stats.procedures.mixed_trend import mixed_trend
from lnnstats.stats.procedures.robust_slope import robust_slope
from tests.analysis.tables import concluded, crossed, plan

DEPTHS = (1, 2, 4, 8)
ORDERED = {"depth": {"levels": list(DEPTHS), "scale": "ordinal"}}
PAIR = {"along": "optimizer", "treatment": "adam", "reference": "sgd"}


def values(seed=0, n=20):
    """Positive values that rise with depth, each block with its own level and slope."""
    rng = np.random.default_rng(seed)
    slopes = 0.3 + 0.1 * rng.normal(size=(n, 1))
    return np.exp(rng.normal(size=(n, 1)) + slopes * np.arange(4) + 0.2 * rng.normal(size=(n, 4)))


def rows_without(array, path, labels, absent):
    """Rows of a table that lacks the runs `absent` [n, k]."""
    rows = crossed(array, path, labels)
    return [row for row, gone in zip(rows, absent.ravel(), strict=True) if not gone]


@pytest.mark.parametrize(
    ("kind", "procedure", "options"),
    [
        ("mixed_trend", mixed_trend, {"random": "slope", "df": "satterthwaite"}),
        ("mixed_trend", mixed_trend, {"random": "intercept"}),
        ("robust_slope", robust_slope, {"errors": "cr2"}),
        ("robust_slope", robust_slope, {"errors": "hc3"}),
    ],
)
def test_a_trend_with_missing_runs(kind, procedure, options):
    array = values()
    absent = np.random.default_rng(1).random(array.shape) < 0.1
    test = {kind: {"along": "depth", "scores": "log2", **options}}
    asked = plan({"test": test, "sesoi": {"ratio": 1.1}}, factors=ORDERED)
    (found,), _ = concluded(rows_without(array, "depth", DEPTHS, absent), asked)
    direct = procedure(np.where(absent, np.nan, array), np.log2(DEPTHS), **options)
    # The same arrays through the table: the same numbers.
    assert found.statistic == direct.statistic
    assert found.p_support < 0.05
    # statsmodels optimises to some 7 digits.
    assert all(agreement.digits > 6 for agreement in found.agreements)
    assert found.agreements


def test_a_pair_with_missing_runs():
    array = values()[:, [3, 0]]
    absent = np.zeros(array.shape, dtype=bool)
    absent[:3, 0] = absent[5:7, 1] = True
    asked = plan({"test": {"mixed_pair": PAIR}})
    (found,), _ = concluded(rows_without(array, "optimizer", ("adam", "sgd"), absent), asked)
    direct = mixed_pair(*np.where(absent, np.nan, array).T)
    assert found.statistic == direct.statistic


def test_diverged_runs_are_missing_but_bounded():
    array = values()
    array[2, 3] = np.nan
    asked = plan({"test": {"mixed_trend": {"along": "depth", "scores": "log2"}}}, factors=ORDERED)
    (found,), _ = concluded(crossed(array, "depth", DEPTHS), asked)
    assert found.statistic == mixed_trend(array, np.log2(DEPTHS)).statistic


def test_strata_are_pooled():
    rng = np.random.default_rng(4)
    cube = np.exp(rng.normal(size=(15, 2, 3)) + np.array([0.8, 0.0])[:, None])
    noise = (0.1, 0.2, 0.3)
    rows = [
        {"optimizer": name, "noise": level, "block": block, "value": float(cube[block, i, j]), "status": "ok"}
        for block in range(15)
        for i, name in enumerate(("adam", "sgd"))
        for j, level in enumerate(noise)
    ]
    factors = {"optimizer": ["sgd", "adam"], "noise": {"levels": list(noise), "role": "stratum"}}
    asked = plan({"test": {"meta_analysis": {**PAIR, "over": "noise"}}}, factors=factors)
    (found,), _ = concluded(rows, asked)
    direct = meta_analysis(cube)
    assert found.statistic == direct.statistic
    assert found.agreements


def test_a_run_without_a_value_is_no_missing_run():
    """A missing cell is left out and told; so is a run that is there and has no value."""
    array = values()[:, :2]
    rows = crossed(array, "optimizer", ("adam", "sgd"))
    rows[8] |= {"value": float("nan"), "status": "ok"}
    asked = plan({"test": {"mixed_pair": PAIR}})
    (found,), _ = concluded(rows, asked)
    assert found.untestable is None
    assert any(check.startswith("undefined: 1 runs of y have no value") for check in found.checks)
    (found,), _ = concluded(rows[:8] + rows[9:], asked)
    assert found.untestable is None and any(check.startswith("incomplete") for check in found.checks)
