"""Rules in study files: every spelling, every mistake with its place, what is warned of, what `check` says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lnnstats.design.expand import expand
from lnnstats.design.lint import lint
from lnnstats.errors import BadInput
from lnnstats.overview import overview, overview_json
from lnnstats.study.load import from_text, load
from lnnstats.study.read import parse
from lnnstats.tuning.pilot import pilot, rules
from tests.tuning.tuned import GRID, RATE, study, text, tune

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "tuning.md").read_text(encoding="utf-8")
SPELLINGS = re.findall(r"^\| [^|]+ \| `(.+)` \|$", PAGE, re.MULTILINE)
DEPTHS = {"network.depth": {"levels": [1, 2], "scale": "ordinal"}}


def own(**changes: Any) -> dict[str, Any]:
    """The rule as the study's own step size."""
    return {"training": {"optimizer": {"sgd": {"learning_rate": tune(**changes)}}, "steps": 40}}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_the_page_is_a_rule(spelling):
    tree = parse(spelling, "page").tree
    ((path, value),) = tree.items()
    found = study(factors={}, training={**value, "steps": 40}) if path == "training" else study(factors=tree)
    tuned = rules(expand(found))
    assert {tune.by for _, tune in tuned} == {"arrival"}
    assert all(cell.levels == {} or {"tuned", "best", "sgd"} & set(cell.levels.values()) for cell, _ in tuned)


def test_the_page_has_four_spellings():
    assert len(SPELLINGS) == 4


@pytest.mark.parametrize(
    ("level", "label"),
    [
        (tune(), "tuned"),
        ({"name": "best", **tune()}, "best"),
        ({"adam": {"learning_rate": tune(), "beta1": 0.5}}, "adam(learning_rate=tuned, beta1=0.5)"),
        ({"name": "plain", "sgd": {"learning_rate": tune()}}, "plain"),
    ],
)
def test_a_level_with_a_rule_has_a_label(level, label):
    path = RATE if "tune" in level else "training.optimizer"
    factor = study(factors={path: [level, 0.1 if path == RATE else "sgd"]}).factors[path]
    assert factor.labels[0] == label


def test_rules_of_optimizers_may_ask_for_other_responses():
    levels = [
        {"name": "sgd", "sgd": {"learning_rate": tune()}},
        {"name": "adam", "adam": {"learning_rate": tune(by="excess", grid=[1e-3, 1e-2])}},
    ]
    first = pilot(expand(study(factors={"training.optimizer": levels})))
    assert first is not None
    assert [(c.levels["training.optimizer"], c.levels[RATE]) for c in first.cells] == [
        *(("sgd", value) for value in GRID),
        *(("adam", value) for value in (1e-3, 1e-2)),
    ]


MISTAKES = {
    "unknown": (own(by="arival"), "unknown response", "did you mean 'arrival'?"),
    "a response a layer": (own(by="ratio"), "one value a state", "allowed excess, arrival"),
    "nothing has acted": (own(by="start"), "no step size has acted yet at step 0", "start, recorded there only"),
    "a grid of one": (own(grid=[0.1]), "tune.grid", "at least 2 items"),
    "a grid that descends": (own(grid=[0.2, 0.1]), "tune.grid", "the values of a grid ascend"),
    "a grid with zero": (own(grid=[0.0, 0.1]), "tune.grid", "greater than 0"),
    "no blocks": (own(blocks=0), "tune.blocks", "greater than or equal to 1"),
    "a misspelled option": (own(block=3), "unknown field", "did you mean 'blocks'?"),
    "no response": ({"training": {"optimizer": {"sgd": {"learning_rate": {"tune": {"grid": GRID}}}}}}, "by", "missing"),
}
MEASURED = {
    "excess": {"relative_excess_mse": {"steps": [0, 10, 40]}},
    "arrival": {"time_to": {"of": "excess", "below": 0.5}},
    "ratio": "singular_ratio",
    "start": {"mse": {"steps": [0]}},
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_place(mistake):
    changes, *said = MISTAKES[mistake]
    with pytest.raises(BadInput) as refused:
        study(factors={}, responses=MEASURED, **changes)
    assert all(words in str(refused.value) for words in said), str(refused.value)
    assert "training.optimizer.sgd.learning_rate" in str(refused.value)


def test_a_mistake_in_a_level_is_told_with_its_place():
    with pytest.raises(BadInput) as refused:
        study(factors={RATE: [0.1, tune(by="arival")]})
    (problem,) = refused.value.problems
    assert problem.path == f"factors.{RATE}.levels.1.tune.by"
    assert "did you mean 'arrival'?" in problem.hint


def test_rules_nested_in_optimizers_have_names_of_their_own():
    """The grid that suits Adam is not that of gradient descent."""
    small = tune(grid=[1e-3, 1e-2])
    both = {"training.optimizer": ["sgd", "adam"], RATE: {"nested_in": "training.optimizer"}}
    with pytest.raises(BadInput, match="two levels are called tuned and differ"):
        study(factors={**both, RATE: {**both[RATE], "levels": {"sgd": [0.1, tune()], "adam": [0.1, small]}}})
    named = {"sgd": [0.1, {"name": "tuned sgd", **tune()}], "adam": [0.1, {"name": "tuned adam", **small}]}
    design = expand(study(factors={**both, RATE: {**both[RATE], "levels": named}}))
    assert [tuple(cell.levels.values()) for cell in design.cells] == [
        *(("sgd", level) for level in (0.1, "tuned sgd")),
        *(("adam", level) for level in (0.1, "tuned adam")),
    ]
    assert [tune.grid for _, tune in rules(design)] == [tuple(GRID), (1e-3, 1e-2)]


def test_rules_share_one_number_of_blocks():
    with pytest.raises(BadInput, match="share one pilot") as refused:
        study(factors={RATE: [{"name": "a", **tune()}, {"name": "b", **tune(blocks=9)}]})
    assert [problem.path for problem in refused.value.problems] == [f"factors.{RATE}.levels.1.tune.blocks"]


def test_levels_without_order_have_no_trend():
    """A number beside a rule is a nominal factor."""
    with pytest.raises(BadInput, match="is nominal"):
        study(
            factors={RATE: [0.05, tune()]},
            hypotheses=[{"response": "excess", "test": {"trend_slope": {"along": RATE}}}],
        )


@pytest.mark.parametrize(
    ("setting", "grids", "blocks"),
    [
        (f"factors.{RATE}:levels=[0.05, {{tune: {{grid: [0.2, 0.4], by: arrival}}}}]", (0.2, 0.4), 20),
        ("training.optimizer.learning_rate={tune: {grid: [0.2, 0.4], by: excess, blocks: 3}}", (0.2, 0.4), 3),
        ("training.optimizer.learning_rate.tune.blocks=3", tuple(GRID), 3),
        ("training.optimizer.sgd.learning_rate.tune.grid=[1.0, 2.0]", (1.0, 2.0), 5),
    ],
)
def test_rules_can_be_set_from_outside(tmp_path, setting, grids, blocks):
    changes = {} if setting.startswith("factors") else {"factors": DEPTHS, **own()}
    (tmp_path / "study.yaml").write_text(text(**changes))
    first = pilot(expand(load(tmp_path / "study.yaml", (setting,))))
    assert first is not None
    assert tuple(dict.fromkeys(cell.levels[RATE] for cell in first.cells)) == grids
    assert first.study.blocks.number == blocks


def test_a_rule_set_in_part_is_told_what_it_lacks(tmp_path):
    (tmp_path / "study.yaml").write_text(text())
    with pytest.raises(BadInput, match="required field is missing"):
        load(tmp_path / "study.yaml", ("training.optimizer.learning_rate.tune.blocks=3",))


def codes(**changes: Any) -> set[str]:
    return {doubt.code for doubt in lint(study(**changes))}


def test_a_tuned_step_size_is_not_called_untuned():
    fixed = {"training": {"optimizer": "sgd", "steps": 40}}
    assert "untuned_step_size" in codes(factors=DEPTHS, **fixed)
    assert "untuned_step_size" not in codes(factors=DEPTHS, **own())
    assert "untuned_step_size" not in codes()
    optimizers = [{"name": kind, kind: {"learning_rate": tune()}} for kind in ("sgd", "adam")]
    assert "untuned_step_size" not in codes(factors={"training.optimizer": optimizers})


def test_float32_is_doubted_where_the_largest_step_size_does_not_suffice():
    """D stays above eps / (2 lr): 1.2e-7 / 1 at the grid's largest, .5, however much smaller others are."""
    for resolution, doubted in ((1e-7, True), (2e-7, False)):
        responses = {**MEASURED, "deviation": {"optimal_deviation": {"resolution": resolution}}}
        training = {**own()["training"], "dtype": "float32"}
        assert ("float32_floor" in codes(factors=DEPTHS, responses=responses, training=training)) == doubted


def test_check_counts_the_pilot_and_its_cost():
    said = overview(study())
    assert "pilot:     30 runs (6 worlds x 5 blocks of its own) tune the step size of 2 cells" in said
    tuned, fixed = overview_json(study()), overview_json(study(factors={**DEPTHS, RATE: [0.05, 0.1]}))
    assert (tuned["runs"], tuned["pilot_runs"], fixed["pilot_runs"]) == (24, 30, 0)
    assert tuned["seconds"] > fixed["seconds"]
    assert "pilot:" not in overview(study(factors=DEPTHS))


def test_a_stored_study_reads_back():
    made = study()
    assert from_text(json.dumps(made.model_dump(mode="json"))) == made
