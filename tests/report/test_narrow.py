"""What `where` leaves of a subject: one level of a factor, one place on an axis, and what lacks that axis whole."""

from __future__ import annotations

import pyarrow.compute as pc
import pytest

from lnnstats.parts.sections import Levels, Table, Trajectory
from lnnstats.report.sections.narrow import narrowed
from lnnstats.report.sections.requested import requested
from lnnstats.report.values import plain


def rows(subject, response):
    return subject.results.table(pc.field("response") == response)


def test_an_axis_is_narrowed_for_the_responses_that_have_it(changes):
    found = narrowed(changes, {"measurement": "update", "layer": 2, "data.scaling": "unit"})
    angles, accuracies = rows(found, "angle"), rows(found, "test_accuracy")
    assert set(angles["measurement"].to_pylist()) == {"update"} and set(angles["layer"].to_pylist()) == {2}
    assert angles.num_rows == rows(changes, "angle").num_rows / (2 * 3 * 2)  # measurements, layers, scalings
    assert accuracies.num_rows == rows(changes, "test_accuracy").num_rows / 2
    assert found.study.factors["data.scaling"].labels == ("unit",)


def test_a_step_can_be_the_one_that_is_shown(changes):
    part = Levels(response="angle", along="data.scaling", where={"step": 10, "layer": 1, "measurement": "gradient"})
    (figure,) = requested(changes, part)
    some = rows(changes, "angle").to_pandas().query("step == 10 and layer == 1 and measurement == 'gradient'")
    means = some.groupby("data.scaling")["value"].mean()
    shown = [float(row[1][0].full) for row in figure.data.rows]
    assert shown == pytest.approx([means["unit"], means["symmetric"]], rel=1e-12)  # sums in another order


def test_nothing_named_leaves_all(changes):
    assert narrowed(changes, {}) is changes


def test_every_kind_says_the_floor_of_an_angle_and_of_nothing_else(changes):
    floor = "Smallest angle told from zero: floor of float32: 6.8 × 10⁻⁶ degrees."
    (curves,) = requested(changes, Trajectory(response="angle", by="layer"))
    (bars,) = requested(changes, Levels(response="angle", along="data.scaling"))
    (table,) = requested(changes, Table(responses=("angle", "test_accuracy"), rows="data.scaling"))
    assert floor in plain(curves.caption) and floor in plain(bars.caption)
    assert [plain(note) for note in table.notes][1:] == [floor]
    assert [line.label for line in curves.drawing.lines] == ["floor of float32: 6.8 × 10⁻⁶ degrees"]
    (other,) = requested(changes, Trajectory(response="test_accuracy", by="data.scaling"))
    assert floor not in plain(other.caption) and not other.drawing.lines
