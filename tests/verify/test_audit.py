"""An audit passes what is sound and fails, at the right level, what somebody changed, however consistently."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from lnnstats.analysis.analyse import analyse
from lnnstats.analysis.judge import judge
from lnnstats.analysis.values import conclusions
from lnnstats.design.expand import expand
from lnnstats.errors import Failed
from lnnstats.pipeline import run
from lnnstats.results.folder import read_manifest, read_study, save_json
from lnnstats.results.manifest import hashes
from lnnstats.results.store import open_results, read_results, save_results, write_json
from lnnstats.study.load import from_text, load
from lnnstats.study.values import Study
from lnnstats.verify.audit import audit
from lnnstats.verify.replay import distance, draw
from lnnstats.verify.values import Audit
from tests.pipeline.runs import ROOT, TINY, tiny

DIGITS = {
    "seed": 3,
    "data": {"digits": {"classes": [3, 8], "test_share": 0.9}},
    "network": {"linear": {"depth": 2, "width": 4}},
    "training": {"optimizer": {"adam": {"learning_rate": 0.01}}, "loss": "cross_entropy", "batch": 8, "steps": 20},
    "factors": {"network.depth": {"levels": [1, 2], "scale": "ordinal"}},
    "blocks": {"number": 4},
    "responses": {"ratio": "singular_ratio", "rank": "numerical_rank", "accuracy": "accuracy", "loss": "loss"},
    "hypotheses": [
        {"response": "loss", "test": {"paired_t": {"along": "network.depth", "treatment": 2, "reference": 1}}}
    ],
}
# Gradient descent beyond its stable step on a chain of two weights: half of the runs diverge, the others are chaotic.
CHAOS = {
    "seed": 3,
    "data": {"linear_regression": {"features": 1, "train": 30, "test": 8, "noise": 0.3, "intercept": False}},
    "network": {"linear": {"depth": 2, "width": 1, "bias": False, "init": {"gaussian": {"gain": 1.0}}}},
    "training": {"optimizer": {"sgd": {"learning_rate": 0.45}}, "steps": 300},
    "blocks": {"number": 40, "draws": ["init"]},
    "responses": {"loss": {"mse": {}}},
}


@pytest.fixture(scope="module")
def folder_of(tmp_path_factory) -> Callable[[str, Study], Path]:
    """Runs of studies, not rendered, each made once."""
    made: dict[str, Path] = {}

    def make(name: str, study: Study) -> Path:
        if name not in made:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("lnnstats.pipeline.compose", lambda subject: None)
                patch.setattr("lnnstats.pipeline.write", lambda blocks, folder: ())
                made[name] = tmp_path_factory.mktemp(name) / "run"
                run(study, name, json.dumps(study.model_dump(mode="json")), made[name], "cpu", 1)
        return made[name]

    return make


@pytest.fixture
def copied(folder_of, tmp_path) -> Path:
    """A run of the tiny study, free to be harmed."""
    return Path(shutil.copytree(folder_of("tiny", from_text(tiny())), tmp_path / "run"))


def failed(result: Audit) -> set[str]:
    """The levels at which a check fails."""
    return {check.level for check in result.checks if not check.ok}


def audited(folder: Path, count: int = 12, nonce: str = "n") -> Audit:
    return audit(folder, count, nonce, "cpu")


WITHOUT_TRAINING = {"hashes", "declared", "rows", "recomputed"}
STUDIES = {
    "smoke": lambda: load(ROOT / "studies" / "smoke.yaml", ("blocks.number=5", "training.steps=80")),
    "digits": lambda: from_text(json.dumps(DIGITS)),
    "float32": lambda: from_text(tiny(training={**TINY["training"], "dtype": "float32"})),
}


@pytest.mark.parametrize("name", STUDIES)
def test_a_fresh_run_is_verified(folder_of, name):
    result = audited(folder_of(name, STUDIES[name]()), count=4)
    assert result.ok, [check for check in result.checks if not check.ok]
    assert {check.level for check in result.checks} == {*WITHOUT_TRAINING, "replay", "reference"}


def test_the_nonce_alone_chooses_the_runs():
    design = expand(from_text(tiny()))
    chosen = [(run.cell.id, run.block) for run in draw(design, 200, "one")]
    assert chosen == [(run.cell.id, run.block) for run in draw(design, 200, "one")]
    assert chosen[:3] == [(run.cell.id, run.block) for run in draw(design, 3, "one")]
    assert chosen != [(run.cell.id, run.block) for run in draw(design, 200, "two")]
    assert len(set(chosen)) == design.runs  # 12 runs, 200 draws: every run can be chosen


def test_without_runs_nothing_is_trained_again(copied):
    assert {check.level for check in audited(copied, 0).checks} == WITHOUT_TRAINING


def test_a_manifest_that_leaves_a_file_out_is_found(copied):
    content = json.loads((copied / "manifest.json").read_text())
    files = {name: word for name, word in content["files"].items() if name != "findings.json"}
    write_json(copied / "manifest.json", content | {"files": files})
    assert failed(audited(copied, 0)) == {"hashes"}


def test_a_study_file_that_says_something_else_is_found(copied):
    said = json.loads((copied / "study.yaml").read_text())
    (copied / "study.yaml").write_text(json.dumps({**said, "seed": said["seed"] + 1}))
    rehashed(copied)
    assert failed(audited(copied, 0)) == {"declared"}


def test_chunks_taken_away_are_missed(copied):
    shutil.rmtree(copied / "chunks")
    assert failed(audited(copied, 0)) == {"rows"}


def rehashed(folder: Path) -> None:
    """The manifest made anew over the files as they are."""
    content = json.loads((folder / "manifest.json").read_text())
    write_json(folder / "manifest.json", content | {"files": hashes(folder, content["files"])})


def forged(
    folder: Path, column: str, change: Callable[[np.ndarray], np.ndarray], rows: np.ndarray | None = None
) -> None:
    """The table changed, its chunks taken away, and findings, verdicts and hashes made anew from it."""
    table, study = read_results(folder), read_study(folder)
    values = table[column].to_pylist()
    changed = change(np.array(values, dtype=object))
    mask = np.ones(len(values), dtype=bool) if rows is None else rows
    kind = table[column].type
    coded = pa.types.is_dictionary(kind)
    array = pa.array(
        np.where(mask, changed, np.array(values, dtype=object)).tolist(), kind.value_type if coded else kind
    )
    array = array.dictionary_encode() if coded else array
    save_results(folder, [table.set_column(table.column_names.index(column), column, array)])
    shutil.rmtree(folder / "chunks")
    findings = analyse(open_results(folder), study.plan)
    save_json(folder, conclusions(findings, judge(findings, study.plan)))
    rehashed(folder)


@pytest.mark.parametrize("name", ["results.parquet", "findings.json", "verdicts.json", "resolved.json", "study.yaml"])
def test_a_changed_byte_is_found_by_its_hash(copied, name):
    (copied / name).write_bytes((copied / name).read_bytes() + b"\n")
    if name == "results.parquet":  # a table with bytes after its end can no longer be read
        with pytest.raises(Failed, match="damaged"):
            audited(copied, 0)
        return
    result = audited(copied, 0)
    assert [check.name for check in result.checks if not check.ok and check.level == "hashes"] == [name]


def test_an_absent_file_is_found(copied):
    (copied / "study.yaml").unlink()
    assert next((c.name, c.observed) for c in audited(copied, 0).checks if not c.ok) == ("study.yaml", "absent")


@pytest.mark.parametrize("name", ["findings.json", "verdicts.json"])
def test_an_edited_conclusion_with_its_hash_made_anew_is_found_by_recomputing(copied, name):
    content = json.loads((copied / name).read_text())
    content[0]["decision"] = "supported" if content[0]["decision"] != "supported" else "refuted"
    write_json(copied / name, content)
    rehashed(copied)
    assert failed(audited(copied)) == {"recomputed"}


def test_an_edited_value_is_found_in_the_chunks(copied):
    table = read_results(copied)
    values = table["value"].to_numpy().copy()
    values[0] *= 1.1
    save_results(copied, [table.set_column(table.column_names.index("value"), "value", pa.array(values))])
    rehashed(copied)
    assert "rows" in failed(audited(copied, 0))


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("value", lambda v: v * 1.001),
        ("draws", lambda v: v + 1),
        ("status", lambda v: np.where(v == "diverged", "ok", "diverged")),
        ("observed", lambda v: ~v.astype(bool)),
    ],
    ids=["values", "checksums of draws", "status", "censoring"],
)
def test_what_is_forged_throughout_is_found_by_training_again(copied, column, change):
    """Every stage agrees with every other; only the runs themselves do not (and the chunks are missed)."""
    forged(copied, column, change)
    assert failed(audited(copied)) == {"replay", "rows"}


def test_a_single_forged_run_is_found_when_it_is_drawn(copied):
    cell, block = (
        next(draw(expand(read_study(copied)), 1, "nonce")).cell.id,
        next(draw(expand(read_study(copied)), 1, "nonce")).block,
    )
    table = read_results(copied)
    mask = pc.and_(pc.equal(table["cell"], cell), pc.equal(table["block"], block)).to_numpy(zero_copy_only=False)
    forged(copied, "value", lambda v: v * 1.001, mask)
    assert failed(audited(copied, 1, "nonce")) == {"replay", "rows"}


def test_runs_left_out_are_missed(copied):
    table = read_results(copied)
    save_results(copied, [table.filter(pc.greater(table["block"], 0))])
    assert "rows" in failed(audited(copied, 0))


def test_a_damaged_chunk_is_found(copied):
    chunk = next((copied / "chunks").glob("*.parquet"))
    content = bytearray(chunk.read_bytes())
    content[20] ^= 1
    chunk.write_bytes(content)
    assert failed(audited(copied, 0)) == {"rows"}


@pytest.mark.parametrize("name", ["manifest.json", "resolved.json", "results.parquet"])
def test_what_is_no_run_is_refused_in_one_line(copied, name):
    (copied / name).unlink()
    with pytest.raises(Failed) as refused:
        audited(copied, 0)
    assert name in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


@pytest.fixture
def chaos(folder_of, tmp_path) -> Path:
    return Path(shutil.copytree(folder_of("chaos", from_text(json.dumps(CHAOS))), tmp_path / "run"))


def test_a_chaotic_run_is_compared_with_its_cell(chaos):
    """Another machine's rounding moves such a run anywhere its cell goes; what lies far beyond was not trained."""
    assert set(read_results(chaos)["status"].to_pylist()) == {"ok", "diverged"}
    forged(chaos, "value", lambda v: v * 1.0001)
    inside = [check for check in audited(chaos, 20).checks if check.level == "replay" and "chaotic" in check.name]
    assert inside
    assert all(check.ok for check in inside)
    shutil.copytree(chaos, chaos.parent / "beyond")
    (chaos.parent / "beyond" / "chunks").mkdir()
    forged(chaos.parent / "beyond", "value", lambda v: v + 1e6)
    assert "replay" in failed(audited(chaos.parent / "beyond", 20))


@pytest.mark.parametrize(
    ("a", "b", "apart"),
    [
        (1.0, 1.0, 0.0),
        (0.0, 0.0, 0.0),
        (1.0, 1.1, 0.1 / 1.1),
        (0.0, 1e-300, 1.0),
        (np.inf, np.inf, 0.0),
        (np.inf, 1.0, np.inf),
        (np.nan, np.nan, 0.0),
        (np.nan, 1.0, np.inf),
        (-1.0, 1.0, 2.0),
        (np.inf, -np.inf, np.inf),
    ],
)
def test_distance(a, b, apart):
    assert distance(a, b) == pytest.approx(apart, rel=1e-12)
    assert distance(b, a) == distance(a, b)


def test_a_manifest_reads_back(copied):
    manifest = read_manifest(copied)
    assert replace(manifest, files={}).runs == 12
    assert set(manifest.files) == {"results.parquet", "resolved.json", "study.yaml", "findings.json", "verdicts.json"}
