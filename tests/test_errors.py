"""A problem prints its place, what was found, what is allowed, the next step, and the line with a caret."""

from __future__ import annotations

import pytest

from lnnstats.errors import BadInput, Failed, Incomplete, LnnstatsError, Problem, UnknownName


def test_a_full_problem_prints_place_and_caret() -> None:
    problem = Problem(
        path="data.noise",
        message="not a number",
        found="'x'",
        allowed="a number >= 0",
        hint="write 0.15",
        file="study.yaml",
        line=10,
        column=15,
        source="data: {noise: x}",
    )
    assert str(problem).splitlines() == [
        "study.yaml:10:15: data.noise: not a number, found 'x', allowed a number >= 0, write 0.15",
        "   10 | data: {noise: x}",
        "      |               ^",
    ]


def test_the_caret_stands_under_its_column() -> None:
    _, line, caret = str(Problem("a", "bad", line=3, column=4, source="abcX")).splitlines()
    assert line[caret.index("^")] == "X"


def test_tabs_before_the_column_are_kept() -> None:
    _, line, caret = str(Problem("a", "bad", line=3, column=3, source="\t\tX")).splitlines()
    assert caret.expandtabs().index("^") == line.expandtabs().index("X")


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("", "no such run"), "no such run"),
        (Problem("seed", "missing"), "seed: missing"),
        (Problem("seed", "missing", file="s.yaml"), "s.yaml: seed: missing"),
        (Problem("seed", "missing", file="s.yaml", line=2), "s.yaml:2: seed: missing"),
        (Problem("", "bad", line=2, source="x"), "2: bad\n    2 | x"),
    ],
)
def test_what_is_unknown_is_left_out(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_an_error_carries_and_prints_every_problem() -> None:
    first, second = Problem("a", "one"), Problem("b", "two")
    error = BadInput(first, second)
    assert error.problems == (first, second)
    assert str(error) == "a: one\nb: two"


@pytest.mark.parametrize(("kind", "code"), [(Failed, 1), (BadInput, 2), (UnknownName, 2), (Incomplete, 3)])
def test_exit_codes(kind: type[LnnstatsError], code: int) -> None:
    assert kind.exit_code == code
    assert isinstance(kind(Problem("", "said")), LnnstatsError)
