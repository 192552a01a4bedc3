"""Run folders as a synthesis takes them: there, whole, of this version, read back as they were."""

from __future__ import annotations

import json

import pytest

from lnnstats.analysis.analyse import analyse
from lnnstats.analysis.judge import judge
from lnnstats.analysis.values import Finding, jsonable
from lnnstats.design.expand import world_digest
from lnnstats.errors import BadInput, Failed, Incomplete
from lnnstats.study.load import load as load_study
from lnnstats.synthesis.gather import gather, stored
from lnnstats.synthesis.load import load


def test_findings_and_verdicts_are_those_of_the_analysis(found):
    for run in found.runs.values():
        again = analyse(run.results, run.study.plan)
        assert jsonable(run.findings) == jsonable(again)
        assert run.verdicts == judge(again, run.study.plan)


def test_a_finding_with_infinities_comes_back_as_it_was(found, tmp_path):
    finding = found.runs["pair"].findings[0]
    content = [jsonable(finding) | {"statistic": "inf", "df": "-inf"}]
    (tmp_path / "findings.json").write_text(json.dumps(content))
    (back,) = stored(tmp_path / "findings.json", tuple[Finding, ...])
    assert (back.statistic, back.df) == (float("inf"), float("-inf"))
    assert back.dual == finding.dual and back.accounting == finding.accounting


def test_a_run_is_found_where_run_puts_it(mine):
    runs, digest = mine / "runs", world_digest(load_study(mine / "pair.yaml"))
    (runs / "pair").rename(runs / f"pair-{digest}")
    assert gather(load(mine / "thesis.yaml"), runs)["pair"].folder.name == f"pair-{digest}"


def test_absent_runs_are_named_with_the_commands_that_make_them(made, tmp_path):
    with pytest.raises(Incomplete) as refused:
        gather(load(made / "thesis.yaml"), tmp_path)
    said = [str(problem) for problem in refused.value.problems]
    assert len(said) == 2 and all("lnnstats run" in line and "--out" in line for line in said)


@pytest.mark.parametrize("name", ["findings.json", "verdicts.json", "results.parquet", "resolved.json", "study.yaml"])
def test_a_file_that_is_not_what_its_manifest_says_is_refused(mine, name):
    file = mine / "runs" / "pair" / name
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(Failed, match=f"{name}: not what its manifest says"):
        gather(load(mine / "thesis.yaml"), mine / "runs")


def test_a_file_that_is_gone_is_refused(mine):
    (mine / "runs" / "pair" / "verdicts.json").unlink()
    with pytest.raises(Failed, match="no file"):
        gather(load(mine / "thesis.yaml"), mine / "runs")


def test_a_run_of_another_version_of_its_study_is_refused(mine):
    file = mine / "pair.yaml"
    file.write_text(file.read_text().replace("difference: 0.01}", "difference: 0.02}", 1))
    with pytest.raises(BadInput, match=r"another version of its study.*hypotheses"):
        gather(load(mine / "thesis.yaml"), mine / "runs")


def test_damaged_json_is_said_as_that(tmp_path):
    (tmp_path / "findings.json").write_text("[{]")
    with pytest.raises(Failed, match="damaged"):
        stored(tmp_path / "findings.json", tuple[Finding, ...])
