"""The report of a synthesis: what it holds, that the page is sound, that the paper compiles to the same bytes."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from lnnstats.cli import main
from lnnstats.report.html import html
from lnnstats.report.latex import latex
from lnnstats.report.synthesis.compose import compose
from lnnstats.report.synthesis.words import MEANINGS
from lnnstats.report.values import Figure, Intervals, Table, Tiles, flat, plain
from lnnstats.report.write import write
from lnnstats.stats.variance.effect_shares import effect_shares
from lnnstats.synthesis.conditions import MARKS
from lnnstats.synthesis.synthesise import record, synthesise
from tests.report.subjects import HOSTILE
from tests.report.test_html import Page

SECTIONS = ["answer", "claims", "map", "decides", "analysis", "limits", "provenance"]


@pytest.fixture(scope="module")
def report(found):
    return compose(found)


def section(report, id):
    return next(section for section in report.sections if section.id == id)


def texts(blocks):
    """All text of blocks, tables' cells included."""
    for block in flat(blocks):
        for name in ("text", "title", "caption"):
            yield plain(getattr(block, name, ()) or ())
        yield from (plain(entry) for entry in getattr(block, "entries", ()) if isinstance(entry, tuple))
        yield from (plain(cell) for row in getattr(block, "rows", ()) for cell in row)


def test_the_sections_in_their_order(report):
    assert [section.id for section in report.sections] == SECTIONS
    assert report.title == "A small thesis" and "Somebody 2024" in plain(report.subtitle)


def test_the_answer_counts_the_marks_of_the_map(found, report):
    said = " ".join(texts(section(report, "answer").blocks))
    for mark in MARKS:
        number = sum(condition.mark == mark for condition in found.factorial)
        assert (f"{number} {MEANINGS[mark]}" in said) == (number > 0), (mark, number)
    assert "Depth hurts." in said and "8 conditions" in said
    assert "Of 3 claims, 2 are put to the test" in said


def test_every_claim_has_its_row_tested_or_not(found, report):
    table = next(block for block in section(report, "claims").blocks if isinstance(block, Table))
    rows = [tuple(plain(cell) for cell in row[:4]) for row in table.rows]
    expected = [(r.claim, r.run.name, r.verdict.hypothesis, r.verdict.decision) for r in found.rulings]
    assert [row for row in rows if row[3] != "untested"] == expected
    assert ("S1.3", "–", "–", "untested") in rows
    said = " ".join(texts(section(report, "claims").blocks))
    for claim in found.claims.values():
        assert claim.printed in said and claim.scoped in said


def test_the_map_draws_every_condition_once(found, report):
    figures = [block for block in section(report, "map").blocks if isinstance(block, Figure)]
    tiles = next(figure for figure in figures if isinstance(figure.drawing, Tiles))
    assert sum(map(len, tiles.drawing.tiles)) == len(found.factorial) == len(tiles.data.rows)
    drawn = [e for figure in figures if isinstance(figure.drawing, Intervals) for e in figure.drawing.estimates]
    assert len(drawn) == len(found.conditions) - len(found.factorial)
    signs = [tile.text[0] for row in tiles.drawing.tiles for tile in row]
    marks = [plain(row[-1]) for row in tiles.data.rows]
    assert sorted(signs) == sorted(
        {"harm": "▲", "no relevant harm": "○", "reversed": "▼", "undecided": "?"}[m] for m in marks
    )


def test_a_tile_shows_the_mark_of_its_own_condition(found, report):
    figure = next(f for f in report.figures if isinstance(f.drawing, Tiles))
    drawing = figure.drawing
    assert drawing.across == ("step size", "budget") and drawing.down == ("init",)
    by = {(c.stratum["network.init"], c.stratum["training.optimizer.learning_rate"], c.stratum["step"]): c
          for c in found.factorial}  # fmt: skip
    for row, tiles in zip(drawing.rows, drawing.tiles, strict=True):
        for column, tile in zip(drawing.columns, tiles, strict=True):
            mark = by[row[0].replace(" ", "_"), float(column[0]), int(column[1])].mark
            shade = {"harm": "dark", "no harm": "plain", "reversed": "light"}.get(mark, "dashed")
            assert tile.shade == shade, (row, column)


def test_every_factor_has_its_shares_and_flips(found):
    names, draws = tuple(found.decomposition.levels), np.random.default_rng(6)
    shares = effect_shares(draws.normal(size=(8, 2, 2, 2)) + 9 * np.indices((2, 2, 2))[1], names)
    varying = replace(found, decomposition=replace(found.decomposition, shares=shares))
    report = compose(varying)
    tables = [block for block in section(report, "decides").blocks if isinstance(block, Table)]
    assert [len(table.rows) for table in tables] == [3, 4, 3]  # factors; three pairs and the triple; flips
    assert plain(tables[0].rows[0][0]) == "init" and float(tables[0].rows[0][2][0].full) > 0.9
    said = " ".join(texts(section(report, "answer").blocks))
    assert "What decides: init accounts for" in said
    assert record(varying)["factorial"]["total_shares"][1]["estimate"] > 0.9


def test_without_variation_beyond_noise_no_factor_is_said_to_decide(found):
    still = compose(replace(found, decomposition=replace(found.decomposition, shares=None)))
    assert "no factor is seen to decide" in " ".join(texts(section(still, "answer").blocks))
    tables = [block for block in section(still, "decides").blocks if isinstance(block, Table)]
    assert [{plain(row[0]) for row in table.rows} for table in tables] == [{"step size", "init", "budget"}]


def test_the_analysis_on_paper_stands_beside_what_was_measured(found, report):
    blocks = section(report, "analysis").blocks
    table = next(block for block in blocks if isinstance(block, Table))
    assert "difference" in plain(table.rows[0][2]) and "noise = 0.1" in plain(table.rows[0][2])
    figure = next(block for block in blocks if isinstance(block, Figure))
    assert "Converged" in plain(figure.caption) and figure.drawing.y_label == "share converged, excess"


def test_the_page_is_sound(report):
    text = html(report)
    page = Page(text)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [a["href"][1:] for _, a in page.elements if (a.get("href") or "").startswith("#")]
    labels = [label for _, a in page.elements for label in (a.get("aria-labelledby") or "").split()]
    assert set(links + labels) <= set(ids)
    drawings = [a for a in page.named("svg") if a.get("role") == "img"]
    assert len(drawings) == len(report.figures) and not page.named("script")
    assert not re.search(r"url\((?!#)", text)


def test_rows_are_as_wide_as_their_heads(report):
    for table in (*report.tables, *(figure.data for figure in report.figures)):
        assert all(len(row) == len(table.columns) for row in table.rows), table.id


def test_without_factorial_map_or_analysis_it_is_a_report_of_claims(found):
    bare = replace(found, decomposition=None, conditions=(),
                   synthesis=found.synthesis.model_copy(update={"factorial": None, "analysis": None}))  # fmt: skip
    assert [section.id for section in compose(bare).sections] == ["answer", "claims", "limits", "provenance"]


def test_hostile_text_stays_text(found):
    said = {"title": HOSTILE, "thesis": HOSTILE, "limitations": (HOSTILE,), "factors": {HOSTILE: "network.init"}}
    hostile = synthesise(found.synthesis.model_copy(update=said | {"factorial": None}), found.runs)
    text = html(compose(hostile))
    Page(text)
    assert "<script" not in text


def test_the_same_runs_give_the_same_page_and_source(found):
    assert html(compose(found)) == html(compose(found)) and latex(compose(found)) == latex(compose(found))


@pytest.mark.skipif(shutil.which("latexmk") is None, reason="latexmk is not on this machine")
def test_the_paper_compiles(report, tmp_path):
    assert "report.pdf" in write(report, tmp_path)


def lnnstats(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False, prog_name="lnnstats")


def test_the_command_writes_the_report_and_says_what_was_concluded(mine, monkeypatch):
    monkeypatch.chdir(mine)
    monkeypatch.setattr(shutil, "which", lambda _: None)  # no PDF
    result = lnnstats("synthesize", "thesis.yaml", "--json")
    assert result.exit_code == 0, result.stderr
    said = json.loads(result.stdout)
    folder = mine / "thesis-synthesis"
    assert all((folder / file).is_file() for file in said["files"]) and "report.html" in said["files"]
    stored = json.loads((folder / "synthesis.json").read_text())
    assert stored["conditions"] == said["conditions"] and len(stored["conditions"]) == 12
    assert [ruling["claim"] for ruling in stored["rulings"]] == ["S1.1b", "S1.2", "S1.2"]
    plain_words = lnnstats("synthesize", "thesis.yaml", "--out", "again")
    assert "untested" in plain_words.stdout and "report: again/report.html" in plain_words.stdout


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (lambda here: shutil.rmtree(here / "runs" / "pair"), 3, "lnnstats run"),
        (lambda here: (here / "runs" / "pair" / "findings.json").write_text("[]"), 1, "manifest"),
        (lambda here: (here / "thesis.yaml").write_text("title: no"), 2, "thesis.yaml:1"),
        (lambda here: (here / "thesis.yaml").unlink(), 2, "cannot be read"),
        (lambda here: (here / "thesis-synthesis").mkdir() or shutil.copy(
            here / "runs" / "pair" / "manifest.json", here / "thesis-synthesis"), 2, "holds a run"),
    ],
    ids=["absent", "damaged", "invalid", "no file", "a run's folder"],
)  # fmt: skip
def test_the_command_refuses_in_one_message(mine, monkeypatch, change, code, said):
    monkeypatch.chdir(mine)
    change(mine)
    result = lnnstats("synthesize", "thesis.yaml")
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr and "Traceback" not in result.stderr
