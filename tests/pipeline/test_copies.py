"""Runs on images: they remember which copy they were trained on, and go on and verify with that one alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from lnnstats.engine.batch import runs, stacked_data
from lnnstats.errors import BadInput
from lnnstats.pipeline import render, run
from lnnstats.study.load import from_text
from lnnstats.verify.audit import audit
from tests.images import FILES, records
from tests.worlds import chunks_of

TREE = {
    "seed": 3,
    "data": {"cifar10": {"classes": ["cat", "dog"], "train_per_class": 12, "test_per_class": 4}},
    "network": {"linear": {"depth": 1, "width": 3}},
    "training": {"optimizer": {"sgd": {"learning_rate": 0.01}}, "loss": "cross_entropy", "steps": 4, "batch": 8},
    "factors": {"network.depth": {"levels": [1, 2], "scale": "ordinal"}},
    "blocks": {"number": 4, "draws": ["data", "init"]},
    "responses": {"loss": "loss"},
    "hypotheses": [
        {"response": "loss", "test": {"paired_t": {"along": "network.depth", "treatment": 2, "reference": 1}}}
    ],
}


def trained(folder: Path, text: str = json.dumps(TREE), **options: object) -> Path:
    tree = json.loads(text)
    tree["data"]["cifar10"] |= options
    run(from_text(json.dumps(tree)), "cats", json.dumps(tree), folder, "cpu", 1)
    return folder


@pytest.fixture(scope="module")
def cats(made_up, tmp_path_factory) -> Path:
    """A run that its study told where the images are."""
    return trained(tmp_path_factory.mktemp("cats") / "run", path=str(made_up))


@pytest.fixture
def other(made_up, tmp_path) -> Path:
    """A copy that differs in one pixel."""
    folder = tmp_path / "other"
    folder.mkdir()
    for name in FILES[:-1]:
        (folder / name).symlink_to(made_up / name)
    changed = records(5)
    changed[0, 3072] = 1
    changed.tofile(folder / FILES[-1])
    return folder


def data_checks(folder: Path) -> list[tuple[bool, str, str]]:
    return [
        (check.ok, check.name, check.observed) for check in audit(folder, 1, "n", "cpu").checks if check.level == "data"
    ]


def test_manifest_and_report_tell_which_copy(cats):
    (copy,) = json.loads((cats / "manifest.json").read_text())["data"]
    assert copy["source"] == "cifar10" and copy["official"] is False and len(copy["sha256"]) == 64
    html = (cats / "report.html").read_text()
    assert copy["sha256"] in html and "not known to be the official copy" in html
    assert "path" not in json.loads((cats / "resolved.json").read_text())["data"]["cifar10"]


def test_it_verifies_with_its_copy_wherever_that_lies(cats, made_up, monkeypatch):
    monkeypatch.setenv("LNNSTATS_DATA", str(made_up.parent))
    result = audit(cats, 1, "n", "cpu")
    assert result.ok, [check for check in result.checks if not check.ok]
    assert {"data", "replay", "reference"} <= {check.level for check in result.checks}


def test_another_copy_fails_the_check_of_the_data_alone(cats, other, monkeypatch):
    monkeypatch.setenv("LNNSTATS_DATA", str(other))
    result = audit(cats, 1, "n", "cpu")
    assert {check.level for check in result.checks if not check.ok} == {"data"}
    ((ok, name, observed),) = data_checks(cats)
    assert (ok, name) == (False, "cifar10 on this machine") and "name the run's by LNNSTATS_DATA" in observed


def test_without_images_everything_else_is_verified(cats, monkeypatch, tmp_path):
    monkeypatch.delenv("LNNSTATS_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    ((ok, name, observed),) = data_checks(cats)
    assert (ok, name) == (False, "images on this machine") and "`lnnstats data get cifar10`" in observed
    shutil.copytree(cats, tmp_path / "run")
    assert json.loads((tmp_path / "run" / "manifest.json").read_text())["data"]
    render(tmp_path / "run")  # and rendered again, with its fingerprint
    assert "not known to be the official copy" in (tmp_path / "run" / "report.html").read_text()


def test_a_folder_does_not_go_on_with_another_copy(cats, made_up, other, tmp_path, monkeypatch):
    monkeypatch.setattr("lnnstats.pipeline.compose", lambda subject: None)
    monkeypatch.setattr("lnnstats.pipeline.write", lambda blocks, folder: ())
    folder = shutil.copytree(cats, tmp_path / "run")
    with pytest.raises(BadInput, match="holds runs on another copy of cifar10"):
        trained(folder, path=str(other))
    assert trained(folder, path=str(made_up)) == folder


def test_a_study_without_its_images_writes_nothing(tmp_path):
    with pytest.raises(BadInput, match="CIFAR-10's binary version is not there"):
        trained(tmp_path / "run", path=str(tmp_path))
    assert not (tmp_path / "run").exists()


def test_the_stand_in_runs_verifies_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("LNNSTATS_DATA", str(tmp_path))
    folder = trained(tmp_path / "run", stand_in="digits", path=str(tmp_path))
    assert "digits stand in for CIFAR-10" in (folder / "report.html").read_text()
    assert audit(folder, 1, "n", "cpu").ok


def test_blocks_that_draw_data_share_images_of_which_nothing_is_drawn(made_up):
    """Beside a cell that draws its own: rows of the first point to the one set, of the other to a set a block."""
    tree = json.loads(json.dumps(TREE))
    tree["data"]["cifar10"] |= {"path": str(made_up), "train_per_class": 5000, "test_per_class": 1000}
    whole = from_text(json.dumps(tree))
    chunk = chunks_of(whole)[0]
    drawn, rows = stacked_data(runs(chunk, whole.seed, whole.blocks))
    assert [part.train.x.shape[0] for part in drawn.value] == [1]
    assert rows.tolist() == [0] * len(rows) and len(drawn.checksum) == len(rows)


def test_rows_of_groups_of_any_length():
    text = json.dumps(TREE | {"data": {"cifar10": {"stand_in": "digits"}}})
    study = from_text(text)
    axis = runs(chunks_of(study)[0], study.seed, study.blocks)
    assert axis.rows([0, 1, 0, 2], [4, 1, 4]).tolist() == [0, 1, 2, 3, 4, 4, 4, 4, 0, 1, 2, 3, 5, 6, 7, 8]
