"""What the optimizers share: when decay enters, what it draws to, and that a layer that pads is never moved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from lnnstats.design.values import Batch, Chunk
from lnnstats.engine.batch import runs
from lnnstats.engine.forms import FORMS
from lnnstats.engine.optimizers import OPTIMIZERS, optimizer
from tests.worlds import CPU, PLANE, SCALAR, chunks_of, engine, study

DTYPE = torch.float64


def started(**options: Any) -> tuple[Any, Any]:
    """The form of a study's runs, and their update."""
    made = study(**options)
    (chunk,) = chunks_of(made)
    axis = runs(chunk, made.seed, made.blocks)
    form = FORMS[chunk.batch.form](axis, DTYPE, CPU)
    return form, optimizer(axis, form, DTYPE, CPU)


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize(("decay", "enters"), [([0.0], False), ([0.0, 0.1], True)])
def test_decay_enters_only_where_a_run_has_it(kind: str, decay: list[float], enters: bool) -> None:
    factors = {"training.optimizer.weight_decay": decay}
    _, update = started(optimizer={kind: {}}, factors=factors)
    assert (update.__module__ == "lnnstats.engine.optimizers.decay") == enters


@pytest.mark.parametrize(("data", "network"), [(SCALAR, "linear"), (SCALAR, "residual"), (PLANE, "residual")])
def test_without_a_gradient_decay_alone_moves_towards_the_anchor(data: Any, network: str) -> None:
    """theta - anchor shrinks by 1 - rate * decay = .98, one rounding each."""
    form, update = started(
        data=data, network={network: {"depth": 2}}, optimizer={"sgd": {"learning_rate": 0.1, "weight_decay": 0.2}}
    )
    anchors = form.anchors(network == "residual")
    before = [parameter - anchor for parameter, anchor in zip(form.parameters, anchors, strict=True)]
    update(tuple(torch.zeros_like(parameter) for parameter in form.parameters))
    for was, parameter, anchor in zip(before, form.parameters, anchors, strict=True):
        np.testing.assert_allclose(parameter - anchor, 0.98 * was, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("network", ["linear", "residual"])
def test_a_layer_that_pads_stays_the_identity(network: str, kind: str) -> None:
    """Depth 1 after depth 3: its two padding layers keep w = 1, b = 0 bit for bit, decayed or not."""
    made = study(
        network={network: {}}, optimizer={kind: {"weight_decay": 0.1}}, factors={"network.depth": [1, 3]}, steps=5
    )
    (chunk,) = chunks_of(made)
    deepest_first = Batch(chunk.batch.form, tuple(sorted(chunk.batch.cells, key=lambda c: -c.world.network.depth)))
    form, _ = engine(made, Chunk(deepest_first, chunk.first, chunk.last))
    weights, biases = form.parameters[0]
    padding = form._trained == 0
    assert int(padding.sum()) == 2 * made.blocks.number
    assert bool((weights[padding] == 1).all()) and bool((biases[padding] == 0).all())
