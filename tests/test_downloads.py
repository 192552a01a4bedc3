"""Downloads against a server on this machine: whole, resumed, cut off, of the wrong content, of nothing."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lnnstats.downloads import fetch
from lnnstats.errors import BadInput, Failed, Incomplete
from lnnstats.watch import Advance

CONTENT = bytes(range(256)) * 4096  # 1 MiB: several slabs
MD5 = hashlib.md5(CONTENT).hexdigest()


@dataclass
class Server:
    """What it serves, how, and the range of every request it got."""

    url: str
    content: bytes = CONTENT
    ranges: bool = True
    cut: int | None = None  # bytes after which it hangs up
    asked: list[str | None] = field(default_factory=list)


@pytest.fixture(autouse=True)
def directly(monkeypatch) -> None:
    """Whatever stands between this machine and the net."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self, told)

        def log_message(self, *_: object) -> None:
            return None

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        told = Server(f"http://127.0.0.1:{listening.server_port}/file.tar.gz")
        threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
        yield told
        listening.shutdown()


def answer(handler: BaseHTTPRequestHandler, server: Server) -> None:
    """The file behind /file.tar.gz, from the byte asked for on where ranges are honoured."""
    asked = handler.headers.get("Range")
    server.asked.append(asked)
    if handler.path != "/file.tar.gz":
        return handler.send_error(404)
    start = int(re.fullmatch(r"bytes=(\d+)-", asked).group(1)) if asked and server.ranges else 0
    if start >= len(server.content):
        return handler.send_error(416)
    body = server.content[start:]
    handler.send_response(206 if start else 200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: server.cut])
    return None


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "file.tar.gz"


def part(file: Path) -> Path:
    return file.with_name("file.tar.gz.part")


def test_a_file_is_fetched_whole(server, file):
    fetch(server.url, file, MD5)
    assert file.read_bytes() == CONTENT and not part(file).exists()
    assert server.asked == [None]


class Watching:
    """Keeps what it is told; a total counts as so much below zero."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.units: list[float] = []

    def say(self, text: str) -> None:
        self.lines.append(text)

    def working(self, total: float) -> AbstractContextManager[Advance]:
        self.units.append(-total)
        return nullcontext(self.units.append)


def test_progress_adds_up_to_what_was_sent(server, file):
    part(file).write_bytes(CONTENT[:300_000])
    watch = Watching()
    fetch(server.url, file, MD5, watch)
    assert watch.units[0] == -(len(CONTENT) - 300_000) and sum(watch.units) == 0 and len(watch.units) > 2
    assert watch.lines == [f"going on with {server.url}: 0.7 MiB"]


def test_a_connection_that_breaks_is_gone_on_with(server, file):
    server.cut = 400_000
    with pytest.raises(Incomplete, match=r"ended too early, found 400,000 of 1,048,576 bytes, repeat the same command"):
        fetch(server.url, file, MD5)
    assert not file.exists() and part(file).read_bytes() == CONTENT[:400_000]
    server.cut = None
    fetch(server.url, file, MD5)
    assert file.read_bytes() == CONTENT and server.asked == [None, "bytes=400000-"]


def test_a_server_without_ranges_sends_it_all_again(server, file):
    server.ranges, server.cut = False, 400_000
    with pytest.raises(Incomplete):
        fetch(server.url, file, MD5)
    server.cut = None
    fetch(server.url, file, MD5)
    assert file.read_bytes() == CONTENT


def test_a_part_that_is_whole_is_taken_as_it_is(server, file):
    part(file).write_bytes(CONTENT)
    fetch(server.url, file, MD5)
    assert file.read_bytes() == CONTENT and server.asked == ["bytes=1048576-"]


@pytest.mark.parametrize("before", [b"", b"of another file", CONTENT + b"too long"], ids=["nothing", "other", "long"])
def test_a_wrong_checksum_keeps_nothing(server, file, before):
    server.content = CONTENT if before else CONTENT[:-1]
    if before:
        part(file).write_bytes(before)
    with pytest.raises(Failed, match=rf"is not kept, found md5 \w+, allowed {MD5}"):
        fetch(server.url, file, MD5)
    assert list(file.parent.iterdir()) == []


def test_an_address_with_nothing_behind_it(server, file):
    with pytest.raises(Failed, match="the server answers 404 Not Found, give another address with --url"):
        fetch(server.url.replace("file", "none"), file, MD5)
    assert list(file.parent.iterdir()) == []


def test_a_server_that_is_not_there(file):
    with pytest.raises(Failed, match=r"the server cannot be reached, found .*refused"):
        fetch("http://127.0.0.1:1/file.tar.gz", file, MD5)  # port 1 is reserved, nobody listens


@pytest.mark.parametrize("url", ["file:///etc/passwd", "/etc/passwd", "ftp://host/file", ""])
def test_what_is_no_web_address_is_refused(url, file):
    with pytest.raises(BadInput, match="--url: not an address to download from"):
        fetch(url, file, MD5)
