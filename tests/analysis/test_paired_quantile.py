"""Quantiles of two levels through the whole analysis: times with runs that diverge or do not arrive, and others."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lnnstats.analysis.analyse import analyse
from lnnstats.results.query import Results
from tests.analysis.tables import plan, table

HORIZON = 1000
TIMED = {"y": {"measured": {"horizon": HORIZON}}}
LEVELS = {"along": "depth", "treatment": 4, "reference": 1}


def asked(responses=None, **options):
    test = {"paired_quantile": {**LEVELS, **options}}
    return plan({"test": test}, factors={"depth": [1, 4]}, responses=responses)


def times(late, blocks=60, seed=0):
    """Times about 100 at depth 1 and about `late` at depth 4; every ninth of the latter diverges, without a time."""
    rng, rows = np.random.default_rng(seed), []
    for block in range(blocks):
        for depth, centre in ((1, 100), (4, late)):
            at = float(centre * np.exp(0.5 * rng.normal()))
            lost = depth == 4 and block % 9 == 0
            run = {"status": "diverged", "value": math.nan, "observed": False} if lost else {"value": min(at, HORIZON)}
            rows.append({"depth": depth, "block": block, "observed": at <= HORIZON, **run})
    return rows


def column(rows, depth, lost):
    return [lost if math.isnan(row["value"]) else row["value"] for row in rows if row["depth"] == depth]


@pytest.mark.parametrize("scale", ["raw", "log"])
def test_a_diverged_run_is_late_and_stays_in(scale):
    rows = times(300)
    (found,) = analyse(Results.of(table(rows)), asked(TIMED, scale=scale))
    four, one = np.median(column(rows, 4, HORIZON)), np.median(column(rows, 1, HORIZON))
    estimate = four - one if scale == "raw" else four / one
    assert found.estimate == pytest.approx(estimate, rel=1e-12)  # halves round otherwise
    assert found.accounting.analysed == 60 and found.p_support < 0.001


def test_the_level_beyond_the_horizon_is_named():
    (found,) = analyse(Results.of(table(times(3000))), asked(TIMED))
    assert "at level 4 is beyond the horizon; the difference is at least the estimate" in " ".join(found.checks)
    assert found.dual.high == np.inf and found.p_support < 0.001


def test_of_other_values_a_diverged_run_is_the_worst():
    rows = times(300)
    (found,) = analyse(Results.of(table(rows)), asked(quantile=0.3))
    four, one = (np.quantile(column(rows, depth, np.inf), 0.3, method="weibull") for depth in (4, 1))
    assert found.estimate == pytest.approx(four - one, rel=1e-12)


def test_the_claim_says_which_quantile():
    assert asked(quantile=0.5).hypotheses[0].test.claim("time", "greater") == "median time is greater along depth"
    assert "0.9 quantile of time" in asked(quantile=0.9).hypotheses[0].test.claim("time", "greater")
