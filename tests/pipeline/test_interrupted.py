"""Killed, interrupted, locked out, out of space: one clear line, the right exit code, nothing lost, same results."""

from __future__ import annotations

import os
import resource
import signal
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from lnnstats.design.chunks import Limits
from lnnstats.errors import BadInput, Failed
from lnnstats.pipeline import run
from lnnstats.results.store import opened
from tests.pipeline.runs import (
    chunk_files,
    command,
    finished,
    interrupt,
    leftovers,
    results,
    study,
    tiny,
    wait_for,
)

LONG = {"blocks": 16, "training": {"optimizer": {"sgd": {"learning_rate": 0.05}}, "steps": 300}}
SKIP_REPORT = "import lnnstats.pipeline as p; p.compose = lambda s: None; p.write = lambda b, f: ()"


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(tiny(**LONG))
    return path


def start(file: Path, folder: Path, workers: int = 1):
    """`lnnstats run` in chunks of two runs, in a process of its own."""
    return command("run", file, "--out", folder, "--workers", workers, max_runs=2, before=SKIP_REPORT)


def stored(folder: Path) -> int:
    return len(list(folder.glob("chunks/*.json")))


def only_line(err: str) -> str:
    """The last line of standard error, where no traceback precedes it."""
    assert "Traceback" not in err, err
    return err.strip().splitlines()[-1]


@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_ends_in_one_line_and_exit_code_3_and_the_same_command_goes_on(tmp_path, file, workers):
    folder = tmp_path / "run"
    process = start(file, folder, workers)
    assert wait_for(lambda: stored(folder) >= 2, process)
    interrupt(process)
    code, out, err = finished(process)
    assert (code, out) == (3, "")
    assert "interrupted: " in only_line(err)
    assert "the same command goes on" in only_line(err)
    kept = chunk_files(folder)
    assert 4 <= len(kept) < 32
    for place in (folder, tmp_path / "expected"):
        run(study(**LONG), "tiny", file.read_text(), place, "cpu", 1)
    assert kept.items() <= chunk_files(folder).items()  # what was there was not trained again
    assert results(folder).equals(results(tmp_path / "expected"))


@pytest.mark.parametrize("workers", [1, 2])
def test_so_does_ctrl_c_before_the_first_chunk(tmp_path, file, workers):
    """The parent has just begun, and workers, where there are any, load libraries: no traceback of theirs either."""
    process = start(file, tmp_path / "run", workers)
    assert process.stderr.readline().startswith("training 32 of 32 runs")
    time.sleep(0.2 * (workers - 1))
    interrupt(process)
    code, _, err = finished(process)
    assert code == 3, err
    assert err == only_line(err) + "\n"
    assert err.startswith(("interrupted: ", f"{tmp_path / 'run'}: interrupted: "))


@pytest.mark.slow
@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize("workers", [1, 2])
def test_killed_at_any_instant_the_same_command_comes_to_the_same_results(tmp_path, file, workers):
    folder, kills = tmp_path / "run", 0
    for goal in (
        0,
        3,
        7,
        12,
        18,
    ):  # chunks stored when the blow falls: at the first write, then in the middle of others
        process = start(file, folder, workers)
        if wait_for(lambda goal=goal: (folder / "chunks").is_dir() and stored(folder) >= goal, process):
            interrupt(process, signal.SIGKILL)
            kills += 1
        finished(process)
    assert kills >= 3
    assert finished(start(file, folder, workers))[0] == 0
    expected = tmp_path / "expected"
    run(study(**LONG), "tiny", file.read_text(), expected, "cpu", 1)
    assert results(folder).equals(results(expected))


def test_the_lock_goes_with_its_process(tmp_path):
    with opened(tmp_path):
        pass
    with opened(tmp_path):
        pass


@pytest.mark.parametrize("place", ["out", "out/below"])
def test_a_file_stands_where_the_folder_should_be(tmp_path, place):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(Failed) as refused:
        run(study(), "tiny", tiny(), tmp_path / place, "cpu", 1)
    assert "a file stands where the folder should be" in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
    assert (tmp_path / "out").read_text() == "mine"


@contextmanager
def ordinary_user():
    """Nobody's rights, where root would be refused nothing."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.usefixtures("unrendered")
def test_a_folder_that_may_not_be_written(tmp_path):
    folder = tmp_path / "run"
    run(study(), "tiny", tiny(), folder, "cpu", 1)
    before = results(folder)
    paths = [tmp_path, folder, folder / "chunks"]
    while paths[0].parent != paths[0] and paths[0].name != "tmp":
        paths.insert(0, paths[0].parent)
    modes = {path: path.stat().st_mode for path in paths}
    try:
        for path in paths:
            path.chmod(0o555)
        for grown in (folder, tmp_path / "other"):
            with ordinary_user(), pytest.raises(Failed, match="the folder is not writable") as refused:
                run(study(blocks=9), "tiny", tiny(blocks=9), grown, "cpu", 1)
            assert len(str(refused.value).splitlines()) == 1
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
    assert results(folder).equals(before)


@contextmanager
def files_of_at_most(size: int):
    """The limit of a file stands in for that of a disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize(
    ("size", "kept"), [(6000, 40), (2500, 0)], ids=["chunks fit, the table does not", "no chunk fits"]
)
def test_a_full_disk_is_one_line_and_what_was_finished_stays(tmp_path, monkeypatch, size, kept):
    monkeypatch.setattr("lnnstats.engine.fill.CORE", Limits(2, 1 << 29, 30.0))
    with files_of_at_most(size), pytest.raises(Failed) as refused:
        run(study(blocks=40), "tiny", tiny(blocks=40), tmp_path, "cpu", 1)
    assert str(refused.value).endswith("finished chunks are kept; mend it and repeat the same command")
    assert len(str(refused.value).splitlines()) == 1
    assert leftovers(tmp_path) == []
    before = chunk_files(tmp_path) if kept else {}
    assert len(before) == 2 * kept
    run(study(blocks=40), "tiny", tiny(blocks=40), tmp_path, "cpu", 1)
    assert before.items() <= chunk_files(tmp_path).items()


def test_a_device_that_is_not_there(tmp_path):
    with pytest.raises(BadInput, match="--device: not available here"):
        run(study(), "tiny", tiny(), tmp_path / "run", "cuda:99", 1)
