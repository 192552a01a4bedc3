"""Anybody's table becomes the long table of a run, whatever its format, layout and spelling."""

from __future__ import annotations

import doctest
import gzip
import json
import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from lnnstats.results.foreign import read, read_table, write_table
from lnnstats.results.table import REQUIRED
from lnnstats.study.levels import level_key
from lnnstats.study.load import from_text
from lnnstats.study.values import Plan

PLAN = from_text(
    '{"factors": {"optimizer": ["sgd", "adam"]}, "blocks": {"number": 2}, "responses": {"error": "measured"}}'
).plan
TWO = from_text(
    '{"factors": {"optimizer": ["sgd", "adam"], "depth": [2, 16]}, '
    '"responses": {"error": "measured", "time": {"measured": {"horizon": 9}}}}'
).plan
DEPTH = from_text('{"factors": {"depth": [2, 16, 128]}, "responses": {"error": "measured"}}').plan
WIDE = "block,optimizer,error\n0,sgd,0.5\n0,adam,0.25\n1,sgd,0.75\n1,adam,0.125\n"
LONG = "block,optimizer,response,value\n0,sgd,error,0.5\n0,adam,error,0.25\n1,sgd,error,0.75\n1,adam,error,0.125\n"
ACROSS = "block,sgd,adam\n0,0.5,0.25\n1,0.75,0.125\n"
HEAD = "block,optimizer,error\n"


def written(folder: Path, text: str, suffix: str = "csv", encoding: str = "utf-8") -> Path:
    path = folder / f"table.{suffix}"
    content = text.encode(encoding)
    path.write_bytes(gzip.compress(content) if suffix.endswith(".gz") else content)
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
    """(block, level, response, value, status) of every row, sorted."""
    table = read_table(path, plan)
    columns = (table[name].to_pylist() for name in ("block", "optimizer", "response", "value", "status"))
    return sorted(zip(*columns, strict=True), key=lambda row: (row[0], row[1] != "sgd"))


EXPECTED = [
    (0, "sgd", "error", 0.5, "ok"),
    (0, "adam", "error", 0.25, "ok"),
    (1, "sgd", "error", 0.75, "ok"),
    (1, "adam", "error", 0.125, "ok"),
]


@pytest.mark.parametrize("text", [WIDE, LONG, ACROSS], ids=["wide", "long", "across"])
@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet", "jsonl", "ndjson", "csv.gz", "tsv.gz", "jsonl.gz", "CSV"])
def test_every_format_and_layout(tmp_path, text, suffix):
    if suffix == "parquet":
        path = tmp_path / "table.parquet"
        pq.write_table(pa_csv.read_csv(written(tmp_path, text)), path)
    else:
        form = suffix.lower().removesuffix(".gz")
        path = written(tmp_path, {"csv": text, "tsv": text.replace(",", "\t")}.get(form) or lines(text), suffix)
    assert content(path) == EXPECTED
    assert read_table(path, PLAN).schema.names == ["optimizer", *REQUIRED]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (WIDE.replace(",", ";"), "utf-8"),
        (WIDE.replace(",", "\t"), "utf-8"),
        (WIDE, "utf-8-sig"),
        (WIDE.replace("\n", "\r\n"), "utf-8"),
        (WIDE.replace(",", " , "), "utf-8"),
        ("\n\n" + WIDE + "\n\n", "utf-8"),
        (WIDE.replace("0.5", '"0.5"').replace("sgd", '"sgd"'), "utf-8"),
        (WIDE.replace("0.5", "+0.5").replace("0.25", "2.5E-1"), "utf-8"),
        (WIDE.replace("0,", "0.0,").replace("1,", "1.0,"), "utf-8"),
    ],
    ids=["semicolons", "tabs", "BOM", "CRLF", "spaces", "blank lines", "quotes", "exponents", "blocks as reals"],
)
def test_every_spelling_of_csv(tmp_path, text, encoding):
    assert content(written(tmp_path, text, encoding=encoding)) == EXPECTED


def test_json_lines_may_start_with_a_bom_and_quote_numbers(tmp_path):
    text = lines(WIDE).replace("0.5", '" 0.5 "').replace('"block": 1', '"block": "1"')
    assert content(written(tmp_path, text, "jsonl", "utf-8-sig")) == EXPECTED


def test_a_typographic_minus_is_a_minus(tmp_path):
    assert content(written(tmp_path, HEAD + "0,sgd,\u22121.5\n"))[0][3] == -1.5


def test_a_column_a_level_is_said_and_may_be_numbers(tmp_path):
    found = read(written(tmp_path, "block,16.0,2,note\n0,0.5,0.25,x\n1,,0.125,y\n"), DEPTH)
    assert found.table["depth"].to_pylist() == [16, 2, 2]
    assert found.table["block"].to_pylist() == [0, 0, 1]
    assert found.notes == (
        "a column a level of depth, a row a block: 16.0, 2 hold error",
        "no row has depth = 128",
        "1 of 4 rows of error hold no value and count as missing runs (row 2)",
    )


def test_a_wide_table_has_every_response(tmp_path):
    text = "block,optimizer,depth,error,time\n7,sgd,2,0.5,3\n7,sgd,16,0.25,4\n"
    table = read_table(written(tmp_path, text), TWO)
    assert table["response"].to_pylist() == ["error", "error", "time", "time"]
    assert table["value"].to_pylist() == [0.5, 0.25, 3.0, 4.0]
    assert table["cell"].to_pylist() == ["sgd|2", "sgd|16"] * 2


@pytest.mark.parametrize("other", ["value", "response", "note", "sgd"])
def test_other_columns_of_a_wide_table_are_left_alone(tmp_path, other):
    head, *rows = WIDE.splitlines()
    assert content(written(tmp_path, "\n".join([f"{head},{other}", *(f"{row},7" for row in rows)]))) == EXPECTED


def test_columns_that_no_plan_names_are_not_read(tmp_path, monkeypatch):
    asked = []
    whole = pa_csv.ConvertOptions
    monkeypatch.setattr(pa_csv, "ConvertOptions", lambda **o: asked.append(o["include_columns"]) or whole(**o))
    read(written(tmp_path, WIDE.replace("\n", ",z\n").replace("error,z", "error,note")), PLAN)
    assert asked == [["optimizer", "block", "error"]]


@pytest.mark.parametrize("spelled", ["nan", "NaN", "inf", "-inf", "Infinity", "1e999"])
def test_a_value_that_is_not_finite_is_a_run_that_diverged(tmp_path, spelled):
    found = content(written(tmp_path, WIDE.replace("0.25", spelled)))
    assert [row[4] for row in found] == ["ok", "diverged", "ok", "ok"]
    assert not math.isfinite(found[1][3])


@pytest.mark.parametrize("missing", ["NaN", "Infinity", "-Infinity"])
def test_nor_in_json_lines(tmp_path, missing):
    found = content(written(tmp_path, lines(WIDE).replace("0.25", missing), "jsonl"))
    assert [row[4] for row in found] == ["ok", "diverged", "ok", "ok"]


@pytest.mark.parametrize("spelled", ["", " ", '""', "NA", "null"])
@pytest.mark.parametrize("text", [WIDE, LONG])
def test_an_empty_cell_is_a_run_that_is_missing(tmp_path, text, spelled):
    found = read(written(tmp_path, text.replace("0.25", spelled)), PLAN)
    assert found.table["value"].to_pylist() == [0.5, 0.75, 0.125]
    assert found.notes == ("1 of 4 rows of error hold no value and count as missing runs (row 2)",)


def test_in_json_lines_it_is_null_or_absent(tmp_path):
    text = lines(WIDE).replace("0.25", "null").replace(', "error": 0.125', "")
    found = read(written(tmp_path, text, "jsonl"), PLAN)
    assert found.table["value"].to_pylist() == [0.5, 0.75]
    assert "2 of 4 rows" in found.notes[0]


def test_in_parquet_null_is_missing_and_nan_diverged(tmp_path):
    pq.write_table(
        pa.table({"block": [0, 0, 1], "optimizer": ["sgd", "adam", "sgd"], "error": [0.5, None, math.nan]}),
        tmp_path / "table.parquet",
    )
    found = read(tmp_path / "table.parquet", PLAN)
    assert found.table["status"].to_pylist() == ["ok", "diverged"]
    assert "row 2" in found.notes[0]


def test_a_run_whose_status_says_diverged_needs_no_value(tmp_path):
    text = "block,optimizer,error,status\n0,sgd,,diverged\n0,adam,,\n1,sgd,1,\n1,adam,,failed\n"
    found = read(written(tmp_path, text), PLAN)
    assert found.table["status"].to_pylist() == ["diverged", "ok"]
    assert "2 of 4 rows of error" in found.notes[0]


def test_levels_match_by_value_and_take_the_spelling_of_the_plan(tmp_path):
    text = '{"block": 0, "depth": "16", "error": 1}\n{"block": 0, "depth": 2.0, "error": 2}\n'
    table = read_table(written(tmp_path, text, "jsonl"), DEPTH)
    assert table["depth"].to_pylist() == [16, 2]
    assert table["cell"].to_pylist() == ["16", "2"]
    assert table["depth"].type.value_type == pa.int64()


def test_spellings_of_one_level():
    assert level_key("2") == level_key(2.0) == level_key(" 2 ") != level_key("16")
    assert level_key(True) == level_key("true") != level_key(1)


def test_rows_of_other_levels_are_counted_and_the_close_one_is_asked_about(tmp_path):
    text = WIDE + "0,Adam,3\n1,Adam,3\n1,rmsprop,4\n"
    found = read(written(tmp_path, text), PLAN)
    assert found.table.num_rows == 4
    assert found.notes == (
        "3 of 7 rows left out: the plan names no such level of optimizer ('Adam' 2, 'rmsprop' 1); did you mean 'adam'?",
    )


def test_rows_of_other_responses_are_counted(tmp_path):
    found = read(written(tmp_path, LONG + "0,sgd,loss,3\n0,sgd,,3\n"), PLAN)
    assert found.table.num_rows == 4
    assert found.notes[0].startswith("2 of 6 rows left out: the plan names no response loss")


def test_a_table_that_is_as_the_plan_says_needs_no_note(tmp_path):
    assert read(written(tmp_path, WIDE), PLAN).notes == ()


def test_blocks_may_be_named(tmp_path):
    """Names are numbered in sorted order, the same for every response and every order of rows."""
    text = "block,optimizer,depth,error,time\nb,sgd,2,1,2\na,sgd,2,3,4\nb,adam,2,5,6\n10,adam,2,7,8\n"
    assert read_table(written(tmp_path, text), TWO)["block"].to_pylist() == [2, 1, 2, 0] * 2


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        (pa.array(["x", "y", "x"]).dictionary_encode(), [0, 1, 0]),
        (pa.array([1.5, 2.5, 1.5]), [0, 1, 0]),
        (pa.array([3.0, 20.0, 3.0]), [3, 20, 3]),
        (pa.array(["3", " 20", "03"]), [3, 20, 3]),
        (pa.array([-1, 5, -1]), [-1, 5, -1]),
        (pa.array([2**62, 7, 2**62]), [1, 0, 1]),
        (pa.array(["90071992547409930", "90071992547409931", "90071992547409930"]), [0, 1, 0]),
        (pa.array([True, False, True]), [1, 0, 1]),
        (pa.chunked_array([["x", "y"], ["x"]]), [0, 1, 0]),
    ],
)
def test_blocks_of_any_type_are_numbered(tmp_path, blocks, expected):
    table = pa.table({"block": blocks, "optimizer": ["sgd", "sgd", "adam"], "error": [1.0, 2.0, 3.0]})
    pq.write_table(table, tmp_path / "table.parquet")
    assert read_table(tmp_path / "table.parquet", PLAN)["block"].to_pylist() == expected


def test_very_large_whole_numbers_are_blocks_in_csv_too(tmp_path):
    text = HEAD + "20240101123456789012,sgd,1\n20240101123456789013,sgd,2\n20240101123456789012,adam,3\n"
    assert read_table(written(tmp_path, text), PLAN)["block"].to_pylist() == [0, 1, 0]


def test_truths_are_levels_too(tmp_path):
    plan = from_text('{"factors": {"bias": [false, true]}, "responses": {"error": "measured"}}').plan
    table = read_table(written(tmp_path, "block,bias,error\n0,TRUE,1\n0,False,2\n"), plan)
    assert table["bias"].to_pylist() == ["True", "False"]


def test_status_steps_and_censoring_are_taken_where_given(tmp_path):
    text = "block,optimizer,response,value,status,step,layer,observed\n0,sgd,error,0.5,diverged,10,2,false\n"
    (row,) = read_table(written(tmp_path, text), PLAN).to_pylist()
    assert (row["status"], row["step"], row["layer"], row["observed"]) == ("diverged", 10, 2, False)


def test_and_may_be_empty(tmp_path):
    text = "block,optimizer,response,value,status,step,layer,observed\n0,sgd,error,0.5,,,,\n1,sgd,error,1,,7,,0\n"
    first, second = read_table(written(tmp_path, text), PLAN).to_pylist()
    assert (first["status"], first["step"], first["layer"], first["observed"]) == ("ok", None, None, True)
    assert (second["step"], second["observed"]) == (7, False)


MEASURED = """
factors: {optimizer: [sgd, adam]}
responses: {angle: {row_angle: {measurements: [gradient, update]}}, error: measured}
"""


def test_measurements_are_taken_where_the_plan_has_them(tmp_path):
    """One that the plan does not name is left out and said, and so is one of a response that has none."""
    text = (
        "block,optimizer,response,value,layer,measurement\n0,sgd,angle,0.5,1, gradient \n0,sgd,angle,0.25,1,update\n"
        "0,sgd,angle,3,1,difference\n0,sgd,error,1,,\n0,sgd,error,2,,update\n"
    )
    found = read(written(tmp_path, text), from_text(MEASURED).plan)
    assert found.table["measurement"].to_pylist() == ["gradient", "update", None]
    assert found.table["value"].to_pylist() == [0.5, 0.25, 1.0]
    said = "2 of 5 rows left out: the plan has no measurement difference of angle, update of error"
    assert said in found.notes


def test_a_column_of_that_name_is_left_alone_where_no_response_has_measurements(tmp_path):
    text = "block,optimizer,error,measurement\n0,sgd,0.5,morning\n0,adam,0.25,evening\n"
    assert "measurement" not in read_table(written(tmp_path, text), PLAN).column_names


def test_a_plan_without_factors(tmp_path):
    plan = from_text('{"responses": {"error": "measured"}}').plan
    table = read_table(written(tmp_path, "block,error\n0,1\n1,2\n"), plan)
    assert (table["cell"].to_pylist(), table["value"].to_pylist()) == (["all", "all"], [1.0, 2.0])


def exported() -> pa.Table:
    """A run's table with every kind of number a run can hold."""
    values = [0.1, 1 / 3, 5e-324, 1e300, math.inf, math.nan, 100.0, -0.0]
    size = len(values)
    name = pa.dictionary(pa.int32(), pa.string())
    return pa.table(
        {
            "optimizer": pa.array(["sgd", "adam"] * (size // 2)).dictionary_encode(),
            "cell": pa.array(["c", "d"] * (size // 2)).cast(name),
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


@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet", "jsonl", "ndjson", "csv.gz", "jsonl.gz"])
def test_what_is_exported_reads_back_exactly(tmp_path, suffix):
    table, path = exported(), tmp_path / f"table.{suffix}"
    write_table(table, path)
    back = read_table(path, PLAN)
    assert back.schema.names == table.schema.names
    for name in ("optimizer", "cell", "block", "status", "draws", "response", "step", "layer", "observed"):
        assert back[name].to_pylist() == table[name].to_pylist(), name
    np.testing.assert_array_equal(back["value"].to_numpy().view(np.uint64), table["value"].to_numpy().view(np.uint64))


def test_the_page_says_what_happens():
    page = Path(__file__).resolve().parents[2] / "docs" / "bring_your_own_table.md"
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert tried and not failed
