"""What the sections of a synthesis have in common: conditions, marks and effects in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lnnstats.analysis.values import Finding
from lnnstats.report import numerals
from lnnstats.report.inline import join, say, text
from lnnstats.report.regions import limits
from lnnstats.report.sections.summary import anchor
from lnnstats.report.values import Inline, Shade
from lnnstats.report.words import counted, measure, short
from lnnstats.stats.values import Effect
from lnnstats.study.values import Scalar
from lnnstats.synthesis.conditions import MARKS, Condition, Mark
from lnnstats.synthesis.values import Synthesis

DASH = text("–")
SIGNS: Mapping[Mark, str] = {"harm": "▲", "no harm": "○", "reversed": "▼", "undecided": "?", "untestable": "–"}
SHADES: Mapping[Mark, Shade] = {
    "harm": "dark",
    "no harm": "plain",
    "reversed": "light",
    "undecided": "dashed",
    "untestable": "dashed",
}
MEANINGS: Mapping[Mark, str] = {
    "harm": "harm",
    "no harm": "no relevant harm",
    "reversed": "reversed",
    "undecided": "undecided",
    "untestable": "untestable",
}


def claim_anchor(claim: str) -> str:
    """The anchor of a claim's heading."""
    return anchor(claim).replace("finding-", "claim-")


def names(synthesis: Synthesis) -> dict[str, str]:
    """Path of a factor -> its name in the synthesis."""
    return {path: name for name, path in synthesis.factors.items()}


def name(synthesis: Synthesis, path: str) -> str:
    """What a synthesis calls a factor; the last word of its path where it has no name for it."""
    return names(synthesis).get(path, short(path))


def level(value: Scalar) -> str:
    """A level as text: `torch default`, `0.01`, `3000`."""
    return numerals.level(value).replace("_", " ")


def settings(synthesis: Synthesis, stratum: Mapping[str, Scalar]) -> str:
    """A stratum by the synthesis's names: `optimizer sgd, step size 0.01`."""
    return ", ".join(f"{name(synthesis, path)} {level(value)}" for path, value in stratum.items()) or "all runs"


def tally(found: Iterable[Condition]) -> Inline:
    """How many conditions of each mark: `12 harm, 3 undecided`."""
    marks = [condition.mark for condition in found]
    counts = [(marks.count(mark), MEANINGS[mark]) for mark in MARKS if mark in marks]
    return join((say("{n} {mark}", n=numerals.count(n), mark=mark) for n, mark in counts), last=" and ")


def conditions(number: int) -> Inline:
    """A count of conditions."""
    return counted(number, "condition")


def effect(condition: Condition) -> Inline:
    """A condition's estimate with its interval; a dash where there is none."""
    if condition.estimate is None:
        return DASH
    estimate = numerals.parameter(condition.estimate, condition.measure, condition.margin)
    if condition.interval is None:
        return (estimate,)
    ends = condition.interval
    limits = numerals.interval(ends.low, ends.high, condition.measure, condition.margin)
    return say("{estimate} {limits}", estimate=estimate, limits=limits)


def estimated(finding: Finding, place: str) -> Inline:
    """A finding's estimate with the interval whose ends decide, and its stratum in words."""
    assert finding.estimate is not None
    ends, line = limits(finding), () if finding.null is None else (finding.null,)
    interval = numerals.interval(ends.thick.low, ends.thick.high, finding.measure, line) if ends else ()
    return say(
        "{measure} {estimate} {interval}{place}",
        measure=measure(finding.measure),
        estimate=numerals.parameter(finding.estimate, finding.measure, line),
        interval=interval,
        place=f" ({place})" if finding.stratum else "",
    )


def share(found: Effect) -> Inline:
    """A share of variation with its interval, in percent."""
    parts = {part: numerals.percent(getattr(found, part)) for part in ("estimate", "low", "high")}
    return say("{estimate} [{low}, {high}]", **parts)
