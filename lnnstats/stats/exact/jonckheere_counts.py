"""Jonckheere's J under random labels: tie sizes and group sizes in, the probabilities of every value of J out."""

from __future__ import annotations

from itertools import product
from math import comb, prod

import numpy as np
from numpy.typing import NDArray

from ..arrays import FloatArray

MOST_CELLS = 1 << 22
MOST_COEFFICIENTS = 1 << 21
Sizes = NDArray[np.int64]


def jonckheere_probabilities(ties: Sizes, sizes: Sizes) -> FloatArray | None:
    """P(2J = 0, 1, 2, ...) given the ties; None where the table of the recursion would be too large.

    Without ties J is a sum of independent Mann-Whitney counts, each group against all before it.
    """
    largest = int(sizes.sum() ** 2 - (sizes**2).sum())
    if ties.max() == 1:
        return _untied(sizes) if largest * int(sizes.sum()) <= MOST_COEFFICIENTS else None
    return _tied(ties, sizes, largest) if (largest + 1) * prod(int(n) + 1 for n in sizes) <= MOST_CELLS else None


def _untied(sizes: Sizes) -> FloatArray:
    """The q-multinomial coefficient, product of (1 - q^i) over i = 1..N over those of the groups, in whole numbers."""
    counts = np.array([1], dtype=object)
    before = int(sizes[0])
    for size in sizes[1:]:
        for i in range(1, int(size) + 1):
            counts = _over(_times(counts, before + i), i)
        before += int(size)
    total = sum(counts.tolist())
    probabilities = np.zeros(2 * counts.size - 1)
    probabilities[::2] = [count / total for count in counts.tolist()]
    return probabilities


def _times(counts: NDArray[np.object_], power: int) -> NDArray[np.object_]:
    """The polynomial times (1 - q^power)."""
    out = np.concatenate([counts, np.zeros(power, dtype=object)])
    out[power:] -= counts
    return out


def _over(counts: NDArray[np.object_], power: int) -> NDArray[np.object_]:
    """The polynomial over (1 - q^power), which divides it."""
    out = counts.copy()
    for start in range(power):
        out[start::power] = np.cumsum(counts[start::power])
    return out[: counts.size - power]


def _tied(ties: Sizes, sizes: Sizes, largest: int) -> FloatArray:
    """Tie by tie from the smallest: the state is how many values each group holds, its row P(2J so far).

    A tie that gives c_g values to group g happens with the share prod C(open_g, c_g) / C(open, t) and adds 2 for each
    pair of a value before in a lower group, 1 for each pair within the tie in two groups.
    """
    start = (0,) * sizes.size
    table: dict[tuple[int, ...], FloatArray] = {start: np.eye(1, largest + 1)[0]}
    for tie in ties.tolist():
        after: dict[tuple[int, ...], FloatArray] = {}
        for held, row in table.items():
            _deal(after, held, row, tie, sizes)
        table = after
    return table[tuple(sizes.tolist())]


def _deal(
    after: dict[tuple[int, ...], FloatArray], held: tuple[int, ...], row: FloatArray, tie: int, sizes: Sizes
) -> None:
    """Add to `after` what a tie of that size makes of one state."""
    room = [int(size) - have for size, have in zip(sizes, held, strict=True)]
    for given in _shares(tie, room):
        share = prod(comb(r, c) for r, c in zip(room, given, strict=True)) / comb(sum(room), tie)
        lower = np.concatenate([[0], np.cumsum(held)[:-1]])
        step = 2 * int(lower @ np.array(given)) + (tie**2 - sum(c * c for c in given)) // 2
        target = after.setdefault(tuple(h + c for h, c in zip(held, given, strict=True)), np.zeros(row.size))
        target[step:] += share * row[: row.size - step]


def _shares(total: int, room: list[int]) -> list[tuple[int, ...]]:
    """All ways to give `total` things to groups with that much room."""
    first = product(*(range(min(total, r) + 1) for r in room[:-1]))
    return [(*c, total - sum(c)) for c in first if 0 <= total - sum(c) <= room[-1]]
