"""Power of decisions on a mean over blocks: thresholds, true mean, sd and n in, the exact chance of a decision out.

A t test of H0: theta <= a at level p rejects when mean > a + t_p s / sqrt(n). Given s the mean is normal, and s^2 has
its chi-square distribution, so the chance is one integral over s (as for two one-sided tests, Phillips 1990).
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

NODES = 400


def chance(above: float, below: float, *, theta: float, sd: float, n: int, level: float) -> float:
    """P(both t tests at `level` reject): of H0: mean <= `above` and of H0: mean >= `below`; +-inf for no such test.

    `theta` and `sd`: true mean and standard deviation of the n >= 2 block values, normal.
    """
    df, error = n - 1, sd / math.sqrt(n)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    u = (nodes + 1) / 2
    s = np.sqrt(special.chdtri(df, 1 - u) / df)  # the sample sd over the true one, at probability u
    reach = -special.stdtrit(df, level) * error * s
    high = special.ndtr((below - reach - theta) / error)
    low = special.ndtr((above + reach - theta) / error)
    return float((weights / 2 * np.maximum(0.0, high - low)).sum())
