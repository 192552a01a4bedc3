"""The manifest of a run: what ran, on what, how many runs ended how, and the hash of every file."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lnnstats import __version__
from lnnstats.digest import file_sha256
from lnnstats.results.query import Results
from lnnstats.results.values import STATUSES

PACKAGES = ("torch", "numpy", "scipy", "statsmodels", "pandas", "pingouin", "pyarrow", "pydantic")
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """`digests`: world, measured, plan; `devices`: what trained the chunks; `statuses`: runs by status; `files`: name
    -> SHA-256; `data`: of images, which copy (source, sha256, official, about).
    """

    study: str
    digests: Mapping[str, str]
    versions: Mapping[str, str]
    machine: Mapping[str, str]
    devices: tuple[str, ...]
    dtypes: tuple[str, ...]
    cells: int
    excluded: int
    blocks: int
    runs: int
    statuses: Mapping[str, int]
    seconds: float
    files: Mapping[str, str]
    data: tuple[Mapping[str, Any], ...] = ()


def versions() -> dict[str, str]:
    """The versions of what numbers come from."""
    return {"lnnstats": __version__, **{name: found for name in PACKAGES if (found := _version(name))}}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def machine() -> dict[str, str]:
    """The machine in words."""
    return {"system": platform.system(), "processor": platform.machine(), "python": platform.python_version()}


def statuses(results: Results) -> dict[str, int]:
    """Runs by status: every run counted once."""
    runs = results.distinct(("cell", "block", "status"))
    counted = pc.value_counts(runs["status"].cast(pa.string())).to_pylist()
    found = {entry["values"]: entry["counts"] for entry in counted}
    return {status: found.get(status, 0) for status in STATUSES}


def hashes(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """SHA-256 of each named file that is there."""
    return {name: file_sha256(folder / name) for name in sorted(names) if (folder / name).is_file()}


def from_json(content: Mapping[str, Any]) -> Manifest:
    """A manifest read back."""
    lists = {name: tuple(content.get(name, ())) for name in ("devices", "dtypes", "data")}
    return Manifest(**{**content, **lists})
