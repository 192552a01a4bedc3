"""The long table: one row a run, response, step, layer and measurement; exported in one order whatever the chunks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnnstats.design.chunks import CORE, Limits, chunks
from lnnstats.design.expand import expand
from lnnstats.design.values import Batch, Chunk, Design
from lnnstats.results.manifest import statuses
from lnnstats.results.query import Results
from lnnstats.results.table import SCHEMA, columns_of, exported, rows, same
from lnnstats.results.values import Outcome, Recorded, layers_there
from tests.worlds import PLANE, SCALAR, study

KINDS = ("gradient", "difference")
RESPONSES = {
    "error": {"mse": {"steps": [0, 5, 20]}},
    "singular": {"singular_ratio": {"steps": [5, 20], "measurements": KINDS}},
    "arrival": {"time_to": {"of": "error", "below": 0.1}},
}
FACTORS = {"network.depth": [1, 2], "data.noise": [0.5, 0.1]}


def design(**options: Any) -> Design:
    return expand(study(**{"factors": FACTORS, "responses": RESPONSES, "blocks": {"number": 3}, **options}))


CHAIN, MOMENTS = design(), design(data=PLANE, network={"linear": {"width": 3}})


def outcome(chunk: Chunk, made: Design) -> Outcome:
    """An outcome whose every value tells its run, step, layer and measurement, in decimals."""
    cells, width = chunk.batch.cells, chunk.last - chunk.first
    places = [made.cells.index(cell) for cell in cells]
    run = np.array([100 * place + chunk.first + block for place in places for block in range(width)], dtype=float)
    value = run[:, None, None, None] * 10_000
    steps = np.array([0, 5, 20.0])[None, :, None, None] * 10
    there = layers_there(chunk, made.study.responses["singular"])
    inner = np.arange(1.0, there.shape[1] + 1)[:, None] + 0.5 * np.arange(2)
    diverged = run.astype(int) % 7 == 0
    arrived = run.astype(int) % 2 == 0
    recorded = {
        "error": Recorded((0, 5, 20), value + steps, np.ones(len(run), dtype=bool)),
        "singular": Recorded((5, 20), value + steps[:, 1:] + inner, np.ones(len(run), dtype=bool), there, KINDS),
        "arrival": Recorded((), value, arrived | diverged),
    }
    return Outcome(chunk, diverged, run.astype(np.uint64), recorded)


def table_of(made: Design, planned: Any) -> pa.Table:
    return exported([rows(outcome(chunk, made)) for chunk in planned], made)


@pytest.mark.parametrize("made", [CHAIN, MOMENTS], ids=["chain", "moments"])
def test_the_table_holds_every_value_at_its_place(made: Design) -> None:
    found = table_of(made, chunks(made, {})).to_pylist()
    assert len(found) == sum(3 * (3 + 4 * cell.world.network.depth + 1) for cell in made.cells)
    for row in found:
        place = next(i for i, cell in enumerate(made.cells) if cell.id == row["cell"])
        run = 100 * place + row["block"]
        assert {path: row[path] for path in FACTORS} == dict(made.cells[place].levels)
        kind = 0 if row["measurement"] is None else KINDS.index(row["measurement"])
        assert row["value"] == 10_000 * run + 10 * (row["step"] or 0) + (row["layer"] or 0) + 0.5 * kind
        assert (row["measurement"] is None) == (row["layer"] is None)
        assert row["draws"] == run
        assert row["status"] == ("diverged" if run % 7 == 0 else "ok" if run % 2 == 0 else "budget_exhausted")
        assert row["observed"] == (row["response"] != "arrival" or run % 7 == 0 or run % 2 == 0)
        assert (row["step"] is None) == (row["response"] == "arrival") and (row["layer"] is None) == (
            row["response"] != "singular"
        )


def place(row: dict[str, Any]) -> int:
    return -1 if row["measurement"] is None else KINDS.index(row["measurement"])


def test_the_order_is_canonical() -> None:
    found = table_of(CHAIN, chunks(CHAIN, {})).to_pylist()
    ids, names = [cell.id for cell in CHAIN.cells], list(RESPONSES)
    keys = [
        (r["block"], ids.index(r["cell"]), names.index(r["response"]), r["step"] or 0, r["layer"] or 0, place(r))
        for r in found
    ]
    assert keys == sorted(keys) and len(set(keys)) == len(keys)


def test_columns_are_the_factors_then_the_schema() -> None:
    table = table_of(MOMENTS, chunks(MOMENTS, {}))
    assert table.column_names == [*FACTORS, *SCHEMA.names]
    plain = design(responses={"error": "mse"})
    assert columns_of(plain.study.responses) == [name for name in SCHEMA.names if name != "measurement"]
    error = {"error": Recorded((20,), np.zeros((1, 1, 1, 1)), np.ones(1, dtype=bool))}
    (chunk, *_) = chunks(plain, {}, Limits(1, CORE.bytes, CORE.seconds))
    stored = rows(Outcome(chunk, np.zeros(1, dtype=bool), np.zeros(1, dtype=np.uint64), error))
    assert exported([stored], plain).column_names == [*FACTORS, *columns_of(plain.study.responses)]
    assert table.schema.field("network.depth").type.value_type == pa.int64()
    assert table.schema.field("data.noise").type.value_type == pa.float64()


@pytest.mark.parametrize("made", [CHAIN, MOMENTS], ids=["chain", "moments"])
@settings(max_examples=25)
@given(data=st.data(), runs=st.integers(1, 12))
def test_the_export_does_not_depend_on_the_chunks(made: Design, data: st.DataObject, runs: int) -> None:
    planned = data.draw(st.permutations(chunks(made, {}, Limits(runs, CORE.bytes, CORE.seconds))))
    again = [Chunk(Batch(chunk.batch.form, chunk.batch.cells[::-1]), chunk.first, chunk.last) for chunk in planned]
    assert same(table_of(made, again), table_of(made, chunks(made, {})))


def test_stored_runs_beyond_the_design_are_left_out() -> None:
    """Fewer blocks or levels than are stored: the table is that of the smaller design."""
    small = design(factors={"data.noise": [0.1], "network.depth": [2]}, blocks={"number": 2})
    stored = [rows(outcome(chunk, CHAIN)) for chunk in chunks(CHAIN, {})]
    found = exported(stored, small)
    assert set(found["cell"].to_pylist()) == {cell.id for cell in small.cells} and set(found["block"].to_pylist()) == {
        0,
        1,
    }
    assert set(found["network.depth"].to_pylist()) == {2}


def test_labels_of_parts_are_text() -> None:
    made = design(
        factors={"training.optimizer": ["sgd", {"name": "fast", "sgd": {"learning_rate": 0.5}}]},
        network={"linear": {"depth": 1}},
    )
    assert set(table_of(made, chunks(made, {}))["training.optimizer"].to_pylist()) == {"sgd", "fast"}


def test_a_flag_as_a_level_is_no_number() -> None:
    made = design(factors={"network.bias": [True, False]}, data=SCALAR)
    assert set(table_of(made, chunks(made, {}))["network.bias"].to_pylist()) == {"True", "False"}


def test_statuses_count_every_run_once() -> None:
    found = statuses(Results.of(table_of(CHAIN, chunks(CHAIN, {}))))
    runs = [100 * place + block for place in range(4) for block in range(3)]
    diverged = sum(run % 7 == 0 for run in runs)
    late = sum(run % 7 != 0 and run % 2 == 1 for run in runs)
    assert found == {"ok": 12 - diverged - late, "diverged": diverged, "budget_exhausted": late, "failed": 0}
    assert diverged and late


def test_same_sees_a_change_of_one_value_name_or_row() -> None:
    """The comparison that the tests above rely on."""
    table = table_of(CHAIN, chunks(CHAIN, {}))
    values = table["value"].to_numpy().copy()
    values[3] = np.nextafter(values[3], 1e9)
    place = table.column_names.index("value")
    assert same(table, table) and not same(table, table.slice(1)) and not same(table, table.slice(0, 5))
    assert not same(table, table.set_column(place, "value", pa.array(values))) and not same(
        table, table.rename_columns([*table.column_names[:-1], "seen"])
    )
