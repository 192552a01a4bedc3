"""Cells are independent: a run's outcome is its own, whatever trains beside it, and a rate in a column is that rate."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnnstats.design.chunks import chunks
from lnnstats.design.expand import expand
from lnnstats.design.values import Batch, Chunk, Design
from lnnstats.engine.execute import execute
from lnnstats.parts.base import per_cell_fields
from lnnstats.parts.inits import INITS
from lnnstats.parts.networks import NETWORKS
from lnnstats.parts.optimizers import OPTIMIZERS
from lnnstats.parts.sources import SOURCES
from lnnstats.parts.training import LOSSES
from lnnstats.results.values import Outcome
from lnnstats.study.values import Study
from tests.worlds import (
    CLASSES,
    COARSER,
    CPU,
    LOW_RANK,
    NONLINEAR,
    PLANE,
    SCALAR,
    SMALL,
    alone,
    chunks_of,
    fitting,
    responses,
    study,
)

# Where a run stands in a tensor decides whether a wide or the scalar instruction computes it, and so whether a product
# and a sum are fused: one rounding of 1e-16 a step, over the 20 contracting steps of these worlds.
SAME: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-14}

Stored = dict[tuple[str, int], tuple[int, dict[str, np.ndarray]]]


def stored(outcome: Outcome) -> Stored:
    """(cell, block) -> its raw draws' checksum, its responses."""
    chunk = outcome.chunk
    width = chunk.last - chunk.first
    depths = [cell.world.network.depth for cell in chunk.batch.cells]
    return {
        (cell.id, chunk.first + place): (
            int(outcome.draws[run]),
            {
                "diverged": outcome.diverged[run],
                **{name: r.values[run, :, : depths[position]] for name, r in outcome.recorded.items()},
            },
        )
        for position, cell in enumerate(chunk.batch.cells)
        for place in range(width)
        for run in [position * width + place]
    }


def assert_same(found: Stored, wanted: Stored) -> None:
    assert found.keys() == wanted.keys()
    for run, (draws, values) in found.items():
        assert draws == wanted[run][0], run
        for name, value in values.items():
            tolerance = SAME | {"atol": COARSER.get(name, SAME["atol"])}
            np.testing.assert_allclose(value, wanted[run][1][name], **tolerance, err_msg=f"{name} of {run}")


def everything(made: Study) -> Stored:
    return {run: kept for chunk in chunks_of(made) for run, kept in stored(execute(chunk, made, CPU)).items()}


def one_by_one(made: Study) -> Stored:
    """Every run trained with nothing beside it."""
    kept: Stored = {}
    for chunk in chunks_of(made):
        for cell in alone(chunk):
            for block in range(chunk.first, chunk.last):
                kept |= stored(execute(Chunk(cell.batch, block, block + 1), made, CPU))
    return kept


SWEEP: list[tuple[str, dict[str, Any]]] = [
    *(
        (
            f"source-{name}",
            {
                "data": data,
                "network": {"linear": {"depth": 2, "width": 3}},
                "responses": responses(data, "linear", "mse"),
            },
        )
        for name, data in SMALL.items()
    ),
    *(
        (
            f"network-{name}",
            {"data": data, "network": {name: {"depth": 2, "width": 3}}, "responses": responses(data, name, "mse")},
        )
        for name in NETWORKS
        for data in [fitting(name, PLANE)]
    ),
    *(
        (f"init-{name}", {"data": PLANE, "network": {"linear": {"depth": 2, "width": 3, "init": name}}})
        for name in INITS
    ),
    *(
        (
            f"chain-{name}",
            {
                "network": {"linear": {"init": name}},
                "factors": {"network.depth": [3, 1, 2]},
                "responses": responses(SCALAR, "linear", "mse"),
            },
        )
        for name in INITS
    ),
    (
        "chain-residual",
        {
            "network": "residual",
            "factors": {"network.depth": [3, 1, 2]},
            "responses": responses(SCALAR, "residual", "mse"),
        },
    ),
    *(
        (
            f"optimizer-{name}",
            {"optimizer": name, "factors": {"training.optimizer.learning_rate": [0.01, 0.03], "network.depth": [1, 2]}},
        )
        for name in OPTIMIZERS
    ),
    *(
        (f"loss-{name}", {"data": CLASSES, "loss": name, "batch": 6, "responses": responses(CLASSES, "linear", name)})
        for name in LOSSES
    ),
    (
        "noises",
        {
            "factors": {
                "data.noise": {"levels": [0.1, 1.0], "role": "stratum"},
                "data.noise_scale": ["absolute", "mean_response"],
            }
        },
    ),
    (
        "fresh",
        {"factors": {"data.noise": {"levels": [0.1, 1.0], "role": "stratum"}}, "blocks": {"fresh": ["data.noise"]}},
    ),
    *(
        (
            f"draws-{drawn}",
            {"network": "relu", "batch": 6, "factors": {"data.noise": [0.1, 1.0]}, "blocks": {"draws": [drawn]}},
        )
        for drawn in ("data", "init", "batches")
    ),
    *(
        (
            f"crossed-{drawn}",
            {
                "network": "relu",
                "batch": 6,
                "factors": {"data.noise": [0.1, 1.0], f"draws.{drawn}": {"levels": [1, 4], "role": "random"}},
                "blocks": {"draws": [other for other in ("data", "init", "batches") if other != drawn]},
            },
        )
        for drawn in ("data", "init", "batches")
    ),
]


@pytest.mark.parametrize("options", [options for _, options in SWEEP], ids=[name for name, _ in SWEEP])
def test_a_run_is_the_same_alone_and_beside_others(options: dict[str, Any]) -> None:
    made = study(
        **{
            "factors": {"training.optimizer.learning_rate": [0.01, 0.02]},
            **options,
            "blocks": {"number": 3, **options.get("blocks", {})},
        }
    )
    assert_same(one_by_one(made), everything(made))


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("data", [SCALAR, PLANE], ids=["width 1", "width 3"])
def test_a_neighbour_that_diverges_leaves_the_others_alone(data: Any, network: str) -> None:
    rates = [0.01, 1e3]
    points = fitting(network, data)
    options: dict[str, Any] = {
        "data": points,
        "network": {network: {"depth": 2, "width": 1 if data is SCALAR else 3}},
        "steps": 120,
        "responses": responses(points, network, "mse"),
    }
    both = everything(study(**options, factors={"training.optimizer.learning_rate": rates}))
    calm = everything(study(**options, factors={"training.optimizer.learning_rate": rates[:1]}))
    assert sum(bool(values["diverged"]) for _, values in both.values()) == 2
    assert_same({run: both[run] for run in calm}, calm)


NUMBERS = {
    "learning_rate": [0.01, 0.02],
    "weight_decay": [0.0, 0.3],
    "beta": [0.0, 0.8],
    "beta1": [0.0, 0.8],
    "beta2": [0.9, 0.99],
    "alpha": [0.9, 0.99],
    "epsilon": [1e-8, 1.0],
}


@pytest.mark.parametrize(
    ("path", "base", "levels"),
    [
        *(
            (f"training.optimizer.{name}", {"optimizer": optimizer}, NUMBERS[name])
            for optimizer, part in OPTIMIZERS.items()
            for name in sorted(per_cell_fields(part))
        ),
        *(
            (f"network.init.{name}", {"network": {"linear": {"init": init}}}, [0.5, 1.5])
            for init, part in INITS.items()
            for name in sorted(per_cell_fields(part))
        ),
        ("data.noise", {}, [0.1, 1.0]),
        ("data.noise_scale", {}, ["absolute", "mean_response"]),
        ("data.intercept", {}, [True, False]),
        ("data.correlation", {"data": PLANE}, [0.0, 0.9]),
        ("data.condition", {"data": PLANE}, [1.0, 9.0]),
        ("data.whitened", {"data": PLANE}, [False, True]),
        ("data.strength", {"data": LOW_RANK}, [1.0, 3.0]),
        ("data.spread", {"data": LOW_RANK}, [1.0, 3.0]),
        ("data.activation", {"data": NONLINEAR}, ["tanh", "relu"]),
        ("data.separation", {"data": CLASSES}, [1.0, 3.0]),
        ("data.margin", {"data": {"separable_classes": {"features": 4, "train": 21, "test": 9}}}, [0.5, 2.0]),
    ],
)
def test_a_rate_per_cell_is_that_rate(path: str, base: dict[str, Any], levels: list[Any]) -> None:
    """A field that differs along the batch gives what a study with that one value gives, and it is one batch."""
    made = study(**base, factors={path: levels})
    assert len(expand(made).batches) == 1
    together = everything(made)
    apart: Stored = {}
    for level in levels:
        apart |= everything(study(**base, factors={path: [level]}))
    assert_same(together, apart)
    values = {str(kept["loss"]) for _, kept in together.values()}
    assert len(values) == len(together)  # the field matters, so ignoring it could not pass


def test_every_field_marked_per_cell_is_tried() -> None:
    (mark,) = test_a_rate_per_cell_is_that_rate.pytestmark
    tried = {path.rpartition(".")[::2] for path, _, _ in mark.args[1]}
    places = {"data": SOURCES, "network.init": INITS, "training.optimizer": OPTIMIZERS}
    parts = [(place, part) for place, table in places.items() for part in table.values()]
    assert tried == {(place, name) for place, part in parts for name in per_cell_fields(part)}


def schedules(design: Design) -> st.SearchStrategy[list[Chunk]]:
    """Random partitions of a design's runs into chunks, in random order: cells dealt, blocks cut."""
    blocks = design.study.blocks.number

    @st.composite
    def draw(draw: st.DrawFn) -> list[Chunk]:
        made = []
        for batch in design.batches:
            cells = draw(st.permutations(batch.cells))
            for group in cut(draw, len(cells)):
                for place in cut(draw, blocks):
                    made.append(Chunk(Batch(batch.form, tuple(cells[group[0] : group[1]])), *place))
        return draw(st.permutations(made))

    return draw()


def cut(draw: st.DrawFn, size: int) -> list[tuple[int, int]]:
    edges = [0, *sorted(draw(st.sets(st.integers(1, size - 1)))), size] if size > 1 else [0, 1]
    return list(pairwise(edges))


MIXED: list[dict[str, Any]] = [
    {
        "factors": {"network.depth": [1, 2, 3], "data.noise": {"levels": [0.1, 1.0], "role": "stratum"}},
        "blocks": {"fresh": ["data.noise"]},
        "responses": {"deviation": "optimal_deviation", "arrival": {"time_to": {"of": "deviation", "below": 0.5}}},
    },
    {
        "data": PLANE,
        "factors": {"network.width": [2, 3], "training.optimizer.learning_rate": [0.01, 1e3]},
        "network": {"linear": {"depth": 2}},
    },
    {
        "data": CLASSES,
        "network": "relu",
        "loss": "cross_entropy",
        "batch": 5,
        "factors": {"training.optimizer.learning_rate": [0.01, 0.1, 0.2]},
    },
]
MADE = [study(**{**options, "blocks": {"number": 5, **options.get("blocks", {})}}) for options in MIXED]
WHOLE = [everything(made) for made in MADE]


@pytest.mark.parametrize("which", range(len(MADE)), ids=["chain", "moments", "autograd"])
@settings(max_examples=20)
@given(data=st.data())
def test_random_schedules_store_the_same(which: int, data: st.DataObject) -> None:
    """However the runs are cut, dealt and ordered: draws bit for bit, outcomes within one rounding a step."""
    made = MADE[which]
    found: Stored = {}
    for chunk in data.draw(schedules(expand(made))):
        found |= stored(execute(chunk, made, CPU))
    assert_same(found, WHOLE[which])


@settings(max_examples=20)
@given(done=st.dictionaries(st.integers(0, 5), st.frozensets(st.integers(0, 4))))
def test_a_resumed_study_stores_the_same(done: dict[int, frozenset[int]]) -> None:
    design = expand(MADE[0])
    before = {design.cells[place].id: blocks for place, blocks in done.items()}
    found: Stored = {}
    for chunk in chunks(design, before):
        found |= stored(execute(chunk, MADE[0], CPU))
    assert set(found) == {
        (cell.id, block) for cell in design.cells for block in range(5) if block not in before.get(cell.id, ())
    }
    assert_same(found, {run: WHOLE[0][run] for run in found})


def test_added_levels_and_blocks_leave_the_old_runs_alone() -> None:
    small = study(factors={"network.depth": [2, 1]}, blocks={"number": 3})
    large = study(
        factors={"network.depth": [1, 5, 2, 3], "data.noise": {"levels": [0.3, 0.9], "role": "stratum"}},
        blocks={"number": 7},
    )
    before, after = everything(small), everything(large)
    assert before.keys() < after.keys()
    assert_same({run: after[run] for run in before}, before)
