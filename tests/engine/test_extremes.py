"""The largest value of one response while another lies in a band, against a loop over what was recorded."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from lnnstats.engine.execute import execute
from lnnstats.engine.responses.extremes import extreme_while
from lnnstats.parts.responses import ExtremeWhile, Loss, RowAngle
from tests.worlds import CLASSES, CPU, chunks_of, study

NUMBERS = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0, math.nan])
TABLES = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=6)


@given(TABLES, st.sampled_from([0.0, 0.25, 0.5]), st.sampled_from([0.5, 0.75, 1.01]))
def test_it_is_the_largest_of_the_steps_inside(table: list[tuple[float, ...]], low: float, high: float) -> None:
    """Of two layers, one run; the condition, recorded at a step before and one after too, is ignored there."""
    steps = tuple(range(1, len(table) + 1))
    asked = {"of": RowAngle(), "when": Loss()}
    options = ExtremeWhile(of="of", when="when", at_least=low, below=high)
    of = torch.tensor([row[:2] for row in table])[:, None, :, None]
    when = torch.tensor([0.5, *(row[2] for row in table), 0.5])[:, None, None, None]
    at, found = extreme_while(options, asked, {"of": steps, "when": (0, *steps, 99)}, {"of": of, "when": when})
    inside = [v for a, b, condition in table if low <= condition < high for v in (a, b) if not math.isnan(v)]
    assert at == steps[-1:] and found.shape == (1, 1, 1, 1)
    np.testing.assert_array_equal(found.item(), max(inside, default=math.nan))


BAND = {"of": "angle", "when": "accuracy", "measurement": "difference"}
ASKED: dict[str, Any] = {
    "angle": {"row_angle": {"measurements": ["gradient", "difference"], "steps": "log_spaced"}},
    "accuracy": {"accuracy": {"split": "train", "steps": "log_spaced"}},
    "low": {"extreme_while": {**BAND, "below": 0.5}},
    "high": {"extreme_while": {**BAND, "at_least": 0.5, "below": 1.01}},
    "never": {"extreme_while": {**BAND, "at_least": 1.5, "below": 2}},
}


def test_of_a_training_it_is_what_its_rows_say() -> None:
    made = study(CLASSES, {"linear": {"depth": 2, "width": 4}}, responses=ASKED, loss="cross_entropy", steps=100,
                 batch=7, optimizer={"sgd": {"learning_rate": 0.3}}, blocks={"number": 6})  # fmt: skip
    (chunk,) = chunks_of(made)
    recorded = execute(chunk, made, CPU).recorded
    angle, accuracy = recorded["angle"].values[..., 1], recorded["accuracy"].values[:, 1:, 0, 0]  # from step 1
    assert recorded["angle"].steps == recorded["accuracy"].steps[1:]
    for name, inside in (("low", accuracy < 0.5), ("high", accuracy >= 0.5)):
        wanted = [float(a[there].max()) if there.any() else math.nan for a, there in zip(angle, inside, strict=True)]
        assert recorded[name].steps == (100,)
        np.testing.assert_array_equal(recorded[name].values[:, 0, 0, 0], wanted)
    assert np.isnan(recorded["never"].values).all() and recorded["never"].observed.all()
    assert np.isfinite(recorded["high"].values).all() and np.isfinite(recorded["low"].values).any()
