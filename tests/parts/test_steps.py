"""Options of planned comparisons: weights by level, spelled as a file spells them, and refusals before any data."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from lnnstats.parts.procedures.steps import Interaction, InteractionSlope, PlannedContrast


def test_levels_that_are_numbers_stay_numbers():
    """A JSON key is text; the level it names is the number of the factor."""
    test = PlannedContrast(along="depth", weights={"2": -1.0, "4": -1.0, "8.5": 2.0})
    assert test.chosen("depth", 2) == (2, 4, 8.5)
    assert PlannedContrast(along="optimizer", weights={"sgd": -1.0, "adam": 1.0}).chosen("optimizer", None) == (
        "sgd", "adam",
    )  # fmt: skip
    again = PlannedContrast.model_validate({"kind": "contrast", **test.model_dump()["contrast"]})
    assert again == test


@pytest.mark.parametrize("weights", [{"a": 1.0, "b": 1.0}, {"a": 0.0, "b": 0.0}, {"a": 1.0}, {}, {"a": "x", "b": 1.0}])
def test_weights_that_are_no_contrast(weights):
    with pytest.raises(ValidationError):
        PlannedContrast(along="optimizer", weights=weights)


def test_interactions_name_a_level_of_each_factor():
    test = Interaction(factors=("optimizer", "depth"), treatment=("adam", 16), reference=("sgd", None))
    assert test.chosen("optimizer", "x") == ("adam", "sgd")
    assert test.chosen("depth", 2) == (16, 2)
    slope = InteractionSlope(factors=("optimizer", "depth"), treatment="adam")
    assert slope.chosen("optimizer", "sgd") == ("adam", "sgd")
    assert slope.chosen("depth", 2) is None
    with pytest.raises(ValidationError):
        Interaction(factors=("optimizer",), treatment=("adam",))
