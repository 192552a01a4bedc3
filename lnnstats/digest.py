"""Content digests: the same content has the same name on every machine."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

CHUNK = 1 << 20


def canonical(content: Any) -> str:
    """JSON-like content as one canonical line: sorted keys, no spaces, shortest round-trip floats; NaN and infinities
    are refused.
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False)


def digest(content: Any, length: int = 16) -> str:
    """The first `length` hex digits of the SHA-256 of canonical content."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()[:length]


def file_md5(path: Path) -> str:
    """MD5 of a file's bytes, where that is what its publisher gives: it tells damage, not malice."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, read in slabs."""
    state = hashlib.sha256()
    with path.open("rb") as file:
        while slab := file.read(CHUNK):
            state.update(slab)
    return state.hexdigest()
