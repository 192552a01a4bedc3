"""Two levels, a random factor crossed with the blocks: values [n, 2, m] in, Evidence on their difference out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..effects import ratio_effect
from ..pivots.means import mean_evidence
from ..pivots.student import Student, skewness_check
from ..rounding import magnitude, rounding_error
from ..scales import named_scale, on_scale
from ..values import EFFECT_LEVEL, Degenerate, Effect, Evidence

FEWEST, FEW_DRAWS = 3, 5


def crossed_pair(values: ArrayLike, *, scale: str = "log") -> Evidence:
    """theta = mean of d = f(values[:, 0, :]) - f(values[:, 1, :]) [n, m] over blocks and draws, both a random sample.

    d_ij = theta + block_i + draw_j + rest_ij: the variance of the mean is (MS_blocks + MS_draws - MS_rest) / (n m),
    whose degrees of freedom are Satterthwaite's (the quasi-F of Clark 1973). A negative component of variance counts as
    0, so the variance is no less than MS_blocks / (n m) or MS_draws / (n m). UnusableValues outside the scale;
    Degenerate for fewer than three blocks or draws (with two, the variance of a source has one degree of freedom, and a
    test at .05 errs in .08), or differences that do not vary.
    """
    array, shown = on_scale(values, scale, "values", 3), named_scale(scale)
    if array.shape[1] != 2:
        raise ValueError(f"values: expected shape [n, 2, m], treatment and reference, found {array.shape}.")
    differences = array[:, 0, :] - array[:, 1, :]
    squares = mean_squares(differences)
    if squares.variance * differences.size <= rounding_error(magnitude(array, scale)) ** 2:
        raise Degenerate("zero_variance", "all differences are the same up to rounding; nothing to test.")
    pivot = Student(float(differences.mean()), math.sqrt(squares.variance), squares.df)
    return mean_evidence(
        pivot,
        pivot,
        procedure="crossed_pair",
        estimand=f"mean over blocks and draws of the difference in {shown.words}, treatment minus reference",
        measure=shown.measure,
        display=shown.display,
        n=len(differences),
        effects=_narrower(pivot.estimate, squares, shown.measure),
        checks=(*_few(squares.draws), *skewness_check(differences.mean(axis=1), "mean differences of the blocks")),
    )


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """The mean squares of an n x m table without replicates: `of_blocks`, `of_draws` and `rest`."""

    of_blocks: float
    of_draws: float
    rest: float
    blocks: int
    draws: int

    @property
    def variance(self) -> float:
        """Of the mean of the table."""
        return self._total / (self.blocks * self.draws)

    @property
    def df(self) -> float:
        """(MS_b + MS_d - MS_r)^2 / (MS_b^2 / (n - 1) + MS_d^2 / (m - 1) + MS_r^2 / ((n - 1)(m - 1))), where none
        is negative; else that of the mean square that stands for all (Satterthwaite 1946).
        """
        n, m = self.blocks - 1, self.draws - 1
        if self.rest >= min(self.of_blocks, self.of_draws):
            return float(n if self.of_blocks >= self.of_draws else m)
        parts = self.of_blocks**2 / n + self.of_draws**2 / m + self.rest**2 / (n * m)
        return self._total**2 / parts

    @property
    def _total(self) -> float:
        return max(self.of_blocks + self.of_draws - self.rest, self.of_blocks, self.of_draws)


def mean_squares(table: FloatArray) -> MeanSquares:
    """Of a table [n, m], blocks by draws; Degenerate for fewer than three of either."""
    n, m = table.shape
    if min(n, m) < FEWEST:
        said = f"{n} blocks by {m} draws; a variance over both needs at least {FEWEST} of each."
        raise Degenerate("too_few_blocks", said)
    centred = table - table.mean()
    rows, columns = centred.mean(axis=1), centred.mean(axis=0)
    rest = centred - rows[:, None] - columns
    return MeanSquares(
        m * float(rows @ rows) / (n - 1),
        n * float(columns @ columns) / (m - 1),
        float((rest**2).sum()) / ((n - 1) * (m - 1)),
        n,
        m,
    )


def _narrower(estimate: float, squares: MeanSquares, measure: str) -> tuple[Effect, ...]:
    """The same estimate with the limits that reach beyond the blocks alone, or beyond the draws alone."""
    size = squares.blocks * squares.draws
    blocks = Student(estimate, math.sqrt(squares.of_blocks / size), squares.blocks - 1)
    draws = Student(estimate, math.sqrt(squares.of_draws / size), squares.draws - 1)
    return _reaching(measure, "for these draws", blocks), _reaching(measure, "for these blocks", draws)


def _reaching(measure: str, whom: str, pivot: Student) -> Effect:
    limits, name = pivot.interval(EFFECT_LEVEL), f"{measure} {whom}"
    if measure == "ratio":
        return ratio_effect(name, pivot.estimate, limits, "t")
    return Effect(name, pivot.estimate, *limits, EFFECT_LEVEL, "t")


def _few(draws: int) -> tuple[str, ...]:
    if draws >= FEW_DRAWS:
        return ()
    return (f"approximation: {draws} draws of the random factor; their variance is known on {draws - 1} df only.",)
