"""Layouts expanded: the cells are those of the full factorial, what is doubtful is said, what is confounded printed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lnnstats.design.aliases import confounding
from lnnstats.design.expand import expand
from lnnstats.design.lint import lint
from lnnstats.errors import BadInput
from lnnstats.overview import overview, overview_json
from lnnstats.study.load import from_text
from lnnstats.study.values import Study
from tests.worlds import PLANE, study

FACTORS: dict[str, Any] = {
    "network.depth": [2, 4],
    "network.bias": [True, False],
    "data.noise": [0.1, 0.5],
    "training.optimizer.learning_rate": [0.01, 0.02],
}
WORDS = {"network.bias": ["network.depth", "data.noise"]}
LONG = {"network.bias": ["network.depth", "data.noise", "training.optimizer.learning_rate"]}
PAIR = {"paired_t": {"along": "network.depth", "treatment": 4}}


def made(*hypotheses: dict[str, Any], factors: dict[str, Any] | None = None, **fields: Any) -> Study:
    tree = study(PLANE, {"linear": {"depth": 2, "width": 3}}).model_dump(mode="json", exclude_none=True)
    tree |= {"factors": factors or FACTORS, "hypotheses": [{"response": "loss", **h} for h in hypotheses], **fields}
    return from_text(json.dumps(tree))


def ids(of: Study) -> dict[tuple[Any, ...], str]:
    return {tuple(cell.levels.values()): cell.id for cell in expand(of).cells}


ROWS = [{"network.depth": 4, "network.bias": b, "data.noise": 0.5} for b in (True, False)]
LAYOUTS: list[dict[str, Any]] = [
    {"design": {"fraction": {"generators": WORDS}}},
    {"design": {"fraction": {"generators": LONG, "negative": ["network.bias"]}}},
    {"design": {"table": {"rows": [{**row, "training.optimizer.learning_rate": 0.02} for row in ROWS]}}},
    {"exclude": [{"where": {"network.depth": 4, "data.noise": 0.5}, "reason": "too dear"}]},
    {"factors": FACTORS | {"data.noise": {"nested_in": "network.depth", "levels": {2: [0.1], 4: [0.5, 0.1]}}}},
]


@pytest.mark.parametrize("fields", LAYOUTS, ids=["fraction", "other half", "table", "excluded", "nested"])
def test_the_cells_of_a_design_are_those_of_the_full_factorial(fields: dict[str, Any]) -> None:
    """So that adding or taking away combinations runs nothing again."""
    some, whole = ids(made(**fields)), ids(made())
    assert some and some.items() < whole.items()
    design = expand(made(**fields))
    assert len(design.cells) + len(design.excluded) + design.left_out == len(whole)


def test_two_halves_are_the_whole() -> None:
    one, other = ids(made(**LAYOUTS[1])), ids(made(design={"fraction": {"generators": LONG}}))
    assert not one.keys() & other.keys() and {**one, **other} == ids(made())


def test_check_prints_the_fraction_and_its_aliases() -> None:
    said = overview(made(design={"fraction": {"generators": WORDS}}))
    for line in (
        "design:    2^(3-1) fraction of resolution III, crossed with training.optimizer.learning_rate",
        "           I = network.depth x data.noise x network.bias",
        "aliases:   network.depth: data.noise x network.bias",
        "aliases:   network.depth x network.bias: data.noise",
    ):
        assert line in said.splitlines()
    (first, *_) = overview_json(made(design={"fraction": {"generators": WORDS}}))["confounding"]["effects"]
    assert first == {"effect": "network.depth", "aliases": ("data.noise x network.bias",)}


def test_what_is_clear_says_so_and_a_full_factorial_says_nothing() -> None:
    found = confounding(made(design={"fraction": {"generators": LONG}}))
    assert found is not None and found.name == "2^(4-1) fraction of resolution IV" and found.crossed == ()
    assert confounding(made()) is None and "design:    " not in overview(made())


def test_check_counts_what_a_design_leaves_out() -> None:
    assert "design:    4 cells of the full factorial are left out by nesting" in overview(made(**LAYOUTS[4]))
    assert "design:    the cells of a table, 14 of the full factorial left out" in overview(made(**LAYOUTS[2]))


def doubts(of: Study, code: str) -> list[str]:
    return [doubt.message for doubt in lint(of) if doubt.code == code]


OTHERS = [path for path in FACTORS if path != "network.depth"]
CROSSED = ["network.depth", "network.bias"]
SURFACE = {"interaction": {"factors": CROSSED, "treatment": [4, False]}}


def test_an_interaction_that_is_another_one_is_doubted() -> None:
    half = {"design": {"fraction": {"generators": LONG}}}
    (said,) = doubts(made({"test": SURFACE, "average": OTHERS[1:]}, **half), "aliased")
    assert "network.depth x network.bias is that of data.noise x training.optimizer.learning_rate too" in said
    assert doubts(made({"test": PAIR, "average": OTHERS}, **half), "aliased") == []


def test_a_main_effect_that_is_an_interaction_is_doubted() -> None:
    third = {"design": {"fraction": {"generators": WORDS}}}
    (said,) = doubts(made({"test": PAIR, "average": OTHERS}, **third), "aliased")
    assert "network.depth is that of data.noise x network.bias too" in said


def test_strata_hold_a_factor_and_so_shorten_the_words() -> None:
    """At one noise the fraction of four factors is one of three, where depth is bias times rate."""
    factors = FACTORS | {"data.noise": {"levels": [0.1, 0.5], "role": "stratum"}}
    half = {"factors": factors, "design": {"fraction": {"generators": LONG}}}
    averaged = ["network.bias", "training.optimizer.learning_rate"]
    (said,) = doubts(made({"test": PAIR, "average": averaged}, **half), "aliased")
    assert "that of training.optimizer.learning_rate x network.bias too" in said


def test_a_level_without_a_cell_is_doubted() -> None:
    said = doubts(made(**LAYOUTS[2]), "idle_level")
    assert [doubt.split(":")[0] for doubt in said] == [
        "no cell of the design has network.depth = 2",
        "no cell of the design has data.noise = 0.1",
        "no cell of the design has training.optimizer.learning_rate = 0.01",
    ]


DRAWS = {"factors": {"network.depth": [2, 4], "draws.init": {"number": 3}}, "blocks": {"draws": ["data"]}}


def test_draws_that_are_averaged_over_are_doubted() -> None:
    (said,) = doubts(made({"test": PAIR}, **DRAWS), "draws_as_fixed")
    assert said.startswith("H1: averaged over 3 draws of draws.init, the same in every block")
    assert doubts(made(**DRAWS), "draws_as_fixed") == []


def test_crossed_data_are_a_sample_of_data_sets() -> None:
    """Blocks then are initialisations, but the data are several: what is doubted is their number alone."""
    swapped = {"factors": {"network.depth": [2, 4], "draws.data": {"number": 3}}, "blocks": {"draws": ["init"]}}
    assert doubts(made({"test": PAIR}, **swapped), "inits_as_data_sets") == []
    assert len(doubts(made({"test": PAIR}, **swapped), "draws_as_fixed")) == 1


@pytest.mark.parametrize(("factors", "blocks", "said"), [
    ({"draws.init": {"number": 3}}, {}, r"every block draws it anew.*blocks: \{draws: \[data, batches\]\}"),
    ({"draws.init": {"levels": [1, 2], "role": "stratum"}}, {"draws": ["data"]}, r"draws are a sample.*role: random"),
    ({"draws.inits": {"number": 3}}, {}, r"unknown draw, found 'draws.inits'.*did you mean 'draws.init'"),
    ({"draws.init": {"levels": ["a", 2], "role": "random"}}, {"draws": ["data"]}, r"draws are numbered.*0, 1, 2, ..."),
    ({"draws.init": {"levels": [-1], "role": "random"}}, {"draws": ["data"]}, r"draws are numbered"),
    ({"draws.batches": {"number": 2}}, {"draws": ["data"]}, r"full batches have no order to draw"),
    ({"network.depth": {"levels": [1, 2], "role": "random"}}, {}, r"a random factor is a draw, found network.depth"),
    ({"draws.init": {"number": 0}}, {"draws": ["data"]}, r"`number` draws of a random factor: 1 or more"),
    ({"draws.init": [1, 2]}, {"draws": ["data"]}, r"draws are a sample, not treatments, found treatment"),
], ids=str)  # fmt: skip
def test_draws_that_cannot_be_crossed_are_refused(factors: Any, blocks: Any, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        made(factors=factors, blocks=blocks)


def test_a_crossed_draw_is_in_the_cell_and_its_id() -> None:
    cells = expand(made(**DRAWS)).cells
    assert [(cell.levels["network.depth"], dict(cell.crossed)) for cell in cells] == [
        (depth, {"init": draw}) for depth in (2, 4) for draw in (1, 2, 3)
    ]
    assert len({cell.id for cell in cells}) == 6
    assert {cell.world.network.depth for cell in cells} == {2, 4}
