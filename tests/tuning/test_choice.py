"""Which value a rule chooses: against a brute-force reading of its words, on small tables of every kind of outcome."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnnstats.design.expand import expand
from lnnstats.design.values import Design
from lnnstats.errors import Failed
from lnnstats.results.query import Results
from lnnstats.results.table import SCHEMA
from lnnstats.tuning.choice import Choice, choices
from lnnstats.tuning.pilot import pilot
from tests.tuning.tuned import RATE, study, tune

BUDGET = 40
DIVERGED, UNDEFINED, NEVER = "diverged", math.nan, math.inf
RESPONSES = {
    "excess": {"relative_excess_mse": {}},
    "arrival": {"time_to": {"of": "excess", "below": 0.5}},
    "accuracy": "accuracy",
}
CLASSES = {"gaussian_classes": {"classes": 2, "features": 2, "train": 20}}
Outcome = float | str  # of a run: its value, or that it diverged
Table = list[list[Outcome]]  # [values of the grid, blocks]


def chosen_of(table: Table, by: str, summary: str = "mean") -> Choice:
    """The choice for one cell whose pilot came out as a table."""
    design = design_of(table, by, summary)
    first = pilot(design)
    assert first is not None
    (choice,) = choices(design, first, results(first, dict(zip((c.id for c in first.cells), table, strict=True)), by))
    return choice


def design_of(table: Table, by: str, summary: str = "mean") -> Design:
    grid = [0.1 * (i + 1) for i in range(len(table))]
    own = {"optimizer": {"sgd": {"learning_rate": tune(grid=grid, by=by, blocks=len(table[0]), summary=summary)}}}
    measured = {"accuracy": "accuracy"} if by == "accuracy" else {n: RESPONSES[n] for n in ("excess", "arrival")}
    data = {"data": CLASSES} if by == "accuracy" else {}
    return expand(study(factors={}, training={**own, "steps": BUDGET}, responses=measured, **data))


def results(first: Design, runs: dict[str, list[Outcome]], by: str) -> Results:
    """The long table of a pilot, its rows in no order of cells."""
    rows = [_row(first, cell, block, found, by) for cell, found_ in runs.items() for block, found in enumerate(found_)]
    return Results.of(pa.Table.from_pylist(rows[::-1], schema=SCHEMA))


def _row(first: Design, cell: str, block: int, found: Outcome, by: str) -> dict[str, Any]:
    lost = found == DIVERGED
    timed = first.study.responses[by].kind == "time_to"
    value = (math.inf if timed else math.nan) if lost else min(found, BUDGET) if timed else found
    return {
        "cell": cell,
        "block": block,
        "status": "diverged" if lost else "ok",
        "draws": 0,
        "response": by,
        "step": None if timed else BUDGET,
        "value": value,
        "observed": lost or not timed or found <= BUDGET,
    }


def brute(table: Table, by: str, summary: str) -> int | None:
    """The place of the chosen value: the rule's words, one comparison after the other."""
    best, place = None, None
    for index, outcomes in enumerate(table):
        found = _summary([_counts(outcome, by) for outcome in outcomes], summary)
        if math.isinf(found) or all(outcome == DIVERGED for outcome in outcomes):
            continue
        better = best is None or (found > best if by == "accuracy" else found < best)
        if better:
            best, place = found, index
    return place


def _counts(outcome: Outcome, by: str) -> float:
    if by == "arrival":
        return BUDGET if outcome == DIVERGED or outcome > BUDGET else outcome
    worst = -math.inf if by == "accuracy" else math.inf
    return worst if outcome == DIVERGED or math.isnan(outcome) else outcome


def _summary(values: list[float], summary: str) -> float:
    if summary == "mean":
        return sum(values) / len(values)
    ranked, half = sorted(values), len(values) // 2
    return ranked[half] if len(values) % 2 else (ranked[half - 1] + ranked[half]) / 2


def tables(outcomes: st.SearchStrategy[Outcome]) -> st.SearchStrategy[Table]:
    """Two to four values of a grid, two to four blocks."""
    sizes = st.tuples(st.integers(2, 4), st.integers(2, 4))
    return sizes.flatmap(lambda size: _of(_of(outcomes, size[1]), size[0]))


def _of(items: st.SearchStrategy[Any], number: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(items, min_size=number, max_size=number)


# Quarters and small whole numbers: sums are exact, so that ties of the brute force are ties of the rule.
OUTCOMES = {
    "arrival": st.sampled_from([1.0, 2.0, 3.0, 40.0, NEVER, DIVERGED]),
    "excess": st.sampled_from([-0.25, 0.0, 0.25, 0.5, UNDEFINED, DIVERGED]),
    "accuracy": st.sampled_from([0.0, 0.5, 0.75, 1.0, DIVERGED]),
}


@pytest.mark.parametrize(("by", "summary"), list(product(OUTCOMES, ("mean", "median"))))
@settings(max_examples=40)
@given(data=st.data())
def test_the_choice_is_that_of_the_rules_words(by, summary, data):
    table = data.draw(tables(OUTCOMES[by]))
    place = brute(table, by, summary)
    if place is None:
        with pytest.raises(Failed):
            chosen_of(table, by, summary)
        return
    choice = chosen_of(table, by, summary)
    assert choice.chosen == choice.rule.grid[place]
    assert choice.edge == (place in (0, len(table) - 1))
    assert [trial.n for trial in choice.trials] == [len(table[0])] * len(table)
    assert [trial.diverged for trial in choice.trials] == [outcomes.count(DIVERGED) for outcomes in table]


@pytest.mark.parametrize(
    ("by", "summary", "table", "scores", "place"),
    [
        ("arrival", "mean", [[9, 9], [4, 6], [5, 7]], [9, 5, 6], 1),
        ("arrival", "mean", [[5, 7], [4, 8], [9, 3]], [6, 6, 6], 0),  # ties: the smallest
        ("arrival", "mean", [[NEVER, NEVER], [39, NEVER]], [40, 39.5], 1),
        ("arrival", "mean", [[30, 30], [1, DIVERGED], [DIVERGED, DIVERGED]], [30, 20.5, math.inf], 1),
        ("arrival", "mean", [[NEVER, NEVER], [DIVERGED, NEVER]], [40, 40], 0),
        ("arrival", "median", [[9, 9, 9], [1, 1, DIVERGED], [1, DIVERGED, DIVERGED]], [9, 1, 40], 1),
        ("excess", "mean", [[1, 1], [0.1, DIVERGED]], [1, math.inf], 0),
        ("excess", "median", [[1, 1, 1], [0.5, 0.25, DIVERGED]], [1, 0.5], 1),
        ("excess", "mean", [[UNDEFINED, 0], [3, 3]], [math.inf, 3], 1),
        ("accuracy", "mean", [[0.5, 1], [1, 1], [1, 1]], [0.75, 1, 1], 1),
        ("accuracy", "mean", [[0.5, 0.5], [1, DIVERGED]], [0.5, -math.inf], 0),
    ],
)
def test_choices_worked_by_hand(by, summary, table, scores, place):
    choice = chosen_of(table, by, summary)
    assert [trial.score for trial in choice.trials] == scores
    assert choice.chosen == choice.rule.grid[place]


def test_where_nothing_can_be_chosen_every_cell_is_named():
    depths = {"network.depth": {"levels": [1, 2], "scale": "ordinal"}, RATE: [tune(grid=[0.1, 0.2], blocks=2), 0.05]}
    design = expand(study(factors=depths))
    first = pilot(design)
    found = {cell.id: [DIVERGED, DIVERGED] for cell in first.cells}
    with pytest.raises(Failed) as refused:
        choices(design, first, results(first, found, "arrival"))
    assert [problem.path for problem in refused.value.problems] == [
        f"network.depth = {depth}, {RATE} = tuned" for depth in (1, 2)
    ]
    assert "add smaller values to the grid; the pilot's runs are kept" in str(refused.value)


def test_a_sum_is_rounded_once():
    """Ten tenths are one, whatever the order: as binary sums they are .9999999999999999, which would win the tie."""
    table: Table = [[1.0] * 10, [0.1] * 10]
    tenths = chosen_of([[0.1] * 10, [0.1] * 10], "excess")
    assert [trial.score for trial in tenths.trials] == [0.1, 0.1]
    assert chosen_of(table, "excess").trials[1].score == 0.1 != sum([0.1] * 10) / 10


def test_draws_of_a_random_factor_have_one_choice():
    crossed = {RATE: [tune(grid=[0.1, 0.2], blocks=2), 0.05], "draws.init": {"number": 3}}
    design = expand(study(factors=crossed, blocks={"number": 6, "draws": ["data"]}))
    first = pilot(design)
    found = dict(zip((cell.id for cell in first.cells), ([6.0, 7.0], [4.0, 9.0]), strict=True))
    made = choices(design, first, results(first, found, "arrival"))
    assert [(choice.cell.crossed["init"], choice.chosen) for choice in made] == [(draw, 0.1) for draw in (1, 2, 3)]
