"""Study -> Design: every combination once, exclusions with their reasons, names that depend on content alone."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnnstats.design.expand import expand, measured_digest, world_digest
from lnnstats.design.forms import form, shape_key
from lnnstats.errors import BadInput
from lnnstats.parts.networks import NETWORKS
from tests.worlds import CLASSES, DIGITS, PLANE, SCALAR, study

DEPTHS, NOISES = [1, 2, 5], [0.1, 0.2]
FACTORS: dict[str, Any] = {"network.depth": DEPTHS, "data.noise": {"levels": NOISES, "role": "stratum"}}


def ids(**options: Any) -> dict[tuple[tuple[str, Any], ...], str]:
    """Levels -> cell id."""
    return {tuple(sorted(cell.levels.items())): cell.id for cell in expand(study(**options)).cells}


def test_the_full_factorial_has_every_combination_once() -> None:
    design = expand(study(factors=FACTORS))
    assert [(cell.levels["network.depth"], cell.levels["data.noise"]) for cell in design.cells] == list(
        product(DEPTHS, NOISES)
    )
    assert [(cell.world.network.depth, cell.world.data.noise) for cell in design.cells] == list(product(DEPTHS, NOISES))  # type: ignore[union-attr]
    assert len({cell.id for cell in design.cells}) == len(design.cells) and design.excluded == ()
    assert design.runs == 6 * design.study.blocks.number


def test_a_study_without_factors_is_one_cell() -> None:
    (cell,) = expand(study()).cells
    assert cell.levels == {} and cell.fresh == ""


def test_exclusions_take_out_what_they_name_and_keep_the_reason() -> None:
    made = study(factors=FACTORS).model_dump()
    exclude = [{"where": {"network.depth": [2, 5], "data.noise": 0.2}, "reason": "too dear"}]
    design = expand(type(study()).model_validate({**made, "exclude": exclude}))
    assert [(e.levels["network.depth"], e.levels["data.noise"]) for e in design.excluded] == [(2, 0.2), (5, 0.2)]
    assert {e.exclusion.reason for e in design.excluded} == {"too dear"}
    kept = [
        cell.id
        for cell in expand(study(factors=FACTORS)).cells
        if not (cell.levels["network.depth"] in (2, 5) and cell.levels["data.noise"] == 0.2)
    ]
    assert [cell.id for cell in design.cells] == kept


def test_excluding_everything_is_refused() -> None:
    made = type(study()).model_validate(
        {**study(factors=FACTORS).model_dump(), "exclude": [{"where": {"network.depth": DEPTHS}, "reason": "no"}]}
    )
    with pytest.raises(BadInput, match="no cell is left"):
        expand(made)


def test_a_combination_that_is_no_world_names_its_levels() -> None:
    made = study(
        network={"linear": {"depth": 2}}, factors={"network.width": [[3], 4], "network.depth": [2, 3]}, data=PLANE
    )
    with pytest.raises(
        BadInput,
        match=r"width lists 1 hidden layers, depth 3 has 2, found network.width = 3, network.depth = 3, exclude this",
    ):
        expand(made)


def test_the_base_value_of_a_factor_does_not_enter() -> None:
    """The cell is what is trained: where the base world says another depth, the cell at that level is the same cell."""
    assert ids(network={"linear": {"depth": 4}}, factors=FACTORS) == ids(
        network={"linear": {"depth": 1}}, factors=FACTORS
    )


@settings(max_examples=30)
@given(st.data())
def test_ids_do_not_depend_on_position_order_or_other_levels(data: st.DataObject) -> None:
    depths, noises = data.draw(st.permutations([1, 2, 3, 5])), data.draw(st.permutations([0.1, 0.2, 0.7]))
    names = data.draw(st.permutations(list(FACTORS)))
    factors = {"network.depth": depths, "data.noise": {"levels": noises, "role": "stratum"}}
    small, large = ids(factors=FACTORS), ids(factors={name: factors[name] for name in names})
    assert {levels: large[levels] for levels in small} == small


@pytest.mark.parametrize(
    "change",
    [
        {"optimizer": {"sgd": {"learning_rate": 0.5}}},
        {"steps": 21},
        {"dtype": "float32"},
        {"blocks": {"draws": ["data"]}},
        {"blocks": {"fresh": ["data.noise"]}},
        {"data": {"linear_regression": {**SCALAR["linear_regression"], "train": 21}}},
    ],
    ids=str,
)
def test_whatever_is_trained_differently_has_another_id(change: dict[str, Any]) -> None:
    assert set(ids(factors=FACTORS).values()).isdisjoint(ids(**{"factors": FACTORS, **change}).values())


@pytest.mark.parametrize("change", [
    {"blocks": {"number": 99}}, {"responses": {"other": {"mse": {"split": "test"}}}},
    {"factors": {**FACTORS, "data.noise": {"levels": NOISES, "role": "treatment"}}},
], ids=str)  # fmt: skip
def test_blocks_responses_and_roles_do_not_rename_cells(change: dict[str, Any]) -> None:
    assert ids(**{"factors": FACTORS, **change}) == ids(factors=FACTORS)


def test_fresh_strata_draw_under_their_level() -> None:
    cells = expand(study(factors=FACTORS, blocks={"fresh": ["data.noise"]})).cells
    assert [cell.fresh for cell in cells] == ['{"data.noise":0.1}', '{"data.noise":0.2}'] * 3


def test_digests_name_the_world_and_what_is_measured() -> None:
    first = study(factors=FACTORS)
    assert world_digest(study(factors={"network.depth": [9]}, blocks={"number": 7})) == world_digest(first)
    assert world_digest(study(optimizer={"sgd": {"learning_rate": 0.5}})) != world_digest(first)
    coarse, fine = (study(responses={"e": {"mse": {"resolution": r}}}) for r in (0.1, 0.2))
    assert (
        measured_digest(coarse)
        == measured_digest(fine)
        != measured_digest(study(responses={"e": {"mse": {"split": "test"}}}))
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "chain"),
        ({"network": {"linear": {"depth": 3}}}, "chain"),
        ({"network": {"linear": {"depth": 3, "width": [1, 1]}}}, "chain"),
        ({"network": {"linear": {"depth": 2, "width": 2}}}, "moments"),
        ({"data": PLANE}, "moments"),
        ({"batch": 5}, "autograd"),
        ({"network": "relu"}, "autograd"),
        ({"network": "tanh", "data": PLANE}, "autograd"),
        ({"data": CLASSES, "loss": "cross_entropy"}, "autograd"),
    ],
    ids=str,
)
def test_the_form_is_the_cheapest_that_is_exact(options: dict[str, Any], expected: str) -> None:
    assert form(study(**options).world) == expected


@pytest.mark.parametrize(("factors", "base", "batches"), [
    ({"network.depth": [1, 2, 5]}, {}, 1),  # a chain pads its depths
    ({"network.depth": [1, 2, 5]}, {"data": PLANE}, 3),
    ({"network.width": [2, 3]}, {"data": PLANE, "network": {"linear": {"depth": 2}}}, 2),
    ({"training.optimizer.learning_rate": [0.1, 0.2], "data.noise": [0.1, 0.2]}, {"data": PLANE}, 1),
    ({"training.optimizer": ["sgd", "adam"]}, {}, 2),
    ({"training.dtype": ["float32", "float64"]}, {}, 2),
    ({"network.init.gain": [0.5, 1.0]}, {"network": {"relu": {"init": "xavier"}}}, 1),
    ({"network": list(NETWORKS)}, {"data": DIGITS}, len(NETWORKS)),
], ids=str)  # fmt: skip
def test_cells_of_the_same_shapes_share_a_batch(factors: Any, base: Any, batches: int) -> None:
    design = expand(study(**base, factors=factors))
    assert len(design.batches) == batches
    assert sorted(c.id for batch in design.batches for c in batch.cells) == sorted(c.id for c in design.cells)
    for batch in design.batches:
        assert len({shape_key(cell.world) for cell in batch.cells}) == 1
        assert {form(cell.world) for cell in batch.cells} == {batch.form}


def test_a_combination_that_cannot_be_trained_is_bad_input() -> None:
    """Each level alone fits the base; together they ask for a batch of 50 out of 20 points."""
    factors = {"data.train": [20, 100], "training.batch": [10, 50]}
    with pytest.raises(BadInput, match=r"a batch larger than the training split, found 50 at data.train = 20"):
        expand(study(factors=factors))


def test_two_levels_of_one_content_are_bad_input() -> None:
    same = [{"name": "a", "sgd": {}}, {"name": "b", "sgd": {}}]
    with pytest.raises(BadInput, match="two cells are the same world"):
        expand(study(factors={"training.optimizer": same}))
