"""Exponential against power law: times at k ordered levels of each block in, Evidence on which of them grows so out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, float_array, level_scores
from ..effects import ratio_effect
from ..pivots.no_effect import Direction
from ..pivots.student import Student
from ..resampling.quantile_curves import QuantileCurves, quantile_curves
from ..samples.restricted_times import restricted_times
from ..values import EFFECT_LEVEL, Degenerate, Effect, Evidence, UnusableValues

FEWEST_LEVELS = 4
SELDOM = 0.025


def growth_law(
    times: ArrayLike,
    levels: ArrayLike,
    *,
    horizon: float,
    names: Sequence[object] | None = None,
    resamples: int = 1999,
    seed: int = 0,
) -> Evidence:
    """theta = growth index of the log median times y[k] over levels[k] > 0: 1 where y = a + b level, -1 where y = a +
    c log level, 0 where both straight lines fit equally well; times [n, k], every run followed to `horizon`.

    With u, v the centred levels and log levels of length 1 and r their product, the residual sums of squares differ by
    (u'y)^2 - (v'y)^2 = (u - v)'y (u + v)'y. So among curves that grow, (u + v)'y > 0, the exponential fits better
    exactly if (u - v)'y > 0, a linear contrast; theta = [(u - v)'y / (1 - r)] / [(u + v)'y / (1 + r)]. p_above(0) is
    of H0: the curve does not grow, or is no closer to the exponential; the larger p of both (intersection-union), each
    by Student's t with n - 1 df, the covariance of the medians by resampling blocks. Decides the sign only.
    Degenerate ("unidentified") where the median of a level is not reached within the horizon or the curve does not
    grow; UnusableValues for times of 0, or fewer than four positive levels.
    """
    logs, at = _log_times(times, horizon), level_scores(levels, np.asarray(times).shape[1])
    _four_positive(at)
    _medians_reached(logs, math.log(horizon), [str(x) for x in (at.tolist() if names is None else names)])
    curves, lines = quantile_curves(logs, resamples=resamples, seed=seed), Lines.of(at)
    bend, growth = curves.contrast(lines.bend), curves.contrast(lines.growth)
    if growth.estimate <= 0:
        raise Degenerate("unidentified", "median times do not grow with the levels: there is no law of growth to tell.")
    grows = growth.p_above(0.0)
    return Evidence(
        procedure="growth_law",
        estimand="growth index of log median times: 1 exponential in the level, -1 a power of it, 0 as far from both",
        measure="growth_index",
        estimate=bend.estimate / growth.estimate,
        null=0.0,
        n=len(logs),
        statistic_name="t",
        statistic=bend.statistic,
        df=bend.df,
        tests=Direction("growth_law", max(grows, bend.p_above(0)), max(grows, bend.p_below(0)), 0.0, -np.inf, np.inf),
        attainable=0.0,
        display="identity",
        effects=_effects(curves, lines),
        checks=_censored_check(curves, math.log(horizon)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Centred levels and log levels, and the contrasts between the two straight lines: arrays [k]."""

    exponential: FloatArray
    power: FloatArray

    @classmethod
    def of(cls, levels: FloatArray) -> Lines:
        logs = np.log(levels)
        return cls(levels - levels.mean(), logs - logs.mean())

    @property
    def bend(self) -> FloatArray:
        """(u - v) / (1 - u'v)."""
        u, v = _unit(self.exponential), _unit(self.power)
        return (u - v) / (1 - u @ v)

    @property
    def growth(self) -> FloatArray:
        """(u + v) / (1 + u'v)."""
        u, v = _unit(self.exponential), _unit(self.power)
        return (u + v) / (1 + u @ v)


def _unit(values: FloatArray) -> FloatArray:
    return values / np.linalg.norm(values)


def _log_times(times: ArrayLike, horizon: float) -> FloatArray:
    """log min(T, horizon) [n, k]; UnusableValues for times of 0."""
    array = float_array(times, "times", 2)
    at = restricted_times(array.ravel(), horizon, "times")
    if zeros := int((at == 0).sum()):
        raise UnusableValues(f"times: {zeros} of {at.size} are 0, where logs are not defined; give a smallest time.")
    return np.log(at).reshape(array.shape)


def _four_positive(levels: FloatArray) -> None:
    if np.unique(levels).size < FEWEST_LEVELS or (levels <= 0).any():
        raise UnusableValues(f"levels: {levels.tolist()}; two laws are told apart by {FEWEST_LEVELS} positive levels.")


def _medians_reached(logs: FloatArray, horizon: float, names: Sequence[str]) -> None:
    """Degenerate where not more than half of the blocks arrive before the horizon, naming the levels."""
    short = 2 * (logs < horizon).sum(axis=0) <= len(logs)
    if short.any():
        said = ", ".join(name for name, late in zip(names, short, strict=True) if late)
        mend = "extend the budget, or leave these levels out by `where`"
        raise Degenerate("unidentified", f"the median time is beyond the horizon at level {said}: {mend}.")


def _effects(curves: QuantileCurves, lines: Lines) -> tuple[Effect, ...]:
    """The index, both fits' R² and both rates."""
    shares = {"exponential: R²": lines.exponential, "power law: R²": lines.power}
    return (
        _resampled("growth index", _index(curves.observed[None], lines), _index(curves.drawn, lines)),
        *(_resampled(name, _fit(curves.observed[None], x), _fit(curves.drawn, x)) for name, x in shares.items()),
        _rate(curves.contrast(lines.exponential / (lines.exponential**2).sum())),
        _exponent(curves.contrast(lines.power / (lines.power**2).sum())),
    )


def _index(curves: FloatArray, lines: Lines) -> FloatArray:
    """The growth index of each curve [B, k]; infinite where it does not grow."""
    bend, growth = curves @ lines.bend, curves @ lines.growth
    return np.divide(bend, growth, out=np.copysign(np.inf, bend), where=growth > 0)


def _fit(curves: FloatArray, line: FloatArray) -> FloatArray:
    """R² of each curve [B, k] on a centred regressor; 0 for one that is flat."""
    centred = curves - curves.mean(axis=1, keepdims=True)
    total = (centred**2).sum(axis=1)
    explained = (centred @ line) ** 2 / (line @ line)
    return np.divide(explained, total, out=np.zeros_like(total), where=total > 0)


def _resampled(name: str, observed: FloatArray, drawn: FloatArray) -> Effect:
    """A number with the percentiles of its resamples."""
    a = (1 - EFFECT_LEVEL) / 2
    low, high = np.quantile(drawn, [a, 1 - a], method="inverted_cdf")
    return Effect(name, float(observed[0]), float(low), float(high), EFFECT_LEVEL, "percentiles of resampled blocks")


def _rate(slope: Student) -> Effect:
    name = "exponential: time ratio per unit of level"
    return ratio_effect(name, slope.estimate, slope.interval(EFFECT_LEVEL), "t, resampled blocks")


def _exponent(slope: Student) -> Effect:
    limits = slope.interval(EFFECT_LEVEL)
    return Effect("power law: exponent", slope.estimate, *limits, EFFECT_LEVEL, "t, resampled blocks")


def _censored_check(curves: QuantileCurves, horizon: float) -> tuple[str, ...]:
    """Says how often a resampled median lies at the horizon, where its spread is cut short."""
    share = float((curves.drawn >= horizon).any(axis=1).mean())
    if share <= SELDOM:
        return ()
    return (f"censoring: in {share:.0%} of resamples a median is at the horizon, so that errors are too small.",)
