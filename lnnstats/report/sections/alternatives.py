"""Beside a finding: further effect sizes, the same numbers from a second source, the same question otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lnnstats.analysis.values import Finding
from lnnstats.report import numerals
from lnnstats.report.inline import say, text
from lnnstats.report.values import Column, Table
from lnnstats.report.words import where


def effects(findings: tuple[Finding, ...], alpha: float) -> Iterator[Table]:
    """Every further effect size with its interval and the method of that."""
    rows = tuple(
        (
            text(where(finding.stratum)),
            text(effect.name),
            (numerals.parameter(effect.estimate),),
            say(
                "{level} {limits}",
                level=numerals.percent_level(effect.level) if effect.level else "",
                limits=numerals.interval(effect.low, effect.high),
            ),
            text(effect.method),
        )
        for finding in findings
        for effect in finding.effects
    )
    heads = (
        Column(text("stratum")),
        Column(text("effect")),
        Column(text("estimate"), "right"),
        Column(text("CI"), "right"),
        Column(text("interval by")),
    )
    if rows:
        yield Table(text("Further effect sizes"), heads, rows)


def agreements(findings: tuple[Finding, ...], alpha: float) -> Iterator[Table]:
    """Every number computed twice, and how many digits agree."""
    rows = tuple(
        (
            text(where(finding.stratum)),
            text(a.source),
            text(a.quantity),
            (numerals.quantity(a.ours, 8),),
            (numerals.quantity(a.theirs, 8),),
            (numerals.agreement(a.digits),),
        )
        for finding in findings
        for a in finding.agreements
    )
    heads = (
        Column(text("stratum")),
        Column(text("second source")),
        Column(text("quantity")),
        Column(text("ours"), "right"),
        Column(text("theirs"), "right"),
        Column(text("digits agreeing"), "right"),
    )
    if rows:
        yield Table(text("The same numbers from a second source"), heads, rows)


def sensitivities(findings: tuple[Finding, ...], alpha: float) -> Iterator[Table]:
    """Every alternative analysis, and what it alone would decide."""
    rows = tuple(
        (
            text(where(finding.stratum)),
            text(s.name),
            text(s.decision),
            (numerals.p_value(s.p_support, alpha),),
            (numerals.p_value(s.p_refute, alpha),),
        )
        for finding in findings
        for s in finding.sensitivities
    )
    heads = (
        Column(text("stratum")),
        Column(text("analysis")),
        Column(text("decision")),
        Column(say("*p*, support"), "right"),
        Column(say("*p*, refutation"), "right"),
    )
    if rows:
        yield Table(text("The same question answered other ways"), heads, rows)


Alternative = Callable[[tuple[Finding, ...], float], Iterator[Table]]
ALTERNATIVES: tuple[Alternative, ...] = (effects, agreements, sensitivities)
