"""A study about what updates do, from its file to its report and back: axes named, compared and reduced."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnnstats.pipeline import Concluded, analyse_table, run
from lnnstats.results.foreign import write_table
from lnnstats.results.store import read_results
from lnnstats.study.load import from_text
from lnnstats.verify.audit import audit

TEXT = """
lnnstats: 1
title: Rows of updates
data: {digits: {classes: [3, 5, 8]}}
network: {linear: {depth: 3, width: 6}}
training: {steps: 12, loss: cross_entropy, batch: 16, optimizer: momentum}
factors: {data.scaling: [unit, symmetric]}
blocks: {number: 6}
responses:
  ratio: {singular_ratio: {steps: [1, 5, 12], measurements: [gradient, update, cumulative], resolution: 1e-9}}
  angle: {row_angle: {steps: [1, 12], measurements: [update]}}
hypotheses:
  - {id: every, response: ratio, where: {data.scaling: unit}, at: {measurement: gradient},
     reduce: {layer: max, step: max}, test: {binomial: {of: above_resolution}}, null_value: 0.5, alternative: less}
  - {id: sums, response: ratio, average: [data.scaling], at: {measurement: [gradient, update, cumulative], layer: 1},
     test: {paired_t: {along: measurement, treatment: update, scale: raw}}}
  - {id: kinds, response: ratio, average: [data.scaling], at: {measurement: [gradient, cumulative]},
     reduce: {layer: mean, step: mean}, test: {paired_t: {along: measurement, treatment: cumulative}}}
  - {id: angle, response: angle, reduce: {layer: max, step: max},
     test: {paired_t: {along: data.scaling, treatment: symmetric, scale: raw}}}
report:
  - trajectory: {response: ratio, by: layer, panel: measurement, where: {data.scaling: unit}}
  - levels: {response: ratio, along: measurement, by: layer}
  - table: {responses: [ratio], rows: measurement, columns: data.scaling}
"""
STUDY = from_text(TEXT)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Concluded:
    return run(STUDY, "rows", TEXT, tmp_path_factory.mktemp("measured") / "run", "cpu", 1)


def test_every_hypothesis_is_about_what_it_names(finished: Concluded) -> None:
    scopes = {verdict.hypothesis: verdict.scope for verdict in finished.verdicts}
    assert "measurement = gradient; max over layers; max over steps" in scopes["every"]
    assert "measurement in gradient, update; layer = 1" in scopes["sums"]
    assert "measurement = update" in scopes["angle"]
    assert all(finding.untestable is None for finding in finished.findings)


def test_the_report_says_so(finished: Concluded) -> None:
    said = (finished.folder / "report.html").read_text(encoding="utf-8")
    assert "of the gradient, max over layers, max over steps" in said
    assert "measurement" in said and "cumulative" in said


def test_its_export_leads_to_the_same_bytes(finished: Concluded, tmp_path: Path) -> None:
    write_table(read_results(finished.folder), tmp_path / "rows.csv")
    again = analyse_table(tmp_path / "rows.csv", STUDY, tmp_path / "out")
    for name in ("findings.json", "verdicts.json"):
        assert (again.folder / name).read_bytes() == (finished.folder / name).read_bytes()
    assert again.notes == ()


def test_it_is_verified(finished: Concluded) -> None:
    assert [check for check in audit(finished.folder, 2, "axes", "cpu").checks if not check.ok] == []
