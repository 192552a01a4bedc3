"""Options of data sources: what they work out, what they refuse, and what of them is content."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from lnnstats.design.expand import expand
from lnnstats.parts.sources import SOURCES, Cifar10, Digits, GaussianClasses, SeparableClasses
from lnnstats.study.load import from_text
from lnnstats.study.schema import schema
from lnnstats.study.values import Study

TREE = {
    "data": {"cifar10": {"classes": ["cat", "dog"]}},
    "network": "linear",
    "factors": {"data.train_per_class": [10, 20]},
    "blocks": {"number": 2},
    "responses": {"accuracy": "accuracy"},
}


def study(**options) -> Study:
    return from_text(json.dumps({**TREE, "data": {"cifar10": {"classes": ["cat", "dog"], **options}}}))


def test_where_the_images_lie_is_no_content():
    here, there = study(path="/here"), study()
    assert here.model_dump(mode="json") == there.model_dump(mode="json")
    assert [cell.id for cell in expand(here).cells] == [cell.id for cell in expand(there).cells]
    assert expand(study(scaling="symmetric")).cells[0].id != expand(there).cells[0].id


def test_every_cell_of_a_study_knows_where_its_images_lie():
    assert {cell.world.data.path for cell in expand(study(path="/here")).cells} == {"/here"}


def test_a_stand_in_is_content():
    assert {cell.id for cell in expand(study(stand_in="digits")).cells}.isdisjoint(
        cell.id for cell in expand(study()).cells
    )


@pytest.mark.parametrize(
    "options",
    [
        {"classes": ["cat"]},
        {"classes": ["cat", "cat"]},
        {"classes": ["cat", "horse", "whale"]},
        {"train_per_class": 5001},
        {"test_per_class": 1001},
        {"train_per_class": 0},
        {"stand_in": "faces"},
        {"scaling": "whitened"},
    ],
)
def test_what_cifar10_does_not_have_is_refused(options):
    with pytest.raises(ValidationError):
        Cifar10.model_validate(options)


def test_inputs_are_the_images_numbers():
    assert (Cifar10().inputs, Cifar10().image, Cifar10().train, Cifar10().test) == (3072, (3, 32, 32), 50_000, 10_000)
    assert (Cifar10(stand_in="digits").inputs, Digits().inputs, Digits().image) == (64, 64, (1, 8, 8))


@pytest.mark.parametrize(("options", "drawn"), [({}, False), ({"train_per_class": 4999}, True)])
def test_images_are_drawn_where_not_all_are_asked_for(options, drawn):
    assert Cifar10(**options).drawn is drawn
    assert Cifar10(**options, stand_in="digits").drawn


class TestCoding:
    @pytest.mark.parametrize("kind", [kind for kind, part in SOURCES.items() if part.labelled])
    def test_a_scalar_is_of_two_classes(self, kind):
        two = {"classes": ["cat", "dog"]} if kind == "cifar10" else {"classes": [3, 8]} if kind == "digits" else {}
        source = SOURCES[kind].model_validate({**two, "coding": "scalar"})
        assert (source.outputs, source.groups) == (1, 2)
        ten = {} if kind in ("cifar10", "digits") else {"classes": 10}
        with pytest.raises(ValidationError, match="coding scalar needs two classes, not 10"):
            SOURCES[kind].model_validate({**ten, "coding": "scalar"})

    def test_it_leaves_no_trace_at_its_default(self):
        assert "coding" not in json.dumps(Digits().model_dump(mode="json"))
        assert "scalar" in json.dumps(GaussianClasses(coding="scalar").model_dump(mode="json"))


def test_separable_classes_need_room_for_their_map():
    assert SeparableClasses(classes=7, features=7).inputs == 7
    with pytest.raises(ValidationError, match="7 classes need as many features, not 6"):
        SeparableClasses(classes=7, features=6)


def test_the_schema_names_the_classes_and_the_path():
    text = json.dumps(schema())
    assert '"airplane"' in text and '"stand_in"' in text and '"path"' in text
