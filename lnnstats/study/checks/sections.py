"""The figures and tables that a study asks for: responses, factors, axes and levels that are there and can be drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from lnnstats.parts.base import Scalar
from lnnstats.parts.responses.base import Axis, measurements
from lnnstats.parts.sections import At, ReportedNumber
from lnnstats.study.checks.axes import deepest
from lnnstats.study.checks.values import Inconsistency, Place, unknown
from lnnstats.study.levels import level_key
from lnnstats.study.values import Study

GROUPS = ("by", "panel", "along", "rows", "columns")  # fields that name what makes lines, panels, rows


def sections(study: Study) -> Iterator[Inconsistency]:
    """Every section of the report, in the order of the file."""
    for index, section in enumerate(study.report):
        place = ("report", index, section.kind)
        missing = [name for name in section.reads if name not in study.responses]
        yield from (unknown(place, "response", name, study.responses) for name in missing)
        if not missing:
            yield from _grouped(study, section, place)
            yield from _levels(study, section.where, section.reads, (*place, "where"))
        yield from _drawable(study, section, place)
        if section.kind == "reported_numbers":
            for row, number in enumerate(section.rows):
                yield from _number(study, number, (*place, "rows", row))


def _grouped(study: Study, section: Any, place: Place) -> Iterator[Inconsistency]:
    """Factors, and axes of the responses, that make lines, panels, rows."""
    allowed = (*study.factors, *_groups(study, section))
    for field in GROUPS:
        path = getattr(section, field, None)
        if isinstance(path, str) and path not in allowed:
            yield unknown((*place, field), "factor", path, allowed)


def _axes(study: Study, names: tuple[str, ...]) -> tuple[str, ...]:
    """The axes that some of the responses have."""
    found = [study.responses[name] for name in names if name in study.responses]
    return tuple(axis for axis in get_args(Axis) if any(axis in response.axes for response in found))


def _groups(study: Study, section: Any) -> tuple[str, ...]:
    """The axes that can make lines: not the step, which makes the horizontal axis."""
    return tuple(axis for axis in _axes(study, section.reads) if axis != "step")


def _levels(study: Study, where: Mapping[str, Scalar], names: tuple[str, ...], place: Place) -> Iterator[Inconsistency]:
    """Levels of factors, and places on the axes of the responses shown."""
    axes = _axes(study, names)
    for path, level in where.items():
        if path in study.factors:
            if level_key(level) not in map(level_key, study.factors[path].labels):
                yield unknown((*place, path), "level", level, study.factors[path].labels)
        elif path not in axes:
            yield unknown((*place, path), "factor", path, (*study.factors, *axes))
        else:
            yield from _placed(study, path, level, names, (*place, path))


def _placed(study: Study, axis: str, level: Any, names: tuple[str, ...], place: Place) -> Iterator[Inconsistency]:
    """A place that a response has on an axis: a recorded step, a measurement; a layer is a number from 1."""
    found = [study.responses[name] for name in names if name in study.responses]
    if axis == "measurement":
        there: tuple[Any, ...] = tuple(dict.fromkeys(m for response in found for m in measurements(response)))
    elif axis == "step":
        there = tuple(sorted({s for response in found for s in response.recorded(study.training.steps)}))
    else:
        counted = isinstance(level, int) and not isinstance(level, bool) and level > 0
        last = deepest(study) if study.trains else None
        there = (level,) if counted and (last is None or level <= last) else (f"1 to {last}" if last else "from 1",)
    if level not in there:
        yield unknown(place, axis, level, there)


def _number(study: Study, number: ReportedNumber, place: Place) -> Iterator[Inconsistency]:
    """What is set beside a reported number."""
    if number.response not in study.responses:
        return
    yield from _levels(study, number.where, (number.response,), (*place, "where"))
    response = study.responses[number.response]
    for axis, field in At.model_fields.items():
        told = getattr(number.at, axis)
        if told != field.default and axis not in response.axes:
            yield unknown((*place, "at", axis), "axis", axis, response.axes)
        for level in () if told in ("all", "last") else told if isinstance(told, tuple) else (told,):
            yield from _placed(study, axis, level, (number.response,), (*place, "at", axis))


def _drawable(study: Study, section: Any, place: Place) -> Iterator[Inconsistency]:
    """A share of what can converge; a slope of two logarithmic axes; below a panel what has one value a step."""
    if getattr(section, "summary", None) == "share":
        for name in section.reads:
            response = study.responses.get(name)
            if response is not None and response.resolution is None and response.kind != "time_to":
                hint = f"responses: {{{name}: {{{response.kind}: {{resolution: ...}}}}}}"
                message = "a share of converged runs needs a resolution within which a run has converged"
                yield Inconsistency((*place, "summary"), message, name, "a response with a resolution, or a time", hint)
    if getattr(section, "slope", False):
        factor = study.factors.get(section.along)
        if section.log != "both" or (factor is not None and factor.scale != "ratio"):
            message = "a slope is of log on log, over numbers"
            yield Inconsistency((*place, "slope"), message, allowed="log: both, along a factor on a ratio scale")
    for index, name in enumerate(getattr(section, "below", ())):
        response = study.responses.get(name)
        if response is not None and response.axes != ("step",):
            found = f"{name}, which has {' and '.join(axis for axis in response.axes if axis != 'step') or 'no step'}"
            yield Inconsistency((*place, "below", index), "the panel below shows one value a step", found)
