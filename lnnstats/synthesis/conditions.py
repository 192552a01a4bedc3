"""Runs -> the rows of the map: one condition each, its depth effect with limits, and what it says of the thesis."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lnnstats.analysis.values import Finding, Interval
from lnnstats.study.axes import AXES, chosen
from lnnstats.study.comparisons import kept
from lnnstats.study.levels import label
from lnnstats.study.substitute import NoSuchField, substitute, value
from lnnstats.study.values import LOGGED, Hypothesis, Scalar, Study, World
from lnnstats.synthesis.gather import Run, Runs
from lnnstats.synthesis.values import Synthesis

Mark = Literal["harm", "no harm", "reversed", "undecided", "untestable"]
MARKS: tuple[Mark, ...] = ("harm", "no harm", "reversed", "undecided", "untestable")
ALL = "all"  # of a factor that a hypothesis compares, or averages over
NONE = "none"  # of a field that the part there lacks: Adam has no beta


@dataclass(frozen=True)
class Condition:
    """A hypothesis in a stratum. `settings`: factor of the synthesis -> level; `margin`: the null value, and the
    smallest effects on either side of it, on the scale shown; `upward`: whether harm is a large parameter.
    """

    study: str
    hypothesis: str
    stratum: Mapping[str, Scalar]
    settings: Mapping[str, Scalar]
    measure: str
    estimate: float | None
    interval: Interval | None
    margin: tuple[float, float, float]
    upward: bool
    blocks: int
    mark: Mark

    @property
    def harmful(self) -> tuple[float, float]:
        """The region of harm, on the scale shown."""
        low, _, high = self.margin
        return (high, math.inf) if self.upward else (-math.inf, low)


def conditions(synthesis: Synthesis, runs: Runs) -> tuple[Condition, ...]:
    """Every condition, in the order of the file."""
    return tuple(
        condition
        for name, listed in synthesis.studies.items()
        for reading in listed.map
        for condition in _of(synthesis, runs[name], reading.hypothesis, reading.claims == "harm")
    )


def _of(synthesis: Synthesis, run: Run, id: str, harm: bool) -> Iterator[Condition]:
    hypothesis = next(h for h in run.study.hypotheses if h.id == id)
    upward = hypothesis.upward == harm
    for finding in run.of(id):
        margin = margins(hypothesis, finding)
        yield Condition(
            study=run.name,
            hypothesis=id,
            stratum=finding.stratum,
            settings={n: setting(run.study, hypothesis, finding, p) for n, p in synthesis.factors.items()},
            measure=finding.measure,
            estimate=finding.estimate,
            interval=finding.dual,
            margin=margin,
            upward=upward,
            blocks=finding.accounting.analysed,
            mark=mark(finding, margin, upward, harm),
        )


def margins(hypothesis: Hypothesis, finding: Finding) -> tuple[float, float, float]:
    """The smallest effect below the null value, the null value, the smallest effect above it."""
    null = finding.null if hypothesis.null_value is None else hypothesis.null_value
    if null is None:
        return math.nan, math.nan, math.nan
    for measure, size in (hypothesis.sesoi or {}).items():
        return (null / size, null, null * size) if measure in LOGGED else (null - size, null, null + size)
    return null, null, null


def mark(finding: Finding, margin: tuple[float, float, float], upward: bool, claims_harm: bool) -> Mark:
    """What a stratum, taken alone, says of harm: by the interval whose ends decide as its two one-sided tests do.

    Beyond the margin on the side of harm; short of it; beyond it on the other side. A test without such an interval
    says what its own decision says.
    """
    if finding.untestable or finding.estimate is None:
        return "untestable"
    if finding.dual is None:
        return _decided(finding, claims_harm)
    low, null, high = margin
    worse, better = (finding.dual.low > high, finding.dual.high < low) if upward else (
        finding.dual.high < low,
        finding.dual.low > high,
    )  # fmt: skip
    short = (finding.dual.high < high if upward else finding.dual.low > low) and low < null < high
    return "harm" if worse else "reversed" if better else "no harm" if short else "undecided"


def _decided(finding: Finding, claims_harm: bool) -> Mark:
    """A bare direction: supported is the side claimed, refuted the other."""
    if finding.decision not in ("supported", "refuted"):
        return "undecided"
    return "harm" if (finding.decision == "supported") == claims_harm else "reversed"


def setting(study: Study, hypothesis: Hypothesis, finding: Finding, path: str) -> Scalar:
    """A field's level in a stratum: the stratum's own, the place on an axis, or what the world there has.

    `all` where several are compared or averaged over, `none` where there is no such field.
    """
    if path in finding.stratum:
        return finding.stratum[path]
    if path in AXES:
        placed = chosen(hypothesis, study.responses[hypothesis.response])
        place = {**hypothesis.reduce, **placed}.get(path, "last")  # type: ignore[call-overload]
        return study.training.steps if path == "step" and place == "last" else label(place)
    if path in study.factors:
        only = kept(study.plan, hypothesis, path)
        return only[0] if len(only) == 1 else ALL
    fixed = {name: labels[0] for name in study.factors if len(labels := kept(study.plan, hypothesis, name)) == 1}
    here = fixed | {name: at for name, at in finding.stratum.items() if name not in AXES}
    if any(path.startswith(f"{name}.") for name in study.factors if name not in here):
        return ALL
    return _of_world(substitute(study.world, {name: study.factors[name].level(at) for name, at in here.items()}), path)


def _of_world(world: World, path: str) -> Scalar:
    """What a world has at a path; a part of another kind may have no such field."""
    try:
        return named(value(world, path))
    except NoSuchField:
        return NONE


def named(node: Any) -> Scalar:
    """A level as the map calls it: a part by its kind, a rule by its being one."""
    if hasattr(node, "tune"):
        return "tuned"
    return str(node.kind) if hasattr(node, "kind") else label(node)
