"""What an update did: the four measurements, their steps and rows, by following a training from outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from lnnstats.design.values import Chunk
from lnnstats.engine.batch import runs
from lnnstats.engine.changes import Changes
from lnnstats.engine.execute import execute
from lnnstats.engine.forms import FORMS
from lnnstats.engine.optimizers import optimizer
from lnnstats.parts.optimizers import OPTIMIZERS
from lnnstats.parts.responses import RowAngle, SingularRatio
from lnnstats.parts.responses.rows import sampled_rows
from lnnstats.study.values import Study
from tests.worlds import CLASSES, CPU, PLANE, SCALAR, alone, chunks_of, study

STEPS = 6
WIDE = 300  # rows of which 256 are sampled
EVERY = ("gradient", "update", "difference", "cumulative")
WORLDS: dict[str, dict[str, Any]] = {
    "chain": {"data": SCALAR, "factors": {"network.depth": [1, 3]}},
    "moments": {"data": PLANE, "network": {"linear": {"depth": 2, "width": 3}}},
    "autograd": {"data": CLASSES, "network": {"relu": {"depth": 2, "width": 5}}, "loss": "cross_entropy", "batch": 6},
    "wide": {"data": PLANE, "network": {"linear": {"depth": 2, "width": WIDE}}},
}


def followed(made: Study, *asked: Any) -> Iterator[tuple[Any, Changes, dict[str, tuple[torch.Tensor, ...]]]]:
    """After every update: the form, the changes seen, and what they should be, layer by layer, all rows."""
    (chunk,) = chunks_of(made)
    axis = runs(chunk, made.seed, made.blocks)
    form = FORMS[chunk.batch.form](axis, torch.float64, CPU)
    update = optimizer(axis, form, torch.float64, CPU)
    changes = Changes(form, update, asked, STEPS)
    copy = lambda tensors: tuple(matrix.clone() for matrix in form.layers(tensors))  # noqa: E731
    start = copy(form.parameters)
    for step in range(STEPS):
        gradients = form.gradients(step)
        before, gradient = copy(form.parameters), copy(gradients)
        changes.begin(step + 1)
        update(gradients)
        now = copy(form.parameters)
        difference = tuple(a - b for a, b in zip(now, before, strict=True))
        since = tuple(a - b for a, b in zip(now, start, strict=True))
        yield form, changes, dict(zip(EVERY, (gradient, difference, difference, since), strict=True))


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("name", ["chain", "moments", "autograd"])
def test_the_four_measurements_are_what_they_say(name: str, kind: str) -> None:
    made = study(**WORLDS[name], optimizer={kind: {"weight_decay": 0.01}}, steps=STEPS)
    response = SingularRatio(measurements=EVERY, steps=tuple(range(1, STEPS + 1)))
    for _, changes, wanted in followed(made, response):
        for measurement in EVERY:
            found = changes.matrices(response, measurement)
            for one, other in zip(found, wanted[measurement], strict=True):
                # An update is rounded into weights of about 1: to eps of them. The other three are the very numbers.
                atol = 1e-15 if measurement == "update" else 0.0
                np.testing.assert_allclose(one, other, rtol=0, atol=atol, err_msg=measurement)


def test_sampled_rows_are_measured_but_at_the_full_steps() -> None:
    made = study(**WORLDS["wide"], steps=STEPS)
    steps = tuple(range(1, STEPS + 1))
    automatic = RowAngle(measurements=EVERY, steps=(2, STEPS))
    sampled, whole = RowAngle(measurements=EVERY, steps=steps, rows="sampled"), RowAngle(steps=steps, rows="all")
    rows = torch.from_numpy(sampled_rows(WIDE, 1))
    assert len(rows) == 256
    for _, changes, wanted in followed(made, automatic, sampled, whole):
        for measurement in EVERY if changes.step in (2, STEPS) else ():
            first, last = changes.matrices(automatic, measurement)
            np.testing.assert_allclose(first, wanted[measurement][0], rtol=0, atol=1e-15)
            np.testing.assert_allclose(last, wanted[measurement][1], rtol=0, atol=1e-15)
        for measurement in EVERY:
            first, last = changes.matrices(sampled, measurement)
            np.testing.assert_allclose(first, wanted[measurement][0][:, rows], rtol=0, atol=1e-15)
            np.testing.assert_allclose(last, wanted[measurement][1], rtol=0, atol=1e-15)  # a layer of two rows
        assert torch.equal(changes.matrices(whole, "gradient")[0], wanted["gradient"][0])


def test_a_response_is_recorded_after_each_of_its_updates() -> None:
    """Its steps count updates from 1; one at step 0 is none."""
    made = study(
        **WORLDS["moments"], steps=STEPS,
        responses={"ratio": {"singular_ratio": {"steps": [0, 1, 4], "measurements": ["update", "cumulative"]}}},
    )  # fmt: skip
    (chunk,) = chunks_of(made)
    recorded = execute(chunk, made, CPU).recorded["ratio"]
    assert recorded.steps == (1, 4) and recorded.measurements == ("update", "cumulative")
    assert recorded.values.shape == (2, 2, 2, 2)  # runs, steps, layers, measurements
    # After the first update all there has been is that update, to rounding into the weights.
    np.testing.assert_allclose(recorded.values[:, 0, :, 0], recorded.values[:, 0, :, 1], rtol=1e-9)
    assert not np.allclose(recorded.values[:, 1, :, 0], recorded.values[:, 1, :, 1], rtol=1e-3)


def test_a_run_is_measured_alike_whatever_is_beside_it() -> None:
    """Rows and full steps are those of the layer and the response, not of the chunk."""
    responses = {
        "angle": {"row_angle": {"steps": [1, 3, STEPS], "measurements": list(EVERY)}},
        "residual": {"rank_one_residual": {"steps": [1, 3, STEPS], "rows": "sampled"}},
    }
    factors = {"training.optimizer.learning_rate": [0.01, 0.02]}
    made = study(**WORLDS["wide"], steps=STEPS, responses=responses, factors=factors)
    (chunk,) = chunks_of(made)
    together = execute(chunk, made, CPU).recorded
    for place, cell in enumerate(alone(chunk)):
        for block in (0, 1):
            single = execute(Chunk(cell.batch, block, block + 1), made, CPU).recorded
            for name, found in single.items():
                # The sums of a run's products may be in another order: 1e-16 of a right angle, or of the weights over
                # their first change, 1e3.
                np.testing.assert_allclose(found.values[0], together[name].values[2 * place + block], atol=1e-10)
