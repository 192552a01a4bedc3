"""`lnnstats data`: an archive is fetched, unpacked and recognised; what is there is shown, or said to be missing."""

from __future__ import annotations

import hashlib
import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lnnstats import datasets
from lnnstats.cli import main
from lnnstats.draws.images import origins
from lnnstats.draws.images.places import cache
from lnnstats.errors import Failed
from tests.images import FILES, FOLDER


@pytest.fixture(autouse=True)
def unnamed(monkeypatch, tmp_path):
    """A user who has named no copy and fetched none, and no proxy."""
    monkeypatch.delenv("LNNSTATS_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def url(made_up_archive):
    """The address of the made-up archive on this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return None

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=made_up_archive.parent)) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{made_up_archive.name}"
        server.shutdown()


@pytest.fixture
def checksum(made_up_archive, monkeypatch) -> str:
    """The made-up archive taken for the official one."""
    found = hashlib.md5(made_up_archive.read_bytes()).hexdigest()
    monkeypatch.setattr(origins, "MD5", found)
    monkeypatch.setattr(datasets, "MD5", found)
    return found


def lnnstats(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False, prog_name="lnnstats")


def contents(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_what_is_fetched_is_unpacked_official_and_found_by_studies(url, checksum, made_up):
    result = lnnstats("data", "get", "cifar10", "--url", url, "--json")
    assert result.exit_code == 0, result.stderr
    folder = cache() / FOLDER
    told = json.loads(result.stdout)
    assert told["place"] == str(folder) and told["official"] is True and checksum in told["about"]
    assert contents(cache()) == {FOLDER} and contents(folder) == {*FILES, origins.RECEIPT}
    assert all((folder / name).read_bytes() == (made_up / name).read_bytes() for name in FILES)
    assert json.loads(lnnstats("data", "show", "--json").stdout) == told

    again = lnnstats("data", "get", "cifar10", "--url", "http://127.0.0.1:1/nobody-is-asked")
    assert again.exit_code == 0 and "is already there" in again.stderr and told["sha256"] in again.stdout


def test_another_folder_is_filled_and_named(url, checksum, tmp_path):
    result = lnnstats("data", "get", "--to", tmp_path / "mine", "--url", url)
    assert result.exit_code == 0 and (tmp_path / "mine" / FOLDER / FILES[0]).is_file()
    assert f"LNNSTATS_DATA or data.path is {tmp_path / 'mine'}" in result.stderr.replace("\n", " ").replace("  ", " ")
    assert not cache().exists()


def test_an_archive_that_is_there_is_unpacked_without_a_download_and_kept(made_up_archive, checksum):
    """The user's own; or one whose unpacking was cut off, beside a torn file."""
    cache().mkdir(parents=True)
    (cache() / made_up_archive.name).write_bytes(made_up_archive.read_bytes())
    (cache() / FOLDER).mkdir()
    (cache() / FOLDER / FILES[0]).write_bytes(b"torn")
    result = lnnstats("data", "get", "--url", "http://127.0.0.1:1/nobody-is-asked")
    assert result.exit_code == 0, result.stderr
    assert contents(cache()) == {FOLDER, made_up_archive.name} and "the official archive" in result.stdout
    again = lnnstats("data", "get", "--url", "http://127.0.0.1:1/nobody-is-asked")
    assert again.exit_code == 0 and "already there" in again.stdout + again.stderr


def test_an_archive_with_another_checksum_is_not_kept(url):
    result = lnnstats("data", "get", "--url", url)
    assert (result.exit_code, result.stdout) == (Failed.exit_code, "")
    assert "another file than expected was sent, and is not kept" in result.stderr
    assert contents(cache()) == set()


def test_a_copy_of_unknown_origin_is_left_alone(made_up, url):
    result = lnnstats("data", "get", "--to", made_up.parent, "--url", url)
    assert result.exit_code == 2 and "a copy is there already, not known to be the official copy" in result.stderr
    assert contents(made_up) == set(FILES)


def test_the_copy_that_the_variable_names_is_shown(made_up, monkeypatch):
    monkeypatch.setenv("LNNSTATS_DATA", str(made_up.parent))
    lines = lnnstats("data", "show", "cifar10").stdout.splitlines()
    assert lines[0] == "cifar10" and lines[1] == f"  is at:       {made_up}"
    assert "SHA-256" in lines[2] and "not known to be the official copy" in lines[3]


def test_where_there_is_none_the_next_step_is_said():
    result = lnnstats("data", "show")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "CIFAR-10's binary version is not there" in result.stderr and "`lnnstats data get cifar10`" in result.stderr


@pytest.mark.parametrize("command", ["get", "show"])
def test_another_data_set_is_refused(command):
    result = lnnstats("data", command, "mnist")
    assert result.exit_code == 2 and "'mnist' is not 'cifar10'" in result.stderr
