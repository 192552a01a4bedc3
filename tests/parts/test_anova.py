"""The options of the ANOVA family: what they accept, what they compare, what they refuse."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from lnnstats.parts.procedures.anova import Anova, GroupContrast, MixedAnova, RmAnova, WelchAnova


def test_what_is_compared():
    assert RmAnova(factors=("a", "b"), effect="a").compared == ("a", "b")
    mixed = MixedAnova(between="g", within=("a", "b"))
    assert mixed.compared == ("g", "a", "b") and mixed.blocks == "partial"
    assert WelchAnova(along="g").blocks == Anova(factors=("g",)).blocks == "between"


def test_levels_of_a_contrast_in_the_order_of_its_weights():
    contrast = GroupContrast(along="g", weights=(1.0, -0.5, -0.5), levels=("c", "a", "b"))
    assert contrast.chosen("g", "a") == ("c", "a", "b")
    assert GroupContrast(along="g", weights=(1.0, -1.0)).chosen("g", "a") is None


@pytest.mark.parametrize(
    ("part", "options", "message"),
    [
        (RmAnova, {"factors": ("a", "b"), "effect": ("c",)}, "effect names c, which is not among the factors a, b"),
        (RmAnova, {"factors": ("a", "a")}, "named twice"),
        (RmAnova, {"factors": ()}, "at least 1"),
        (RmAnova, {"factors": ("a",), "correction": "auto"}, "'gg', 'hf' or 'none'"),
        (Anova, {"factors": ("a",), "type": 1}, "2 or 3"),
        (Anova, {"factors": ("a",), "type": 2, "robust": "hc3"}, "HC3 errors belong to type 3"),
        (MixedAnova, {"between": "a", "within": "a"}, "named twice"),
        (GroupContrast, {"along": "g", "weights": (1.0, -0.5)}, "sum to 0"),
        (GroupContrast, {"along": "g", "weights": (0.0, 0.0)}, "not all 0"),
        (GroupContrast, {"along": "g", "weights": (1.0, -1.0), "levels": ("a", "b", "c")}, "one weight for each"),
    ],
)
def test_refusals(part, options, message):
    with pytest.raises(ValidationError, match=message):
        part(**options)
