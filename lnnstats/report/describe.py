"""Grouped summaries -> a figure's curves, its data as a table, and a description that stands in for looking at it."""

from __future__ import annotations

import numpy as np

from lnnstats.parts.sections import Summary
from lnnstats.report import numerals
from lnnstats.report.inline import say, text
from lnnstats.report.summaries import LEVEL, WORDS, Axis, Grouped, phrase
from lnnstats.report.values import Column, Inline, Panel, Series, Table
from lnnstats.report.words import counted, response, short
from lnnstats.study.values import Scalar

SPACE = text(" ")
CONVERGED = "Converged: within the resolution of the response, a time within its budget; a diverged run has not."
ONLY = Axis("", ("",), np.zeros(0, dtype=np.int64))


def in_three(grouped: Grouped, panel: bool, by: bool) -> Grouped:
    """The same groups on the three axes panel, by, x; a panel or a `by` that is not asked for has one level."""
    *lead, x = grouped.axes
    axes = (lead.pop(0) if panel else ONLY, lead.pop(0) if by else ONLY, x)
    return grouped.shaped(axes)


def panels(grouped: Grouped, positions: tuple[float, ...], positive: bool) -> tuple[Panel, ...]:
    """A panel a level of the first axis, a curve a level of the second; `positive` drops what a log axis lacks."""
    first, second, _ = grouped.axes
    keep = np.array([not positive or x > 0 for x in positions])
    return tuple(
        Panel(
            assigned(first.name, label),
            tuple(_series(grouped, i, j, positions, keep) for j in range(len(second.labels))),
        )
        for i, label in enumerate(first.labels)
    )


def _series(grouped: Grouped, i: int, j: int, positions: tuple[float, ...], keep: np.ndarray) -> Series:
    second = grouped.axes[1]
    there = keep & np.isfinite(grouped.center[i, j])
    x, y, low, high = (
        part[there] for part in (np.array(positions), grouped.center[i, j], grouped.low[i, j], grouped.high[i, j])
    )
    return Series(
        numerals.level(second.labels[j]),
        tuple(x.tolist()),
        tuple(y.tolist()),
        tuple(low.tolist()),
        tuple(high.tolist()),
        j,
        len(second.labels),
    )


def assigned(name: str, label: Scalar) -> str:
    """`noise = 0.05`; nothing for an axis without a name."""
    return f"{short(name)} = {numerals.level(label)}" if name else ""


def data(grouped: Grouped, title: str) -> Table:
    """A row a panel and an x, a column a curve: the summary with its interval."""
    first, second, x = grouped.axes
    heads = ([Column(text(short(first.name)))] if first.name else []) + [Column(text(short(x.name)), "right")]
    columns = [Column(text(numerals.level(label) or title), "right", short(second.name)) for label in second.labels]
    rows = tuple(
        (*((text(numerals.level(label)),) if first.name else ()), text(numerals.level(place)), *_cells(grouped, i, k))
        for i, label in enumerate(first.labels)
        for k, place in enumerate(x.labels)
    )
    return Table(text(f"Data: {title}"), (*heads, *columns), rows, stub=len(heads))


def _cells(grouped: Grouped, i: int, k: int) -> tuple[Inline, ...]:
    return tuple(
        cell(grouped.center[i, j, k], grouped.low[i, j, k], grouped.high[i, j, k])
        for j in range(len(grouped.axes[1].labels))
    )


def cell(center: float, low: float, high: float, between: Inline = SPACE) -> Inline:
    """A summary with its interval; a dash where there is no run."""
    if np.isnan(center):
        return text("–")
    return say(
        "{center}{between}{limits}", center=numerals.quantity(float(center)), between=between, limits=limits(low, high)
    )


def limits(low: float, high: float) -> Inline:
    """The limits of a measured value in brackets; nothing where there are none."""
    if np.isnan(low) or np.isnan(high):
        return ()
    return text(f"[{numerals.quantity(float(low)).text}, {numerals.quantity(float(high)).text}]")


def blocks_behind(grouped: Grouped) -> Inline:
    """How many blocks each point summarises: one number, or a range."""
    least, most = int(grouped.n.min()), int(grouped.n.max())
    if least == most:
        return say("*n* = {n} blocks", n=numerals.count(most))
    return say("*n* = {least} to {most} blocks", least=numerals.count(least), most=numerals.count(most))


def marks(grouped: Grouped, summary: Summary, what: str) -> Inline:
    """What lines and limits mean, over how many blocks, and what was left out: the second half of a caption."""
    name, method = WORDS[summary]
    said = say(
        "Points: {name} over blocks; {what}: pointwise {level} interval ({method}); {n} per point.",
        name=name,
        what=what,
        level=numerals.percent_level(LEVEL),
        method=method,
        n=blocks_behind(grouped),
    )
    return (*said, *(text(f" {CONVERGED}") if summary == "share" else ()), *left_out(grouped))


def left_out(grouped: Grouped) -> Inline:
    """How many values had no place in a summary."""
    worst, where = int(grouped.left_out.max(initial=0)), int((grouped.left_out > 0).sum())
    if not worst:
        return ()
    return say(
        " Values that are not finite (or, of a geometric mean, not positive) are left out: "
        "up to {worst} per point, at {where}.",
        worst=numerals.count(worst),
        where=counted(where, "point"),
    )


def described(grouped: Grouped, name: str, summary: Summary) -> str:
    """In words: what is drawn, and per panel where the extreme curves start and end."""
    first, second, x = grouped.axes
    shown = phrase(summary, response(name))
    opening = f"{shown[:1].upper()}{shown[1:]} against {short(x.name)}."
    curves = _number(second, "curves") or " One curve."
    in_panels = _number(first, "panels")
    return opening + in_panels + curves + "".join(_extremes(grouped, i) for i in range(len(first.labels)))


def _number(axis: Axis, what: str) -> str:
    """How many curves or panels there are; nothing where the axis has no name."""
    return f" {numerals.count(len(axis.labels)).text} {what}, one a level of {short(axis.name)}." if axis.name else ""


def _extremes(grouped: Grouped, i: int) -> str:
    """The curves that end lowest and highest in a panel."""
    first, second, _ = grouped.axes
    ends = grouped.center[i, :, -1]
    if np.isnan(ends).all():
        return ""
    chosen = dict.fromkeys((int(np.nanargmin(ends)), int(np.nanargmax(ends))))
    told = " and ".join(_told(grouped, i, j) for j in chosen)
    place = f" With {assigned(first.name, first.labels[i])}" if first.name else " At the right end"
    relation = "the curves that end lowest and highest are" if len(chosen) > 1 else "the curve is"
    return (
        f"{place}, {relation} {told}."
        if second.name
        else f"{place} the curve is at {numerals.quantity(float(ends[0])).text}."
    )


def _told(grouped: Grouped, i: int, j: int) -> str:
    line = grouped.center[i, j]
    there = line[np.isfinite(line)]
    start, end = (numerals.quantity(float(value)).text for value in there[[0, -1]])
    return f"{assigned(grouped.axes[1].name, grouped.axes[1].labels[j])} (from {start} to {end})"
