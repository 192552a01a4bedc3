"""Every layout through the pipeline: what a run concludes, `analyze` concludes of its table; audits hold; nothing runs
twice where a design grows.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lnnstats.pipeline import analyse_table, run
from lnnstats.study.load import from_text
from lnnstats.verify.audit import audit
from tests.pipeline.runs import TINY, chunk_files

DEPTH = {"levels": [1, 2, 4], "role": "stratum"}
WIDTH = {"nested_in": "network.depth", "levels": {1: [1], 2: [2, 3], 4: [2, 4]}}
TWO = {"network.depth": [1, 2], "network.bias": [True, False], "data.noise": [0.1, 0.5]}
OTHERS = ["network.bias", "data.noise"]
DEEPER = {"paired_t": {"along": "network.depth", "treatment": 2}}
ROWS = [{"network.depth": d, "network.bias": d == 1, "data.noise": n} for d in (1, 2) for n in (0.1, 0.5)]

DESIGNS: dict[str, dict[str, Any]] = {
    "nested": {
        "factors": {"network.depth": DEPTH, "network.width": WIDTH},
        "hypotheses": [
            {"response": "test", "test": {"trend_slope": {"along": "network.width"}}},
            {"response": "test", "test": DEEPER, "average": ["network.width"]},
        ],
    },
    "fraction": {
        "factors": TWO,
        "design": {"fraction": {"generators": {"network.bias": ["network.depth", "data.noise"]}}},
        "hypotheses": [{"response": "test", "test": DEEPER, "average": OTHERS}],
    },
    "table": {
        "factors": {**TWO, "data.noise": {"levels": [0.1, 0.5], "role": "stratum"}},
        "design": {"table": {"rows": ROWS}},
        "hypotheses": [
            {
                "response": "test",
                "test": {"binomial": {"of": "above_resolution"}},
                "where": {"network.depth": 2, "network.bias": False},
            }
        ],
        "responses": {"test": {"mse": {"split": "test", "resolution": 0.1}}},
    },
    "crossed": {
        "factors": {"network.depth": [1, 2], "draws.init": {"number": 3}},
        "blocks": {"number": 6, "draws": ["data"]},
        "hypotheses": [
            {"response": "test", "test": DEEPER},
            {"response": "test", "test": {"crossed_pair": {**DEEPER["paired_t"], "over": "draws.init"}}},
        ],
    },
    "excluded": {
        "factors": {"network.depth": [1, 2, 4], "data.noise": {"levels": [0.1, 0.5], "role": "stratum"}},
        "exclude": [{"where": {"network.depth": 4, "data.noise": 0.5}, "reason": "dear"}],
        "hypotheses": [{"response": "test", "test": {"trend_slope": {"along": "network.depth"}}}],
    },
}


def text(name: str, **changes: Any) -> str:
    return json.dumps({**TINY, "network": {"linear": {"depth": 1, "width": 3}}, **DESIGNS[name], **changes})


@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize("name", DESIGNS)
def test_analyze_concludes_what_the_run_did(name: str, tmp_path: Path) -> None:
    study = from_text(text(name))
    made = run(study, name, text(name), tmp_path / "run", "cpu")
    again = analyse_table(tmp_path / "run" / "results.parquet", study, tmp_path / "again")
    assert (tmp_path / "run" / "findings.json").read_bytes() == (tmp_path / "again" / "findings.json").read_bytes()
    assert (tmp_path / "run" / "verdicts.json").read_bytes() == (tmp_path / "again" / "verdicts.json").read_bytes()
    assert made.verdicts == again.verdicts
    assert all(finding.decision != "untestable" and finding.accounting.analysed == 6 for finding in made.findings)


@pytest.mark.parametrize("name", ["crossed", "nested"])
def test_an_audit_of_the_run_holds(name: str, tmp_path: Path) -> None:
    run(from_text(text(name)), name, text(name), tmp_path / "run", "cpu")
    assert [check for check in audit(tmp_path / "run", 3, "a nonce", "cpu").checks if not check.ok] == []


@pytest.mark.usefixtures("unrendered")
def test_a_fraction_that_becomes_the_whole_keeps_its_runs(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    run(from_text(text("fraction")), "fraction", text("fraction"), folder, "cpu")
    before = chunk_files(folder)
    whole = text("fraction", design="full_factorial")
    made = run(from_text(whole), "fraction", whole, folder, "cpu")
    after = chunk_files(folder)
    assert before.items() < after.items()
    assert len(made.findings) == 1 and made.findings[0].accounting.analysed == 6


@pytest.mark.usefixtures("unrendered")
def test_a_verdict_says_that_it_speaks_where_the_design_has_cells(tmp_path: Path) -> None:
    """An exclusion leaves a stratum with fewer levels, and no finding untestable."""
    made = run(from_text(text("excluded")), "excluded", text("excluded"), tmp_path / "run", "cpu")
    assert [dict(finding.stratum) for finding in made.findings] == [{"data.noise": 0.1}, {"data.noise": 0.5}]
    assert "where the design has them" in made.verdicts[0].scope
