"""Reported numbers: ours are NumPy's and SciPy's of the rows asked for; what was measured is read off the study."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from scipy import stats

from lnnstats.parts.sections import ReportedNumbers
from lnnstats.report.sections.measured import kind, settings
from lnnstats.report.sections.reported_numbers import HEADS, spread
from lnnstats.report.sections.requested import requested
from lnnstats.report.values import plain
from lnnstats.results.query import Results


def row(subject, **options):
    """The cells of a table of one number, by their heads."""
    number = {"quantity": "an angle", "reported": "below 1°", "response": "angle"} | options
    (table,) = requested(subject, ReportedNumbers(rows=[number]))
    return dict(zip(HEADS, table.rows[0], strict=True))


def numbers(cell):
    """The full values of the number spans of a cell."""
    return [float(span.full) for span in cell if span.role == "number"]


def frame(subject, response):
    return subject.results.table(pc.field("response") == response).to_pandas()


@pytest.fixture
def angles(changes):
    return frame(changes, "angle")


def test_a_mean_at_one_place_has_students_limits_over_blocks(changes, angles):
    where, at = {"data.scaling": "symmetric"}, {"layer": 2, "step": 10, "measurement": "update"}
    ours = row(changes, where=where, at=at)["ours"]
    here = angles["data.scaling"] == "symmetric"
    one = angles[here].query("layer == 2 and step == 10 and measurement == 'update'")["value"]
    low, high = stats.t.interval(0.95, len(one) - 1, one.mean(), stats.sem(one))
    assert numbers(ours)[0] == pytest.approx(one.mean(), rel=1e-12)  # sums in another order
    assert plain(ours) == f"{one.mean():.2f} [{low:.3f}, {high:.2f}], n = 8"


def test_several_places_of_a_block_are_one_mean(changes, angles):
    ours = row(changes, at={"step": [10, 50], "layer": "last"}, summary="median")["ours"]
    some = angles[angles["step"].isin([10, 50]) & (angles["layer"] == 3)]
    assert numbers(ours)[0] == pytest.approx(some.groupby("block")["value"].mean().median(), rel=1e-12)
    assert f"n = 8, {len(some)} values" in plain(ours)


@pytest.mark.parametrize("extreme", ["min", "max"])
def test_an_extreme_is_over_every_place_asked_for(changes, angles, extreme):
    ours = row(changes, at={"step": "all"}, summary=extreme)["ours"]
    assert numbers(ours)[0] == getattr(angles["value"], extreme)()


def test_a_standard_deviation_is_of_all_values_with_jackknifed_limits_on_its_logarithm(changes):
    cell = row(changes, response="cosine", summary="mean_sd", at={"layer": 1})["ours"]
    some = frame(changes, "cosine").query("layer == 1")
    block, value = some["block"].to_numpy(), some["value"].to_numpy()
    assert numbers(cell)[:2] == pytest.approx([some.groupby("block")["value"].mean().mean(), value.std(ddof=1)])
    left = np.log([some[some["block"] != b]["value"].std() for b in range(8)])
    error = np.sqrt(7 / 8 * ((left - left.mean()) ** 2).sum())  # Efron & Stein 1981
    low, high = value.std(ddof=1) * np.exp(np.array([-1, 1]) * stats.t.ppf(0.975, 7) * error)
    assert spread(block, value) == pytest.approx((value.std(ddof=1), low, high), rel=1e-12)


@pytest.mark.parametrize("values", [[1.0], [1.0, 2.0], [1.0, 1.0, 1.0]], ids=["one", "two", "alike"])
def test_a_standard_deviation_without_limits_has_none(values):
    sd, low, high = spread(np.arange(len(values)), np.array(values))
    assert np.isnan([low, high]).all() and (np.isnan(sd) or sd == np.std(values, ddof=1))


def test_what_is_not_finite_is_left_out_and_counted(changes):
    table = changes.results.table()
    lost = pc.and_(pc.equal(table["response"], "angle"), pc.equal(table["block"], 0))
    holed = table.set_column(
        table.schema.get_field_index("value"), "value", pc.if_else(lost, pa.scalar(float("nan")), table["value"])
    )
    ours = plain(row(replace(changes, results=Results.of(holed)), at={"layer": 1, "measurement": "update"})["ours"])
    assert "n = 7" in ours and "2 not finite" in ours


def test_dtype_scaling_formula_and_floor_are_those_of_the_study(changes):
    found = {head: plain(cell) for head, cell in row(changes, response="cosine", note="a float32 floor").items()}
    assert (found["dtype"], found["inputs"]) == ("float32", "in [0, 1], in [−1, 1]")
    assert (found["formula"], found["floor"]) == ("arccos, in float32", "0.020")
    assert (found["reported"], found["why they differ"]) == ("below 1°", "a float32 floor")
    narrowed = row(changes, where={"data.scaling": "symmetric"})
    assert plain(narrowed["inputs"]) == "in [−1, 1]" and "scaling symmetric" in plain(narrowed["what was measured"])


def test_what_was_measured_is_told_by_kind_options_and_places(changes):
    said = plain(row(changes, at={"step": [10, 50], "measurement": "update"}, summary="max")["what was measured"])
    assert said == "row angle: of mean, folded; largest; of the update; steps 10, 50; all layers"
    accuracy = row(changes, response="test_accuracy")
    assert plain(accuracy["what was measured"]) == "accuracy: split test; mean; last step"
    assert plain(accuracy["floor"]) == plain(accuracy["formula"]) == "–"


def test_a_setting_is_read_off_the_cells_and_nothing_where_there_is_none(changes):
    assert settings(changes, "training.batch") == ("32",) and settings(changes, "training.optimizer.beta") == ()
    assert kind(changes.plan.responses["test_accuracy"]) == "accuracy: split test"


def test_the_table_lies_on_its_side_on_paper(changes):
    (table,) = requested(changes, ReportedNumbers(rows=[{"quantity": "q", "reported": "1", "response": "angle"}]))
    assert table.wide and len(table.rows[0]) == len(table.columns) == len(HEADS)
