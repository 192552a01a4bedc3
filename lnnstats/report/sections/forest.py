"""A hypothesis's estimates over its strata, against the region in which the claim would be right."""

from __future__ import annotations

from collections.abc import Iterator

from lnnstats.analysis.values import Finding
from lnnstats.report import numerals
from lnnstats.report.inline import say, text
from lnnstats.report.regions import Limits, Region, limits, region
from lnnstats.report.values import Block, Column, Estimate, Figure, Inline, Intervals, Table
from lnnstats.report.words import measure, where
from lnnstats.study.values import LOGGED, Hypothesis

NAMED = {
    "direction": "beyond the null value",
    "relevance": "at least the smallest effect of interest",
    "equivalence": "within the bounds",
}


def forest(hypothesis: Hypothesis, findings: tuple[Finding, ...]) -> Iterator[Block]:
    """One figure; none where no estimate has an interval."""
    rows = tuple((f, found) for f in findings if f.estimate is not None and (found := limits(f)))
    if not rows:
        return
    first, bounds = rows[0][0], region(hypothesis, rows[0][0])
    drawing = Intervals(
        tuple(_estimate(*row) for row in rows),
        measure(first.measure),
        bounds.null,
        (bounds.low, bounds.high),
        first.measure in LOGGED,
    )
    title = say("{id}: {what}", id=hypothesis.id, what="estimates by stratum" if len(rows) > 1 else "the estimate")
    yield Figure(title, _caption(hypothesis, *rows[0]), _described(drawing, bounds), _data(hypothesis, rows), drawing)


def _estimate(finding: Finding, found: Limits) -> Estimate:
    assert finding.estimate is not None
    thick, thin = found.thick, found.thin
    return Estimate(where(finding.stratum), finding.estimate, (thick.low, thick.high), (thin.low, thin.high))


def _caption(hypothesis: Hypothesis, first: Finding, found: Limits) -> Inline:
    level = numerals.percent_level(found.thick.level)
    decides = say(
        "thick, the {level} interval whose ends decide; thin, {wide}",
        level=level,
        wide=numerals.percent_level(found.thin.level),
    )
    sized = say(
        "{level} interval ({method}); the test itself decides the sign and bounds no size",
        level=level,
        method=found.method,
    )
    return say(
        "Points: {measure}; bars: {bars}. Vertical line: the null value. Shaded: where the claim would be right "
        "({region}).{scale}",
        measure=measure(first.measure),
        bars=sized if found.method else decides,
        region=NAMED[hypothesis.question],
        scale=" Logarithmic axis." if first.measure in LOGGED else "",
    )


def _data(hypothesis: Hypothesis, rows: tuple[tuple[Finding, Limits], ...]) -> Table:
    heads = (
        Column(text("stratum")),
        Column(text("estimate"), "right"),
        Column(text("thick bar"), "right"),
        Column(text("thin bar"), "right"),
    )
    return Table(text("Data: estimates"), heads, tuple(_row(hypothesis, *row) for row in rows))


def _row(hypothesis: Hypothesis, finding: Finding, found: Limits) -> tuple[Inline, ...]:
    lines = region(hypothesis, finding).lines
    assert finding.estimate is not None
    bars = (numerals.interval(i.low, i.high, finding.measure, lines) for i in (found.thick, found.thin))
    return text(where(finding.stratum)), (numerals.parameter(finding.estimate, finding.measure, lines),), *bars


def _described(drawing: Intervals, bounds: Region) -> str:
    """In words: the axis, the region, and every estimate with its deciding limits."""
    low, high = (numerals.parameter(end).text for end in (bounds.low, bounds.high))
    told = [
        f"{estimate.label}: {numerals.parameter(estimate.value).text}, from "
        f"{numerals.parameter(estimate.thick[0]).text} to {numerals.parameter(estimate.thick[1]).text}"
        for estimate in drawing.estimates
    ]
    return (
        f"Interval plot of the {drawing.x_label}; null value {numerals.parameter(bounds.null).text}; the claim would "
        f"be right from {low} to {high}. " + "; ".join(told) + "."
    )
