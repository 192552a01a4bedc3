"""Images that are fetched for a user who asks for them, and where a user's copy is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lnnstats.digest import file_md5
from lnnstats.downloads import fetch
from lnnstats.draws.images.archive import members
from lnnstats.draws.images.cifar10 import read
from lnnstats.draws.images.layout import ARCHIVE, FOLDER, MD5, URL
from lnnstats.draws.images.origins import Origin, origin, save_receipt
from lnnstats.draws.images.places import cache, locate
from lnnstats.errors import BadInput, Problem
from lnnstats.results.store import disk_errors, replacing
from lnnstats.watch import SILENT, Watch


@dataclass(frozen=True)
class Held:
    """A copy on this machine: where it is, and which one it is."""

    place: Path
    origin: Origin


def show() -> Held:
    """The copy of CIFAR-10 that studies find which name none. Raises BadInput where there is none, or none whole."""
    place = locate(None)
    return Held(place, origin(place))


def get(to: Path | None, url: str | None = None, watch: Watch = SILENT) -> Held:
    """The folder of CIFAR-10's files within `to` (this user's cache by default), fetched if it is not there yet.

    Raises Incomplete for a connection that breaks, Failed for an address, a file or a disk that cannot be used.
    """
    within = to or cache()
    folder, archive = within / FOLDER, within / ARCHIVE
    if _official(folder):
        watch.say(f"{folder} is already there")
        return Held(folder, origin(folder))
    there = archive.is_file() and file_md5(archive) == MD5  # the user's own, or one whose unpacking was cut off
    with disk_errors(within):
        within.mkdir(parents=True, exist_ok=True)
        if not there:
            fetch(url or URL, archive, MD5, watch)
        watch.say(f"unpacking {archive}")
        _unpack(archive, folder)
        if not there:
            archive.unlink()
    if to is not None:
        watch.say(f"studies find it once LNNSTATS_DATA or data.path is {within}")
    return Held(folder, origin(folder))


def _official(folder: Path) -> bool:
    """Whether a folder holds a whole copy. Raises BadInput for one that is not known to be the official one."""
    if not folder.is_dir():
        return False
    try:
        read(folder)
    except BadInput:
        return False
    if not (found := origin(folder)).official:
        hint = "use it as it is (data.path or LNNSTATS_DATA), or give another --to"
        raise BadInput(Problem(str(folder), f"a copy is there already, {found.about}", hint=hint))
    return True


def _unpack(archive: Path, folder: Path) -> None:
    """The archive's six files, each whole or not at all, and a receipt once all are there."""
    folder.mkdir(exist_ok=True)
    for name, content in members(archive):
        with replacing(folder / name) as temporary:
            temporary.write_bytes(content)
    save_receipt(folder, MD5)
