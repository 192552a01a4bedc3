"""Selection aligns by key: rows in any order, levels in any spelling, nothing doubled, nothing dropped unsaid."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from lnnstats.analysis.rows import level_codes
from lnnstats.analysis.select import Sample, samples
from lnnstats.errors import BadInput
from lnnstats.results.query import Results
from lnnstats.study.comparisons import compared
from lnnstats.study.levels import level_key
from lnnstats.study.values import Plan
from tests.analysis.tables import DEPTHS, PAIRED, crossed, pairs, plan, table

TREND = {"trend_slope": {"along": "depth"}}
RNG = np.random.default_rng(1)


def selected(rows: list, asked: Plan, **types: pa.DataType) -> list[Sample]:
    return list(samples(Results.of(table(rows, **types)), asked, asked.hypotheses[0]))


def shuffled(rows: list, seed: int = 3) -> list:
    return [rows[i] for i in np.random.default_rng(seed).permutation(len(rows))]


def test_a_pair_is_treatment_then_reference():
    asked, values = plan({"test": PAIRED}), RNG.lognormal(size=(6, 2))
    (found,) = selected(pairs(*values.T), asked)
    assert found.levels == ("adam", "sgd")
    np.testing.assert_array_equal(found.values, values)
    np.testing.assert_array_equal(found.blocks, np.arange(6))


def test_order_of_rows_does_not_matter():
    asked = plan(
        {"test": PAIRED}, factors={"optimizer": ["sgd", "adam"], "noise": {"levels": [0.1, 0.2], "role": "stratum"}}
    )
    rows = [row for noise in (0.1, 0.2) for row in pairs(*RNG.lognormal(size=(2, 7)), noise=noise)]
    for one, other in zip(selected(rows, asked), selected(shuffled(rows), asked), strict=True):
        assert one.stratum == other.stratum
        np.testing.assert_array_equal(one.values, other.values)
        np.testing.assert_array_equal(one.blocks, other.blocks)


def test_the_reference_is_the_factor_s_unless_named():
    factors = {"optimizer": {"levels": ["sgd", "adam", "momentum"], "reference": "momentum"}}
    asked = plan({"test": {"paired_t": {"along": "optimizer", "treatment": "adam"}}}, factors=factors)
    assert compared(asked, asked.hypotheses[0]) == {"optimizer": ("adam", "momentum")}


def test_two_rows_for_one_run_name_block_and_level():
    rows = pairs(*RNG.lognormal(size=(2, 4)))
    with pytest.raises(BadInput, match="more than one row for one run, found block 2, level sgd"):
        selected([*rows, {**rows[5], "value": 9.0}], plan({"test": PAIRED}))


def test_blocks_that_lack_a_run_are_left_out_and_counted():
    values = RNG.lognormal(size=(5, 2))
    rows = [r for r in pairs(*values.T) if (r["block"], r["optimizer"]) not in {(1, "adam"), (3, "sgd")}]
    (found,) = selected(rows, plan({"test": PAIRED}))
    assert found.incomplete == 2
    assert found.missing == ()
    np.testing.assert_array_equal(found.blocks, [0, 2, 4])
    np.testing.assert_array_equal(found.values, values[[0, 2, 4]])


def test_a_level_without_any_run_is_missing():
    rows = [r for r in pairs(*RNG.lognormal(size=(2, 5))) if r["optimizer"] == "adam"]
    assert selected(rows, plan({"test": PAIRED}))[0].missing == ("sgd",)


def test_other_levels_do_not_enter():
    """A run at a level that is not compared, or that the plan does not name at all, leaves the sample as it was."""
    values = RNG.lognormal(size=(4, 2))
    rows = pairs(*values.T) + crossed(RNG.lognormal(size=(4, 1)), "optimizer", ["lbfgs"])
    (found,) = selected(rows, plan({"test": PAIRED}))
    np.testing.assert_array_equal(found.values, values)


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        ([1, 2, 4], pa.int64()),
        ([1.0, 2.0, 4.0], pa.float64()),
        (["1", "2", "4"], pa.string()),
        (["1.0", " 2", "4e0"], pa.string()),
    ],
    ids=["integers", "reals", "text", "other text"],
)
def test_levels_match_by_value_not_by_spelling(labels, kind):
    values = RNG.lognormal(size=(5, 3))
    (found,) = selected(crossed(values, "depth", labels), plan({"test": TREND}, factors=DEPTHS), depth=kind)
    assert found.levels == (1, 2, 4)
    np.testing.assert_array_equal(found.values, values)


def test_levels_keep_the_order_of_the_plan_where_text_sorts_otherwise():
    factors, labels = {"depth": {"levels": [2, 10, 16], "scale": "ordinal"}}, ["16", "2", "10"]
    values = RNG.lognormal(size=(5, 3))
    (found,) = selected(crossed(values, "depth", labels), plan({"test": TREND}, factors=factors))
    np.testing.assert_array_equal(found.values, values[:, [1, 2, 0]])


@pytest.mark.parametrize(
    "spellings", [(2, 2.0, "2", "2.0", " 2 "), (True, "true", "True"), ("sgd", " sgd"), (0.1, "0.1", "1e-1")], ids=str
)
def test_spellings_of_one_level(spellings):
    assert len({level_key(spelling) for spelling in spellings}) == 1


def test_a_row_without_a_level_has_none():
    column = pa.chunked_array([pa.array(["sgd", None, "adam", "other"])])
    assert level_codes(column, ("sgd", "adam")).tolist() == [0, -1, 1, -1]
    assert level_codes(pa.chunked_array([pa.array([None], pa.string())]), ("sgd",)).tolist() == [-1]


STEPS = {"y": "measured"}


def stepped() -> tuple[list, np.ndarray]:
    """Rows of two optimizers at three steps, and their values [blocks, levels, steps]."""
    values = RNG.lognormal(size=(4, 2, 3))
    return [r for i, s in enumerate((0, 10, 100)) for r in pairs(*values[:, :, i].T, step=s)], values


@pytest.mark.parametrize(
    ("at", "index"), [({}, 2), ({"step": "last"}, 2), ({"step": 10}, 1), ({"step": 0}, 0)], ids=str
)
def test_at_takes_one_step(at, index):
    rows, values = stepped()
    (found,) = selected(shuffled(rows), plan({"test": PAIRED, "at": at}, responses=STEPS))
    np.testing.assert_array_equal(found.values, values[:, :, index])


LAYERED = {"responses": {"y": {"singular_ratio": {"resolution": 1e-9}}}}


def layered() -> tuple[list, np.ndarray]:
    values = RNG.lognormal(size=(4, 2, 3))
    return [r for i in range(3) for r in pairs(*values[:, :, i].T, step=5, layer=i + 1)], values


@pytest.mark.parametrize("how", ["max", "min", "mean"])
def test_reduce_takes_an_axis_away(how):
    rows, values = layered()
    (found,) = selected(shuffled(rows), plan({"test": PAIRED, "reduce": {"layer": how}}, **LAYERED))
    # The same three numbers reduced in another order: the mean may differ in the last place.
    np.testing.assert_allclose(found.values, getattr(np, how)(values, axis=2), rtol=1e-15)


def test_at_takes_one_layer():
    rows, values = layered()
    (found,) = selected(rows, plan({"test": PAIRED, "at": {"layer": 2}}, **LAYERED))
    np.testing.assert_array_equal(found.values, values[:, :, 1])


TWO = {"optimizer": ["sgd", "adam"], "width": [4, 8]}
STRATA = {"optimizer": ["sgd", "adam"], "width": {"levels": [4, 8], "role": "stratum"}}
NUISANCE = {"optimizer": ["sgd", "adam"], "width": {"levels": [4, 8], "role": "nuisance"}}


def two_widths(blocks: int = 4) -> tuple[list, np.ndarray]:
    values = RNG.lognormal(size=(blocks, 2, 2))
    return [r for i, w in enumerate((4, 8)) for r in pairs(*values[:, :, i].T, width=w)], values


def test_where_fixes_a_factor():
    rows, values = two_widths()
    (found,) = selected(rows, plan({"test": PAIRED, "where": {"width": 8}}, factors=TWO))
    np.testing.assert_array_equal(found.values, values[:, :, 1])


def test_where_leaves_levels_out_of_a_trend():
    values = RNG.lognormal(size=(4, 3))
    (found,) = selected(
        crossed(values, "depth", [1, 2, 4]), plan({"test": TREND, "where": {"depth": [2, 4]}}, factors=DEPTHS)
    )
    assert found.levels == (2, 4)
    np.testing.assert_array_equal(found.values, values[:, 1:])


def test_strata_are_one_sample_each():
    rows, values = two_widths()
    found = selected(shuffled(rows), plan({"test": PAIRED}, factors=STRATA))
    assert [dict(s.stratum) for s in found] == [{"width": 4}, {"width": 8}]
    for index, one in enumerate(found):
        np.testing.assert_array_equal(one.values, values[:, :, index])


@pytest.mark.parametrize(
    "asked",
    [
        plan({"test": PAIRED, "strata": "average"}, factors=STRATA),
        plan({"test": PAIRED, "average": ["width"]}, factors=TWO),
        plan({"test": PAIRED, "average": ["width"]}, factors=STRATA),
        plan({"test": PAIRED}, factors=NUISANCE),
    ],
    ids=["strata", "treatment", "one stratum", "nuisance"],
)
def test_averaged_factors_are_averaged_within_the_block(asked):
    rows, values = two_widths()
    (found,) = selected(shuffled(rows), asked)
    # Two numbers: their mean is one rounding in any order.
    np.testing.assert_array_equal(found.values, values.mean(axis=2))


def test_a_block_without_one_of_the_averaged_cells_is_incomplete():
    rows, values = two_widths()
    rows = [r for r in rows if (r["block"], r["optimizer"], r["width"]) != (2, "sgd", 8)]
    (found,) = selected(rows, plan({"test": PAIRED, "strata": "average"}, factors=STRATA))
    assert found.incomplete == 1
    np.testing.assert_array_equal(found.values, values[[0, 1, 3]].mean(axis=2))


def test_divergence_and_censoring_of_any_averaged_run_count():
    rows, _ = two_widths()
    rows[0] |= {"status": "diverged"}  # block 0, adam, width 4
    rows[3] |= {"observed": False}  # block 1, sgd, width 4
    (found,) = selected(rows, plan({"test": PAIRED, "strata": "average"}, factors=STRATA))
    assert found.diverged.tolist() == [[True, False], [False, False], [False, False], [False, False]]
    assert found.observed.tolist() == [[True, True], [True, False], [True, True], [True, True]]


def test_one_cell_has_no_levels():
    responses = {"y": {"measured": {"resolution": 1.0}}}
    asked = plan({"test": {"binomial": {}}, "where": {"optimizer": "adam"}}, responses=responses)
    values = RNG.lognormal(size=(5, 2))
    (found,) = selected(pairs(*values.T), asked)
    assert found.levels == ()
    np.testing.assert_array_equal(found.values, values[:, :1])


def test_a_response_that_the_table_lacks_is_named():
    with pytest.raises(
        BadInput, match=r"hypotheses\.H1\.response: the table holds no rows of this response, found 'y'"
    ):
        selected(pairs([1.0], [2.0], response="z"), plan({"test": PAIRED}))


def lacking(rows: list, *keys: tuple) -> list:
    """The rows less those of (block, level) or (block, level, more)."""
    return [r for r in rows if (r["block"], r["optimizer"], *([r["width"]] if "width" in r else [])) not in keys]


def test_a_block_missing_in_every_compared_cell_is_incomplete():
    factors = {"optimizer": ["sgd", "adam", "momentum"]}
    rows = pairs(*RNG.lognormal(size=(2, 5))) + crossed(RNG.lognormal(size=(6, 1)), "optimizer", ["momentum"])
    (found,) = selected(rows, plan({"test": PAIRED}, factors=factors))
    assert (found.blocks.tolist(), found.incomplete) == ([0, 1, 2, 3, 4], 1)  # block 5 has momentum alone


def test_a_block_whose_runs_have_no_such_step_is_incomplete():
    rows, _ = stepped()
    rows = [r for r in rows if not (r["block"] == 2 and r["step"] == 100)]
    (found,) = selected(rows, plan({"test": PAIRED}, responses=STEPS))
    assert (found.blocks.tolist(), found.incomplete) == ([0, 1, 3], 1)


def test_a_block_without_the_response_is_incomplete():
    rows = pairs(*RNG.lognormal(size=(2, 5)), response="other") + pairs(*RNG.lognormal(size=(2, 4)))
    (found,) = selected(rows, plan({"test": PAIRED}, responses={"y": "measured", "other": "measured"}))
    assert (found.blocks.size, found.incomplete) == (4, 1)


@pytest.mark.parametrize("where", [{}, {"width": 8}], ids=["a stratum each", "by where"])
def test_a_block_of_other_conditions_is_not_asked_for(where):
    rows = [r for r in two_widths(6)[0] if (r["block"] < 4) == (r["width"] == 4)]
    found = selected(rows, plan({"test": PAIRED, "where": where}, factors=STRATA if not where else TWO))
    assert [(one.blocks.size, one.incomplete) for one in found][-1] == (2, 0)


def test_independent_groups_are_of_the_blocks_in_the_compared_levels():
    """A block in a third group is not missing; one in a compared group without a value is."""
    factors = {"optimizer": ["sgd", "adam", "momentum"]}
    welch = {"welch_t": {"along": "optimizer", "treatment": "adam", "reference": "sgd"}}
    rows = [{"optimizer": o, "block": b, "value": 1.0 + b} for b, o in enumerate(["sgd", "adam", "momentum"] * 3)]
    rows[1] |= {"response": "other"}
    asked = plan({"test": welch}, factors=factors, responses={"y": "measured", "other": "measured"})
    (found,) = selected(rows, asked)
    assert (found.blocks.tolist(), found.incomplete) == ([0, 3, 4, 6, 7], 1)


def test_a_level_of_an_averaged_factor_without_a_run_is_missing():
    rows = [r for r in two_widths()[0] if r["width"] == 4]
    for asked in (
        plan({"test": PAIRED}, factors=NUISANCE),
        plan({"test": PAIRED, "strata": "average"}, factors=STRATA),
    ):
        assert selected(rows, asked)[0].missing == ("8 of width",)
    assert selected(rows, plan({"test": PAIRED, "where": {"width": 4}}, factors=NUISANCE))[0].missing == ()


@pytest.mark.parametrize("how", ["max", "min", "mean"])
def test_a_stratum_without_a_row_is_empty_and_says_so(how):
    rows, _ = layered()
    factors = {"optimizer": ["sgd", "adam"], "width": {"levels": [4, 8], "role": "stratum"}}
    asked = plan({"test": PAIRED, "reduce": {"layer": how}}, factors=factors, **LAYERED)
    _, empty = selected([{"width": 4, **r} for r in rows], asked)
    assert (empty.values.shape, empty.missing, empty.incomplete) == ((0, 2), ("adam", "sgd"), 0)


SPLIT = {"mixed_anova": {"between": ["optimizer"], "within": ["width"], "effect": ["optimizer"]}}


def split_plot() -> list:
    """Blocks 0 to 4 under sgd, 5 to 9 under adam, each at both widths."""
    rows = [r for r in two_widths(10)[0] if (r["block"] < 5) == (r["optimizer"] == "sgd")]
    return sorted(rows, key=lambda r: r["block"])


def test_a_block_of_a_split_plot_incomplete_within_its_group_is_counted():
    rows = lacking(split_plot(), (1, "sgd", 8), (7, "adam", 4))
    (found,) = selected(rows, plan({"test": SPLIT}, factors=TWO))
    assert (found.blocks.tolist(), found.incomplete) == ([0, 2, 3, 4, 5, 6, 8, 9], 2)


def test_a_block_in_two_groups_of_a_split_plot_is_left_to_be_refused():
    rows = [*lacking(split_plot(), (1, "sgd", 8)), {"optimizer": "adam", "width": 8, "block": 1, "value": 1.0}]
    (found,) = selected(rows, plan({"test": SPLIT}, factors=TWO))
    assert (found.blocks.size, found.incomplete) == (10, 0)


def test_a_model_takes_the_runs_that_are_there():
    mixed = {"mixed_pair": {"along": "optimizer", "treatment": "adam", "reference": "sgd"}}
    (found,) = selected(lacking(pairs(*RNG.lognormal(size=(2, 6))), (2, "sgd")), plan({"test": mixed}))
    assert (found.blocks.size, found.incomplete, int(found.present.sum())) == (6, 0, 11)
