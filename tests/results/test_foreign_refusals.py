"""What cannot be read is refused in one clear message: file, column, row, what was found, what to do."""

from __future__ import annotations

import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lnnstats.errors import BadInput
from lnnstats.results.foreign import read_table, write_table
from lnnstats.results.foreign.place import rows
from lnnstats.study.load import from_text

PLAN = from_text('{"factors": {"optimizer": ["sgd", "adam"]}, "responses": {"error": "measured"}}').plan
TWO = from_text('{"factors": {"optimizer": ["sgd", "adam"], "depth": [1, 2]}, "responses": {"error": "measured"}}').plan
HEAD = "block,optimizer,error\n"
GOOD = HEAD + "0,sgd,0.5\n0,adam,0.25\n"
LONG = "block,optimizer,response,value\n0,sgd,error,0.5\n0,adam,error,0.25\n"


def refused(path, plan=PLAN) -> str:
    with pytest.raises(BadInput) as found:
        read_table(path, plan)
    assert str(path) in str(found.value)
    assert len(str(found.value).splitlines()) == len(found.value.problems)
    return str(found.value)


def saved(folder, text: str | bytes, suffix: str = "csv"):
    path = folder / f"table.{suffix}"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("found", "hint"),
    [
        ("fast", ""),
        ('"0,5"', "write a decimal point"),
        ('"1,234"', "write it without thousands separators"),
        ('"1,234.5"', "write it without thousands separators"),
        ("1 234", "write it without thousands separators"),
        ("1_000", "write it without thousands separators"),
        ("12 %", "0.12 for 12 %"),
        ("3 ms", "without its unit"),
        ("1e-3s", "without its unit"),
        ("true", "write 1 and 0"),
        ("diverged", "write nan for a run that diverged, nothing for a run that is missing"),
        ("#DIV/0!", "write nan for a run that diverged, nothing for a run that is missing"),
        ("0x10", ""),
        ("0.5 \u00b1 0.1", "without its unit"),
        ("-", ""),
    ],
)
def test_text_where_numbers_belong(tmp_path, found, hint):
    said = refused(saved(tmp_path, GOOD + f"1,sgd,{found}\n"))
    unquoted = found.strip('"')
    assert f"error: text where numbers belong in row 3, found '{unquoted}', allowed numbers" in said
    assert said.endswith(hint)


def test_every_row_of_it_is_counted(tmp_path):
    text = HEAD + "".join(f"{i},sgd,bad\n" for i in range(9))
    assert "in rows 1, 2, 3, 4, 5 and 4 more" in refused(saved(tmp_path, text))


def test_rows_in_words():
    assert [rows([2]), rows([2, 5]), rows([1, 2, 3])] == ["row 2", "rows 2 and 5", "rows 1, 2 and 3"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "block,optimiser,error\n0,sgd,1\n",
            "optimizer: column is missing, found the columns block, optimiser, error, did you mean 'optimiser'?",
        ),
        (
            "optimizer,error\nsgd,1\n",
            "block: column is missing, found the columns optimizer, error, every row names its block",
        ),
        ("block,optimizer,loss\n0,sgd,1\n", "error: column is missing"),
        ("block,optimizer,response\n0,sgd,error\n", "error: column is missing"),
        ("block,optimizer,error,error\n0,sgd,1,2\n", "error: column is there twice"),
        ("block,block,optimizer,error\n0,0,sgd,1\n", "block: column is there twice"),
        ("block,sgd,sgd\n0,1,2\n", "sgd: column is there twice"),
        (HEAD + ",sgd,1\n0,adam,2\n", "block: no block in row 1"),
        (HEAD + "0,sgd,1\n0,,2\n", "optimizer: no level in row 2, allowed sgd, adam"),
        (
            HEAD + "0,SGD,1\n",
            "optimizer: no row has a level that the plan names, found SGD, allowed sgd, adam, did you mean 'sgd'?",
        ),
        (LONG.replace("error", "err"), "no row is of a response of the plan, allowed error, did you mean 'error'?"),
        (LONG.replace("0.25", "fast"), "value: text where numbers belong in row 2"),
        ("block,optimizer,error,step\n0,sgd,1,\n0,sgd,1,soon\n", "step: no whole number in row 2, found 'soon'"),
        ("block,optimizer,error,step\n0,sgd,1,1.5\n", "step: no whole number in row 1, found '1.5'"),
        ("block,optimizer,error,layer\n0,sgd,1,99999\n", "layer: no whole number in row 1, found '99999'"),
        ("block,optimizer,error,observed\n0,sgd,1,perhaps\n", "observed: no truth in row 1, found 'perhaps'"),
        (
            "block,optimizer,error,status\n0,sgd,1,okay\n",
            "status: unknown status in row 1, found 'okay', allowed ok, diverged, budget_exhausted, failed, "
            "did you mean 'ok'?",
        ),
        (HEAD + "0,sgd\n", "cannot be read: CSV parse error: row 1: Expected 3 columns, got 2: 0,sgd"),
        (HEAD + "0,sgd,1\n" * 40_000 + "0,sgd,1,2\n", "cannot be read: CSV parse error: row 40001: Expected 3 columns"),
        ("", "cannot be read: the file is empty"),
        ("\n\n \n", "cannot be read: the file is empty"),
        (HEAD, "holds a header and no rows"),
        (HEAD + "0,sgd,\n0,adam,NA\n", "no row holds a value, write nan or inf for a run that diverged"),
        (GOOD.encode("utf-16"), "cannot be read: not UTF-8 text, save it as UTF-8"),
        (GOOD.replace("sgd", "sgd\u00e9").encode("latin-1"), "cannot be read"),
        (GOOD.replace("error", "\u00e9rror").encode("latin-1"), "cannot be read: not UTF-8 text"),
    ],
)
def test_csv(tmp_path, text, message):
    assert message in refused(saved(tmp_path, text))


def test_two_rows_for_one_run_are_named(tmp_path):
    said = refused(saved(tmp_path, GOOD + "1,sgd,1\n1,sgd,2\n"))
    assert "more than one row for one run: rows 3 and 4, found optimizer sgd, block 1, response error" in said
    said = refused(saved(tmp_path, GOOD + "00,adam,2\n0.0, sgd ,2\n0,sgd,4\n"))
    assert "rows 1 and 4; 3 rows in all repeat another" in said


def test_steps_and_layers_tell_rows_apart(tmp_path):
    text = "block,optimizer,error,step,layer\n0,sgd,1,1,1\n0,sgd,1,1,2\n0,sgd,1,2,1\n0,sgd,1,,1\n"
    assert read_table(saved(tmp_path, text), PLAN).num_rows == 4
    assert "rows 2 and 5" in refused(saved(tmp_path, text + "0,sgd,1,1,2\n"))


def test_a_word_that_is_no_measurement_is_refused(tmp_path):
    plan = from_text('{"factors": {"optimizer": ["sgd", "adam"]}, "responses": {"error": "row_angle"}}').plan
    text = "block,optimizer,error,measurement\n0,sgd,1,gradient\n0,adam,1,gradients\n"
    with pytest.raises(BadInput) as refusal:
        read_table(saved(tmp_path, text), plan)
    assert "measurement: no measurement in row 2, found 'gradients', allowed gradient, update" in str(refusal.value)
    assert "did you mean 'gradient'?" in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot be read: the file is empty"),
        ("{oops", "cannot be read: line 1 is no JSON"),
        ('{"block": 0, "optimizer": "sgd", "error": 1}\n\nnull', "cannot be read: line 3 is no object"),
        ("[1, 2]", "cannot be read: line 1 is no object"),
        ("{}", "optimizer: column is missing"),
        ("[" * 100_000, "cannot be read: line 1 is no JSON"),
        ('{"block": 0, "block": 1, "optimizer": "sgd", "error": 1}', "block: column is there twice, in line 1"),
        ('{"block": 0, "optimizer": "sgd", "error": [1]}', "error: holds a list or an object, in line 1"),
        ('{"block": 0, "optimizer": {"a": 1}, "error": 1}', "optimizer: holds a list or an object, in line 1"),
        ('{"block": 0, "optimizer": "sgd", "error": true}', "error: text where numbers belong in row 1, found 'true'"),
        ('{"block": 0, "optimizer": "sgd"}', "error: column is missing"),
        (b'{"block": 0, "optimizer": "\xff", "error": 1}', "not UTF-8 text"),
    ],
)
def test_json_lines(tmp_path, text, message):
    assert message in refused(saved(tmp_path, text, "jsonl"))


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ([True, False], "error: bool where numbers belong"),
        ([[1.0], [2.0]], "error: list"),
        ([datetime.date(2020, 1, 1)] * 2, "error: date32"),
        (["1", "x"], "error: text where numbers belong in row 2, found 'x'"),
        ([b"\xff", b"1"], "error: "),
    ],
)
def test_parquet(tmp_path, error, message):
    pq.write_table(pa.table({"block": [0, 0], "optimizer": ["sgd", "adam"], "error": error}), tmp_path / "t.parquet")
    assert message in refused(tmp_path / "t.parquet")


@pytest.mark.parametrize("column", ["block", "optimizer"])
def test_lists_are_no_names(tmp_path, column):
    table = pa.table({"block": [0, 0], "optimizer": ["sgd", "adam"], "error": [1.0, 2.0]})
    place = table.column_names.index(column)
    pq.write_table(table.set_column(place, column, pa.array([[1], [2]])), tmp_path / "t.parquet")
    assert f"t.parquet: {column}" in refused(tmp_path / "t.parquet")


@pytest.mark.parametrize(
    ("suffix", "message"),
    [
        ("xlsx", "unknown table format, found 'xlsx', allowed csv, tsv, parquet, jsonl, ndjson, and .gz"),
        ("", "unknown table format"),
        ("parquet.gz", "unknown table format"),
        ("gz", "unknown table format"),
        ("parquet", "cannot be read"),
        ("csv.gz", "cannot be read"),
        ("jsonl.gz", "cannot be read"),
    ],
)
def test_suffixes_that_are_unknown_or_lie(tmp_path, suffix, message):
    assert message in refused(saved(tmp_path, GOOD, suffix))


def test_an_unknown_suffix_is_not_written(tmp_path):
    with pytest.raises(BadInput, match="unknown table format"):
        write_table(pa.table({"a": [1]}), tmp_path / "t.xlsx")


@pytest.mark.parametrize("name", ["absent.csv", "absent.parquet", "absent.jsonl", "absent.csv.gz"])
def test_a_file_that_is_not_there(tmp_path, name):
    assert "cannot be read" in refused(tmp_path / name)


def test_a_folder_is_no_table(tmp_path):
    assert "unknown table format" in refused(tmp_path)
    (tmp_path / "folder.csv").mkdir()
    assert "cannot be read" in refused(tmp_path / "folder.csv")


def test_every_missing_column_is_named_at_once(tmp_path):
    with pytest.raises(BadInput) as found:
        read_table(saved(tmp_path, "a,b\n1,2\n"), TWO)
    assert [p.path.rpartition(": ")[2] for p in found.value.problems] == ["optimizer", "depth", "block", "error"]
