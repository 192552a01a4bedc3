"""In: a copy of CIFAR-10. Out: what tells it from another, and whether it is known to be the official one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from lnnstats.digest import file_md5
from lnnstats.draws.images.cifar10 import read
from lnnstats.draws.images.layout import MD5

RECEIPT = "lnnstats.json"  # beside the files that `lnnstats data get` extracted


@dataclass(frozen=True, slots=True)
class Origin:
    """Which copy of a data set: SHA-256 of its bytes, whether it is known to be the official one, and why, in words."""

    source: str
    sha256: str
    official: bool
    about: str


@cache
def fingerprint(place: Path) -> str:
    """SHA-256 of the six files' bytes, in the official order: the same for an archive and for what it holds."""
    state = hashlib.sha256()
    for images in read(place):
        for file in images.files:
            state.update(np.ascontiguousarray(file).data)
    return state.hexdigest()


def origin(place: Path) -> Origin:
    """What is known of a copy."""
    sha256 = fingerprint(place)
    official, about = _of_folder(place, sha256) if place.is_dir() else _of_archive(place)
    return Origin("cifar10", sha256, official, about)


def save_receipt(folder: Path, checksum: str) -> None:
    """Note beside files which they are, and the md5 of the archive that they were extracted from."""
    content = _receipt(checksum, fingerprint(folder))
    (folder / RECEIPT).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _receipt(checksum: str, sha256: str) -> dict[str, str]:
    return {"extracted from the archive with md5": checksum, "sha256": sha256}


def _of_archive(path: Path) -> tuple[bool, str]:
    found = file_md5(path)
    if found == MD5:
        return True, f"the official archive (its md5 is {MD5})"
    return False, f"not the official archive: its md5 is {found}, not {MD5}"


def _of_folder(folder: Path, sha256: str) -> tuple[bool, str]:
    try:
        receipt = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        receipt = {}
    if receipt == _receipt(MD5, sha256):
        return True, f"extracted by `lnnstats data get` from the official archive (md5 {MD5})"
    return False, "not known to be the official copy (a checksum is published of the archive alone, not of its files)"
