"""Results written a window of blocks at a time, and asked where they lie: the windows and the place change nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from lnnstats.design.chunks import CORE, Limits, chunks
from lnnstats.design.expand import expand
from lnnstats.digest import file_sha256
from lnnstats.engine.execute import execute
from lnnstats.results import export
from lnnstats.results.export import exports, windows
from lnnstats.results.query import Results
from lnnstats.results.store import RESULTS, open_results, read_results, receipts, save_chunk, save_results
from lnnstats.results.table import exported, rows, same
from tests.worlds import CPU, study

BLOCKS = 7
STUDY = study(
    factors={"network.depth": [2, 1], "data.noise": [0.5, 0.1]},
    blocks={"number": BLOCKS},
    responses={
        "error": {"mse": {"steps": [0, 5, 20]}},
        "singular": {"singular_ratio": {"steps": [5, 20], "measurements": ["gradient", "cumulative"]}},
        "arrival": {"time_to": {"of": "error", "below": 0.1}},
    },
)
DESIGN = expand(STUDY)
ROWS = sum(3 + 4 * cell.world.network.depth + 1 for cell in DESIGN.cells)  # of a block


def written(folder: Path, runs: int, monkeypatch: pytest.MonkeyPatch, width: int) -> Path:
    """Results of chunks of so many runs, written in windows of so many blocks."""
    for chunk in chunks(DESIGN, {}, Limits(runs, CORE.bytes, CORE.seconds)):
        save_chunk(folder, chunk, "measured", rows(execute(chunk, STUDY, CPU)), "cpu", 0.5)
    monkeypatch.setattr(export, "windows", lambda design: windows(design, width * ROWS))
    save_results(folder, exports(folder, receipts(folder, "measured")[0], DESIGN))
    return folder


@pytest.fixture(scope="module")
def direct() -> pa.Table:
    return exported([rows(execute(chunk, STUDY, CPU)) for chunk in chunks(DESIGN, {})], DESIGN)


@pytest.mark.parametrize("width", [1, 2, 3, BLOCKS, BLOCKS + 1])
def test_windows_partition_the_blocks(width: int) -> None:
    found = [block for first, last in windows(DESIGN, width * ROWS) for block in range(first, last)]
    assert found == list(range(BLOCKS))
    assert max(last - first for first, last in windows(DESIGN, width * ROWS)) == min(width, BLOCKS)


def test_a_block_beyond_the_limit_is_a_window_of_its_own() -> None:
    assert list(windows(DESIGN, 1)) == [(block, block + 1) for block in range(BLOCKS)]


@pytest.mark.parametrize(("runs", "width"), [(1, 1), (5, 2), (8, 3), (100, 4)])
def test_the_table_is_that_of_one_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: int, width: int, direct: pa.Table
) -> None:
    assert same(read_results(written(tmp_path, runs, monkeypatch, width)), direct)


def test_the_bytes_do_not_depend_on_the_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (written(tmp_path / str(runs), runs, monkeypatch, 2) for runs in (3, 100))
    assert file_sha256(one / RESULTS) == file_sha256(other / RESULTS)


def test_what_fails_half_way_leaves_the_results_as_they_were(tmp_path: Path, direct: pa.Table) -> None:
    def half() -> Any:
        yield direct
        raise ZeroDivisionError

    save_results(tmp_path, [direct])
    before = file_sha256(tmp_path / RESULTS)
    with pytest.raises(ZeroDivisionError):
        save_results(tmp_path, half())
    assert file_sha256(tmp_path / RESULTS) == before
    assert [path.name for path in tmp_path.iterdir()] == [RESULTS]


def test_chunks_stored_before_there_were_measurements_are_read(tmp_path: Path) -> None:
    """They have no such column; results of a study that measures no change have none either, so that bytes are kept."""
    plain = expand(STUDY.model_copy(update={"responses": {"error": STUDY.responses["error"]}}))
    few = chunks(plain, {}, Limits(5, CORE.bytes, CORE.seconds))
    stored = [rows(execute(chunk, plain.study, CPU)) for chunk in few]
    before = [stored[0], *(table.drop_columns(["measurement"]) for table in stored[1:])]
    for number, tables in enumerate((stored, before, before[1:] + before[:1])):
        save_results(tmp_path / str(number), [exported(tables, plain)])
    assert len({file_sha256(tmp_path / str(number) / RESULTS) for number in range(3)}) == 1
    found = open_results(tmp_path / "0")
    assert "measurement" not in found.dataset.schema.names
    asked = found.response("error", "last", ("block", "measurement", "value"))
    assert asked["measurement"].null_count == asked.num_rows == 4 * BLOCKS


def test_a_layer_without_a_pair_of_rows_has_no_angle() -> None:
    """Of the last layer, of one row, there is no row in the table; the other layers keep their numbers."""
    responses = {"angle": {"row_angle": {"steps": [1, 5]}}, "ratio": {"singular_ratio": {"steps": [1]}}}
    made = expand(study(factors={"network.depth": [1, 3]}, network={"linear": {"width": 2}}, responses=responses))
    found = exported([rows(execute(chunk, made.study, CPU)) for chunk in chunks(made, {})], made).to_pandas()
    layers = found.groupby(["network.depth", "response"], observed=True)["layer"].unique().map(list).to_dict()
    assert layers == {(3, "angle"): [1, 2], (1, "ratio"): [1], (3, "ratio"): [1, 2, 3]}


# Questions: the file and memory answer alike, as a filter of the whole table does


@pytest.fixture(params=["file", "memory"])
def results(request: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, direct: pa.Table) -> Results:
    return Results.of(direct) if request.param == "memory" else open_results(written(tmp_path, 5, monkeypatch, 2))


COLUMNS = ("network.depth", "block", "layer", "measurement", "value", "observed")


@pytest.mark.parametrize(
    ("response", "step", "greatest"), [("error", "last", 20), ("error", 5, 5), ("singular", "last", 20)]
)
def test_a_response_at_a_step(results: Results, direct: pa.Table, response: str, step: Any, greatest: int) -> None:
    here = pc.and_(pc.equal(direct["response"], response), pc.equal(direct["step"], greatest))
    assert same(results.response(response, step, COLUMNS), direct.filter(here).select(COLUMNS))


@pytest.mark.parametrize("step", ["last", 3])
def test_a_response_without_steps_is_taken_whole(results: Results, direct: pa.Table, step: Any) -> None:
    found = results.response("arrival", step, COLUMNS)
    assert found.num_rows == 4 * BLOCKS
    assert same(found, direct.filter(pc.equal(direct["response"], "arrival")).select(COLUMNS))


def test_an_unknown_response_or_step_has_no_rows(results: Results) -> None:
    assert results.response("nothing", "last", COLUMNS).num_rows == results.response("error", 4, COLUMNS).num_rows == 0


def test_the_steps_of_a_response(results: Results) -> None:
    assert [results.steps(name) for name in ("error", "singular", "arrival", "nothing")] == [
        (0, 5, 20),
        (5, 20),
        (),
        (),
    ]


def test_distinct_counts_every_run_once(results: Results) -> None:
    runs = results.distinct(("network.depth", "data.noise", "block"))
    assert sorted(map(str, runs.to_pylist())) == sorted(
        str({**cell.levels, "block": block}) for cell in DESIGN.cells for block in range(BLOCKS)
    )
    assert results.distinct(("cell",), pc.field("network.depth") == 1).num_rows == 2
