"""Two panels: the curves are NumPy's means of the rows asked for, the floor is drawn, zeros are owned up to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from lnnstats.parts.responses.changes import floor
from lnnstats.parts.responses.rows import sampled_rows
from lnnstats.parts.sections import TwoPanel
from lnnstats.report.figures import pdf, svg
from lnnstats.report.sections.requested import requested
from lnnstats.report.values import plain
from lnnstats.results.query import Results

WHERE = {"measurement": "update", "data.scaling": "unit"}


def shown(subject, **options):
    """The figure of a section on angles by layer above both accuracies."""
    below = ["train_accuracy", "test_accuracy"]
    part = TwoPanel(**{"response": "angle", "by": "layer", "below": below, "where": WHERE} | options)
    (figure,) = requested(subject, part)
    return figure


def values(subject, response, step, **where):
    """The values of a response at a step, blocks in order."""
    table = subject.results.table()
    for column, wanted in {"response": response, "step": step, "data.scaling": "unit", **where}.items():
        table = table.filter(pc.equal(table[column].cast(pa.string()), str(wanted)))
    return table.sort_by("block")["value"].to_numpy()


def test_every_curve_is_the_mean_over_blocks_of_its_rows_up_to_the_last_step_shown(changes):
    above, below = shown(changes, until=50).drawing.parts
    for layer, series in enumerate(above.panels[0].series, 1):
        assert series.label == str(layer) and series.x[0] == 1 and series.x[-1] == 50
        means = [values(changes, "angle", int(s), layer=layer, measurement="update").mean() for s in series.x]
        np.testing.assert_allclose(series.y, means, rtol=1e-12)  # sums in another order
    for name, series in zip(("train_accuracy", "test_accuracy"), below.panels[0].series, strict=True):
        assert series.label == name.replace("_", " ") and series.x[0] == 0
        np.testing.assert_allclose(series.y, [values(changes, name, int(s)).mean() for s in series.x], rtol=1e-12)


def test_the_floor_of_the_dtype_is_a_line_with_its_name(changes):
    figure = shown(changes)
    (line,) = figure.drawing.parts[0].lines
    assert line.value == floor(changes.plan.responses["angle"], "float32")
    assert line.label == "floor of float32: 6.8 × 10⁻⁶ degrees" and line.label in figure.description
    assert figure.drawing.parts[0].y_label == "mean angle (degrees)" and not figure.drawing.parts[1].lines


def test_the_caption_names_the_rows_that_were_measured(changes):
    said = plain(shown(changes, until=50).caption)
    rows = sampled_rows(300, 1) + 1
    assert f"layer 1: rows {rows[0]}, {rows[1]}, {rows[2]} … {rows[-1]} of 300" in said and "layer 2" not in said
    full = sorted(s for s in changes.plan.responses["angle"].full_steps(60) if s <= 50)
    assert f"all rows at steps {', '.join(map(str, full))}." in said


def test_where_every_row_is_measured_the_caption_says_so(changes):
    responses = changes.study.responses | {"angle": changes.study.responses["angle"].model_copy(update={"rows": "all"})}
    everything = replace(changes, study=changes.study.model_copy(update={"responses": responses}))
    assert "Measured: all rows of every layer." in plain(shown(everything).caption)


@pytest.mark.parametrize(("steps", "said"), [(range(61), "at every step"), ([1, 2], "at some steps")])
def test_what_a_logarithmic_axis_has_no_place_for_is_said_and_kept_in_the_data(changes, steps, said):
    table = changes.results.table()
    gone = pc.and_(pc.equal(table["layer"], 3), pc.is_in(table["step"], pa.array(list(steps), pa.int64())))
    zeroed = table.set_column(
        table.schema.get_field_index("value"), "value", pc.if_else(pc.fill_null(gone, False), 0.0, table["value"])
    )
    figure = shown(replace(changes, results=Results.of(zeroed)), log="y")
    assert f"Exactly 0 {said}" in plain(figure.caption) and "layer 3." in plain(figure.caption)
    assert min(y for series in figure.drawing.parts[0].panels[0].series for y in series.y) > 0
    assert plain(figure.data.rows[1][3]).startswith("0")  # step 1 of layer 3; step 0 has accuracies only
    assert [plain(cell) for cell in figure.data.rows[0][1:4]] == ["–"] * 3


def test_the_description_tells_both_panels_and_every_curve(changes):
    described = shown(changes).description
    assert "Mean angle against step. 3 curves" in described and "Mean test accuracy against step." in described


def test_the_strokes_are_the_same_every_time_and_hold_both_panels(changes):
    figure = replace(shown(changes, log="both"), id="figure-1", number=1)
    assert pdf(figure) == pdf(figure) and svg(figure) == svg(figure)
    drawn = svg(figure)
    assert "mean angle (degrees)" in drawn and "mean accuracy" in drawn and "floor of float32" in drawn
