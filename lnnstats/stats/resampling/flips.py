"""Sign flips shared by many comparisons: block values of every cell in, one-sided p-values of all of them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..values import Degenerate, UnusableValues
from .draws import coins, raw_stream, slabs

MOST_ENUMERATED, MOST_COUNTED = 20, 24
ROUNDING = 1e-12
SLAB_CELLS = 1 << 20


@dataclass(frozen=True, slots=True)
class Flips:
    """Signs for n blocks: all 2^n up to n = `most`, the identity among them; else random ones from `seed`."""

    n: int
    resamples: int = 9999
    seed: int = 0
    most: int = MOST_ENUMERATED

    @property
    def enumerated(self) -> bool:
        """Whether every flip is listed."""
        return self.n <= self.most

    @property
    def attainable(self) -> float:
        """The smallest p: one flip of all, the data themselves."""
        return 0.5**self.n if self.enumerated else 1.0 / (self.resamples + 1)

    def p_values(self, counts: FloatArray) -> FloatArray:
        """p from how many flips were as extreme: count / 2^n, or (count + 1) / (m + 1)."""
        return counts * 0.5**self.n if self.enumerated else (counts + 1.0) / (self.resamples + 1)

    def sums(self, columns: FloatArray) -> Iterator[tuple[FloatArray, FloatArray]]:
        """In slabs: the sums of `columns` [n, m] under each flip [rows, m], and how many blocks it flips [rows].

        A listed set comes by doubling, each block flipped or not; the identity is its first row.
        """
        if self.enumerated:
            low = min(self.n, max(1, (SLAB_CELLS // columns.shape[1]).bit_length() - 1))
            table, counts = _doubled(columns[:low])
            for rest, more in zip(*_doubled(columns[low:]), strict=True):
                yield table + rest, counts + more
            return
        stream = raw_stream(self.seed)
        for rows in slabs(self.resamples, max(columns.shape), SLAB_CELLS):
            flipped = coins(stream, rows, self.n).astype(np.float64)
            yield columns.sum(axis=0) - 2.0 * (flipped @ columns), flipped.sum(axis=1)


def sign_flip_pvalues(
    values: ArrayLike, threshold: float = 0.0, *, resamples: int = 9999, seed: int = 0
) -> tuple[FloatArray, FloatArray]:
    """One-sided p of H0: centre <= threshold and of H0: centre >= threshold, for block values [..., n]; arrays [...].

    Up to n = 24 exact: all 2^n flips are counted, not listed. Beyond, one set of `resamples` random flips serves every
    cell by a matrix product, p = (b + 1) / (m + 1). Sums within 1e-12 of the observed one, relative to their sizes,
    count as equal. UnusableValues for NaN or infinities, Degenerate without blocks.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0 or array.shape[-1] == 0:
        raise Degenerate("too_few_blocks", "values: there are no blocks to analyse.")
    if bad := int((~np.isfinite(array)).sum()):
        raise UnusableValues(f"values: {bad} of {array.size} values are not finite; a mean needs finite values.")
    cells = array.reshape(-1, array.shape[-1]) - threshold
    flips = Flips(cells.shape[1], resamples, seed, MOST_COUNTED)
    counts = np.array([_counted(cell) for cell in cells]).reshape(-1, 2) if flips.enumerated else _drawn(cells, flips)
    above, below = flips.p_values(counts).T
    return above.reshape(array.shape[:-1]), below.reshape(array.shape[:-1])


def _counted(cell: FloatArray) -> tuple[float, float]:
    """How many of the 2^n flips have a sum at least, and at most, the observed one.

    Every sum is one of the first half of the blocks plus one of the second: for each of the 2^(n/2) former, a search
    among the sorted latter says how many reach (Horowitz & Sahni 1974).
    """
    half = cell.size // 2
    first, second = (np.sort(_doubled(part[:, None])[0][:, 0]) for part in (cell[:half], cell[half:]))
    observed, slack = cell.sum(), ROUNDING * np.abs(cell).sum()
    short = np.searchsorted(second, observed - slack - first, side="left").sum()
    within = np.searchsorted(second, observed + slack - first, side="right").sum()
    return float(first.size * second.size - short), float(within)


def _drawn(cells: FloatArray, flips: Flips) -> FloatArray:
    """The same counts [cells, 2] among random flips."""
    observed, slack = cells.sum(axis=1), ROUNDING * np.abs(cells).sum(axis=1)
    counts = np.zeros((len(cells), 2))
    for sums, _ in flips.sums(cells.T):
        counts += np.stack([(sums >= observed - slack).sum(axis=0), (sums <= observed + slack).sum(axis=0)], axis=1)
    return counts


def _doubled(columns: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The signed sums [2^n, m] of `columns` [n, m] under every flip, and the number of blocks flipped [2^n]."""
    sums, counts = columns.sum(axis=0, keepdims=True), np.zeros(1)
    for row in columns:
        sums, counts = np.concatenate([sums, sums - 2.0 * row]), np.concatenate([counts, counts + 1.0])
    return sums, counts
