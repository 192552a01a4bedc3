"""The hypotheses of a study: do they name what is there?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lnnstats.study.checks.questions import question
from lnnstats.study.checks.values import Inconsistency, Place, unknown
from lnnstats.study.values import Hypothesis, Study


def hypotheses(study: Study) -> Iterator[Inconsistency]:
    """Every inconsistency of every hypothesis."""
    for index, hypothesis in enumerate(study.hypotheses):
        yield from _hypothesis(study, hypothesis, ("hypotheses", index))


def _hypothesis(study: Study, hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    if hypothesis.response not in study.responses:
        yield unknown((*place, "response"), "response", hypothesis.response, study.responses)
        return
    test = hypothesis.test
    at = (*place, "test", test.kind)
    if absent := [path for path in test.compared if path not in study.factors]:
        yield unknown((*at, field_of(test, absent[0])), "factor", absent[0], study.factors)
        return
    yield from _levels_named(study, hypothesis, place)
    yield from question(study, hypothesis, place)
    yield from _event(study, hypothesis, at)
    yield from _axes(study, hypothesis, place)
    yield from _loose(study, hypothesis, place)
    yield from _averaged_events(study, hypothesis, at)
    yield from _pooled(study, hypothesis, at)
    if test.contrast == "trend":
        yield from _trend(study, hypothesis, at)


def field_of(test: Any, path: str) -> str:
    """The option of a procedure that names a factor."""
    return next(
        name for name in type(test).model_fields if path == (value := getattr(test, name)) or path in _several(value)
    )


def _several(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()


def _levels_named(study: Study, hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    for path, wanted in hypothesis.where.items():
        if path not in study.factors:
            yield unknown((*place, "where", path), "factor", path, study.factors)
            continue
        for level in wanted:
            if level not in study.factors[path].labels:
                yield unknown((*place, "where", path), "level", level, study.factors[path].labels)
    for path in hypothesis.test.compared:
        yield from _chosen(study, hypothesis, path, (*place, "test", hypothesis.test.kind))


def _chosen(study: Study, hypothesis: Hypothesis, path: str, at: Place) -> Iterator[Inconsistency]:
    """The levels that a procedure picks from a factor: there, and different from each other."""
    test, factor = hypothesis.test, study.factors[path]
    chosen = test.chosen(path, factor.baseline) or ()
    for place, level in enumerate(chosen):
        if level not in factor.labels and level not in chosen[:place]:
            yield unknown((*at, _option(test, path, level)), "level", level, factor.labels)
    for again in [level for place, level in enumerate(chosen) if level in chosen[:place]]:
        yield Inconsistency((*at, _option(test, path, again)), "the reference itself", str(again), "another level")


def _option(test: Any, path: str, level: Any) -> str:
    """The option of a procedure that names a level; else the one that names its factor."""
    named = (name for name in type(test).model_fields if name != "kind" and getattr(test, name) == level)
    return next(named, field_of(test, path))


def _trend(study: Study, hypothesis: Hypothesis, at: Place) -> Iterator[Inconsistency]:
    """Ordered levels, two at least, whose scores exist."""
    along = hypothesis.test.along
    factor = study.factors[along]
    levels = [label for label in factor.labels if label in hypothesis.where.get(along, factor.labels)]
    if factor.scale == "nominal":
        yield Inconsistency(
            (*at, "along"),
            "a trend needs an ordered factor",
            f"{along} is nominal",
            f"{along}: {{levels: [...], scale: ordinal}}",
        )
    if len(levels) < 2:
        yield Inconsistency((*at, "along"), "a trend needs two levels at least", ", ".join(map(str, levels)))
    positive = all(isinstance(level, int | float) and level > 0 for level in levels)
    if getattr(hypothesis.test, "scores", "") == "log2" and not positive:
        yield Inconsistency((*at, "scores"), "log2 scores need positive numbers as levels", str(levels))


def _averaged_events(study: Study, hypothesis: Hypothesis, at: Place) -> Iterator[Inconsistency]:
    """An average over cells or layers has no event: events are of single runs."""
    nuisance = [path for path, factor in study.factors.items() if factor.role == "nuisance"]
    strata = [path for path, factor in study.factors.items() if factor.role == "stratum"]
    averaged = {*hypothesis.average, *nuisance, *(strata if hypothesis.strata == "average" else ())}
    known = {path: study.factors[path].labels for path in averaged if path in study.factors}
    mixed = [path for path, labels in known.items() if len(hypothesis.where.get(path, labels)) > 1]
    if getattr(hypothesis.test, "of", None) is not None and mixed:
        yield Inconsistency((*at, "of"), "an event is of a single run, not of an average", ", ".join(sorted(mixed)))


def _pooled(study: Study, hypothesis: Hypothesis, at: Place) -> Iterator[Inconsistency]:
    """Estimates that are pooled must not share draws."""
    for path in hypothesis.test.compared[1:] if hypothesis.test.fresh_strata and study.trains else ():
        if path not in study.blocks.fresh:
            place = (*at, field_of(hypothesis.test, path))
            message = "pooled strata must draw anew, or their estimates are not independent"
            yield Inconsistency(place, message, path, f"blocks: {{fresh: [{path}]}}")


def _event(study: Study, hypothesis: Hypothesis, at: Place) -> Iterator[Inconsistency]:
    event, response = getattr(hypothesis.test, "of", None), study.responses[hypothesis.response]
    timed = response.kind == "time_to" or getattr(response, "horizon", None) is not None
    needs = [f"{event} needs"] if event in ("above_resolution", "below_resolution") else []
    needs += [f"{hypothesis.test.kind} needs"] if hypothesis.test.resolved else []
    for said in needs if response.resolution is None else ():
        place = (*at, "of") if event else at
        allowed = f"responses.{hypothesis.response}: {{{response.kind}: {{resolution: ...}}}}"
        yield Inconsistency(place, f"{said} a resolution", hypothesis.response, allowed)
    if event == "reached" and not timed:
        yield Inconsistency((*at, "of"), "reached is an event of a time", response.kind, "a response of kind time_to")
    if hypothesis.test.timed and not timed:
        allowed = "a response of kind time_to, or measured with a horizon"
        yield Inconsistency(at, f"{hypothesis.test.kind} is of a time", response.kind, allowed)


def _axes(study: Study, hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    response = study.responses[hypothesis.response]
    for name in ("at", "reduce"):
        for axis in getattr(hypothesis, name):
            if axis not in response.axes:
                yield unknown((*place, name, axis), "axis", axis, response.axes)
    if "layer" in response.axes and "layer" not in (*hypothesis.at, *hypothesis.reduce):
        yield Inconsistency(
            place, "the response has a layer axis", hypothesis.response, "at: {layer: N} or reduce: {layer: max}"
        )
    layer, deepest = hypothesis.at.get("layer"), _deepest(study)
    if study.trains and isinstance(layer, int) and not 1 <= layer <= deepest:
        yield Inconsistency((*place, "at", "layer"), "no such layer", str(layer), f"1 to {deepest}, or last")
    step = hypothesis.at.get("step")
    if study.trains and isinstance(step, int) and step not in response.recorded(study.training.steps):
        yield Inconsistency(
            (*place, "at", "step"),
            "not a recorded step",
            str(step),
            ", ".join(map(str, response.recorded(study.training.steps))),
        )


def _deepest(study: Study) -> int:
    """The most layers that a cell can have, as far as the file says it in numbers."""
    depths = study.factors["network.depth"].levels if "network.depth" in study.factors else ()
    return max([study.network.depth if study.network else 1, *(d for d in depths if isinstance(d, int))])


def _loose(study: Study, hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    """Factors whose levels would be mixed silently."""
    for path, factor in study.factors.items():
        fixed = len(hypothesis.where.get(path, factor.labels)) == 1
        if not (path in hypothesis.test.compared or fixed or factor.role != "treatment" or path in hypothesis.average):
            yield Inconsistency(
                place,
                "a treatment factor is neither compared, fixed nor averaged",
                path,
                f"where: {{{path}: level}} or average: [{path}]",
            )
    for index, path in enumerate(hypothesis.average):
        if path not in study.factors:
            yield unknown((*place, "average", index), "factor", path, study.factors)
