"""Loading: what is wrong is said all at once, with its place; what is right is what was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lnnstats.errors import BadInput, Problem
from lnnstats.study.load import from_text, load
from lnnstats.study.values import Study

STUDIES = sorted((Path(__file__).resolve().parents[2] / "studies").glob("*.yaml"))

TEN_LINES = """\
title: Does noise raise the test error?
data: linear_regression
network: linear
factors:
  data.noise: [0.1, 0.5]
responses:
  error: {mse: {split: test}}
hypotheses:
  - response: error
    test: {paired_t: {along: data.noise, treatment: 0.5}}
"""


def problems(text: str) -> list[Problem]:
    with pytest.raises(BadInput) as caught:
        from_text(text)
    return list(caught.value.problems)


def changed(old: str, new: str) -> str:
    assert TEN_LINES.count(old) == 1
    return TEN_LINES.replace(old, new)


def test_ten_lines_are_a_study() -> None:
    study = from_text(TEN_LINES)
    (hypothesis,) = study.hypotheses
    assert len(TEN_LINES.splitlines()) == 10 and study.trains
    assert (hypothesis.id, hypothesis.question, study.factors["data.noise"].scale) == ("H1", "direction", "ratio")
    assert study.factors["data.noise"].baseline == 0.1 and study.blocks.number == 30


@pytest.mark.parametrize("path", STUDIES, ids=[path.stem for path in STUDIES])
def test_every_shipped_study_loads(path: Path) -> None:
    study = load(path)
    assert study.title and study.hypotheses
    assert from_text(json.dumps(study.model_dump(mode="json", exclude_none=True))) == study


def test_there_are_shipped_studies() -> None:
    assert STUDIES


def test_a_study_without_a_title_is_called_by_its_file(tmp_path: Path) -> None:
    path = tmp_path / "noise_and_error.yaml"
    path.write_text(TEN_LINES.split("\n", 1)[1])
    assert load(path).title == "noise and error"


# (what was written in place of what, path, line, column, words that the problem must hold)
WRONG: dict[str, tuple[str, str, str, int, int, tuple[str, ...]]] = {
    "unknown field": ("title:", "titel:", "titel", 1, 1, ("unknown field", "'titel'", "did you mean 'title'?")),
    "unknown part": (
        "data: linear",
        "data: lineer",
        "data",
        2,
        1,
        ("unknown name", "'lineer_regression'", "gaussian_classes", "did you mean 'linear_regression'?"),
    ),
    "unknown option": (
        "network: linear",
        "network: {linear: {dept: 2}}",
        "network.linear.dept",
        3,
        20,
        ("unknown field", "depth", "did you mean 'depth'?"),
    ),
    "unknown literal": (
        "split: test",
        "split: tset",
        "responses.error.mse.split",
        7,
        17,
        ("found 'tset'", "'train' or 'test'", "did you mean 'test'?"),
    ),
    "missing": ("response: error\n    test", "test", "hypotheses.0.response", 9, 5, ("required field is missing",)),
    "wrong type": (
        "network: linear",
        "network: {linear: {depth: two}}",
        "network.linear.depth",
        3,
        20,
        ("found 'two'", "integer"),
    ),
    "out of range": (
        "network: linear",
        "network: {linear: {depth: 0}}",
        "network.linear.depth",
        3,
        20,
        ("found 0", "greater than or equal to 1"),
    ),
    "no number": (
        "network: linear",
        "network: {linear: {depth: true}}",
        "network.linear.depth",
        3,
        20,
        ("found True", "integer"),
    ),
    "two parts": (
        "network: linear",
        "network: {linear: {}, relu: {}}",
        "network",
        3,
        1,
        ("write `name` or `{name: {options}}`",),
    ),
    "unknown response": (
        "response: error",
        "response: eror",
        "hypotheses.0.response",
        9,
        5,
        ("unknown response", "'eror'", "did you mean 'error'?"),
    ),
    "unknown factor": (
        "along: data.noise",
        "along: data.nose",
        "hypotheses.0.test.paired_t.along",
        10,
        23,
        ("unknown factor", "did you mean 'data.noise'?"),
    ),
    "unknown level": (
        "treatment: 0.5",
        "treatment: 0.4",
        "hypotheses.0.test.paired_t.treatment",
        10,
        42,
        ("unknown level", "found 0.4", "allowed 0.1, 0.5"),
    ),
    "unknown world field": (
        "data.noise: [",
        "data.nose: [",
        "factors.data.nose",
        5,
        3,
        ("unknown field", "found 'nose'", "did you mean 'noise'?"),
    ),
    "bad level": (
        "[0.1, 0.5]",
        "{levels: [0.1, -1]}",
        "factors.data.noise.levels.1",
        5,
        30,
        ("-1", "greater than or equal to 0"),
    ),
    "equal levels": ("[0.1, 0.5]", "[0.1, 0.1]", "factors.data.noise.levels", 5, 3, ("levels must differ",)),
    "not a mapping": (TEN_LINES, "- a\n- b\n", "", 1, 1, ("a study file is a mapping",)),
    "needs classes": (
        "mse: {split: test}",
        "accuracy: {}",
        "responses.error",
        7,
        3,
        ("accuracy needs a data source with classes",),
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_each_kind_of_bad_input_is_placed_and_explained(kind: str) -> None:
    old, new, path, line, column, words = WRONG[kind]
    found = {problem.path: problem for problem in problems(changed(old, new))}
    assert path in found, list(found)
    problem = found[path]
    assert (problem.file, problem.line, problem.column) == ("study.yaml", line, column)
    assert all(word in str(problem) for word in words), str(problem)
    assert f"study.yaml:{line}:{column}: " in str(problem) and "pydantic" not in str(problem)


def test_all_problems_are_told_at_once() -> None:
    text = (
        changed("title:", "titel:")
        .replace("split: test", "split: tset")
        .replace("network: linear", "network: {linear: {depth: 0}}")
    )
    assert [(problem.path, problem.line) for problem in sorted(problems(text), key=lambda p: p.line)] == [
        ("titel", 1), ("network.linear.depth", 3), ("responses.error.mse.split", 7),
    ]  # fmt: skip


def test_all_inconsistencies_are_told_at_once() -> None:
    text = changed("response: error", "response: eror").replace("[0.1, 0.5]", "[0.1, -1]") + "claims: [S9.9]\n"
    assert {problem.path for problem in problems(text)} == {
        "hypotheses.0.response",
        "factors.data.noise.levels.1",
        "claims.0",
    }


RULES: dict[str, tuple[dict[str, Any], str]] = {
    "alone": ({"network": None}, "required field is missing"),
    "large batch": ({"training": {"batch": 5000}}, "a batch larger than the training split"),
    "softmax regression": ({"training": {"loss": "cross_entropy"}}, "cross_entropy needs classes"),
    "nonlinear deviation": ({"network": "relu", "responses": {"error": "optimal_deviation"}}, "needs a linear network"),
    "missing entry": (
        {"responses": {"error": {"end_to_end": {"of": "entry", "output": 2}}}},
        "an entry that the end-to-end map lacks",
    ),
    "time of nothing": ({"responses": {"error": {"time_to": {"of": "eror", "below": 1.0}}}}, "unknown response"),
    "time of itself": ({"responses": {"error": {"time_to": {"of": "error", "below": 1.0}}}}, "unknown response"),
    "foreign column": ({"responses": {"error": "measured"}}, "measured is a column of your own table"),
    "fresh treatment": ({"blocks": {"fresh": ["data.noise"]}}, "only strata draw anew"),
    "fresh nothing": ({"blocks": {"fresh": ["data.nose"]}}, "unknown factor"),
    "loose treatment": (
        {"factors": {"data.noise": [0.1, 0.5], "network.depth": [1, 2]}},
        "neither compared, fixed nor averaged",
    ),
    "excluded level": ({"exclude": [{"where": {"data.noise": 7}, "reason": "none"}]}, "unknown level"),
    "reported response": ({"report": [{"levels": {"response": "eror", "along": "data.noise"}}]}, "unknown response"),
}
HYPOTHESES: dict[str, tuple[dict[str, Any], str]] = {
    "measure": ({"sesoi": {"odds_ratio": 2.0}}, "paired_t on the log scale cannot be judged by this measure"),
    "no bounds": ({"kind": "equivalence"}, "equivalence needs bounds"),
    "no sesoi": ({"kind": "relevance"}, "relevance needs a smallest effect"),
    "crossed bounds": ({"bounds": {"ratio": [1.2, 0.9]}}, "bounds must ascend"),
    "negative ratio": ({"bounds": {"ratio": [-1, 2]}}, "a ratio is positive"),
    "signed effect": ({"sesoi": {"ratio": 0.9}}, "a smallest effect is a size"),
    "no resolution": ({"test": {"mcnemar": {"along": "data.noise", "treatment": 0.5}}}, "needs a resolution"),
    "never reached": (
        {"test": {"mcnemar": {"along": "data.noise", "treatment": 0.5, "of": "reached"}}},
        "reached is an event of a time",
    ),
    "unrecorded step": ({"at": {"step": 3}}, "not a recorded step"),
    "a mixed measure": ({"sesoi": {"difference": 1.0}}, "on the log scale cannot be judged by this measure"),
    "an impossible null": ({"null_value": -1.0}, "not a ratio"),
    "no layers": ({"reduce": {"layer": "max"}}, "unknown axis"),
    "unknown claim": ({"claim": "S9.9"}, "unknown claim"),
}


def tree() -> dict[str, Any]:
    return {
        "data": "linear_regression",
        "network": "linear",
        "factors": {"data.noise": [0.1, 0.5]},
        "responses": {"error": {"mse": {"split": "test"}}},
        "hypotheses": [{"response": "error", "test": {"paired_t": {"along": "data.noise", "treatment": 0.5}}}],
    }


@pytest.mark.parametrize("level", [None, {"sgd": {}, "adam": {}}, {}, {"sgd": 3}, [None], {"a": {"b": 1}}], ids=str)
def test_a_level_that_is_no_value_of_its_field_is_placed(level: Any) -> None:
    change = {"factors": {"training.optimizer": {"levels": ["sgd", level]}}, "hypotheses": []}
    (problem,) = problems(json.dumps({**tree(), **change}))
    assert problem.path == "factors.training.optimizer.levels.1" and problem.line == 1 and problem.column > 1


def test_the_tree_without_a_change_is_a_study() -> None:
    assert from_text(json.dumps(tree())).trains


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_of_a_study_can_be_broken(rule: str) -> None:
    change, message = RULES[rule]
    assert any(message in problem.message for problem in problems(json.dumps({**tree(), **change})))


@pytest.mark.parametrize("rule", HYPOTHESES)
def test_each_rule_of_a_hypothesis_can_be_broken(rule: str) -> None:
    change, message = HYPOTHESES[rule]
    text = json.dumps({**tree(), "hypotheses": [{**tree()["hypotheses"][0], **change}]})
    assert any(message in problem.message for problem in problems(text))


def test_two_hypotheses_of_one_id_are_told_apart() -> None:
    twice = [{**tree()["hypotheses"][0], "id": "H"}] * 2
    (problem,) = problems(json.dumps({**tree(), "hypotheses": twice}))
    assert problem.path == "hypotheses.1.id" and "ids must differ" in problem.message


# YAML 1.2


def test_numbers_are_those_of_yaml_1_2() -> None:
    study = from_text(
        changed("network: linear", "network: linear\ntraining: {optimizer: {sgd: {learning_rate: 1e-3}}}")
    )
    assert study.training.optimizer.learning_rate == 0.001
    assert from_text(changed("[0.1, 0.5]", "[1e-1, 5E-1]")) == from_text(TEN_LINES)


@pytest.mark.parametrize("word", ["on", "off", "yes", "no", "y"])
def test_words_are_words(word: str) -> None:
    assert from_text(changed("Does noise raise the test error?", word)).title == word


@pytest.mark.parametrize(
    "text",
    [
        "titel: [",
        "title: a\ntitle: b\n",
        "title:\n\t- a\n",
        "title: 'a\n",
        "a: *b\n",
        "%YAML 9\n",
        "\x00",
        "{a: 1, {b: {c: 1}}: 2}\n",
        pytest.param("seed: " + "9" * 5000 + "\n", id="five thousand digits"),
        pytest.param("a: " + "[" * 2000 + "\n", id="two thousand brackets"),
    ],
)
def test_what_is_not_yaml_is_one_problem_with_its_place(text: str) -> None:
    (problem,) = problems(text)
    assert problem.file == "study.yaml" and problem.line >= 1 and problem.column >= 1


def test_a_duplicate_key_is_at_its_second_place() -> None:
    (problem,) = problems(changed("network: linear", "network: linear\nnetwork: relu"))
    assert (problem.line, problem.column) == (4, 1) and "duplicate key" in problem.message


def test_a_tab_is_named() -> None:
    (problem,) = problems(changed("  data.noise", "\tdata.noise"))
    assert problem.line == 5 and "not valid YAML 1.2" in problem.message


@pytest.mark.parametrize("text", ["", "# nothing\n", "null\n", "7\n", "a study\n"])
def test_an_empty_file_or_a_scalar_is_no_study(text: str) -> None:
    (problem,) = problems(text)
    assert "a study file is a mapping of fields" in problem.message


def test_a_file_that_cannot_be_read_is_one_problem(tmp_path: Path) -> None:
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    for path, words in (
        (tmp_path / "none.yaml", "No such file"),
        (tmp_path, "Is a directory"),
        (binary, "not UTF-8 text"),
    ):
        with pytest.raises(BadInput, match=f"cannot be read: {words}"):
            load(path)


# --set


def overridden(tmp_path: Path, *overrides: str) -> Study:
    path = tmp_path / "study.yaml"
    path.write_text(TEN_LINES)
    return load(path, overrides)


def test_overrides_set_fields_with_part_names_or_without(tmp_path: Path) -> None:
    study = overridden(
        tmp_path,
        "training.steps=7",
        "blocks.number=5",
        "training.optimizer={adam: {beta1: 0.5}}",
        "training.optimizer.learning_rate=1e-2",
        "network={linear: {depth: 3}}",
        "network.linear.bias=false",
        "network.width=2",
        "factors.data.noise=[0.2, 0.5, 0.9]",
        "seed=11",
    )
    assert (study.training.steps, study.blocks.number, study.seed) == (7, 5, 11)
    assert (study.training.optimizer.kind, study.training.optimizer.learning_rate) == ("adam", 0.01)
    assert study.network is not None and (study.network.depth, study.network.bias, study.network.width) == (3, False, 2)
    assert study.factors["data.noise"].levels == (0.2, 0.5, 0.9)


def test_an_override_of_a_part_that_was_only_named_sets_its_option(tmp_path: Path) -> None:
    study = overridden(tmp_path, "network.depth=3")
    assert study.network is not None and study.network.depth == 3


def test_a_mapping_of_one_part_is_no_part(tmp_path: Path) -> None:
    """`training: {optimizer: {...}}` has one key, but `optimizer` names no part: the steps are the training's."""
    study = overridden(
        tmp_path, "training={optimizer: {sgd: {learning_rate: 0.5}}}", "training.steps=7", "training.loss={mse: {}}"
    )
    assert study.training.steps == 7 and study.training.optimizer.learning_rate == 0.5


def test_a_factor_written_short_keeps_its_levels(tmp_path: Path) -> None:
    study = overridden(tmp_path, "factors.data.noise:scale=ordinal")
    assert study.factors["data.noise"].levels == (0.1, 0.5) and study.factors["data.noise"].scale == "ordinal"


def test_a_factors_field_is_set_after_a_colon(tmp_path: Path) -> None:
    study = overridden(tmp_path, "factors.data.noise:levels=[0.2, 0.5]", "factors.data.noise:role=treatment")
    assert study.factors["data.noise"].levels == (0.2, 0.5)


def test_factors_that_are_no_mapping_are_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        overridden(tmp_path, "factors=5", "factors.data.noise=[1, 2]")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("training.steps", "write --set path=value"),
        ("training.stepz=5", "did you mean 'steps'"),
        ("training.steps=many", "found 'many'"),
        ("seed.deeper=1", "seed: found"),
        ("training.steps=[", "not valid YAML"),
        ("=5", "unknown field"),
        ("", "write --set path=value"),
        ("lnnstats=one", "found 'one', allowed 1"),
        ("hypotheses.0.response=error", "names no field"),
        ("factors=5", "found 5, allowed a mapping"),
        ("factors.data.noise:role=7", "found 7"),
    ],
)
def test_a_bad_override_is_bad_input(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadInput) as caught:
        overridden(tmp_path, text)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"blocks": {"number": 6, "draws": []}}, "exact copy"),
        ({"blocks": {"number": 6, "draws": ["batches"]}}, "exact copy"),
        ({"responses": {"error": {"mse": {"steps": [1, 5000]}}}}, "a step beyond the budget"),
        ({"blocks": {"number": 10**20}}, "less than"),
    ],
    ids=["no draws", "idle draws", "beyond the budget", "too many blocks"],
)
def test_what_could_not_be_answered_is_refused(change: dict[str, Any], words: str) -> None:
    assert any(words in str(problem) for problem in problems(json.dumps({**tree(), **change})))
