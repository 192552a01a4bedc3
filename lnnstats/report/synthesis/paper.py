"""The analysis on paper, and beside each of its statements where it was measured to hold."""

from __future__ import annotations

from lnnstats.report.inline import join, say, text
from lnnstats.report.sections.requested import requested
from lnnstats.report.subject import Subject
from lnnstats.report.synthesis.words import DASH, estimated
from lnnstats.report.values import Block, Column, Inline, Paragraph, Section, Span, Table
from lnnstats.report.words import where
from lnnstats.synthesis.gather import Run
from lnnstats.synthesis.synthesise import Synthesised
from lnnstats.synthesis.values import Equation


def section(found: Synthesised) -> Section | None:
    """The analysis in words, its equations with what was measured of each, and the figures asked for."""
    analysis = found.synthesis.analysis
    if analysis is None:
        return None
    blocks: list[Block] = [Paragraph(say(analysis.text))]
    if analysis.equations:
        blocks.append(_equations(found, analysis.equations))
    for shown in analysis.report:
        blocks += requested(_subject(found, found.runs[shown.study]), shown.show)
    return Section("analysis", "The analysis on paper and its measured validity", tuple(blocks))


def _subject(found: Synthesised, run: Run) -> Subject:
    """A run as the sections of a study take it."""
    return Subject(run.study, found.claims, run.results, run.findings, run.verdicts)


def _equations(found: Synthesised, equations: tuple[Equation, ...]) -> Table:
    columns = (
        Column(text("on paper"), "prose"),
        Column(text("measured by")),
        Column(text("what was measured"), "prose"),
        Column(text("verdict")),
    )
    rows = tuple(_row(found.runs[equation.study], equation) for equation in equations)
    note = text("Measured: every stratum's estimate with the interval whose ends decide.")
    return Table(text("The equations beside their measured validity"), columns, rows, (note,))


def _row(run: Run, equation: Equation) -> tuple[Inline, ...]:
    verdict = next(v for v in run.verdicts if v.hypothesis == equation.hypothesis)
    formula = (Span(equation.formula, "math"), Span(" ")) if equation.formula else ()
    return (
        (*formula, *text(equation.said)),
        text(f"{run.name} {equation.hypothesis}"),
        join(_measured(run, equation.hypothesis), "; ") or DASH,
        text(verdict.decision if verdict.grade == "none" else f"{verdict.decision}, {verdict.grade}"),
    )


def _measured(run: Run, hypothesis: str) -> list[Inline]:
    """Every stratum's estimate with its interval."""
    return [
        say("{where}: untestable", where=where(finding.stratum))
        if finding.estimate is None
        else estimated(finding, where(finding.stratum))
        for finding in run.of(hypothesis)
    ]
