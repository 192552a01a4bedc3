"""Quantiles of two levels in the same blocks: two values for each block in, Evidence on their difference out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, float_array, same_length
from ..effects import probability_of_order
from ..pivots.reference_set import ReferenceSet, bounded_set
from ..resampling.quantile_curves import QuantileCurves, quantile_curves
from ..rounding import magnitude, rounding_error
from ..samples.restricted_times import restricted_times
from ..scales import Scale, named_scale, on_scale
from ..values import EFFECT_LEVEL, Degenerate, Effect, Evidence

FEWEST_BEYOND = 5
SELDOM = 0.025


def paired_quantile(
    treatment: ArrayLike,
    reference: ArrayLike,
    *,
    quantile: float = 0.5,
    scale: str = "raw",
    horizon: float | None = None,
    names: Sequence[object] = ("treatment", "reference"),
    resamples: int = 9999,
    seed: int = 0,
) -> Evidence:
    """theta = f(Q(treatment)) - f(Q(reference)), Q the quantile of a level over blocks; values [n], paired by place.

    Tests and limits by the percentiles of theta* over resampled blocks, each with both of its values (Wilcox 2006):
    p_above(t) = (1 + #{theta* <= t}) / (B + 1). With a `horizon` values are times >= 0, one at or beyond it known only
    to be beyond, and theta* counts wherever it may lie; without one, an infinite value is larger than all others.
    Where one quantile is beyond the horizon the estimate is the bound that the horizon gives, and the limits are open
    on its side. Degenerate: "unidentified" where both quantiles are, or one is infinite; "too_few_blocks" where fewer
    than five of n + 1 values are expected on either side of it; "zero_variance" where all blocks are alike.
    """
    chosen, word = named_scale(scale), _word(quantile)
    first = _values(treatment, "treatment", chosen, horizon)
    second = _values(reference, "reference", chosen, horizon)
    same_length(first, second, "treatment, reference")
    values = np.column_stack([first, second])
    _testable(values, quantile, word)
    drawn = _resampled(values, quantile, horizon, resamples, seed)
    _identified(drawn, word, names)
    tests, estimate = drawn.difference(chosen), float(np.subtract(*_shown(drawn.least.observed, chosen)))
    return Evidence(
        procedure="paired_quantile",
        estimand=f"difference of the {word}s over blocks, treatment minus reference" + _of_logs(chosen),
        measure=chosen.measure,
        estimate=estimate,
        null=0.0,
        n=len(values),
        statistic_name=f"difference of {word}s",
        statistic=estimate,
        df=None,
        tests=tests,
        attainable=tests.attainable,
        display=chosen.display,
        effects=(*drawn.levels(word), probability_of_order(first, second, ">")),
        checks=(*_bounded_check(drawn, word, names), *_censored_check(drawn)),
        standard_error=drawn.error(chosen),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Quantiles:
    """Quantiles of treatment and reference, observed and drawn: `least`, with times beyond the horizon at the horizon,
    and `most`, with these at infinity.
    """

    least: QuantileCurves
    most: QuantileCurves

    def difference(self, scale: Scale) -> ReferenceSet:
        """The reference set of theta, each draw wherever its two quantiles may lie."""
        least, most = _shown(self.least.drawn, scale), _shown(self.most.drawn, scale)
        finite = least[np.isfinite(least)]
        slack = rounding_error(magnitude(finite, scale.name)) if finite.size else 0.0
        with np.errstate(invalid="ignore"):  # of two infinities the difference may be anything
            return bounded_set(least[:, 0] - most[:, 1], most[:, 0] - least[:, 1], slack)

    def error(self, scale: Scale) -> float | None:
        """The standard deviation of theta* over resamples; None where some of them are beyond the horizon."""
        drawn = _shown(self.most.drawn, scale)
        return float((drawn[:, 0] - drawn[:, 1]).std()) if np.isfinite(drawn).all() else None

    def levels(self, word: str) -> tuple[Effect, ...]:
        """The quantile of either level with its percentiles."""
        found = []
        for j, name in enumerate(("treatment", "reference")):
            limits = bounded_set(self.least.drawn[:, j], self.most.drawn[:, j]).interval(EFFECT_LEVEL)
            observed, how = float(self.least.observed[j]), "percentiles of resampled blocks"
            found.append(Effect(f"{word} under {name}", observed, *limits, EFFECT_LEVEL, how))
        return tuple(found)


def _word(quantile: float) -> str:
    """The name of a quantile; ValueError for a share that has none."""
    if not 0 < quantile < 1:
        raise ValueError(f"quantile: {quantile!r} is no quantile; give a number between 0 and 1.")
    return "median" if quantile == 0.5 else f"{quantile:g} quantile"


def _of_logs(scale: Scale) -> str:
    return "" if scale.name == "raw" else f", of {scale.words}s"


def _values(values: ArrayLike, name: str, scale: Scale, horizon: float | None) -> FloatArray:
    """Values that the scale is defined for, infinities apart; times up to the horizon."""
    at = float_array(values, name, 1) if horizon is None else restricted_times(values, horizon, name)
    if np.isfinite(at).any():
        on_scale(at[np.isfinite(at)], scale.name, name, 1)
    return at


def _testable(values: FloatArray, quantile: float, word: str) -> None:
    """Degenerate for too few blocks on either side of the quantile, or for blocks that are all alike."""
    share, n = min(quantile, 1 - quantile), len(values)
    if round((n + 1) * share, 9) < FEWEST_BEYOND:
        needed = math.ceil(round(FEWEST_BEYOND / share, 9)) - 1
        raise Degenerate("too_few_blocks", f"{n} blocks; limits of a {word} by resampling need at least {needed}.")
    if (values == values[0]).all():
        raise Degenerate("zero_variance", f"all {n} blocks give the same two values; nothing to test.")


def _resampled(values: FloatArray, quantile: float, horizon: float | None, resamples: int, seed: int) -> Quantiles:
    """The quantiles of values [n, 2]; both bounds from the same resamples."""
    unbounded = values if horizon is None else np.where(values >= horizon, np.inf, values)
    most = quantile_curves(unbounded, quantile=quantile, resamples=resamples, seed=seed)
    if horizon is None or np.isfinite(most.drawn).all():
        return Quantiles(most, most)
    return Quantiles(quantile_curves(values, quantile=quantile, resamples=resamples, seed=seed), most)


def _identified(drawn: Quantiles, word: str, names: Sequence[object]) -> None:
    """Degenerate where nothing bounds the difference of the observed quantiles, naming the levels."""
    unknown = ~np.isfinite(drawn.most.observed)
    if unknown.all() or (unknown.any() and drawn.least is drawn.most):
        said = ", ".join(str(name) for name, lost in zip(names, unknown, strict=True) if lost)
        where = "infinite" if drawn.least is drawn.most else "beyond the horizon"
        raise Degenerate("unidentified", f"the {word} is {where} at level {said}; a smaller quantile may be known.")


def _shown(quantiles: FloatArray, scale: Scale) -> FloatArray:
    """Quantiles on the scale of the test; -inf stays so."""
    with np.errstate(divide="ignore"):
        return scale.transform(np.maximum(quantiles, scale.floor))


def _bounded_check(drawn: Quantiles, word: str, names: Sequence[object]) -> tuple[str, ...]:
    """Says that the estimate is a bound where one quantile is beyond the horizon."""
    unknown = ~np.isfinite(drawn.most.observed)
    if not unknown.any():
        return ()
    level, side = names[int(np.argmax(unknown))], "least" if unknown[0] else "most"
    return (f"bound: the {word} at level {level} is beyond the horizon; the difference is at {side} the estimate.",)


def _censored_check(drawn: Quantiles) -> tuple[str, ...]:
    """Says how often a resampled quantile is not known."""
    share = float((~np.isfinite(drawn.most.drawn)).any(axis=1).mean())
    if share <= SELDOM:
        return ()
    return (f"censoring: in {share:.0%} of resamples a quantile is unknown; limits allow for any value it may have.",)
