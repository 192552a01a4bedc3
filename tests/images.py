"""A made-up copy of CIFAR-10 in the official layout, whose images tell which they are."""

from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np

FILES = (*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin")
FOLDER = "cifar-10-batches-bin"


def records(file: int) -> np.ndarray:
    """Record i of file f: label i mod 10, then f, i // 256, i mod 256 as its first pixels, and black ones."""
    out, number = np.zeros((10_000, 3073), np.uint8), np.arange(10_000)
    out[:, 0], out[:, 1], out[:, 2], out[:, 3] = number % 10, file, number // 256, number % 256
    return out


def write(within: Path) -> Path:
    """The six files in their folder."""
    folder = within / FOLDER
    folder.mkdir(parents=True)
    for number, name in enumerate(FILES):
        records(number).tofile(folder / name)
    return folder


def pack(folder: Path, archive: Path, inside: str = FOLDER) -> Path:
    """A folder's files as a gzipped tar."""
    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
        tar.add(folder, inside)
    return archive


def which(x: np.ndarray) -> list[tuple[int, int]]:
    """File and record of unit-scaled points [n, 3072]."""
    file, high, low = np.rint(x[:, :3] * 255).astype(int).T
    return list(zip(file.tolist(), (high * 256 + low).tolist(), strict=True))
