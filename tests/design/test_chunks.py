"""Chunks: every missing run once, no stored run again, within bounds of runs, memory and time; what a design costs."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnnstats.design.chunks import CORE, GPU, Limits, chunk_runs, chunks
from lnnstats.design.cost import (
    STORE_SECONDS,
    WORKER_SECONDS,
    chunk_bytes,
    chunk_seconds,
    predict,
    run_bytes,
    scheduled,
)
from lnnstats.design.expand import expand
from lnnstats.design.values import Chunk, Design
from lnnstats.design.work import step, training
from lnnstats.parts.optimizers import OPTIMIZERS
from tests.worlds import CLASSES, PLANE, study

BLOCKS = 12


def made(**options: Any) -> Design:
    return expand(study(**{"blocks": {"number": BLOCKS}, **options}))


DESIGNS = [
    made(factors={"network.depth": [1, 2, 3], "data.noise": [0.1, 0.2]}),
    made(data=PLANE, network={"linear": {"depth": 2}}, factors={"network.width": [2, 3], "data.noise": [0.1, 0.2]}),
    made(data=CLASSES, network="relu", factors={"network.depth": [1, 2]}),
]


@settings(max_examples=150)
@given(design=st.sampled_from(DESIGNS), runs=st.integers(1, 100), data=st.data())
def test_every_missing_run_is_in_exactly_one_chunk(design: Design, runs: int, data: st.DataObject) -> None:
    ids = [cell.id for cell in design.cells]
    done = data.draw(
        st.dictionaries(st.sampled_from([*ids, "a cell of another study"]), st.frozensets(st.integers(0, BLOCKS + 3)))
    )
    limits = Limits(runs, CORE.bytes, CORE.seconds)
    planned = chunks(design, done, limits)
    found = Counter(
        (cell.id, block) for chunk in planned for cell in chunk.batch.cells for block in range(chunk.first, chunk.last)
    )
    assert found == Counter((cell, block) for cell in ids for block in range(BLOCKS) if block not in done.get(cell, ()))
    assert all(chunk.first < chunk.last and chunk.runs <= runs for chunk in planned)
    assert len({chunk.id for chunk in planned}) == len(planned)
    batch_of = {cell.id: place for place, batch in enumerate(design.batches) for cell in batch.cells}
    assert all(len({batch_of[cell.id] for cell in chunk.batch.cells}) == 1 for chunk in planned)


def test_a_finished_design_has_no_chunks() -> None:
    everything = frozenset(range(BLOCKS))
    assert chunks(DESIGNS[0], {cell.id: everything for cell in DESIGNS[0].cells}) == ()


def test_cells_with_the_same_gaps_stay_together() -> None:
    done = {cell.id: frozenset({0, 1, 5}) for cell in DESIGNS[0].cells}
    assert [(chunk.first, chunk.last, len(chunk.batch.cells)) for chunk in chunks(DESIGNS[0], done)] == [
        (2, 5, 6),
        (6, 12, 6),
    ]


PAPER = [("A", 256, 5.0e-3), ("B", 128, 54e-3), ("C", 64, 52e-3)]  # `benchmarks.linear_probes sampled`, seconds a step


def image_classes(architecture: str, batch: int, draws: list[str]) -> Design:
    """A network of BenShmuel 2022 on 10,000 points of the shape of CIFAR-10."""
    data = {"gaussian_classes": {"features": 3072, "train": 10_000, "test": 2000}}
    return made(
        data=data,
        network={"linear": {"architecture": architecture, "bias": False}},
        batch=batch,
        dtype="float32",
        loss="cross_entropy",
        blocks={"number": 10, "draws": draws},
    )


@pytest.mark.parametrize(("architecture", "batch", "taken"), PAPER, ids=[name for name, *_ in PAPER])
def test_steps_of_wide_linear_networks_are_predicted_as_measured(architecture: str, batch: int, taken: float) -> None:
    """Within a third, on the machine where they were measured: the prediction is of that machine."""
    (trained,) = image_classes(architecture, batch, ["init"]).batches
    found = step(trained)
    assert 2 / 3 < (found.chunk + found.run) / taken < 4 / 3


@pytest.mark.parametrize(("architecture", "batch", "taken"), PAPER, ids=[name for name, *_ in PAPER])
def test_shared_data_are_held_once_a_chunk_and_own_data_once_a_run(architecture: str, batch: int, taken: float) -> None:
    """12,000 points of 3,074 numbers: 8 bytes each as drawn, as many of raw words, 4 in training."""
    one = 12_000 * 3074 * 20
    shared, own = (image_classes(architecture, batch, draws) for draws in (["init"], ["init", "data"]))
    assert chunk_bytes(shared.batches[0], shared.study) - chunk_bytes(own.batches[0], own.study) == one
    assert run_bytes(own.batches[0], own.study) - run_bytes(shared.batches[0], shared.study) == one


@pytest.mark.parametrize("limits", [CORE, GPU], ids=["core", "gpu"])
def test_chunks_are_bounded_in_memory_and_time(limits: Limits) -> None:
    big = made(
        data={"linear_regression": {"features": 50, "train": 4000}},
        network={"relu": {"depth": 3, "width": 64}},
        steps=50,
        blocks={"number": 2000},
    )
    (batch,) = big.batches
    most = chunk_runs(batch, big, limits)
    work = training(batch, big.study)
    assert 1 < most < limits.runs
    assert (
        most * run_bytes(batch, big.study) <= limits.bytes
        and most * work.run + work.chunk <= max(limits.seconds, 3 * work.chunk)
    )
    assert max(chunk.runs for chunk in chunks(big, {}, limits)) <= most


def test_a_run_beyond_every_bound_is_a_chunk_of_its_own() -> None:
    planned = chunks(DESIGNS[2], {}, Limits(5, 1.0, 1.0))
    assert {chunk.runs for chunk in planned} == {1} and len(planned) == 2 * BLOCKS


WIDE: dict[str, Any] = {"linear": {"depth": 2, "width": 600}}
DEARER: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("steps", {}, {"steps": 40}),
    ("blocks", {}, {"blocks": {"number": 100}}),
    ("depth", {}, {"network": {"linear": {"depth": 9}}}),
    ("levels", {}, {"factors": {"data.noise": [0.1, 0.2, 0.3]}}),
    (
        "width",
        {"data": PLANE, "network": {"linear": {"depth": 2}}},
        {"data": PLANE, "network": {"linear": {"depth": 2, "width": 9}}},
    ),
    (
        "points",
        {"data": CLASSES, "network": "relu"},
        {"data": {"gaussian_classes": {"features": 4, "train": 99}}, "network": "relu"},
    ),
    ("batch", {"data": CLASSES, "batch": 2, "network": "relu"}, {"data": CLASSES, "batch": 9, "network": "relu"}),
    ("changes", {"responses": {"it": "row_angle"}}, {"responses": {"it": {"row_angle": {"steps": "log_spaced"}}}}),
    (
        "measurements",
        {"responses": {"it": "row_angle"}},
        {"responses": {"it": {"row_angle": {"measurements": ["gradient", "difference"]}}}},
    ),
    (
        "rows",
        {"data": PLANE, "network": WIDE, "responses": {"it": {"singular_ratio": {"rows": "sampled"}}}},
        {"data": PLANE, "network": WIDE, "responses": {"it": {"singular_ratio": {"rows": "all"}}}},
    ),
    ("features", {"data": {"linear_regression": {"features": 2}}}, {"data": {"linear_regression": {"features": 20}}}),
]


@pytest.mark.parametrize(("cheap", "dear"), [pair[1:] for pair in DEARER], ids=[pair[0] for pair in DEARER])
def test_more_work_costs_more(cheap: dict[str, Any], dear: dict[str, Any]) -> None:
    assert seconds(made(**cheap)) < seconds(made(**dear))


def seconds(design: Design) -> float:
    """Seconds of one core, every batch as one chunk."""
    blocks = design.study.blocks.number
    return sum(chunk_seconds(Chunk(batch, 0, blocks), design.study) for batch in design.batches)


def test_recording_and_workers_enter_the_prediction() -> None:
    once, often = made(), made(responses={"loss": {"loss": {"steps": "log_spaced"}}})
    one = predict(once, lambda batch: 100, workers=1)
    assert (
        predict(often, lambda batch: 100, workers=1).seconds > one.seconds
        and predict(often, lambda batch: 100, workers=1).bytes > one.bytes
    )
    assert predict(once, lambda batch: 100, workers=2).bytes > one.bytes


def test_workers_share_what_is_worth_starting_them() -> None:
    """Work of twenty seconds and more is shared, each chunk taken by the first worker that is free."""
    assert scheduled([6.0, 6.0], 2) == scheduled([6.0, 6.0], 1) == 12.0
    assert scheduled([10.0, 30.0, 15.0], 1) == 55.0
    assert scheduled([10.0, 30.0, 15.0], 2) == WORKER_SECONDS + 30.0
    assert scheduled([90.0], 2) == 90.0


def test_what_every_chunk_pays_is_paid_by_every_chunk() -> None:
    """At many steps and few runs the chunks are few, and each more of them costs its launches again."""
    long = made(steps=1_000_000, blocks={"number": 50})
    (batch,) = long.batches
    work = training(batch, long.study)
    assert chunk_runs(batch, long) * work.run >= work.chunk
    few, many = (predict(long, lambda batch, most=most: most, workers=1).seconds for most in (50, 10))
    assert many - few == pytest.approx(4 * (work.chunk + STORE_SECONDS), rel=1e-9)


@pytest.mark.parametrize("optimizer", [name for name in OPTIMIZERS if name != "sgd"])
def test_other_optimizers_cost_more_than_plain_descent(optimizer: str) -> None:
    decayed = {optimizer: {"weight_decay": 0.1}}
    plain, other, dearest = (seconds(made(optimizer=options)) for options in ("sgd", optimizer, decayed))
    assert plain < other <= dearest
