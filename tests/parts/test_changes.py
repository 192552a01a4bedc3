"""Of which rows and at which updates changes are measured, and below what an angle says nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lnnstats.draws.philox import words
from lnnstats.parts.responses import BatchDirection, RowAngle, SingularRatio
from lnnstats.parts.responses.changes import floor
from lnnstats.parts.responses.rows import sampled_rows


@given(st.integers(1, 3000), st.integers(1, 40))
def test_sampled_rows_are_those_of_the_least_words(rows: int, layer: int) -> None:
    """The package's own Philox beside NumPy's."""
    drawn = words((layer, rows), np.zeros(1, np.int64), 1, rows)[0, 0].tolist()
    wanted = sorted(sorted(range(rows), key=drawn.__getitem__)[:256])
    assert sampled_rows(rows, layer).tolist() == wanted


def test_a_sample_never_moves() -> None:
    """Stored runs were measured on it."""
    assert sampled_rows(2500, 1)[:6].tolist() == [10, 13, 19, 22, 50, 65]
    assert sampled_rows(256, 3).tolist() == list(range(256))
    assert sampled_rows(2048, 1).tolist() != sampled_rows(2048, 2).tolist()


def test_changes_begin_with_the_first_update() -> None:
    assert SingularRatio(steps="log_spaced").recorded(12) == (1, 2, 3, 4, 5, 6, 8, 10, 12)
    assert SingularRatio(steps=(0, 3)).recorded(12) == (3,)
    with pytest.raises(ValidationError, match="counted from step 1"):
        SingularRatio(steps=(0,))


def test_all_rows_are_measured_at_ten_log_spaced_steps_and_the_last() -> None:
    every = RowAngle(steps=tuple(range(1, 501)))
    assert sorted(every.full_steps(500)) == [1, 2, 4, 6, 12, 22, 42, 77, 144, 269, 500]
    assert every.model_copy(update={"rows": "all"}).full_steps(500) == frozenset(range(1, 501))
    assert not every.model_copy(update={"rows": "sampled"}).full_steps(500)
    assert RowAngle().full_steps(500) == {500}


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=300), st.integers(1, 5000))
def test_full_steps_are_recorded_and_few_and_have_the_last(steps: list[int], budget: int) -> None:
    response = RowAngle(steps=tuple(steps))
    full, recorded = response.full_steps(budget), response.recorded(budget)
    assert full <= set(recorded) and len(full) <= 11
    assert not recorded or {recorded[0], recorded[-1]} <= full


def test_measurements_differ() -> None:
    with pytest.raises(ValidationError, match="must differ"):
        RowAngle(measurements=("update", "update"))


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_floors_are_those_of_their_formulas(dtype: str, precision: str) -> None:
    """arccos of the number before 1, of NumPy; the turn of a stored row, whose entries are off by half an eps each."""
    below = np.nextafter(np.ones((), precision), np.zeros((), precision))
    blind, stored = float(np.arccos(np.longdouble(below))), 2 * math.atan(np.finfo(dtype).eps / 2)
    found = floor(RowAngle(formula="arccos", precision=precision), dtype)  # type: ignore[arg-type]
    assert found == pytest.approx(math.degrees(max(blind, stored)), rel=1e-6)
    assert floor(BatchDirection(), "float32") == pytest.approx(math.degrees(2.0**-23), rel=1e-6)
    assert floor(RowAngle(), "float64") == pytest.approx(5 * math.degrees(2.0**-52))


def test_what_is_no_angle_has_no_floor_in_degrees() -> None:
    assert floor(SingularRatio(), "float32") is None and floor(BatchDirection(of="relative"), "float32") is None
