"""Long table -> the mean, median, geometric mean or converged share of every group of runs, with its 95 % interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import special

from lnnstats.analysis.rows import WITHIN, level_codes
from lnnstats.errors import BadInput, Problem
from lnnstats.parts.responses.base import MEASUREMENTS
from lnnstats.parts.sections import Summary
from lnnstats.results.query import Results, Step
from lnnstats.stats.intervals import binomial_limit
from lnnstats.study.horizon import horizon
from lnnstats.study.values import Plan, Scalar

LEVEL = 0.95
TAIL = (1 - LEVEL) / 2
Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

WORDS: Mapping[Summary, tuple[str, str]] = {
    "mean": ("mean", "Student’s t over blocks"),
    "median": ("median", "order statistics over blocks, exact and therefore at least 95 %"),
    "geometric_mean": ("geometric mean", "Student’s t over blocks, on logarithms"),
    "share": (
        "share converged",
        "Clopper-Pearson over blocks, exact; where a point holds several runs of a block, Student’s t of their shares",
    ),
}


@dataclass(frozen=True, eq=False)
class Axis:
    """What makes groups, a factor or an axis of the response; each row's place among the labels, -1 for none."""

    name: str
    labels: tuple[Scalar, ...]
    codes: Codes


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of one response, [n] each. `horizon`: where times are cut; `nested`: a group has several of a block;
    `resolution`: within which a run has converged, NaN of a response that has none; `undefined`: rows without a value
    of runs that did not diverge (None: there are none), left out of every summary.
    """

    axes: tuple[Axis, ...]
    block: Codes
    value: Floats
    observed: NDArray[np.bool_]
    horizon: float
    nested: bool
    resolution: float = np.nan
    undefined: NDArray[np.bool_] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of labels of each axis."""
        return tuple(len(axis.labels) for axis in self.axes)

    @property
    def group(self) -> Codes:
        """Each row's group in row-major order of the axes, -1 where an axis does not name its level."""
        if not self.axes:
            return np.zeros(len(self.value), dtype=np.int64)
        codes = np.stack([axis.codes for axis in self.axes])
        flat = np.ravel_multi_index(tuple(np.maximum(codes, 0)), self.shape)
        return np.where((codes >= 0).all(axis=0), flat, -1)


@dataclass(frozen=True, eq=False)
class Grouped:
    """By group, in the shape of the axes: blocks summarised, blocks left out, summary, limits (NaN: there is none)."""

    axes: tuple[Axis, ...]
    n: Codes
    left_out: Codes
    center: Floats
    low: Floats
    high: Floats

    def shaped(self, axes: tuple[Axis, ...]) -> Grouped:
        """The same groups on other axes, of as many labels in all."""
        shape = tuple(len(axis.labels) for axis in axes)
        n, left_out = self.n.reshape(shape), self.left_out.reshape(shape)
        return Grouped(axes, n, left_out, *(part.reshape(shape) for part in (self.center, self.low, self.high)))


def rows(results: Results, plan: Plan, response: str, by: tuple[str, ...], step: Step = "last") -> Rows:
    """The rows of a response at a step, grouped by the factors (or the axes of a state) named."""
    factors = (name for name in by if name in plan.factors)
    found = results.response(response, step, (*factors, *WITHIN, "block", "status", "value", "observed"))
    if not found.num_rows:
        raise BadInput(Problem(path="report", message="the table holds no rows of this response", found=repr(response)))
    limit = horizon(plan, response)
    return Rows(
        tuple(_axis(found, plan, name) for name in by),
        found["block"].to_numpy().astype(np.int64),
        found["value"].to_numpy().astype(np.float64, copy=False),
        found["observed"].to_numpy(),
        np.inf if limit is None else float(limit),
        _nested(found, plan, by),
        np.nan if (resolution := plan.responses[response].resolution) is None else resolution,
        _undefined(found),
    )


def _undefined(found: pa.Table) -> NDArray[np.bool_] | None:
    none = np.isnan(found["value"].to_numpy())
    return none & ~pc.equal(found["status"], "diverged").to_numpy() if none.any() else None


def summarise(found: Rows, summary: Summary, better: str = "lower") -> Grouped:
    """The summary of every group; times are cut at their horizon.

    What is not finite (for a geometric mean: not positive) means leave out, a median ranks worst, no share counts; a
    value that is not defined is left out of all of them.
    """
    if summary == "share":
        return _shares(found, better)
    group, value = _units(found, summary, better)
    size = int(np.prod(found.shape))
    usable = _usable(value, summary)
    n = np.bincount(group[usable], minlength=size)
    left = np.bincount(group, minlength=size) - n
    if summary == "median":
        center, low, high = _median(group[usable], value[usable], n)
    else:
        transform, back = _TRANSFORMS[summary]
        center, low, high = (back(part) for part in _mean(group[usable], transform(value[usable]), n))
    return Grouped(found.axes, n, left, center, low, high).shaped(found.axes)


def _usable(value: Floats, summary: Summary) -> NDArray[np.bool_]:
    """Which values a summary takes."""
    if summary == "median":
        return ~np.isnan(value)
    return np.isfinite(value) & (value > 0 if summary == "geometric_mean" else True)


def trajectory(
    results: Results, plan: Plan, response: str, by: tuple[str, ...], summary: Summary, until: int | None = None
) -> Grouped:
    """The summary of every group at every step (`until` one), the step being the last axis; memory holds the rows of
    one step.
    """
    better = plan.responses[response].better
    steps = tuple(step for step in results.steps(response) if until is None or step <= until) or (0,)
    found = [summarise(rows(results, plan, response, by, step), summary, better) for step in steps]
    axes = (*found[0].axes, Axis("step", steps, np.arange(len(steps))))
    parts = ("n", "left_out", "center", "low", "high")
    return Grouped(axes, *(np.stack([getattr(one, part) for one in found], axis=-1) for part in parts))


def _identity(values: Floats) -> Floats:
    return values


Transform = Callable[[Floats], Floats]
_TRANSFORMS: Mapping[Summary, tuple[Transform, Transform]] = {
    "mean": (_identity, _identity),
    "geometric_mean": (np.log, np.exp),
}


def _axis(found: pa.Table, plan: Plan, name: str) -> Axis:
    if name in plan.factors:
        labels = plan.factors[name].labels
        return Axis(name, labels, level_codes(found[name], labels))
    if name not in WITHIN:
        allowed = ", ".join((*plan.factors, *WITHIN))
        raise BadInput(
            Problem(path="report", message="neither a factor nor an axis", found=repr(name), allowed=allowed)
        )
    there = pc.unique(found[name]).drop_null().to_pylist()
    places: tuple[Scalar, ...] = tuple(m for m in MEASUREMENTS if m in there) or tuple(sorted(there))
    if not places:
        return Axis(name, (0,), np.zeros(found.num_rows, dtype=np.int64))
    return Axis(name, places, level_codes(found[name], places))


def _nested(found: pa.Table, plan: Plan, by: tuple[str, ...]) -> bool:
    """Whether something that is no axis varies within a block: another factor, the layer, what is measured."""
    others = [path for path, factor in plan.factors.items() if path not in by and len(factor.labels) > 1]
    return bool(others) or any(len(pc.unique(found[axis])) > 1 for axis in WITHIN if axis not in by)


def _units(found: Rows, summary: Summary, better: str) -> tuple[Codes, Floats]:
    """Group and value of each unit: a row as it is, or the mean of a block's rows in a group where it has several."""
    group = found.group
    worst = (np.inf if better == "lower" else -np.inf) if summary == "median" else np.nan
    value = np.minimum(found.value, found.horizon)
    lost = ~np.isfinite(value) if found.undefined is None else ~np.isfinite(value) & ~found.undefined
    value = np.where(lost, worst, value)
    kept = group >= 0
    group, block, value = group[kept], found.block[kept], value[kept]
    if not found.nested:
        return group, value
    blocks = int(block.max(initial=0)) + 1
    units, place, sizes = np.unique(group * blocks + block, return_inverse=True, return_counts=True)
    return units // blocks, np.bincount(place, weights=value, minlength=len(units)) / sizes


def phrase(summary: Summary, name: str) -> str:
    """A summary of a response in words."""
    return f"{WORDS[summary][0]}, {name}" if summary == "share" else f"{WORDS[summary][0]} {name}"


def converged(found: Rows, better: str) -> NDArray[np.bool_]:
    """Which rows are within the resolution, or of a time arrived within its horizon; what is not a number is not."""
    if np.isfinite(found.horizon):
        return found.observed & (found.value <= found.horizon)
    beyond = found.value > found.resolution if better == "lower" else found.value < found.resolution
    return ~beyond & np.isfinite(found.value)


def _shares(found: Rows, better: str) -> Grouped:
    """The share converged of every group: exact limits of counts, or of the blocks' shares where these are several."""
    arrived = np.where(False if found.undefined is None else found.undefined, np.nan, converged(found, better))
    group, value = _units(replace(found, value=arrived, horizon=np.inf), "mean", better)
    size, usable = int(np.prod(found.shape)), ~np.isnan(value)
    left = np.bincount(group[~usable], minlength=size)
    group, value = group[usable], value[usable]
    n = np.bincount(group, minlength=size)
    if found.nested:
        center, low, high = (np.clip(part, 0.0, 1.0) for part in _mean(group, value, n))
    else:
        count = np.bincount(group, weights=value, minlength=size)
        center = np.divide(count, n, out=np.full(size, np.nan), where=n > 0)
        low, high = binomial_limit(count, n, TAIL), 1 - binomial_limit(n - count, n, TAIL)
        low, high = (np.where(n > 0, part, np.nan) for part in (low, high))
    return Grouped(found.axes, n, left, center, low, high).shaped(found.axes)


def _mean(group: Codes, value: Floats, n: Codes) -> tuple[Floats, Floats, Floats]:
    """Means of groups with Student's limits; NaN limits below two units."""
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(group, weights=value, minlength=len(n)) / n
        squares = np.bincount(group, weights=(value - mean[group]) ** 2, minlength=len(n))
        error = np.sqrt(squares / (n - 1) / n)
        reach = np.where(n > 1, -special.stdtrit(np.maximum(n - 1, 1), TAIL) * error, np.nan)
    return mean, mean - reach, mean + reach


def _median(group: Codes, value: Floats, n: Codes) -> tuple[Floats, Floats, Floats]:
    """Medians with order statistics j + 1 and n - j as limits, j the largest with P(Binomial(n, 1/2) <= j) <= 2.5 %."""
    ordered = np.concatenate([value[np.lexsort((value, group))], [np.nan]])
    start = np.concatenate([[0], np.cumsum(n)[:-1]])
    j = np.floor(special.bdtrik(TAIL, np.maximum(n, 1), 0.5)).astype(np.int64)
    j -= special.bdtr(j, np.maximum(n, 1), 0.5) > TAIL  # the inverse stops at 0; below six blocks there is no such j
    there, wide = n > 0, (n > 0) & (j >= 0)

    def pick(place: Codes, mask: NDArray[Any]) -> Floats:
        return np.where(mask, ordered[np.where(mask, start + place, len(value))], np.nan)

    middle = (pick((n - 1) // 2, there) + pick(n // 2, there)) / 2
    return middle, pick(j, wide), pick(n - 1 - j, wide)
