"""Kaplan-Meier curves of a time: the share of runs that have not arrived yet, with medians and restricted means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lnnstats.parts.sections import Survival
from lnnstats.report import numerals
from lnnstats.report.describe import assigned
from lnnstats.report.inline import join, say, text
from lnnstats.report.subject import Subject
from lnnstats.report.summaries import LEVEL, Axis, Rows, rows
from lnnstats.report.values import Block, Column, Curves, Figure, Inline, Panel, Series, Table
from lnnstats.report.words import response, short
from lnnstats.stats.procedures.kaplan_meier import kaplan_meier
from lnnstats.stats.samples.survival_curve import SurvivalCurve

POINTS = 200  # of a curve drawn; more cannot be told apart


@dataclass(frozen=True, eq=False)
class _Curve:
    """One group's curve; None where the group has no run."""

    n: int
    curve: SurvivalCurve | None


def blocks(subject: Subject, part: Survival) -> tuple[Block, ...]:
    """The figure that the study asks for."""
    found = rows(subject.results, subject.plan, part.response, (*((part.panel,) if part.panel else ()), part.by))
    *lead, by = found.axes
    panel = lead[0] if lead else Axis("", ("",), by.codes)
    limit = (
        found.horizon
        if np.isfinite(found.horizon)
        else float(np.max(found.value[np.isfinite(found.value)], initial=1.0))
    )
    curves = {
        key: curve
        for key, curve in zip(_keys(panel, by), _curves(found, len(panel.labels) * len(by.labels)), strict=True)
    }
    drawn = tuple(
        Panel(assigned(panel.name, label), tuple(_series(curves[i, j], by, j, limit) for j in range(len(by.labels))))
        for i, label in enumerate(panel.labels)
    )
    name = response(part.response)
    drawing = Curves(drawn, f"training step ({name})", "share not yet there", short(part.by), limits="band", steps=True)
    caption = join((part.caption or "", _caption(found.nested)), " ")
    data = _data(curves, panel, by, limit)
    return (Figure(text(part.title or f"Time to {name}"), caption, _described(curves, panel, by, name), data, drawing),)


def _caption(pooled: bool) -> Inline:
    """What curves and bands mean; `pooled`: a curve has several runs of a block."""
    narrow = (
        " A curve pools several runs of a block as if they were independent: its band is too narrow." if pooled else ""
    )
    return say(
        "Kaplan–Meier estimate of the share of runs that have not arrived; "
        "bands: pointwise {level} limits (log–log Greenwood). "
        "Runs still on their way at the last step are censored there; a run that diverged never arrives. "
        "Linear axes.{narrow}",
        level=numerals.percent_level(LEVEL),
        narrow=narrow,
    )


def _keys(panel: Axis, by: Axis) -> Iterator[tuple[int, int]]:
    return ((i, j) for i in range(len(panel.labels)) for j in range(len(by.labels)))


def _curves(found: Rows, groups: int) -> Iterator[_Curve]:
    """The curve of every group, in row-major order of the axes."""
    group = found.group
    for place in range(groups):
        here = group == place
        n = int(here.sum())
        yield _Curve(n, kaplan_meier(found.value[here], found.observed[here]) if n else None)


def _series(found: _Curve, by: Axis, j: int, limit: float) -> Series:
    """From a share of one at step 0 to the horizon, thinned where there are more points than a reader can see."""
    label = numerals.level(by.labels[j])
    if found.curve is None:
        return Series(label, (), (), (), (), j, len(by.labels))
    curve = found.curve
    keep = np.unique(np.linspace(0, len(curve.times) - 1, min(POINTS, len(curve.times))).astype(np.int64))
    x = np.concatenate([[0.0], curve.times[keep], [limit]])
    y, low, high = (_from_one(part[keep]) for part in (curve.survival, curve.low, curve.high))
    return Series(label, tuple(x.tolist()), y, low, high, j, len(by.labels))


def _from_one(part: np.ndarray) -> tuple[float, ...]:
    values = np.concatenate([[1.0], part])
    return tuple(np.concatenate([values, values[-1:]]).tolist())


def _data(curves: dict[tuple[int, int], _Curve], panel: Axis, by: Axis, limit: float) -> Table:
    heads = ([Column(text(short(panel.name)))] if panel.name else []) + [Column(text(short(by.name)), "right")]
    columns = (
        Column(text("runs"), "right"),
        Column(text("arrived"), "right"),
        Column(text("median [95 % CI]"), "right"),
        Column(text("restricted mean (SE)"), "right"),
    )
    body = tuple(
        (
            *((text(numerals.level(panel.labels[i])),) if panel.name else ()),
            text(numerals.level(by.labels[j])),
            *_row(curves[i, j], limit),
        )
        for i, j in _keys(panel, by)
    )
    note = say("Restricted mean: of min(time, {limit}).", limit=numerals.quantity(limit, 6))
    return Table(text("Data: times to arrival"), (*heads, *columns), body, (note,), stub=len(heads))


def _row(found: _Curve, limit: float) -> tuple[Inline, ...]:
    if found.curve is None:
        return (text("0"), text("–"), text("–"), text("–"))
    curve = found.curve
    median = say(
        "{m} {limits}",
        m=numerals.quantity(curve.median, 4),
        limits=numerals.interval(curve.median_low, curve.median_high),
    )
    arrived = (numerals.count(int(curve.events.sum())),)
    return (numerals.count(found.n),), arrived, median, _restricted(curve, limit)


def _restricted(curve: SurvivalCurve, limit: float) -> Inline:
    if limit > curve.horizon_limit:
        return text("–")
    mean, error = curve.restricted_mean(limit)
    return say("{mean} ({error})", mean=numerals.quantity(mean, 4), error=numerals.quantity(error, 2))


def _described(curves: dict[tuple[int, int], _Curve], panel: Axis, by: Axis, name: str) -> str:
    """In words: per panel, how many of the first and of the last group arrived, and when half of them had."""
    told = [
        f"Share of runs that have not arrived, against the step, for {name}; {len(by.labels)} curves, one a level of "
        f"{short(by.name)}."
    ]
    for i, label in enumerate(panel.labels):
        ends = [_told(curves[i, j], assigned(by.name, by.labels[j])) for j in dict.fromkeys((0, len(by.labels) - 1))]
        told.append(f"{f'With {assigned(panel.name, label)}: ' if panel.name else ''}{'; '.join(ends)}.")
    return " ".join(told)


def _told(found: _Curve, who: str) -> str:
    if found.curve is None:
        return f"{who}: no runs"
    arrived, median = numerals.count(int(found.curve.events.sum())).text, numerals.quantity(found.curve.median, 4).text
    half = f"half of them by step {median}" if np.isfinite(found.curve.median) else "never half of them"
    return f"{who}: {arrived} of {numerals.count(found.n).text} arrived, {half}"
