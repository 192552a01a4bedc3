"""In: the archive or folder of CIFAR-10. Out: its records, checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnnstats.draws.images.archive import members
from lnnstats.draws.images.layout import FILES, LABELS, RECORD, RECORDS, SIZE, TRAIN
from lnnstats.draws.images.places import HOW
from lnnstats.errors import BadInput, Problem

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Images:
    """Images of one official split: files of records [10000, 3073], the label first, in the files' order."""

    files: tuple[Bytes, ...]

    @property
    def labels(self) -> Bytes:
        """Labels of all images, [n]."""
        return np.concatenate([file[:, 0] for file in self.files])

    def pixels(self, chosen: NDArray[np.int64]) -> Bytes:
        """The images of any indices [...]: [..., 3072], only they are copied."""
        out = np.empty((chosen.size, RECORD - 1), np.uint8)
        holds, row = np.divmod(chosen.ravel(), RECORDS)
        for number, file in enumerate(self.files):
            here = holds == number
            out[here] = file[row[here], 1:]
        return out.reshape(*chosen.shape, RECORD - 1)


@cache
def read(place: Path) -> tuple[Images, Images]:
    """The training and the test images at a place, once a process: a folder's files are mapped, not loaded.

    Raises BadInput for files that are missing, of another size, or hold other labels than the published ones.
    """
    files = _mapped(place) if place.is_dir() else _unpacked(place)
    train, test = Images(tuple(files[name] for name in TRAIN)), Images((files[FILES[-1]],))
    _check_labels(place, files)
    for split, images in (("training", train), ("test", test)):
        _check_balance(place, split, images)
    return train, test


def _mapped(folder: Path) -> dict[str, Bytes]:
    if problems := tuple(_misfits(folder)):
        raise BadInput(*problems)
    shape = (RECORDS, RECORD)
    return {name: np.memmap(folder / name, np.uint8, mode="r", shape=shape) for name in FILES}


def _misfits(folder: Path) -> Iterator[Problem]:
    for path in (folder / name for name in FILES):
        if not path.is_file():
            yield Problem(str(path), "the file is missing", hint=HOW)
        elif (size := path.stat().st_size) != SIZE:
            said = "the file is cut off" if size < SIZE else "the file is too long"
            yield Problem(str(path), said, f"{size:,} bytes", f"{SIZE:,} ({RECORDS:,} records of {RECORD:,})", HOW)


def _unpacked(path: Path) -> dict[str, Bytes]:
    return {name: np.frombuffer(content, np.uint8).reshape(RECORDS, RECORD) for name, content in members(path)}


def _check_labels(place: Path, files: dict[str, Bytes]) -> None:
    for name, records in files.items():
        wrong = np.flatnonzero(records[:, 0] >= LABELS)
        if wrong.size:
            found = f"{records[wrong[0], 0]} in record {wrong[0] + 1:,} of {name}"
            raise BadInput(Problem(str(place), "a label that CIFAR-10 does not have", found, "0 to 9", HOW))


def _check_balance(place: Path, split: str, images: Images) -> None:
    labels = images.labels
    counts, each = np.bincount(labels, minlength=LABELS), len(labels) // LABELS
    if np.any(counts != each):
        found = f"{counts.min():,} to {counts.max():,} a class"
        raise BadInput(Problem(str(place), f"the {split} images are not CIFAR-10's", found, f"{each:,} of each", HOW))
