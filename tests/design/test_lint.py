"""Each warning: a study that deserves it, and the same study mended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lnnstats.design.lint import CHECKS, lint
from lnnstats.study.load import from_text

CLEAN: dict[str, Any] = {
    "data": "linear_regression",
    "network": "linear",
    "factors": {"data.noise": [0.1, 0.2]},
    "responses": {"error": {"mse": {"split": "test"}}},
    "hypotheses": [
        {"response": "error", "test": {"paired_t": {"along": "data.noise", "treatment": 0.2}}, "sesoi": {"ratio": 1.1}}
    ],
}
RATE = {"training.optimizer.learning_rate": {"levels": [0.01, 0.1], "role": "nuisance"}}
RAW = {
    "response": "error",
    "test": {"bootstrap_t": {"along": "data.noise", "treatment": 0.2}},
    "sesoi": {"difference": 0.1},
}
SIGN = {
    "response": "error",
    "test": {"sign_test": {"along": "data.noise", "treatment": 0.2}},
    "sesoi": {"probability": 0.1},
}
UNPAIRED = {
    "response": "error",
    "test": {"welch_t": {"along": "data.noise", "treatment": 0.2}},
    "sesoi": {"ratio": 1.1},
}
DEEP = {"response": "error", "test": {"paired_t": {"along": "network.depth", "treatment": 2}}, "sesoi": {"ratio": 1.1}}
FLOAT32 = {"optimizer": {"sgd": {"learning_rate": 1e-3}}, "dtype": "float32"}

THREE = {
    "data.noise": [0.1, 0.2],
    "data.correlation": {"levels": [0.0, 0.5], "role": "nuisance"},
    "data.intercept": {"levels": [True, False], "role": "nuisance"},
}
THIRD = {"fraction": {"generators": {"data.intercept": ["data.noise", "data.correlation"]}}}
DRAWS = {"data.noise": [0.1, 0.2], "draws.init": {"number": 4}}
CROSSED = {
    "response": "error",
    "test": {"crossed_pair": {"along": "data.noise", "treatment": 0.2, "over": "draws.init"}},
    "sesoi": {"ratio": 1.1},
}


def deviation(resolution: float) -> dict[str, Any]:
    return {**CLEAN["responses"], "deviation": {"optimal_deviation": {"resolution": resolution}}}


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "untuned_step_size": (
        {"factors": {"network.depth": [1, 2]}, "hypotheses": [DEEP]},
        {"factors": {"network.depth": [1, 2], **RATE}, "hypotheses": [DEEP]},
    ),
    "inits_as_data_sets": ({"blocks": {"draws": ["init"]}}, {"blocks": {"draws": ["init", "data"]}}),
    "heavy_tail_raw_mean": ({"hypotheses": [RAW]}, {"hypotheses": [RAW, *CLEAN["hypotheses"]]}),
    "no_smallest_effect": ({"hypotheses": [{**CLEAN["hypotheses"][0], "sesoi": None}]}, {}),
    # eps / (2 lr) = 1.2e-7 / 2e-3 = 6e-5
    "float32_floor": (
        {"training": FLOAT32, "responses": deviation(5e-5)},
        {"training": FLOAT32, "responses": deviation(7e-5)},
    ),
    "unpaired": ({"hypotheses": [UNPAIRED]}, {}),
    "claim_without_hypothesis": (
        {"claims": ["S1.2"]},
        {"claims": ["S1.2"], "hypotheses": [{**CLEAN["hypotheses"][0], "claim": "S1.2"}]},
    ),
    # 2^-n <= .05 needs n = 5
    "too_few_blocks": (
        {"hypotheses": [SIGN], "blocks": {"number": 4}},
        {"hypotheses": [SIGN], "blocks": {"number": 5}},
    ),
    # I = noise x correlation x intercept: noise alone is the other two together
    "aliased": (
        {"factors": THREE, "design": THIRD, "hypotheses": CLEAN["hypotheses"]},
        {"factors": THREE, "hypotheses": CLEAN["hypotheses"]},
    ),
    "idle_level": (
        {"design": {"table": {"rows": [{"data.noise": 0.1}]}}, "hypotheses": []},
        {"design": {"table": {"rows": [{"data.noise": 0.1}, {"data.noise": 0.2}]}}, "hypotheses": []},
    ),
    "draws_as_fixed": (
        {"factors": DRAWS, "blocks": {"draws": ["data"]}},
        {"factors": DRAWS, "blocks": {"draws": ["data"]}, "hypotheses": [CROSSED]},
    ),
}


def codes(change: dict[str, Any]) -> list[str]:
    return [warning.code for warning in lint(from_text(json.dumps({**CLEAN, **change})))]


def test_a_clean_study_is_not_warned_of() -> None:
    assert codes({}) == []


@pytest.mark.parametrize("code", CASES)
def test_a_warning_is_deserved_and_can_be_mended(code: str) -> None:
    deserved, mended = CASES[code]
    assert codes(deserved) == [code]
    assert codes(mended) == []


@pytest.mark.parametrize("code", CASES)
def test_a_warning_names_its_place_and_what_would_mend_it(code: str) -> None:
    (warning,) = lint(from_text(json.dumps({**CLEAN, **CASES[code][0]})))
    assert warning.path.split(".")[0] in ("factors", "blocks", "responses", "hypotheses", "claims")
    assert len(warning.message) > 40 and warning.message[0] != " "


def test_every_check_has_a_case() -> None:
    assert len(CHECKS) == len(CASES)


def test_six_blocks_decide_two_claims() -> None:
    """Holm's first step asks for .05 / 2: 2^-6 = .0156 <= .025, 2^-5 = .031 is not."""
    two = {"hypotheses": [SIGN, {**SIGN, "id": "second"}]}
    assert codes({**two, "blocks": {"number": 5}}) == ["too_few_blocks"] * 2
    assert codes({**two, "blocks": {"number": 6}}) == []


def test_a_binomial_claim_needs_blocks_of_its_own() -> None:
    """No violation in n blocks bounds a chance by .15 at .05 once .85^n <= .05: n = 19."""
    resolved = {"error": {"mse": {"split": "test", "resolution": 0.1}}}
    rare = {"id": "rare", "response": "error", "test": {"binomial": {}}, "null_value": 0.15, "alternative": "less"}
    fixed = {"hypotheses": [{**rare, "where": {"data.noise": 0.1}}], "responses": resolved}
    assert "too_few_blocks" in codes({**fixed, "blocks": {"number": 18}})
    assert "too_few_blocks" not in codes({**fixed, "blocks": {"number": 19}})
