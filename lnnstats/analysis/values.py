"""Findings (what was measured of a hypothesis in a stratum) and verdicts (what is concluded of the hypothesis)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Literal

from lnnstats.stats.values import Agreement, Effect
from lnnstats.study.values import Reading, Scalar

Decision = Literal["supported", "refuted", "inconclusive", "untestable"]
Standing = Literal["supported", "refuted", "divided", "inconclusive", "untestable", "untested"]  # of several verdicts
Grade = Literal["robust", "fragile", "contested", "none"]


@dataclass(frozen=True)
class Interval:
    """A two-sided confidence interval at `level`, on the scale shown."""

    level: float
    low: float
    high: float


@dataclass(frozen=True)
class Reason:
    """Why: a code for machines, a sentence for readers."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Accounting:
    """Every run behind a finding: blocks asked for and analysed; compared runs that diverged or were censored."""

    blocks: int
    analysed: int
    incomplete: int
    diverged: int
    censored: int


@dataclass(frozen=True)
class Sensitivity:
    """The same question answered another way, at the level that its family leaves to it.

    One about another parameter (`same_estimand` False: the order of runs, say, where the claim is about their mean) can
    make a verdict fragile, never contest it.
    """

    name: str
    decision: Decision
    p_support: float
    p_refute: float
    same_estimand: bool = True


@dataclass(frozen=True)
class Finding:
    """What one procedure found of one hypothesis in one stratum. Estimates and limits are on the scale shown (ratios,
    not log ratios).

    `standard_error` is the Monte-Carlo error of the estimate over blocks, of a ratio by the delta method.

    `p_support` and `p_refute` are one-sided, unadjusted; `dual` is the interval whose ends decide exactly as they do at
    alpha. `p_support_joint` and `p_refute_joint` hold over the whole family, where that is resampled jointly. Where
    nothing could be tested `untestable` says why, the estimate is None and both p are 1.
    """

    hypothesis: str
    stratum: Mapping[str, Scalar]
    procedure: str
    accounting: Accounting
    p_support: float
    p_refute: float
    p_negligible: float
    decision: Decision
    estimand: str = ""
    measure: str = ""
    estimate: float | None = None
    dual: Interval | None = None
    interval: Interval | None = None
    null: float | None = None
    p_support_joint: float | None = None
    p_refute_joint: float | None = None
    statistic_name: str = ""
    statistic: float | None = None
    df: float | None = None
    numerator_df: float | None = None
    standard_error: float | None = None
    attainable: float = 0.0
    effects: tuple[Effect, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    sensitivities: tuple[Sensitivity, ...] = ()
    checks: tuple[str, ...] = ()
    untestable: Reason | None = None


@dataclass(frozen=True)
class Verdict:
    """What is concluded of a hypothesis, with how robustly, within which scope, and why."""

    hypothesis: str
    claim: str | None
    statement: str
    kind: Literal["direction", "relevance", "equivalence", "all_of", "any_of"]
    decision: Decision
    grade: Grade
    p_support_adjusted: float
    p_refute_adjusted: float
    scope: str
    reasons: tuple[Reason, ...]
    reading: Reading | None = field(default=None, metadata={"later": True})

    @property
    def claimed(self) -> str:
        """The claim and which of its statements was tested, `S2.5, as printed`; nothing where there is no claim."""
        return ", as ".join(filter(None, (self.claim, self.reading)))


def jsonable(value: Any) -> Any:
    """A frozen value as JSON content; infinities and NaN as the strings `inf`, `-inf`, `nan`.

    A field that came `later` leaves no trace at its default, so that what was concluded before it came reads the same.
    """
    if is_dataclass(value) and not isinstance(value, type):
        found = [(one, getattr(value, one.name)) for one in fields(value)]
        return {one.name: jsonable(at) for one, at in found if not one.metadata.get("later") or at != one.default}
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def conclusions(findings: tuple[Finding, ...], verdicts: tuple[Verdict, ...]) -> dict[str, Any]:
    """The two files of a conclusion: name -> JSON content."""
    return {"findings.json": jsonable(findings), "verdicts.json": jsonable(verdicts)}
