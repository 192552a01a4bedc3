"""Sign flips of whole blocks, shared by many comparisons: block values in, p-values or thresholds of all flips out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..pivots.reference_set import ReferenceSet, reference_set
from ..rounding import ROUNDING
from ..values import Degenerate, UnusableValues
from .draws import coins, raw_stream, slabs

MOST_ENUMERATED, MOST_COUNTED = 20, 24
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

    def subsets(self, columns: FloatArray) -> Iterator[tuple[FloatArray, FloatArray]]:
        """In slabs: sums of `columns` [n, m] over the blocks that each flip turns [rows, m], and their number [rows].

        A listed set comes by doubling, each block turned or not; the identity is its first row.
        """
        counted = np.column_stack([columns, np.ones(self.n)])
        if self.enumerated:
            low = min(self.n, max(1, (SLAB_CELLS // columns.shape[1]).bit_length() - 1))
            table = _subset_sums(counted[:low])
            taken = (table + rest for rest in _subset_sums(counted[low:]))
        else:
            stream = raw_stream(self.seed)
            drawn = (coins(stream, rows, self.n) for rows in slabs(self.resamples, max(columns.shape), SLAB_CELLS))
            taken = (flipped @ counted for flipped in drawn)
        return ((each[:, :-1], each[:, -1]) for each in taken)

    def sums(self, columns: FloatArray) -> Iterator[FloatArray]:
        """In slabs: the sums of `columns` [n, m] under each flip [rows, m]."""
        return (columns.sum(axis=0) - 2.0 * turned for turned, _ in self.subsets(columns))


def flip_thresholds(columns: FloatArray, flips: Flips) -> ReferenceSet:
    """The thresholds t at which each joint flip of `columns` [n, m] has as large a maximum of sums as the data.

    At t all columns are shifted by t. Turning the blocks I takes T_j, the sum over I, from S_j twice and leaves
    max_j (S_j - 2 T_j) - (n - 2|I|) t, to be compared with max_j S_j - n t: the flip counts from
    t = min_j ((max S - S_j) / 2 + T_j) / |I| on. Of one column that is the mean over I (Hartigan 1969). Columns
    centred below t only add to the flipped maximum, so the test holds at every t. A drawn identity has no threshold;
    the listed one is the data's own.
    """
    total, found = columns.sum(axis=0), []
    for turned, sizes in flips.subsets(columns):
        nearest = ((total.max() - total) / 2 + turned).min(axis=1)
        found.append(np.divide(nearest, sizes, out=np.full(sizes.size, np.nan), where=sizes > 0))
    thresholds = np.concatenate(found)[1:] if flips.enumerated else np.concatenate(found)
    return reference_set(thresholds, ROUNDING * float(np.abs(columns).max()))


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
    first, second = (np.sort(part.sum() - 2.0 * _subset_sums(part)) for part in (cell[:half], cell[half:]))
    observed, slack = cell.sum(), ROUNDING * np.abs(cell).sum()
    short = np.searchsorted(second, observed - slack - first, side="left").sum()
    within = np.searchsorted(second, observed + slack - first, side="right").sum()
    return float(first.size * second.size - short), float(within)


def _drawn(cells: FloatArray, flips: Flips) -> FloatArray:
    """The same counts [cells, 2] among random flips."""
    observed, slack = cells.sum(axis=1), ROUNDING * np.abs(cells).sum(axis=1)
    counts = np.zeros((len(cells), 2))
    for sums in flips.sums(cells.T):
        counts += np.stack([(sums >= observed - slack).sum(axis=0), (sums <= observed + slack).sum(axis=0)], axis=1)
    return counts


def _subset_sums(rows: FloatArray) -> FloatArray:
    """The sum over every subset of `rows` [n, ...], the empty one first [2^n, ...]."""
    sums = np.zeros((1, *rows.shape[1:]))
    for row in rows:
        sums = np.concatenate([sums, sums + row])
    return sums
