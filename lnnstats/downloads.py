"""In: an address and a checksum. Out: the file, fetched as far as it was missing and checked before anybody reads it.

Standard library alone: Pooch, the usual choice, begins an interrupted download again from its first byte.
"""

from __future__ import annotations

import http.client
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from lnnstats import __version__
from lnnstats.digest import file_md5
from lnnstats.errors import BadInput, Failed, Incomplete, Problem
from lnnstats.watch import SILENT, Watch

SLAB = 1 << 18
SECONDS = 30  # without a byte, after which a server is given up
WHOLE = 416  # HTTP's "range not satisfiable": there is nothing behind what is already here
BY_HAND = "give another address with --url, or fetch the file yourself and name it by LNNSTATS_DATA"
GO_ON = "repeat the same command: it goes on from there"


def fetch(url: str, file: Path, checksum: str, watch: Watch = SILENT) -> None:
    """The file behind an address, with this md5; what an earlier call received of it, in FILE.part, is not sent again.

    A file with another checksum is not kept.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise BadInput(Problem("--url", "not an address to download from", repr(url), "https://... or http://..."))
    part = file.with_name(f"{file.name}.part")
    _receive(url, part, watch)
    if (found := file_md5(part)) != checksum:
        part.unlink()
        said = "another file than expected was sent, and is not kept"
        raise Failed(Problem(url, said, f"md5 {found}", checksum, f"repeat the command; or {BY_HAND}"))
    os.replace(part, file)


def _receive(url: str, part: Path, watch: Watch) -> None:
    """Append to `part` what it lacks."""
    before = part.stat().st_size if part.is_file() else 0
    with _answer(url, before) as response:
        if response is None:
            return
        start = before if response.status == http.client.PARTIAL_CONTENT else 0
        missing = int(response.headers.get("Content-Length") or 0)
        watch.say(f"{'going on with' if start else 'fetching'} {url}: {missing / 2**20:,.1f} MiB")
        with part.open("ab" if start else "wb") as file, watch.working(missing) as advance:
            for slab in _slabs(url, response, missing):
                file.write(slab)
                advance(len(slab))


@contextmanager
def _answer(url: str, start: int) -> Iterator[Any]:
    """The server's answer to a request of everything from byte `start` on; None where there is nothing more."""
    headers = {"User-Agent": f"lnnstats/{__version__}", **({"Range": f"bytes={start}-"} if start else {})}
    try:
        response = urlopen(Request(url, headers=headers), timeout=SECONDS)
    except HTTPError as error:
        error.close()
        if not (start and error.code == WHOLE):
            raise Failed(Problem(url, f"the server answers {error.code} {error.reason}", hint=BY_HAND)) from None
        response = None
    except (URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        reason = str(getattr(error, "reason", error))
        raise Failed(Problem(url, "the server cannot be reached", reason, hint=f"try later; or {BY_HAND}")) from None
    try:
        yield response
    finally:
        if response is not None:
            response.close()


def _slabs(url: str, response: Any, missing: int) -> Iterator[bytes]:
    """The body as it comes. Raises Incomplete where it ends before its announced length."""
    received = 0
    while slab := _read(url, response):
        received += len(slab)
        yield slab
    if received < missing:
        found = f"{received:,} of {missing:,} bytes"
        raise Incomplete(Problem(url, "the connection ended too early", found, hint=GO_ON))


def _read(url: str, response: Any) -> bytes:
    try:
        return response.read(SLAB)
    except (OSError, http.client.HTTPException) as error:
        raise Incomplete(Problem(url, "the connection broke", str(error), hint=GO_ON)) from None
