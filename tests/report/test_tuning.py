"""The report of tuned step sizes: chosen values beside their neighbours, ends of grids said wherever they matter."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from lnnstats.design.expand import expand
from lnnstats.registry.load import claims
from lnnstats.report.compose import Subject, compose
from lnnstats.report.html import html
from lnnstats.report.latex import latex
from lnnstats.report.values import Block, Definitions, Items, Paragraph, Report, Table, flat, plain
from lnnstats.results.query import rowless
from lnnstats.tuning.choice import Choice, Trial
from lnnstats.tuning.pilot import rules
from lnnstats.tuning.store import settle
from tests.report.subjects import manifest
from tests.tuning.tuned import RATE, study

INSIDE = (9.25, 4.0, 7.5)
SMALLEST = (2.0, 4.0, math.inf)


def reported(*scores: tuple[float, ...]) -> Report:
    """The report of the study whose two tuned cells came out with these scores."""
    made = study()
    planned = expand(made)
    made_of = zip(rules(planned), scores, strict=True)
    found = settle(planned, tuple(choice(cell, tune, of) for (cell, tune), of in made_of))
    results = rowless(tuple(made.factors))
    return compose(Subject(made, claims(), results, (), (), found.design, manifest(made), tuned=found.choices))


def choice(cell, tune, scores) -> Choice:
    trials = tuple(Trial(v, s, 5, 5 if math.isinf(s) else 1, "p") for v, s in zip(tune.grid, scores, strict=True))
    return Choice(cell, tune, trials, tune.grid[scores.index(min(scores))])


def section(report: Report, name: str) -> tuple[Block, ...]:
    return tuple(block for part in report.sections if part.id == name for block in flat(part.blocks))


def said(report: Report, name: str) -> str:
    """The running text of a section."""
    blocks = section(report, name)
    lines = [plain(block.text) for block in blocks if isinstance(block, Paragraph)]
    lines += [plain(entry) for block in blocks if isinstance(block, Items) for entry in block.entries]
    return "\n".join(lines)


def rows(report: Report) -> list[list[str]]:
    (table,) = (block for block in section(report, "tuning") if isinstance(block, Table))
    return [[plain(cell) for cell in row] for row in table.rows]


def test_a_row_has_the_choice_its_score_and_those_of_its_neighbours():
    assert rows(reported(INSIDE, SMALLEST)) == [
        ["depth = 1", "0.1", "4.00", "9.25", "7.50", "1 of 5", "no"],
        ["depth = 2", "0.01", "2.00", "–", "4.00", "1 of 5", "smallest"],
    ]


def test_the_rule_and_its_blocks_are_said():
    told = said(reported(INSIDE, INSIDE), "tuning")
    assert "The step size of 2 cells was tuned: of 0.01, 0.1, 0.5, the one with the smallest mean of arrival" in told
    assert "a pilot of 5 blocks, whose draws no analysis sees" in told
    assert "counts as the budget" in told


@pytest.mark.parametrize(("scores", "ends"), [((INSIDE, INSIDE), False), ((INSIDE, SMALLEST), True)])
def test_an_end_of_the_grid_is_said_where_it_stands_and_as_a_limitation(scores, ends):
    report = reported(*scores)
    warned = [block for block in section(report, "tuning") if isinstance(block, Paragraph) and block.kind == "warning"]
    assert bool(warned) == ends
    assert ("1 of 2 tuned step sizes stand at an end of their grids" in said(report, "limitations")) == ends
    if ends:
        assert "At an end of its grid stands the step size of depth = 2" in plain(warned[0].text)


def test_methods_name_both_estimands_and_limits_the_choice():
    report = reported(INSIDE, INSIDE)
    assert "At a given step size a comparison estimates" in said(report, "methods")
    assert "at tuned step sizes, what it does where each treatment has" in said(report, "methods")
    assert "do not hold the uncertainty of the choice" in said(report, "limitations")


def test_without_rules_nothing_is_said_of_tuning(trained):
    report = compose(trained)
    assert section(report, "tuning") == ()
    assert "tuned" not in said(report, "methods") + said(report, "limitations")


def test_a_rule_of_the_study_is_no_number_held_fixed():
    own = {"optimizer": {"sgd": {"learning_rate": {"tune": {"grid": [0.1, 0.2], "by": "arrival"}}}}, "steps": 40}
    made = study(factors={}, training=own)
    report = compose(Subject(made, claims(), rowless(()), (), (), expand(made), manifest(made)))
    fixed = next(block for block in section(report, "design") if isinstance(block, Definitions))
    assert "learning rate tuned" in plain(fixed.entries[2][1])


@pytest.mark.parametrize("render", [html, latex], ids=["html", "latex"])
def test_it_renders(render):
    report = reported(INSIDE, SMALLEST)
    only = replace(report, sections=tuple(part for part in report.sections if part.id == "tuning"))
    assert "Step sizes" in str(render(only))


def test_the_tuned_factor_itself_names_no_cell():
    assert all(RATE not in row[0] and "tuned" not in row[0] for row in rows(reported(INSIDE, INSIDE)))
