"""Every procedure's numbers beside those of another library, on ordinary data, through the whole analysis."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.analysis.calls import ENTRIES
from lnnstats.analysis.calls.values import scores
from lnnstats.parts.procedures import PROCEDURES as PARTS
from tests.analysis.tables import concluded, crossed, plan

RNG = np.random.default_rng(11)
DIGITS = (
    9  # significant; both sides are closed forms or sums in float64, an iteration of theirs (clogit) ends near 1e-10
)
LEVELS = (1, 2, 4, 8)
FACTORS = {"depth": {"levels": list(LEVELS), "scale": "ordinal"}}
VALUES = np.exp(RNG.normal(0.0, 0.5, size=(18, 1)) + 0.15 * np.arange(4) + RNG.normal(0.0, 0.3, size=(18, 4)))
PAIR = {"along": "depth", "treatment": 8, "reference": 1}
TREND = {"along": "depth"}
ASKED = {
    "paired_t": {"paired_t": PAIR},
    "tost": {"tost": PAIR},
    "bootstrap_t": {"bootstrap_t": {**PAIR, "resamples": 999}},
    "sign_test": {"sign_test": PAIR},
    "mcnemar": {"mcnemar": PAIR},
    "trend_slope": {"trend_slope": TREND},
    "page": {"page": TREND},
    "ordered_trend": {"ordered_trend": TREND},
    "binomial": {"binomial": {}},
}
FIELDS = {"tost": {"bounds": {"ratio": [0.8, 1.25]}}, "binomial": {"where": {"depth": 4}, "null_value": 0.4}}

RAW = {"bounds": {"difference": [-1.0, 1.0]}}  # on a raw scale a difference, not a ratio


def test_every_deciding_procedure_is_called_and_checked():
    deciding = {name for name, part in PARTS.items() if part.decides}
    assert set(ENTRIES) == set(ASKED) == deciding


SCALED = [
    (name, scale)
    for name in ASKED
    for scale in (("raw", "log", "log1p") if "scale" in PARTS[name].model_fields else (None,))
]


@pytest.mark.parametrize(("name", "scale"), SCALED)
def test_second_sources_agree(name, scale):
    test = {name: {**ASKED[name][name], **({"scale": scale} if scale else {})}}
    fields = RAW if (name, scale) == ("tost", "raw") else FIELDS.get(name, {})
    asked = plan({"test": test, **fields}, factors=FACTORS, responses={"y": {"measured": {"resolution": 1.0}}})
    (found,), _ = concluded(crossed(VALUES, "depth", LEVELS), asked)
    assert found.agreements
    assert {a.quantity: a.digits for a in found.agreements if a.digits < DIGITS} == {}


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
