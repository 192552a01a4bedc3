"""Scores of ordered levels, and an ordered trend in risk beside its second source."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.analysis.calls.values import scores
from tests.analysis.tables import concluded, crossed, plan

RNG = np.random.default_rng(11)
DIGITS = (
    9  # significant; both sides are closed forms or sums in float64, an iteration of theirs (clogit) ends near 1e-10
)
LEVELS = (1, 2, 4, 8)
FACTORS = {"depth": {"levels": list(LEVELS), "scale": "ordinal"}}
VALUES = np.exp(RNG.normal(0.0, 0.5, size=(18, 1)) + 0.15 * np.arange(4) + RNG.normal(0.0, 0.3, size=(18, 4)))
TREND = {"along": "depth"}


def test_a_trend_in_risk_agrees_too():
    asked = plan(
        {"test": {"ordered_trend": TREND}, "sesoi": {"risk_difference": 0.1}},
        factors=FACTORS,
        responses={"y": {"measured": {"resolution": 1.0}}},
    )
    (found,), _ = concluded(crossed(VALUES, "depth", LEVELS), asked)
    assert found.measure == "risk_difference"
    assert [a.digits >= DIGITS for a in found.agreements] == [True]


@pytest.mark.parametrize(
    ("levels", "how", "expected"),
    [
        ((1, 2, 4), "level", [1, 2, 4]),
        ((1, 2, 4), "log2", [0, 1, 2]),
        ((1, 2, 4), "rank", [1, 2, 3]),
        (("small", "large"), "level", [1, 2]),
        (("small", "large"), "log2", [1, 2]),
    ],
)
def test_scores(levels, how, expected):
    assert scores(levels, how).tolist() == expected
