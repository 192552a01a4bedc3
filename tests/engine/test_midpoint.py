"""The midpoint gap against closed forms: of a quadratic it is known, of a saddle it is above zero."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from lnnstats.draws.data import sample
from lnnstats.engine.batch import runs
from lnnstats.engine.device import DTYPES
from lnnstats.engine.execute import execute
from lnnstats.engine.forms.losses import OnMoments
from lnnstats.engine.forms.networks import Layers, Networks, networks
from lnnstats.engine.forms.values import Quadratic
from lnnstats.engine.responses.midpoint import midpoint_gap
from lnnstats.engine.start import started
from lnnstats.parts.responses import MidpointGap
from tests.worlds import CLASSES, CPU, PLANE, SCALAR, chunks_of, engine, study

STEPS = [0, 1, 20]


def of_scalars(pairs: list[tuple[float, float]]) -> Networks:
    """Chains of two weights w1, w2 with L = (w1 w2 - 1)^2."""
    ones = torch.ones(len(pairs), 1, 1, dtype=torch.float64)
    columns = torch.tensor(pairs, dtype=torch.float64).T
    weights: Layers = tuple(columns[:, :, None, None])
    loss = OnMoments(Quadratic(ones, ones, torch.zeros(len(pairs), dtype=torch.float64)))
    rates = torch.zeros(len(pairs), dtype=torch.float64)
    return networks(torch.arange(len(pairs)), weights, (), rates, loss)


def gap(start: Networks, present: Networks, relative: bool = False) -> Tensor:
    form: Any = SimpleNamespace(networks=lambda: (present,), runs=len(start.rates))
    return midpoint_gap(MidpointGap(relative=relative), form, (start,))


def test_between_two_optima_through_a_saddle_it_is_above_zero() -> None:
    """(1, 1) and (-1, -1) fit exactly, the saddle between them has loss 1; (2, 2) has loss 9, (1, 1) none, and between
    them (1.5, 1.5) has 1.25^2, less than the mean.
    """
    found = gap(of_scalars([(1, 1), (1, 1), (2, 2)]), of_scalars([(-1, -1), (1, 1), (1, 1)]))
    assert found.tolist() == [1.0, 0.0, 1.25**2 - 4.5]
    relative = gap(of_scalars([(1, 1), (2, 2)]), of_scalars([(-1, -1), (1, 1)]), relative=True)
    assert relative.isnan().tolist() == [True, False]  # nothing to be relative to where the losses are the same
    assert relative[1].item() == (1.25**2 - 4.5) / 9


@pytest.mark.parametrize("data", [SCALAR, PLANE], ids=["chain", "moments"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_of_one_layer_it_is_minus_a_quarter_of_the_mean_square_way(data: Any, dtype: str) -> None:
    """L is quadratic: the gap is -1/8 d' H d, here -1/4 of the mean over points and outputs of (d (x, 1))^2. What is
    stored is measured in float64 whatever the dtype of training; second moments are rounded to it.
    """
    made = study(data, responses={"it": {"midpoint_gap": {"steps": STEPS}}}, dtype=dtype)
    (chunk,) = chunks_of(made)
    form, trained = engine(made, chunk)
    start, _ = started(chunk.batch.form, runs(chunk, made.seed, made.blocks), {}, DTYPES[dtype], CPU)
    way = (form.affine() - start.affine()).numpy()
    (cell,) = chunk.batch.cells
    x = sample(cell.world.data, runs(chunk, made.seed, made.blocks).stream(cell)).train.x
    moved = np.einsum("rcp,rnp->rnc", way, np.concatenate([x, np.ones((*x.shape[:2], 1))], axis=2))
    found = trained.values["it"][:, :, 0, 0].numpy()
    np.testing.assert_allclose(
        found[2], -np.mean(moved**2, axis=(1, 2)) / 4, rtol=1e-5 if dtype == "float32" else 1e-12
    )
    assert np.all(found[0] == 0)


@pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
def test_a_single_layer_is_convex_and_a_deep_one_need_not_be(loss: str) -> None:
    """Of one layer both losses are convex in the weights: no gap above rounding, 1e-16 of losses of size 1."""
    asked = {"it": {"midpoint_gap": {"steps": "log_spaced"}}}
    rate = {"sgd": {"learning_rate": 0.05}}
    for options in ({"depth": 1}, {"depth": 4, "width": 4, "init": {"gaussian": {"gain": 0.2}}}):
        made = study(CLASSES, {"linear": options}, rate, asked, loss=loss, batch=7, steps=2000, blocks={"number": 8})
        (chunk,) = chunks_of(made)
        found = execute(chunk, made, CPU).recorded["it"].values
        assert (found > 1e-14).any() == (options["depth"] > 1)


def test_a_relative_gap_starts_at_the_first_update() -> None:
    assert MidpointGap(relative=True, steps="log_spaced").recorded(3) == (1, 2, 3)
    assert MidpointGap(steps="log_spaced").recorded(3) == (0, 1, 2, 3)
