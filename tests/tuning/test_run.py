"""A study with rules, run whole: tuned first, resumed, grown, verified, and found out where its choices are tampered
with.
"""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lnnstats.errors import Failed
from lnnstats.pipeline import analyse_table, render, run
from lnnstats.results.foreign import write_table
from lnnstats.results.manifest import hashes
from lnnstats.results.store import read_results, save_results, write_json
from lnnstats.tuning.store import settled
from lnnstats.verify.audit import audit
from lnnstats.watch import SILENT, Watch
from tests.pipeline.conftest import Listener
from tests.pipeline.runs import chunk_files, command, finished, interrupt, results, wait_for
from tests.tuning.tuned import GRID, RATE, study, text, tune

SKIP_REPORT = "import lnnstats.pipeline as p; p.compose = lambda s: None; p.write = lambda b, f: ()"
DEPTHS = {"network.depth": {"levels": [1, 2], "scale": "ordinal"}}
CONCLUSIONS = ("findings.json", "verdicts.json")


@pytest.fixture(autouse=True)
def unrendered(monkeypatch):
    monkeypatch.setattr("lnnstats.pipeline.compose", lambda subject: None)
    monkeypatch.setattr("lnnstats.pipeline.write", lambda blocks, folder: ())


def done(folder: Path, watch: Watch = SILENT, **changes) -> Path:
    run(study(**changes), "tuned", text(**changes), folder, "cpu", 1, watch)
    return folder


@pytest.fixture(scope="module")
def finished_run(tmp_path_factory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lnnstats.pipeline.compose", lambda subject: None)
        patch.setattr("lnnstats.pipeline.write", lambda blocks, folder: ())
        return done(tmp_path_factory.mktemp("tuned") / "run")


@pytest.fixture
def copied(finished_run, tmp_path) -> Path:
    return Path(shutil.copytree(finished_run, tmp_path / "run"))


def test_a_run_trains_what_was_chosen(finished_run):
    """The chosen cell's rows are those of the same number given outright, but for the cell's name."""
    chosen = {c.cell.levels["network.depth"]: c.chosen for c in settled(finished_run).choices}
    assert set(chosen) == {1, 2} and set(chosen.values()) <= set(GRID)
    for depth, value in chosen.items():
        fixed = {"network.depth": [depth], RATE: [value]}
        given = results(done(finished_run.parent / f"given-{depth}", factors=fixed))
        tuned = results(finished_run)
        mask = np.array(tuned[RATE].to_pylist()) == "tuned"
        mask &= np.array(tuned["network.depth"].to_pylist()) == depth
        for column in ("block", "status", "draws", "response", "step", "value", "observed"):
            assert tuned.filter(pa.array(mask))[column].to_pylist() == given[column].to_pylist()


def test_the_table_of_choices_names_levels_scores_and_choices(finished_run):
    table = pq.read_table(finished_run / "tuning.parquet")
    assert table.column_names == [
        *("cell", "network.depth", RATE, "value", "score", "n", "diverged", "chosen", "edge", "by", "pilot")
    ]
    rows = table.to_pylist()
    assert [(row["network.depth"], row[RATE], row["value"]) for row in rows] == [
        (depth, "tuned", value) for depth in (1, 2) for value in GRID
    ]
    for row in rows:
        assert row["n"] == 5
        assert not row["edge"] or row["chosen"]
    pilot = {row["cell"]: row for row in read_results(finished_run / "tuning").to_pylist()}
    assert {row["pilot"] for row in rows} == set(pilot)
    assert all(pilot[row["pilot"]][RATE] == row["value"] for row in rows)


def test_scores_are_those_of_the_pilots_rows(finished_run):
    """A second reading of the stored rows, a cell at a time."""
    rows = read_results(finished_run / "tuning").to_pylist()
    for trial in pq.read_table(finished_run / "tuning.parquet").to_pylist():
        times = [row["value"] for row in rows if row["cell"] == trial["pilot"] and row["response"] == "arrival"]
        assert trial["score"] == np.mean(np.minimum(times, 40))


def test_the_manifest_names_what_was_tuned(finished_run):
    files = json.loads((finished_run / "manifest.json").read_text())["files"]
    assert {"tuning.parquet", "tuning/results.parquet"} < set(files)


def test_repeating_says_so_and_trains_nothing(copied):
    before, inside, listener = chunk_files(copied), chunk_files(copied / "tuning"), Listener()
    done(copied, listener)
    assert listener.said[:3] == [
        "tuning step sizes: a pilot of 30 runs, on blocks that the analysis never sees",
        "all 30 runs are there already",
        "all 24 runs are there already",
    ]
    assert (chunk_files(copied), chunk_files(copied / "tuning")) == (before, inside)


def test_another_hypothesis_trains_nothing(copied):
    before, inside = chunk_files(copied), chunk_files(copied / "tuning")
    done(copied, hypotheses=[{"response": "arrival", "test": {"friedman": {"along": "network.depth"}}}])
    assert (chunk_files(copied), chunk_files(copied / "tuning")) == (before, inside)


@pytest.mark.parametrize("place", ["a level", "the study's own"])
def test_a_longer_grid_trains_only_what_is_new(tmp_path, place):
    def changes(grid):
        if place == "a level":
            return {"factors": {**DEPTHS, RATE: [0.05, tune(grid=grid)]}}
        optimizer = {"sgd": {"learning_rate": tune(grid=grid)}}
        return {"factors": DEPTHS, "training": {"optimizer": optimizer, "steps": 40}}

    done(tmp_path / "run", **changes(GRID))
    before, inside = chunk_files(tmp_path / "run"), chunk_files(tmp_path / "run" / "tuning")
    listener = Listener()
    done(tmp_path / "run", listener, **changes([*GRID, 0.7]))
    assert before.items() <= chunk_files(tmp_path / "run").items()
    assert inside.items() <= chunk_files(tmp_path / "run" / "tuning").items()
    assert listener.said[1].startswith("training 10 of 40 runs")
    assert listener.said[2].startswith(f"training 12 of {24 if place == 'a level' else 12} runs")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_stopped_in_the_pilot_the_same_command_goes_on(tmp_path, finished_run, how):
    file, folder = tmp_path / "tuned.yaml", tmp_path / "run"
    file.write_text(text())
    process = command("run", file, "--out", folder, "--workers", 1, max_runs=2, before=SKIP_REPORT)
    assert wait_for(lambda: len(list(folder.glob("tuning/chunks/*.json"))) >= 3, process)
    interrupt(process, how)
    code, _, err = finished(process)
    assert not (folder / "results.parquet").exists(), "the signal came too late"
    assert how == signal.SIGKILL or (code == 3 and "the same command goes on" in err)
    kept = chunk_files(folder / "tuning")
    done(folder)
    assert kept.items() <= chunk_files(folder / "tuning").items()
    assert results(folder).equals(results(finished_run))
    assert pq.read_table(folder / "tuning.parquet").equals(pq.read_table(finished_run / "tuning.parquet"))


def failed(folder: Path, count: int = 4) -> set[str]:
    """The levels at which a check fails."""
    return {check.level for check in audit(folder, count, "n", "cpu").checks if not check.ok}


def rehashed(folder: Path) -> None:
    content = json.loads((folder / "manifest.json").read_text())
    write_json(folder / "manifest.json", content | {"files": hashes(folder, content["files"])})


def rewritten(folder: Path, column: str, values) -> None:
    table = pq.read_table(folder / "tuning.parquet")
    place = table.column_names.index(column)
    changed = pa.array(values(table[column].to_pylist()), table[column].type)
    pq.write_table(table.set_column(place, column, changed), folder / "tuning.parquet")
    rehashed(folder)


def test_a_run_is_verified_with_its_pilot(finished_run):
    checks = audit(finished_run, 2, "n", "cpu").checks
    assert all(check.ok for check in checks), [check for check in checks if not check.ok]
    tuned = [check.name for check in checks if check.level == "tuned" or check.name.startswith("pilot: ")]
    assert {"tuning.parquet", "pilot: chunks whole", "pilot: every run is there"} < set(tuned)
    assert sum(name.startswith("pilot: raw draws of ") for name in tuned) == 1
    assert sum(name.startswith("pilot: NumPy reference of ") for name in tuned) == 1


def test_without_runs_no_pilot_run_is_trained_again(finished_run):
    checks = audit(finished_run, 0, "n", "cpu").checks
    assert {check.level for check in checks} == {"hashes", "declared", "rows", "recomputed", "tuned"}


def test_a_changed_byte_is_found_by_its_hash(copied):
    path = copied / "tuning" / "results.parquet"
    table = pq.read_table(path)
    pq.write_table(table, path, compression="snappy")
    assert failed(copied, 0) == {"hashes"}


def test_another_choice_is_found(copied):
    """The next value of the first cell's grid: neither the pilot's rows nor the runs agree with it."""
    rewritten(copied, "chosen", lambda marks: [marks[2], *marks[:2], *marks[3:]])
    assert failed(copied, 0) == {"tuned"}
    assert failed(copied, 12) == {"tuned", "replay"}


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("score", lambda values: [value - 0.5 for value in values]),
        ("diverged", lambda values: [1, *values[1:]]),
        ("edge", lambda values: [not value for value in values]),
    ],
)
def test_an_edited_score_is_found(copied, column, change):
    rewritten(copied, column, change)
    assert failed(copied, 0) == {"tuned"}


def test_forged_rows_of_the_pilot_are_found(copied):
    table = read_results(copied / "tuning")
    values = pa.array(np.asarray(table["value"]) * 0.9)
    save_results(copied / "tuning", [table.set_column(table.column_names.index("value"), "value", values)])
    rehashed(copied)
    assert failed(copied) == {"rows", "tuned", "replay"}


def test_a_manifest_that_leaves_the_choices_out_is_found(copied):
    content = json.loads((copied / "manifest.json").read_text())
    files = {name: word for name, word in content["files"].items() if name != "tuning.parquet"}
    write_json(copied / "manifest.json", content | {"files": files})
    assert failed(copied, 0) == {"hashes"}


@pytest.mark.parametrize("again", [lambda folder: audit(folder, 0, "n", "cpu"), render], ids=["verify", "report"])
@pytest.mark.parametrize("harm", ["deleted", "cut", "no choice", "no value of the grid"])
def test_choices_that_cannot_be_read_are_refused_in_one_line(copied, harm, again):
    path = copied / "tuning.parquet"
    match harm:
        case "deleted":
            path.unlink()
        case "cut":
            path.write_bytes(path.read_bytes()[:-9])
        case "no choice":
            rewritten(copied, "chosen", lambda marks: [False] * len(marks))
        case _:
            rewritten(copied, "value", lambda values: [-value for value in values])
    with pytest.raises(Failed, match=r"tuning\.parquet") as refused:
        again(copied)
    assert len(str(refused.value).splitlines()) == 1
    assert "repeat `lnnstats run`" in str(refused.value)


def test_a_report_is_made_again_from_the_stored_choices(copied):
    before = {name: (copied / name).read_bytes() for name in (*CONCLUSIONS, "tuning.parquet", "results.parquet")}
    shutil.rmtree(copied / "tuning")
    render(copied)
    assert {name: (copied / name).read_bytes() for name in before} == before


def test_where_everything_diverges_nothing_is_lost(tmp_path):
    """Steps of 50 and 60 on curvatures near 2 leave every start: the pilot's runs stay, smaller values go on."""
    wild = {"factors": {**DEPTHS, RATE: [0.05, tune(grid=[50.0, 60.0])]}}
    with pytest.raises(Failed) as refused:
        done(tmp_path, **wild)
    assert f"network.depth = 1, {RATE} = tuned: no step size of the grid can be chosen" in str(refused.value)
    inside = chunk_files(tmp_path / "tuning")
    done(tmp_path, **{"factors": {**DEPTHS, RATE: [0.05, tune(grid=[0.1, 50.0, 60.0])]}})
    assert inside.items() <= chunk_files(tmp_path / "tuning").items()
    assert [choice.chosen for choice in settled(tmp_path).choices] == [0.1, 0.1]


BOTH = [
    {"id": "H1", "response": "excess", "test": {"paired_t": {"along": RATE, "treatment": "tuned", "reference": 0.05}},
     "average": ["network.depth"], "alternative": "less"},
    {"id": "H2", "response": "arrival", "where": {RATE: "tuned"},
     "test": {"sign_test": {"along": "network.depth", "treatment": 2, "reference": 1}}},
]  # fmt: skip


def test_matched_and_tuned_are_levels_that_the_analysis_compares(tmp_path):
    changes = {"factors": {**DEPTHS, RATE: [0.05, tune()]}, "hypotheses": BOTH}
    done(tmp_path / "run", **changes)
    findings = {f["hypothesis"]: f for f in json.loads((tmp_path / "run" / "findings.json").read_text())}
    assert all(finding["untestable"] is None for finding in findings.values())
    table = results(tmp_path / "run").to_pandas()
    last = table[(table["response"] == "excess") & (table["step"] == 40)]
    mean = last.pivot_table("value", "block", RATE, aggfunc="mean")
    ratio = np.exp(np.log(mean["tuned"] / mean["0.05"]).mean())
    assert findings["H1"]["estimate"] == pytest.approx(ratio, rel=1e-12)  # sums of six logs, in another order


@pytest.mark.parametrize("suffix", ["parquet", "csv", "tsv", "jsonl"])
def test_an_export_analysed_gives_the_same_bytes(finished_run, tmp_path, suffix):
    write_table(read_results(finished_run), tmp_path / f"table.{suffix}")
    analyse_table(tmp_path / f"table.{suffix}", study(), tmp_path / "analysed")
    for name in CONCLUSIONS:
        assert (tmp_path / "analysed" / name).read_bytes() == (finished_run / name).read_bytes()
