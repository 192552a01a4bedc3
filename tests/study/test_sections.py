"""Sections of a report: what they name must be there, on the axis that they name it on; readings are of claims."""

from __future__ import annotations

from typing import Any

import pytest

from lnnstats.analysis.values import Verdict
from lnnstats.study.checks import inconsistencies
from lnnstats.study.values import Hypothesis, Study

TREE: dict[str, Any] = {
    "data": {"digits": {"classes": [3, 5]}},
    "network": {"linear": {"depth": 3, "width": 4}},
    "training": {"steps": 20, "loss": "cross_entropy"},
    "factors": {"data.scaling": ["unit", "symmetric"]},
    "responses": {
        "angle": {"row_angle": {"steps": "log_spaced", "measurements": ["gradient", "update"]}},
        "accuracy": {"accuracy": {"steps": "log_spaced"}},
    },
}
PANELS = {"response": "angle", "by": "layer", "below": "accuracy"}
NUMBER = {"quantity": "an angle", "reported": "0", "response": "angle"}
RIGHT = {
    "layout of the paper": {"two_panel": PANELS | {"where": {"measurement": "update"}, "until": 10}},
    "by measurement": {"two_panel": PANELS | {"by": "measurement", "where": {"layer": 2, "data.scaling": "unit"}}},
    "at a step": {"levels": {"response": "angle", "along": "data.scaling", "where": {"step": 10, "layer": 1}}},
    "number without layers": {"reported_numbers": {"rows": [NUMBER | {"response": "accuracy"}]}},
    "numbers": {"reported_numbers": {"rows": [NUMBER, NUMBER | {"at": {"step": [1, 10], "measurement": "update"}}]}},
}
WRONG: dict[str, tuple[dict[str, Any], tuple[Any, ...], str]] = {
    "below": ({"two_panel": PANELS | {"below": "acuracy"}}, (), "unknown response"),
    "below of layers": ({"two_panel": PANELS | {"below": ["accuracy", "angle"]}}, ("below", 1), "one value a step"),
    "by": ({"two_panel": PANELS | {"by": "layers"}}, ("by",), "unknown factor"),
    "by step": ({"two_panel": PANELS | {"by": "step"}}, ("by",), "unknown factor"),
    "axis": ({"levels": {"response": "accuracy", "along": "data.scaling", "where": {"layer": 1}}}, ("where", "layer"),
             "unknown factor"),
    "measurement": ({"two_panel": PANELS | {"where": {"measurement": "cumulative"}}}, ("where", "measurement"),
                    "unknown measurement"),
    "step": ({"two_panel": PANELS | {"where": {"step": 7}}}, ("where", "step"), "unknown step"),
    "layer": ({"two_panel": PANELS | {"where": {"layer": 0}}}, ("where", "layer"), "unknown layer"),
    "layer below the last": ({"two_panel": PANELS | {"where": {"layer": 4}}}, ("where", "layer"), "unknown layer"),
    "above": ({"two_panel": PANELS | {"response": "angel", "where": {"layer": 1}}}, (), "unknown response"),
    "level": ({"two_panel": PANELS | {"where": {"data.scaling": "none"}}}, ("where", "data.scaling"), "unknown level"),
    "number": ({"reported_numbers": {"rows": [NUMBER | {"response": "angel"}]}}, (), "unknown response"),
    "number at": ({"reported_numbers": {"rows": [NUMBER, NUMBER | {"at": {"step": 9}}]}}, ("rows", 1, "at", "step"),
                  "unknown step"),
    "number on an axis": ({"reported_numbers": {"rows": [NUMBER | {"response": "accuracy", "at": {"layer": 1}}]}},
                          ("rows", 0, "at", "layer"), "unknown axis"),
    "number where": ({"reported_numbers": {"rows": [NUMBER | {"where": {"data.scale": 1}}]}},
                     ("rows", 0, "where", "data.scale"), "unknown factor"),
}  # fmt: skip


def found(**changed):
    return list(inconsistencies(Study.model_validate(TREE | changed)))


@pytest.mark.parametrize("section", RIGHT.values(), ids=RIGHT)
def test_what_is_there_is_shown(section):
    assert found(report=[section]) == []


@pytest.mark.parametrize("section", RIGHT.values(), ids=RIGHT)
def test_what_is_resolved_says_the_same(section):
    resolved = Study.model_validate(TREE | {"report": [section]}).model_dump(mode="json")
    assert list(inconsistencies(Study.model_validate(resolved))) == []


@pytest.mark.parametrize(("section", "path", "said"), WRONG.values(), ids=WRONG)
def test_what_is_not_there_is_said_where_it_is_named(section, path, said):
    (kind,) = section
    problems = found(report=[section])
    assert [(problem.path, said in problem.message) for problem in problems] == [(("report", 0, kind, *path), True)]


def test_a_reading_is_of_a_claim():
    test = {"paired_t": {"along": "data.scaling", "treatment": "symmetric"}}
    hypothesis = {"response": "accuracy", "test": test, "reading": "printed"}
    (problem,) = found(hypotheses=[hypothesis])
    assert problem.path == ("hypotheses", 0, "reading") and "of a claim" in problem.message
    assert found(hypotheses=[hypothesis | {"claim": "S2.5"}]) == []


def test_a_reading_leaves_no_trace_where_none_is_named():
    one = Hypothesis.model_validate({"response": "accuracy", "test": {"page": {"along": "data.scaling"}}})
    assert "reading" not in one.model_dump(mode="json")
    assert one.model_copy(update={"reading": "scoped"}).model_dump(mode="json")["reading"] == "scoped"


@pytest.mark.parametrize(
    ("claim", "reading", "said"),
    [("S2.5", "printed", "S2.5, as printed"), ("S2.5", None, "S2.5"), (None, None, "")],
)
def test_what_a_verdict_is_of(claim, reading, said):
    verdict = Verdict("H1", claim, "so it is", "direction", "supported", "robust", 0.01, 1.0, "here", (), reading)
    assert verdict.claimed == said
