"""Anybody's table becomes the long table, or is refused in one clear message that names what is wrong."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from lnnstats.errors import BadInput
from lnnstats.results.foreign import read_table, write_table
from lnnstats.results.table import SCHEMA
from lnnstats.study.load import from_text
from lnnstats.study.values import Plan

PLAN = from_text(
    '{"factors": {"optimizer": ["sgd", "adam"]}, "blocks": {"number": 2}, "responses": {"error": "measured"}}'
).plan
TWO = from_text(
    '{"factors": {"optimizer": ["sgd", "adam"], "depth": [1, 2]}, '
    '"responses": {"error": "measured", "time": {"measured": {"horizon": 9}}}}'
).plan
WIDE = "block,optimizer,error\n0,sgd,0.5\n0,adam,0.25\n1,sgd,0.75\n1,adam,0.125\n"
LONG = "block,optimizer,response,value\n0,sgd,error,0.5\n0,adam,error,0.25\n1,sgd,error,0.75\n1,adam,error,0.125\n"


def written(folder: Path, text: str, suffix: str = "csv") -> Path:
    path = folder / f"table.{suffix}"
    path.write_text(text, encoding="utf-8")
    return path


def lines(text: str) -> str:
    """CSV as JSON lines."""
    head, *rows = (line.split(",") for line in text.splitlines())
    typed = [
        {k: v if k in ("optimizer", "response") else json.loads(v) for k, v in zip(head, row, strict=True)}
        for row in rows
    ]
    return "\n".join(json.dumps(row) for row in typed)


def content(path: Path, plan: Plan = PLAN) -> list[tuple]:
    """(block, level, response, value, status) of every row."""
    table = read_table(path, plan)
    columns = (table[name].to_pylist() for name in ("block", "optimizer", "response", "value", "status"))
    return list(zip(*columns, strict=True))


EXPECTED = [
    (0, "sgd", "error", 0.5, "ok"),
    (0, "adam", "error", 0.25, "ok"),
    (1, "sgd", "error", 0.75, "ok"),
    (1, "adam", "error", 0.125, "ok"),
]


@pytest.mark.parametrize("text", [WIDE, LONG], ids=["wide", "long"])
@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet", "jsonl", "ndjson"])
def test_every_format_long_and_wide(tmp_path, text, suffix):
    if suffix == "parquet":
        path = tmp_path / "table.parquet"
        pq.write_table(pa_csv.read_csv(written(tmp_path, text)), path)
    else:
        path = written(tmp_path, {"csv": text, "tsv": text.replace(",", "\t")}.get(suffix) or lines(text), suffix)
    assert content(path) == EXPECTED
    assert read_table(path, PLAN).schema.names == ["optimizer", *SCHEMA.names]


def test_a_wide_table_has_every_response(tmp_path):
    text = "block,optimizer,depth,error,time\n7,sgd,1,0.5,3\n7,sgd,2,0.25,4\n"
    table = read_table(written(tmp_path, text), TWO)
    assert table["response"].to_pylist() == ["error", "error", "time", "time"]
    assert table["value"].to_pylist() == [0.5, 0.25, 3.0, 4.0]
    assert table["cell"].to_pylist() == ["sgd|1", "sgd|2"] * 2


@pytest.mark.parametrize("other", ["value", "response", "note"])
def test_other_columns_of_a_wide_table_are_left_alone(tmp_path, other):
    head, *rows = WIDE.splitlines()
    assert content(written(tmp_path, "\n".join([f"{head},{other}", *(f"{row},7" for row in rows)]))) == EXPECTED


@pytest.mark.parametrize("spelled", ["", "nan", "inf", "-inf"])
def test_a_value_that_is_not_finite_is_a_run_that_diverged(tmp_path, spelled):
    found = content(written(tmp_path, WIDE.replace("0.25", spelled)))
    assert [row[4] for row in found] == ["ok", "diverged", "ok", "ok"]
    assert not math.isfinite(found[1][3])


@pytest.mark.parametrize("missing", ["null", "NaN", "Infinity"])
def test_nor_in_json_lines(tmp_path, missing):
    found = content(written(tmp_path, lines(WIDE).replace("0.25", missing), "jsonl"))
    assert [row[4] for row in found] == ["ok", "diverged", "ok", "ok"]


def test_a_column_without_any_value_is_all_diverged(tmp_path):
    found = content(written(tmp_path, "block,optimizer,error\n0,sgd,\n0,adam,\n"))
    assert [row[4] for row in found] == ["diverged", "diverged"]


def test_blocks_may_be_named(tmp_path):
    """Names are numbered in sorted order, the same for every response and every order of rows."""
    text = "block,optimizer,depth,error,time\nb,sgd,1,1,2\na,sgd,1,3,4\nb,adam,1,5,6\n10,adam,1,7,8\n"
    assert read_table(written(tmp_path, text), TWO)["block"].to_pylist() == [2, 1, 2, 0] * 2


@pytest.mark.parametrize(
    "blocks",
    [pa.array(["x", "y", "x"]).dictionary_encode(), pa.array([1.5, 2.5, 1.5]), pa.chunked_array([["x", "y"], ["x"]])],
)
def test_blocks_of_any_type_are_numbered(tmp_path, blocks):
    table = pa.table({"block": blocks, "optimizer": ["sgd", "sgd", "adam"], "error": [1.0, 2.0, 3.0]})
    pq.write_table(table, tmp_path / "table.parquet")
    assert read_table(tmp_path / "table.parquet", PLAN)["block"].to_pylist() == [0, 1, 0]


def test_truths_and_numbers_as_text_are_cells_too(tmp_path):
    text = "block,optimizer,depth,error,time\n1,sgd,true,1,2\n"
    assert read_table(written(tmp_path, text), TWO)["cell"].to_pylist() == ["sgd|true"] * 2


def test_status_steps_and_censoring_are_taken_where_given(tmp_path):
    text = "block,optimizer,response,value,status,step,layer,observed\n0,sgd,error,0.5,diverged,10,2,false\n"
    (row,) = read_table(written(tmp_path, text), PLAN).to_pylist()
    assert (row["status"], row["step"], row["layer"], row["observed"]) == ("diverged", 10, 2, False)


@pytest.mark.parametrize(
    ("text", "suffix", "message"),
    [
        (
            "block,optimiser,error\n0,sgd,1\n",
            "csv",
            "optimizer: column is missing, allowed block, optimiser, error, did you mean 'optimiser'?",
        ),
        ("optimizer,error\nsgd,1\n", "csv", "block: column is missing"),
        ("block,optimizer,loss\n0,sgd,1\n", "csv", "error: column is missing"),
        ("block,optimizer,response\n0,sgd,error\n", "csv", "error: column is missing"),
        (WIDE.replace("0.25", "fast"), "csv", "error: text where numbers belong"),
        (LONG.replace("0.25", "fast"), "csv", "value: text where numbers belong"),
        ("block,optimizer,error,error\n0,sgd,1,2\n", "csv", "error: column is there twice"),
        ("block,block,optimizer,error\n0,0,sgd,1\n", "csv", "block: column is there twice"),
        ("block,optimizer,error\n,sgd,1\n0,adam,2\n", "csv", "block: a row has no block"),
        ("block,optimizer,error\n99999999999,sgd,1\n", "csv", "block: "),
        ("block,optimizer,error,step\n0,sgd,1,soon\n", "csv", "step: "),
        ("block,optimizer,error,observed\n0,sgd,1,perhaps\n", "csv", "observed: "),
        ("block,optimizer,error\n0,sgd\n", "csv", "cannot be read"),
        ("", "csv", "cannot be read"),
        ("", "jsonl", "cannot be read"),
        ("{oops", "jsonl", "cannot be read"),
        ('{"block": 0, "block": 1, "optimizer": "sgd", "error": 1}', "jsonl", "block"),
        ('{"block": 0, "optimizer": "sgd", "error": [1]}', "jsonl", "error: text where numbers belong"),
        ('{"block": 0, "optimizer": ["sgd"], "error": 1}', "jsonl", "optimizer: "),
        ("PAR1 not really", "parquet", "cannot be read"),
        (WIDE, "xlsx", "unknown table format, found 'xlsx', allowed csv, tsv, parquet, jsonl, ndjson"),
        (WIDE, "", "unknown table format"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_clear_message(tmp_path, text, suffix, message):
    with pytest.raises(BadInput) as refused:
        read_table(written(tmp_path, text, suffix), PLAN)
    assert message in str(refused.value)
    assert len(str(refused.value).splitlines()) == len(refused.value.problems)


@pytest.mark.parametrize("name", ["absent.csv", "absent.parquet", "absent.jsonl"])
def test_a_file_that_is_not_there(tmp_path, name):
    with pytest.raises(BadInput, match=f"{name}: cannot be read"):
        read_table(tmp_path / name, PLAN)


def test_a_folder_is_no_table(tmp_path):
    with pytest.raises(BadInput, match="unknown table format"):
        read_table(tmp_path, PLAN)


def test_every_missing_column_is_named_at_once(tmp_path):
    with pytest.raises(BadInput) as refused:
        read_table(written(tmp_path, "a,b\n1,2\n"), TWO)
    assert [p.path.rpartition(": ")[2] for p in refused.value.problems] == ["optimizer", "depth", "block"]


def exported() -> pa.Table:
    """A run's table with every kind of number a run can hold."""
    values = [0.1, 1 / 3, 5e-324, 1e300, math.inf, math.nan, 100.0, -0.0]
    size = len(values)
    name = pa.dictionary(pa.int32(), pa.string())
    return pa.table(
        {
            "optimizer": pa.array(["sgd", "adam"] * (size // 2)).dictionary_encode(),
            **{n: pa.array(v).cast(name) for n, v in {"cell": ["c", "d"] * (size // 2)}.items()},
            "block": pa.array(np.arange(size) // 2, pa.int32()),
            "status": pa.array(["ok"] * 4 + ["diverged"] * 2 + ["budget_exhausted", "ok"]).cast(name),
            "draws": pa.array([2**64 - 1, 2**63 + 1, 2**53 + 1, 1, 0, 7, 8, 9], pa.uint64()),
            "response": pa.array(["error"] * size).cast(name),
            "step": pa.array([None, 10, 20, None, None, 1, 2, 3], pa.int64()),
            "layer": pa.array([None, 1, 2, None, None, 1, 2, 3], pa.int16()),
            "value": pa.array(values, pa.float64()),
            "observed": pa.array([True] * 6 + [False, True]),
        }
    )


@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet", "jsonl", "ndjson"])
def test_what_is_exported_reads_back_exactly(tmp_path, suffix):
    table, path = exported(), tmp_path / f"table.{suffix}"
    write_table(table, path)
    back = read_table(path, PLAN)
    for name in ("optimizer", "cell", "block", "status", "response", "step", "layer", "observed"):
        assert back[name].to_pylist() == table[name].to_pylist(), name
    np.testing.assert_array_equal(back["value"].to_numpy().view(np.uint64), table["value"].to_numpy().view(np.uint64))


def test_parquet_keeps_the_checksums_of_draws(tmp_path):
    write_table(exported(), tmp_path / "table.parquet")
    assert read_table(tmp_path / "table.parquet", PLAN)["draws"].equals(exported()["draws"])
