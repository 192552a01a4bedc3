"""In: a study's seed, block numbers, what a block draws anew. Out: the random numbers of any named tensor."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from lnnstats.draws import normal, philox

_SHARED = np.zeros(1, np.int64)  # what is not drawn per block is block 0's
_MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, so that multiplication loses no word


class Tally:
    """A checksum of every word drawn, a block: `sums` [B], uint64, modulo 2^64, sensitive to the order of words and
    tensors.
    """

    def __init__(self, blocks: int) -> None:
        self.sums = np.zeros(blocks, dtype=np.uint64)

    def add(self, words: NDArray[np.uint64]) -> None:
        """Take words [B or 1, rows, columns] in."""
        flat = words.reshape(len(words), -1)
        odd = 2 * np.arange(flat.shape[1], dtype=np.uint64) + 1
        self.sums = self.sums * _MIX + (flat * odd).sum(axis=1, dtype=np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """The randomness of one chunk of blocks.

    `blocks` [B] are absolute numbers, so chunk, order, device and worker never enter. `drawn` holds the purposes
    ("data", "init", "batches") that every block draws anew; the others are block 0's, with a leading axis of 1. `fresh`
    pairs a purpose with the tag of the stratum that draws it anew; a purpose without a tag is shared by all strata.
    `crossed` pairs a purpose with the draw that all blocks have of it, that of the block of this number. `tally`, where
    given, is shown every word drawn.
    """

    seed: int
    blocks: NDArray[np.int64]
    drawn: frozenset[str]
    fresh: tuple[tuple[str, str], ...] = ()
    tally: Tally | None = None
    crossed: tuple[tuple[str, int], ...] = ()

    def words(self, purpose: str, tensor: str, rows: int, columns: int, layer: int = 0) -> NDArray[np.uint64]:
        """Raw 64-bit words [B or 1, rows, columns]; an element does not depend on the tensor's size."""
        drawn = philox.words(self._key(purpose, tensor, layer), self._blocks(purpose), rows, columns)
        if self.tally is not None:
            self.tally.add(drawn)
        return drawn

    def uniform(self, purpose: str, tensor: str, rows: int, columns: int, layer: int = 0) -> NDArray[np.float64]:
        """Uniforms in [0, 1), [B or 1, rows, columns]."""
        return normal.uniform(self.words(purpose, tensor, rows, columns, layer))

    def normal(self, purpose: str, tensor: str, rows: int, columns: int, layer: int = 0) -> NDArray[np.float64]:
        """Standard normals [B or 1, rows, columns]."""
        return normal.normal(self.words(purpose, tensor, rows, columns, layer))

    def copies(self, purpose: str) -> int:
        """The leading axis of a purpose's tensors: B where a block draws it anew, else 1."""
        return len(self._blocks(purpose))

    def _blocks(self, purpose: str) -> NDArray[np.int64]:
        if (draw := dict(self.crossed).get(purpose)) is not None:
            return np.array([draw], dtype=np.int64)
        return self.blocks if purpose in self.drawn else _SHARED

    def _key(self, purpose: str, tensor: str, layer: int) -> philox.Key:
        """128 bits of BLAKE2b of (seed, purpose, tensor, layer, tag); JSON makes the encoding unambiguous."""
        identity = json.dumps([self.seed, purpose, tensor, layer, dict(self.fresh).get(purpose, "")])
        digest = blake2b(identity.encode(), digest_size=16, person=b"lnnstats draws 1").digest()
        return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")
