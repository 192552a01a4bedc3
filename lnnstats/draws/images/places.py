"""In: a study's path, the environment, the cache. Out: the archive or folder in which CIFAR-10 lies."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from lnnstats.draws.images.layout import ARCHIVE, FILES, FOLDER, PYTHON_VERSION
from lnnstats.errors import BadInput, Problem

VARIABLE = "LNNSTATS_DATA"
HOW = (
    "`lnnstats data get cifar10` downloads it; a copy that you have is named by data.path or by the environment "
    f"variable {VARIABLE}; data.stand_in=digits takes scikit-learn's digits in its place"
)
PICKLED = f"get the binary version, {ARCHIVE}: reading a pickle may run any program that its author put in"


def cache() -> Path:
    """The folder of this user for what can be fetched again; nothing is made."""
    home = Path.home()
    usual = {"win32": home / "AppData" / "Local", "darwin": home / "Library" / "Caches"}.get(sys.platform)
    named = os.environ.get("XDG_CACHE_HOME")
    return (Path(named) if named else usual or home / ".cache") / "lnnstats"


def locate(path: str | None) -> Path:
    """The archive, or the folder that holds the six files, at `path`, or where LNNSTATS_DATA says, or in the cache.

    The first of the three that is named decides. Raises BadInput where nothing is there.
    """
    named = path or os.environ.get(VARIABLE)
    place = Path(named).expanduser() if named else cache()
    if (found := _inside(place)) is not None:
        return found
    asker = "data.path" if path else VARIABLE if named else "data"
    raise BadInput(_nothing(place, asker))


def _inside(place: Path) -> Path | None:
    """A folder comes before an archive beside it: it is read faster."""
    if place.is_file():
        return place
    for folder in (place, place / FOLDER):
        if any((folder / name).exists() for name in FILES):
            return folder
    return place / ARCHIVE if (place / ARCHIVE).is_file() else None


def _nothing(place: Path, asker: str) -> Problem:
    allowed = f"{ARCHIVE}, {FOLDER} with {FILES[0]} ... {FILES[-1]} in it, or a folder that holds either"
    if pickled := next(_pickled(place), None):
        return Problem(asker, "CIFAR-10's pickled Python version is never read", str(pickled), allowed, PICKLED)
    found = f"{place}, {'which holds neither' if place.is_dir() else 'which is not there'}"
    return Problem(asker, "CIFAR-10's binary version is not there", found, allowed, HOW)


def _pickled(place: Path) -> Iterator[Path]:
    archive, folder, batch = PYTHON_VERSION
    candidates = (place / archive, place / folder, place / batch)
    yield from (candidate for candidate in candidates if candidate.exists())
