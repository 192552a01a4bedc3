"""Published summaries: read as printed, with what rounding hides, or refused with the row that is wrong."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lnnstats.errors import BadInput
from lnnstats.results.foreign import read
from lnnstats.results.summaries import Summary, corners, difference, holds_summaries, read_summaries
from lnnstats.study.load import from_text

PLAN = from_text('{"factors": {"optimizer": ["sgd", "adam"]}, "responses": {"error": "measured"}}').plan
TWO = from_text(
    '{"factors": {"depth": [2, 16]}, "responses": {"error": "measured", "time": {"measured": {"horizon": 9}}}}'
).plan
TABLE = "optimizer,mean,sd,n\nsgd,0.540,0.05,10\nadam,0.44,0.040,12\n"


def saved(folder, text: str, suffix: str = "csv"):
    path = folder / f"table.{suffix}"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_as_printed(tmp_path):
    found = read_summaries(saved(tmp_path, TABLE), PLAN)
    assert found.cells == (
        Summary("error", {"optimizer": "sgd"}, 0.54, 0.05, 10, 0.0005, 0.005),
        Summary("error", {"optimizer": "adam"}, 0.44, 0.04, 12, 0.005, 0.0005),
    )
    assert found.of("error", {"optimizer": "adam"}).n == 12
    assert found.notes == ()


@pytest.mark.parametrize(
    ("printed", "half"), [("0.50", 0.005), ("1.20e-3", 0.000005), ("12", 0.5), ("1e3", 500.0), (" +7.5 ", 0.05)]
)
def test_what_rounding_hides_is_half_a_unit_of_the_last_digit(tmp_path, printed, half):
    cell = read_summaries(saved(tmp_path, TABLE.replace("0.540", printed)), PLAN).cells[0]
    assert cell.mean == float(printed)
    assert cell.mean_rounding == pytest.approx(half, rel=1e-12)  # a decimal half unit in binary


def test_json_lines_keep_the_digits_and_parquet_has_none(tmp_path):
    lines = '{"optimizer": "sgd", "mean": 0.540, "sd": 0.05, "n": 10}\n'
    assert read_summaries(saved(tmp_path, lines, "jsonl"), PLAN).cells[0].mean_rounding == 0.0005
    table = pa.table({"optimizer": ["sgd"], "mean": [0.54], "sd": [0.05], "n": [10]})
    pq.write_table(table, tmp_path / "table.parquet")
    cell = read_summaries(tmp_path / "table.parquet", PLAN).cells[0]
    assert (cell.mean, cell.n, cell.mean_rounding, cell.sd_rounding) == (0.54, 10, 0.0, 0.0)


def test_a_standard_error_becomes_a_standard_deviation(tmp_path):
    (cell, _) = read_summaries(saved(tmp_path, TABLE.replace("sd", "se").replace(",10", ",16")), PLAN).cells
    assert (cell.sd, cell.sd_rounding) == (0.05 * 4, 0.005 * 4)


def test_several_responses_and_levels_by_value(tmp_path):
    text = "depth,response,mean,sd,n\n16.0,time,5,1,10\n 2 , error,0.5,0.1,10.0\n64,error,1,1,3\n"
    found = read_summaries(saved(tmp_path, text), TWO)
    assert [(cell.response, cell.levels, cell.n) for cell in found.cells] == [
        ("time", {"depth": 16}, 10),
        ("error", {"depth": 2}, 10),
    ]
    assert found.notes == ("1 of 3 rows left out: the plan names no such level of depth ('64' 1)",)


def test_what_is_a_table_of_summaries(tmp_path):
    assert holds_summaries(saved(tmp_path, TABLE))
    assert holds_summaries(saved(tmp_path, TABLE.replace("sd", "se")))
    assert not holds_summaries(saved(tmp_path, "block,optimizer,error\n0,sgd,1\n"))
    assert not holds_summaries(saved(tmp_path, "block,optimizer,mean,sd,n\n0,sgd,1,1,1\n"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0.05", "-0.05", "sd: below 0 in row 1, found -0.05, allowed 0 or more"),
        (",10", ",1", "n: no number of runs in row 1, found 1, allowed whole numbers from 2, a single run has no"),
        (",10", ",0", "n: no number of runs in row 1, found 0"),
        (",10", ",10.5", "n: no number of runs in row 1, found 10.5, allowed whole numbers from 2"),
        (",12", ",1e300", "n: no number of runs in row 2"),
        (",10", ",", "n: no finite number in row 1, found an empty cell"),
        ("0.540", "nan", "mean: no finite number in row 1, found nan"),
        ("0.040", "inf", "sd: no finite number in row 2, found inf"),
        (
            "0.540",
            "0.54 (0.05)",
            "mean: text where numbers belong in row 1, found '0.54 (0.05)', allowed finite",
        ),
        ("adam", "sgd", "more than one row for one cell: rows 1 and 2, found error, sgd"),
        ("adam", "", "optimizer: no level in row 2"),
        ("mean", "average", "mean: column is missing, found the columns optimizer, average, sd, n"),
        ("sd", "std", "sd: column is missing, found the columns optimizer, mean, std, n, did you mean 'std'?"),
        (",n\n", ",sd\n", "n: column is missing"),
        ("optimizer,mean", "optimizer,mean,mean", "mean: column is there twice"),
    ],
)
def test_what_is_refused(tmp_path, old, new, message):
    path = saved(tmp_path, TABLE.replace(old, new, 1))
    if "there twice" in message:
        path = saved(tmp_path, "optimizer,mean,mean,sd,n\nsgd,1,1,1,3\n")
    with pytest.raises(BadInput) as found:
        read_summaries(path, PLAN)
    assert message in str(found.value)


@pytest.mark.parametrize(
    ("text", "plan", "message"),
    [
        ("optimizer,mean,sd,se,n\nsgd,1,1,1,3\n", PLAN, "se: a table has sd or se, not both"),
        ("depth,mean,sd,n\n2,1,1,3\n", TWO, "response: column is missing: the plan has several responses"),
        ("depth,response,mean,sd,n\n2,err,1,1,3\n", TWO, "unknown response in row 1, found 'err'"),
        ("optimizer,mean,sd,n,correlation\nsgd,1,1,3,1.5\n", PLAN, "correlation: no correlation in row 1, found 1.5"),
        ("optimizer,mean,sd,n\n", PLAN, "holds a header and no rows"),
        ("", PLAN, "the file is empty"),
    ],
)
def test_what_is_refused_too(tmp_path, text, plan, message):
    with pytest.raises(BadInput) as found:
        read_summaries(saved(tmp_path, text), plan)
    assert message in str(found.value)


def test_a_cell_that_is_not_there(tmp_path):
    found = read_summaries(saved(tmp_path, "optimizer,mean,sd,n\nsgd,1,1,3\n"), PLAN)
    assert found.notes == ("no row has optimizer = adam",)
    with pytest.raises(BadInput, match="no row for a cell that is compared, found response error, optimizer adam"):
        found.of("error", {"optimizer": "adam"})


def test_paired_differences_from_summaries_are_those_of_the_runs(tmp_path):
    """Mean, sd and correlation of two correlated columns give the mean and sd of their differences, exactly."""
    rng = np.random.default_rng(2)
    runs = rng.normal(size=(9, 1)) + rng.normal(size=(9, 2))
    r = np.corrcoef(runs.T)[0, 1]
    rows = [f"{name},{x.mean()!r},{x.std(ddof=1)!r},9,{r!r}" for name, x in zip(("sgd", "adam"), runs.T, strict=True)]
    text = "\n".join(["optimizer,mean,sd,n,correlation", *rows]).replace("np.float64(", "").replace(")", "")
    sgd, adam = read_summaries(saved(tmp_path, text), PLAN).cells
    mean, sd, n = difference(adam, sgd)
    d = runs[:, 1] - runs[:, 0]
    np.testing.assert_allclose([mean, sd, n], [d.mean(), d.std(ddof=1), 9], rtol=1e-12)  # sums of nine numbers


def test_without_correlation_or_with_other_numbers_of_runs_nothing_is_paired(tmp_path):
    sgd, adam = read_summaries(saved(tmp_path, TABLE), PLAN).cells
    with pytest.raises(BadInput, match="same number of runs, found n 12 and 10"):
        difference(adam, sgd)
    sgd, adam = read_summaries(saved(tmp_path, TABLE.replace(",12", ",10")), PLAN).cells
    with pytest.raises(BadInput, match="needs the correlation of the two levels, add a column `correlation`"):
        difference(adam, sgd)


def test_the_ends_of_what_rounding_hides(tmp_path):
    cells = read_summaries(saved(tmp_path, TABLE), PLAN).cells
    found = list(corners(*cells))
    assert len(found) == 16
    ends = {(round(sgd.mean, 12), round(adam.sd, 12)) for sgd, adam in found}  # .54 - .0005 in binary
    assert ends == {(m, s) for m in (0.5395, 0.5405) for s in (0.0395, 0.0405)}
    assert list(corners(*(end for end in found[0]))) == [found[0]]  # nothing is hidden in an end


def test_a_step_that_is_asked_for_and_not_told_is_said(tmp_path):
    asked = from_text(
        '{"factors": {"optimizer": ["sgd", "adam"]}, "responses": {"error": "measured"}, "hypotheses": '
        '[{"response": "error", "at": {"step": 9}, "test": {"welch_t": {"along": "optimizer", "treatment": "adam"}}}]}'
    ).plan
    told = "the table tells no step: its values are taken to be of the step asked for (H1)"
    assert told in read_summaries(saved(tmp_path, TABLE), asked).notes
    assert told not in read_summaries(saved(tmp_path, TABLE), PLAN).notes
    runs = "optimizer,block,step,error\nsgd,0,9,1\nadam,1,9,2\n"
    assert told in read(saved(tmp_path, runs.replace("step", "more")), asked).notes
    assert read(saved(tmp_path, runs), asked).notes == ()


def test_a_correlation_is_rounded_too_and_stays_one(tmp_path):
    text = "optimizer,mean,sd,n,correlation\nadam,1,1,3,0.99\nsgd,1,1,3,\n"
    adam, sgd = read_summaries(saved(tmp_path, text.replace("0.99", "1.0")), PLAN).cells
    assert (adam.correlation, adam.correlation_rounding, sgd.correlation) == (1.0, 0.05, None)
    assert {cell.correlation for (cell,) in corners(adam)} == {0.95, 1.0}


def test_an_sd_is_not_rounded_below_zero(tmp_path):
    cells = read_summaries(saved(tmp_path, "optimizer,mean,sd,n\nsgd,1,0.0,3\n"), PLAN).cells
    assert {cell.sd for (cell,) in corners(*cells)} == {0.0, 0.05}


def test_the_heading_of_json_lines_is_that_of_the_first(tmp_path):
    line = '{"optimizer": "sgd", "mean": 1, "sd": 1, "n": 3}\n'
    assert holds_summaries(saved(tmp_path, line + "{oops", "jsonl"))
    assert not holds_summaries(saved(tmp_path, "", "jsonl"))
