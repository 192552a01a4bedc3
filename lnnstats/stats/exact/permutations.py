"""Permutation distribution of a rank sum within one block: tie pattern in, counts of arrangements out."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ..arrays import FloatArray


def doubled_mid_ranks(group_sizes: tuple[int, ...]) -> NDArray[np.int64]:
    """Twice the mid-rank of each group of tied values, the groups in ascending order."""
    sizes = np.array(group_sizes)
    return 2 * np.cumsum(sizes) - sizes + 1


@lru_cache(maxsize=4096)  # tie patterns recur between strata, and with a block left out
def arrangement_counts(group_sizes: tuple[int, ...]) -> tuple[int, FloatArray]:
    """Distribution of sum_j j 2r_j over all distinct arrangements of mid-ranks r on positions j = 1..k.

    Returns the smallest sum and the number of arrangements at smallest + 0, 1, 2, ... up to the largest. The state
    of the recursion is how many of each group the first positions have used.
    """
    ranks, k = doubled_mid_ranks(group_sizes), sum(group_sizes)
    ascending = np.repeat(ranks, group_sizes)
    positions = np.arange(1, k + 1)
    largest, smallest = int(positions @ ascending), int(positions @ ascending[::-1])
    counts = {tuple([0] * len(group_sizes)): np.eye(1, largest + 1)[0]}
    for used in sorted(product(*(range(size + 1) for size in group_sizes)), key=sum):
        here, position = counts.pop(used), sum(used) + 1
        for group, size in enumerate(group_sizes):
            if used[group] < size:
                after = (*used[:group], used[group] + 1, *used[group + 1 :])
                shift = position * int(ranks[group])
                target = counts.setdefault(after, np.zeros(largest + 1))
                target[shift:] += here[: here.size - shift]
        if position > k:
            return smallest, here[smallest:]
    raise AssertionError("unreachable: the last state uses every group up")
