"""What is held at once is bounded, and the bound changes no result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lnnstats.draws import moments
from lnnstats.draws.batches import order
from lnnstats.engine import batch
from lnnstats.engine.batch import BatchOrder, grouped, runs
from lnnstats.engine.execute import execute
from lnnstats.engine.forms import points
from lnnstats.results.values import Outcome
from tests.worlds import CLASSES, CPU, PLANE, SCALAR, chunks_of, responses, study

WORLDS: dict[str, dict[str, Any]] = {
    "chain": {"factors": {"network.depth": [1, 2]}},
    "moments": {"data": PLANE, "network": {"linear": {"depth": 2, "width": 3}}},
    "accuracy": {"data": CLASSES, "network": {"linear": {"depth": 2, "width": 3}}},
    "autograd": {"data": PLANE, "network": {"relu": {"depth": 2, "width": 3}}, "factors": {"data.noise": [0.1, 1.0]}},
    "batches": {"data": CLASSES, "network": {"linear": {"depth": 2, "width": 3}}, "batch": 5},
    "shared": {
        "data": CLASSES,
        "network": {"relu": {"depth": 2, "width": 3}},
        "batch": 5,
        "blocks": {"number": 5, "draws": ["init"]},
    },
}


def outcome(options: dict[str, Any]) -> Outcome:
    data, network = options.get("data", SCALAR), next(iter(options.get("network", {"linear": {}})))
    made = study(**{"blocks": {"number": 5}, **options, "responses": responses(data, network, "mse", [0, 5, 20])})
    (chunk,) = chunks_of(made)
    return execute(chunk, made, CPU)


@pytest.mark.parametrize("name", WORLDS)
def test_slabs_change_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = outcome(WORLDS[name])
    monkeypatch.setattr(batch, "SLAB_POINTS", 1)
    monkeypatch.setattr(moments, "SLAB", 1)
    monkeypatch.setattr(points, "SLAB", 1)
    monkeypatch.setattr(BatchOrder, "WINDOW", 1)
    slabs = outcome(WORLDS[name])
    assert np.array_equal(slabs.draws, whole.draws)
    for key, recorded in whole.recorded.items():
        # One matrix or a stack of them may take another routine: a rounding of 1e-16 a step, over 20 steps.
        np.testing.assert_allclose(slabs.recorded[key].values, recorded.values, rtol=1e-12, atol=1e-14, err_msg=key)


@pytest.mark.parametrize("window", [1, 100, 1 << 24])
@pytest.mark.parametrize("drawn", [("data", "init", "batches"), ("data", "init")], ids=["own", "shared"])
def test_windows_hand_out_the_orders_that_are_drawn(
    window: int, drawn: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """21 points in batches of 5: four a step, the next epoch at steps 4, 8, ...; forwards, and back to the start. One
    order that all runs share is handed out once.
    """
    monkeypatch.setattr(BatchOrder, "WINDOW", window)
    made = study(
        CLASSES,
        batch=5,
        steps=30,
        blocks={"number": 3, "draws": list(drawn)},
        factors={"training.optimizer.learning_rate": [0.1, 0.2]},
    )
    axis = runs(chunks_of(made)[0], made.seed, made.blocks)
    handed = BatchOrder(axis, 21, 5, CPU)
    for step in (0, 1, 3, 4, 7, 8, 29, 30, 2):
        wanted = order(axis.stream(axis.cells[0]), step // 4, 21, 5)[:, step % 4]
        assert np.array_equal(handed(step), np.concatenate([wanted, wanted]) if len(wanted) > 1 else wanted)


def test_orders_beyond_the_budget_are_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counted(stream: Any, epoch: int, points: int, size: int) -> Any:
        asked.append(epoch)
        return order(stream, epoch, points, size)

    monkeypatch.setattr(batch, "order", counted)
    made = study(CLASSES, batch=5, steps=9)
    execute(chunks_of(made)[0], made, CPU)
    assert asked == [0, 1, 2]  # states 0 to 9, four a epoch


def test_cells_are_grouped_by_what_they_share() -> None:
    cells = chunks_of(study(factors={"data.noise": [0.1, 0.2], "training.optimizer.learning_rate": [0.1, 0.2]}))[
        0
    ].batch.cells
    first, groups = grouped(cells, lambda cell: cell.world.data)
    assert [cell.world.data.noise for cell in first] == [0.1, 0.2] and groups == [0, 0, 1, 1]  # type: ignore[union-attr]


def test_cells_of_a_block_share_their_data_and_strata_named_fresh_do_not() -> None:
    def draws(**options: Any) -> np.ndarray:
        made = study(factors={"data.noise": {"levels": [0.1, 1.0], "role": "stratum"}}, blocks={"number": 3, **options})
        return execute(chunks_of(made)[0], made, CPU).draws.reshape(2, 3)

    paired, fresh = draws(), draws(fresh=["data.noise"])
    assert np.array_equal(paired[0], paired[1]) and len(set(paired[0].tolist())) == 3
    assert len(set(fresh.ravel().tolist())) == 6
