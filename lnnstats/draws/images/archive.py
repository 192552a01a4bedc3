"""In: CIFAR-10's binary archive. Out: the bytes of its six files; nothing is written, and no name in it is trusted."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lnnstats.draws.images.layout import ARCHIVE, EXTRAS, FILES, FOLDER, PYTHON_VERSION, SIZE
from lnnstats.draws.images.places import PICKLED
from lnnstats.errors import BadInput, Problem

SLAB = 1 << 20
GZIP = b"\x1f\x8b"
AGAIN = "fetch it again (`lnnstats data get cifar10`)"


def members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of the six files, in the archive's order.

    Raises BadInput for a file of another kind, a damaged archive, and one that holds anything else: a member that is no
    plain file, has another name (so every unsafe one) or size, comes twice, or lacks.
    """
    _of_its_kind(path)
    missing = set(FILES)
    with _damage(path), gzip.open(path) as unzipped, tarfile.open(fileobj=unzipped, mode="r:") as archive:
        for member in archive:
            name = _known(path, member)
            if name in FILES:
                _expected(path, member, name in missing)
                missing.remove(name)
                file = archive.extractfile(member)
                assert file is not None  # it is a plain file
                yield name, file.read()
        while unzipped.read(SLAB):  # the checksum comes last, behind what tarfile reads
            pass
    if missing:
        raise _refused(path, "files are missing from the archive", ", ".join(sorted(missing)))


def _of_its_kind(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(len(GZIP))
    if start != GZIP:
        hint = "name the folder that it lies in" if path.name in FILES else AGAIN
        allowed = f"{ARCHIVE}, or a folder"
        raise BadInput(Problem(str(path), "a file of another kind", path.name, allowed, hint))


def _known(path: Path, member: tarfile.TarInfo) -> str:
    """The name of a member within the archive's one folder, "" for the folder itself."""
    folder, _, name = member.name.partition("/")
    if folder == PYTHON_VERSION[1]:
        raise _refused(path, "CIFAR-10's pickled Python version is never read", member.name, PICKLED)
    known = (name == "" and member.isdir()) or (name in (*FILES, *EXTRAS) and member.isreg())
    if folder != FOLDER or not known:
        raise _refused(path, "the archive holds what CIFAR-10's does not", repr(member.name))
    return name


def _expected(path: Path, member: tarfile.TarInfo, first: bool) -> None:
    if not first:
        raise _refused(path, "a file is twice in the archive", member.name)
    if member.size != SIZE:
        raise BadInput(Problem(f"{path}/{member.name}", "wrong size", f"{member.size:,} bytes", f"{SIZE:,}", AGAIN))


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise _refused(path, "the archive is damaged or cut off", f"{type(error).__name__}: {error}") from None


def _refused(path: Path, message: str, found: str, hint: str = AGAIN) -> BadInput:
    return BadInput(Problem(str(path), message, found, hint=hint))
