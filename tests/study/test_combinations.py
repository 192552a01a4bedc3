"""Which combinations a design has, and what they leave to compare: against lists written out by hand."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnnstats.errors import BadInput
from lnnstats.study.axes import facing
from lnnstats.study.combinations import combinations, crossed, unbalanced
from lnnstats.study.comparisons import comparisons, spoken, strata
from lnnstats.study.load import from_text
from lnnstats.study.values import Study

DEPTH: dict[str, Any] = {"levels": [1, 2, 4], "role": "stratum"}
WIDTH: dict[str, Any] = {"nested_in": "depth", "levels": {1: [1], 2: [4, 16], 4: [2, 4]}}
SLOPE = {"response": "y", "test": {"trend_slope": {"along": "width"}}}
TWO = {path: ["-", "+"] for path in "abc"}
ONE = {"where": {"a": "-", "b": "-", "c": "+"}}


def plan(factors: dict[str, Any], *hypotheses: dict[str, Any], **fields: Any) -> Study:
    """A plan for a table; what it compares is `y`."""
    tree = {"factors": factors, "responses": {"y": "measured"}, "hypotheses": list(hypotheses), **fields}
    return from_text(json.dumps(tree))  # JSON is YAML 1.2


def planned(study: Study) -> list[tuple[Any, ...]]:
    return [tuple(cell.values()) for cell in combinations(study).planned]


def test_nothing_else_is_said_so_everything_is_crossed():
    study = plan({"depth": DEPTH, "noise": [0.1, 0.2]})
    assert crossed(study) and planned(study) == list(product([1, 2, 4], [0.1, 0.2]))


def test_nested_levels_meet_their_own_level_alone():
    study = plan({"depth": DEPTH, "width": WIDTH})
    assert study.factors["width"].labels == (1, 2, 4, 16)  # numbers ascend, as a ratio scale has them
    assert planned(study) == [(1, 1), (2, 4), (2, 16), (4, 2), (4, 4)]
    assert combinations(study).left_out == 12 - 5 and not crossed(study)


def test_levels_of_words_keep_their_order_and_numbers_match_by_value():
    inits = {"nested_in": "depth", "levels": {"1.0": ["xavier", "kaiming"], "2": ["zero"], "4": ["xavier"]}}
    study = plan({"depth": DEPTH, "init": inits})
    assert study.factors["init"].labels == ("xavier", "kaiming", "zero")
    assert planned(study) == [(1, "xavier"), (1, "kaiming"), (2, "zero"), (4, "xavier")]


def test_nests_within_nests():
    unit = {"nested_in": "width", "levels": {1: ["a"], 2: ["b", "c"], 4: ["a"], 16: ["c"]}}
    study = plan({"unit": unit, "width": WIDTH, "depth": DEPTH})
    assert planned(study) == [("a", 1, 1), ("a", 4, 2), ("a", 4, 4), ("b", 2, 4), ("c", 2, 4), ("c", 16, 2)]


def test_what_is_resolved_loads_as_the_same_study():
    study = plan(
        {**TWO, "width": {"nested_in": "a", "levels": {"-": [1], "+": [4, 16]}}, "draws.init": {"number": 3}},
        design={"fraction": {"generators": {"c": ["a", "b"]}, "negative": ["c"]}},
    )
    assert Study.model_validate(json.loads(json.dumps(study.model_dump(mode="json")))) == study


def test_a_fraction_has_the_cells_whose_product_is_its_generator():
    study = plan(TWO, design={"fraction": {"generators": {"c": ["a", "b"]}}})
    assert planned(study) == [("-", "-", "+"), ("-", "+", "-"), ("+", "-", "-"), ("+", "+", "+")]
    assert combinations(study).left_out == 4


def test_a_table_has_its_rows_in_their_order():
    rows = [{"depth": 4, "noise": "0.2"}, {"noise": 0.1, "depth": 1.0}]
    study = plan({"depth": DEPTH, "noise": [0.1, 0.2]}, design={"table": {"rows": rows}})
    assert planned(study) == [(4, 0.2), (1, 0.1)] and combinations(study).left_out == 4


def test_exclusions_take_out_what_the_design_has_and_only_that():
    exclude = [{"where": {"width": 4}, "reason": "too dear"}]
    found = combinations(plan({"depth": DEPTH, "width": WIDTH}, exclude=exclude))
    assert [tuple(cell.values()) for cell, _ in found.excluded] == [(2, 4), (4, 4)]
    assert [tuple(cell.values()) for cell in found.planned] == [(1, 1), (2, 16), (4, 2)] and found.left_out == 7


@given(st.data())
def test_a_design_is_the_full_factorial_less_what_its_parts_name(data):
    """Nesting and exclusions in any combination, against the definition spelled as one filter of the product."""
    nests = {d: data.draw(st.lists(st.sampled_from([1, 2, 3]), min_size=1, unique=True)) for d in (1, 2)}
    out = {path: data.draw(st.lists(st.sampled_from(labels), min_size=1, unique=True)) for path, labels in
           {"d": [1, 2], "n": ["x", "y"]}.items()}  # fmt: skip
    study = plan(
        {"d": [1, 2], "w": {"nested_in": "d", "levels": nests}, "n": ["x", "y"]},
        exclude=[{"where": out, "reason": "asked"}],
    )
    kept = [
        (d, w, n)
        for d, w, n in product((1, 2), study.factors["w"].labels, ("x", "y"))
        if w in nests[d] and not (d in out["d"] and n in out["n"])
    ]
    assert planned(study) == kept


def test_a_stratum_compares_the_levels_it_has_and_none_is_left_without_any():
    """Depth 1 has one width: there is no trend to ask for, and so it is no stratum of the hypothesis."""
    study = plan({"depth": DEPTH, "width": WIDTH}, SLOPE)
    found = {c.stratum["depth"]: c.axes["width"] for c in comparisons(study.plan, study.hypotheses[0])}
    assert found == {2: (4, 16), 4: (2, 4)}
    assert spoken(study.plan, study.hypotheses[0]) == {"depth": (2, 4), "width": (2, 4, 16)}


def test_a_pair_needs_both_of_its_levels():
    pair = {"response": "y", "test": {"paired_t": {"along": "width", "treatment": 4, "reference": 2}}}
    study = plan({"depth": DEPTH, "width": WIDTH}, pair)
    assert [dict(stratum) for stratum in strata(study.plan, study.hypotheses[0])] == [{"depth": 4}]


@pytest.mark.parametrize(("test", "depths"), [
    ({"best_level": {"along": "width", "level": 2}}, [4]),
    ({"many_to_one": {"along": "width", "reference": 16}}, [2]),
    ({"many_to_one": {"along": "width", "reference": 4}}, [2, 4]),
    ({"contrast": {"along": "width", "weights": {2: -1, 4: 1}}}, [4]),
    ({"group_contrast": {"along": "width", "weights": [-1, 1]}}, [2, 4]),
    ({"polynomial": {"along": "width", "degree": 1}}, [2, 4]),
    ({"friedman": {"along": "width"}}, [2, 4]),
], ids=str)  # fmt: skip
def test_a_test_needs_the_levels_that_it_names(test, depths):
    study = plan({"depth": DEPTH, "width": WIDTH}, {"response": "y", "test": test})
    assert [stratum["depth"] for stratum in strata(study.plan, study.hypotheses[0])] == depths


def test_excluded_combinations_are_no_strata():
    factors = {"depth": DEPTH, "noise": {"levels": [0.1, 0.2], "role": "stratum"}, "arm": ["old", "new"]}
    test = {"response": "y", "test": {"paired_t": {"along": "arm", "treatment": "new"}}}
    study = plan(factors, test, exclude=[{"where": {"depth": 4, "noise": 0.2}, "reason": "diverges"}])
    found = [tuple(stratum.values()) for stratum in strata(study.plan, study.hypotheses[0])]
    assert found == [(1, 0.1), (1, 0.2), (2, 0.1), (2, 0.2), (4, 0.1)]


@pytest.mark.parametrize("design", [
    {"table": {"rows": [{"a": "-", "b": "-", "c": "+"}, {"a": "+", "b": "-", "c": "-"}]}},
    {"fraction": {"generators": {"c": ["a", "b"]}}},
], ids=["table", "fraction"])  # fmt: skip
def test_steps_within_a_run_are_crossed_with_every_cell(design):
    """The axes of a response that a hypothesis names places of: every run has them, whatever the layout."""
    study = plan(
        TWO,
        {"response": "y", "at": {"step": [10, 100]}, "test": {"binomial": {"of": "above_resolution"}}, **ONE},
        design=design,
        responses={"y": {"mse": {"resolution": 0.1}}},
    )
    faced = facing(study.plan, study.hypotheses[0])
    assert [dict(stratum) for stratum in strata(faced, study.hypotheses[0])] == [{"step": 10}, {"step": 100}]
    assert len(combinations(faced).planned) == 2 * len(combinations(study).planned)


def test_other_factors_are_balanced_over_the_levels_compared_or_named():
    study = plan(TWO, design={"fraction": {"generators": {"c": ["a", "b"]}}})
    cells = combinations(study).planned
    assert unbalanced(cells, study.factors, {"a": ("-", "+")}) == ()
    assert unbalanced(cells[:3], study.factors, {"a": ("-", "+")}) == ("b", "c")
    assert unbalanced(cells, study.factors, {"a": ("-", "+"), "b": ("-", "+")}) == ("c",)


NESTED = {"response": "y", "average": ["width"], "test": {"paired_t": {"along": "depth", "treatment": 4}}}


def test_a_factor_nested_in_the_compared_one_is_averaged_within_its_nests():
    study = plan({"depth": [1, 2, 4], "width": WIDTH}, NESTED)
    (found,) = comparisons(study.plan, study.hypotheses[0])
    assert {tuple(cell.values()) for cell in found.planned or ()} == {(1, 1), (4, 2), (4, 4)}


PAIR = {"response": "y", "test": {"paired_t": {"along": "a", "treatment": "+"}}, "average": ["b", "c"]}
HALF = {"design": {"fraction": {"generators": {"c": ["a", "b"]}}}}


@pytest.mark.parametrize(("factors", "hypotheses", "fields", "said"), [
    ({"w": {"nested_in": "deep", "levels": {1: [1]}}}, [], {}, r"factors.w.nested_in: unknown factor, found 'deep'"),
    ({"w": {"nested_in": "w", "levels": {1: [1]}}}, [], {}, r"nested in itself, found w in w"),
    ({"w": {"nested_in": "v", "levels": {1: [1]}}, "v": {"nested_in": "w", "levels": {1: [1]}}}, [], {},
     r"factors.v.nested_in: nested in itself, found v in w in v"),
    ({"depth": DEPTH, "w": {"nested_in": "depth", "levels": {1: [1], 3: [2]}}}, [], {},
     r"factors.w.levels.3: unknown level of depth, found '3', allowed 1, 2, 4"),
    ({"depth": DEPTH, "w": {"nested_in": "depth", "levels": {1: [1], 2: [2]}}}, [], {},
     r"factors.w.levels: no levels at a level of depth, found 4, allowed levels: \{4: \[...\]\}"),
    ({"depth": DEPTH, "w": {"nested_in": "depth", "levels": {1: [1], "1.0": [3], 2: [2], 4: [2]}}}, [], {},
     r"this level of depth is named twice"),
    ({"depth": DEPTH, "w": {"nested_in": "depth", "levels": [1, 2]}}, [], {}, r"`nested_in: factor` goes with"),
    ({"depth": DEPTH, "w": {"nested_in": "depth", "levels": {1: []}}}, [], {}, r"a list for each, of one level"),
    (TWO, [], {"design": {"fraction": {"generators": {"c": ["c", "a"]}}}}, r"names the factor it generates, found c"),
    (TWO, [], {"design": {"fraction": {"generators": {"c": ["a", "a"]}}}}, r"named twice cancels itself"),
    ({**TWO, "d": ["-", "+"]}, [], {"design": {"fraction": {"generators": {"c": ["a", "b"], "d": ["a", "c"]}}}},
     r"a generator that names a generated factor, found c, write it in the factors that are crossed"),
    ({**TWO, "d": ["-", "+"]}, [], {"design": {"fraction": {"generators": {"c": ["a", "b"], "d": ["a", "b"]}}}},
     r"two main effects are one contrast: a fraction has resolution III at least, found I = c x d"),
    ({**TWO, "b": [1, 2, 3]}, [], HALF, r"a factor of a fraction has two levels, found b has 3"),
    (TWO, [], {"design": {"fraction": {"generators": {"c": ["a", "e"]}}}}, r"unknown factor, found 'e', allowed a, b"),
    (TWO, [], {"design": {"fraction": {"generators": {"c": ["a", "b"]}, "negative": ["a"]}}},
     r"design.fraction.negative: unknown generated factor, found 'a', allowed c"),
    (TWO, [], {"design": {"table": {"rows": [{"a": "-", "b": "-"}]}}}, r"a level of every factor, found none of c"),
    ({"a": [1, 2]}, [], {"design": {"table": {"rows": [{"a": 3}]}}}, r"rows.0.a: unknown level, found 3, allowed 1, 2"),
    ({"a": [1, 2]}, [], {"design": {"table": {"rows": [{"a": 1}, {"a": "1.0"}]}}}, r"named twice, found rows 1 and 2"),
    ({"a": [1, 2]}, [], {"design": {"table": {"rows": [{"b": 1, "a": 1}]}}}, r"rows.0.b: unknown factor"),
    ({"depth": DEPTH, "width": WIDTH}, [], {"design": {"table": {"rows": [{"depth": 1, "width": 1}]}}},
     r"a table says itself which levels meet"),
    ({"depth": DEPTH, "width": {**WIDTH, "levels": {1: [1], 2: [4], 4: [2]}}}, [SLOPE], {},
     r"hypotheses.0: the design has nothing to compare, found width"),
    ({"depth": DEPTH, "width": WIDTH}, [{"response": "y", "test": {"polynomial": {"along": "width"}}}], {},
     r"hypotheses.0: the design has nothing to compare, found width"),
    ({"depth": [1, 2, 4], "width": WIDTH}, [{"response": "y", "test": {"rm_anova": {"factors": ["depth", "width"]}}}],
     {}, r"lacks a combination that is compared, found depth = 1, width = 2, take one of the factors as strata"),
    (TWO, [{**PAIR, "where": {"b": "+"}}], HALF, r"different levels of another factor.*found c, take it as strata"),
    (TWO, [{**PAIR}], {"exclude": [{"where": {"a": "+", "b": "+", "c": "+"}, "reason": "no"}]}, r"found b, c"),
], ids=str)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_place(factors, hypotheses, fields, said):
    with pytest.raises(BadInput, match=said):
        plan(factors, *hypotheses, **fields)
