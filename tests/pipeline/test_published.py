"""`analyze` on published summaries, and on tables that lose rows: what was left out is said, stored and shown."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lnnstats.cli import main

WELCH = "{welch_t: {along: optimizer, treatment: adam, scale: raw}}"
PAIRED = "{paired_t: {along: optimizer, treatment: adam, scale: raw}}"
PLAN = """
title: From a paper
factors: {{optimizer: [sgd, adam]}}
responses: {{error: measured}}
hypotheses: [{{response: error, alternative: less, test: {test}}}]
report: [{{levels: {{response: error, along: optimizer}}}}]
"""
TABLE = "optimizer,mean,sd,n\nsgd,0.54,0.05,10\nadam,0.44,0.040,10\nlbfgs,0.3,0.1,10\n"
RUNS = "block,sgd,adam\n" + "".join(f"{b},{0.5 + 0.01 * b},{0.4 + 0.011 * b}\n" for b in range(8))


def analyzed(folder: Path, text: str, test: str = WELCH, *more: str) -> Result:
    (folder / "plan.yaml").write_text(PLAN.format(test=test), encoding="utf-8")
    (folder / "table.csv").write_text(text, encoding="utf-8")
    arguments = ["analyze", str(folder / "table.csv"), "--plan", str(folder / "plan.yaml"), "--json", *more]
    return CliRunner().invoke(main, [*arguments, "--out", str(folder / "out")], catch_exceptions=False)


def stored(folder: Path, name: str) -> list:
    return json.loads((folder / "out" / f"{name}.json").read_text(encoding="utf-8"))


def page(folder: Path) -> str:
    """The words of the report, without its markup."""
    text = (folder / "out" / "report.html").read_text(encoding="utf-8")
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


def test_a_paper_s_table_from_the_file_to_the_report(tmp_path):
    result = analyzed(tmp_path, TABLE)
    assert result.exit_code == 0
    (finding,), (verdict,), notes = (stored(tmp_path, name) for name in ("findings", "verdicts", "notes"))
    # scipy.stats.ttest_ind_from_stats(.44, .04, 10, .54, .05, 10, equal_var=False, alternative="less"), 1.17
    assert finding["p_support"] == pytest.approx(6.054747977770221e-05, rel=1e-10)
    assert finding["accounting"] == {"blocks": 20, "analysed": 20, "incomplete": 0, "diverged": 0, "censored": 0}
    assert (verdict["decision"], verdict["grade"]) == ("supported", "robust")
    assert json.loads(result.stdout)["notes"] == notes
    assert "1 of 3 rows left out: the plan names no such level of optimizer ('lbfgs' 1)" in notes
    said, shown = " ".join(result.stderr.split()), page(tmp_path)
    for note in notes:
        assert note in said
        assert f"{note[:1].upper()}{note[1:]}." in shown
    assert "The table holds 2 published summaries and no runs." in shown
    assert "published digits rounded" in shown and "scipy ttest_ind_from_stats" in shown
    assert "levels" in notes[-1]  # the figure that the plan asks for


def test_one_printed_digit_is_a_fragile_verdict(tmp_path):
    coarse = "optimizer,mean,sd,n\nsgd,0.6,0.2,10\nadam,0.4,0.2,10\n"
    assert analyzed(tmp_path, coarse).exit_code == 0
    (verdict,) = stored(tmp_path, "verdicts")
    assert (verdict["decision"], verdict["grade"]) == ("supported", "fragile")
    assert [reason["sentence"] for reason in verdict["reasons"]][1:] == ["not decided published digits rounded"]


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (TABLE, ["--correlation", "0.5"]),
        ("optimizer,mean,sd,n,correlation\nsgd,0.54,0.05,10,\nadam,0.44,0.040,10,0.5\n", []),
        ("optimizer,mean,se,n,correlation\nsgd,0.54,0.0158113883,10,\nadam,0.44,0.0126491106,10,.5\n", []),
    ],
    ids=["option", "column", "standard errors"],
)
def test_pairs_with_their_correlation(unrendered, tmp_path, text, more):
    assert analyzed(tmp_path, text, PAIRED, *more).exit_code == 0
    (finding,) = stored(tmp_path, "findings")
    # t = -0.1 / sqrt((.05^2 + .04^2 - .05 * .04) / 10); the standard errors are printed to nine digits.
    assert finding["statistic"] == pytest.approx(-0.1 / (0.0021 / 10) ** 0.5, rel=1e-8)
    assert (finding["accounting"]["blocks"], finding["df"]) == (10, 9)
    assert ("a correlation of 0.5 is assumed" in " ".join(stored(tmp_path, "notes"))) == bool(more)


@pytest.mark.parametrize(
    ("text", "test", "more", "message"),
    [
        (TABLE, PAIRED, [], "hypotheses.H1: summaries: adam: a paired comparison needs the correlation"),
        (TABLE, WELCH.replace(", scale: raw", ""), [], "hypotheses.H1.test.scale: a geometric mean cannot be had"),
        (TABLE, "{wilcoxon: {along: optimizer, treatment: adam}}", [], "allowed welch_t, paired_t, tost with scale: r"),
        (TABLE.replace("adam,", "lion,"), WELCH, [], "no row for a cell that is compared"),
        (TABLE.replace(",10", ",1", 1), WELCH, [], "n: no number of runs in row 1"),
        (RUNS, PAIRED, ["--correlation", "0.5"], "--correlation: the table holds runs"),
        (TABLE, PAIRED, ["--correlation", "1.5"], "1.5 is not in the range -1<=x<=1"),
    ],
    ids=["no correlation", "log scale", "ranks", "no row", "one run", "runs", "no correlation at all"],
)
def test_what_cannot_be_answered_is_refused(tmp_path, text, test, more, message):
    result = analyzed(tmp_path, text, test, *more)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in " ".join(result.stderr.split())
    assert not (tmp_path / "out").exists()


def test_what_a_table_of_runs_lost_is_said_stored_and_shown(tmp_path):
    result = analyzed(tmp_path, RUNS + "8,0.5,\n9,,\n", PAIRED)
    assert result.exit_code == 0
    notes = stored(tmp_path, "notes")
    assert notes == [
        "a column a level of optimizer, a row a block: sgd, adam hold error",
        "3 of 20 rows of error hold no value and count as missing runs (rows 10, 9 and 10)",
        "1 block holds no value at all and is not counted as incomplete",
    ]
    assert json.loads(result.stdout)["notes"] == notes
    assert all(note in " ".join(result.stderr.split()) for note in notes)
    assert "1 block holds no value at all" in page(tmp_path)
    assert stored(tmp_path, "findings")[0]["accounting"] == {
        **{"blocks": 9, "analysed": 8, "incomplete": 1},
        **{"diverged": 0, "censored": 0},
    }
