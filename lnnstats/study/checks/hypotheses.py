"""The hypotheses of a study: do they name what is there, and ask what their procedure can answer?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from lnnstats.study.checks.values import Inconsistency, Place, unknown
from lnnstats.study.values import FLOORED, LOGGED, Hypothesis, Study


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
    yield from _question(hypothesis, place)
    yield from _side(study, hypothesis, place)
    yield from _null(hypothesis, place)
    yield from _thresholds(hypothesis, place)
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


def _measures(hypothesis: Hypothesis) -> tuple[str, ...]:
    """What the hypothesis can be judged in: on a raw scale no ratio, on a log scale no difference."""
    scale = getattr(hypothesis.test, "scale", None)
    excluded = {None: (), "raw": ("ratio", "time_ratio")}.get(scale, ("difference",))
    return tuple(m for m in hypothesis.test.measures if m not in excluded)


def _on_scale(hypothesis: Hypothesis) -> str:
    scale = getattr(hypothesis.test, "scale", None)
    return f"on the {scale} scale " if scale else ""


def _side(study: Study, hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    """No side claimed of what has none: where theta cannot lie below the null, any effect would refute "less". Tests of
    times tell which of two levels is first.
    """
    test = hypothesis.test
    if hypothesis.upward or not test.omnibus:
        return
    first = test.compared[0]
    labels = study.factors[first].labels
    if not (test.timed and sum(label in hypothesis.where.get(first, labels) for label in labels) == 2):
        message = f"{test.kind} asks whether there is any effect, which has no side"
        yield Inconsistency((*place, "alternative"), message, hypothesis.alternative, "no alternative, or a contrast")


def _null(hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    """A null value that theta can take."""
    value, at, kind = hypothesis.null_value, (*place, "null_value"), hypothesis.test.kind
    if value is None:
        return
    if not hypothesis.test.measures:
        yield Inconsistency(at, f"{kind} decides direction only: its null is no effect", str(value), "no null_value")
        return
    low, high = RANGES[_measure(hypothesis)]
    if not low < value < high:
        yield Inconsistency(at, f"not a {_measure(hypothesis)}", str(value), f"between {low} and {high}")


RANGES: Mapping[str, tuple[float, float]] = {
    "probability": (0.0, 1.0),
    "risk_difference": (-1.0, 1.0),
    "difference": (-math.inf, math.inf),
    "ratio": (0.0, math.inf),
    "odds_ratio": (0.0, math.inf),
    "hazard_ratio": (0.0, math.inf),
    "time_ratio": (0.0, math.inf),
    "partial_eta_squared": (0.0, 1.0),
}


def _measure(hypothesis: Hypothesis) -> str:
    """What theta is judged in: as declared, else the procedure's own."""
    declared = [*(hypothesis.sesoi or ()), *(hypothesis.bounds or ())]
    return next((m for m in declared if m in RANGES), (*_measures(hypothesis), "difference")[0])


def _thresholds(hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    """Thresholds that theta can lie on either side of: a test beyond its range would always decide."""
    low, high = RANGES[_measure(hypothesis)]
    null = hypothesis.test.null if hypothesis.null_value is None else hypothesis.null_value
    sign = 1 if hypothesis.upward else -1
    for measure, value in (hypothesis.sesoi or {}).items():
        if measure not in LOGGED and not low < null + sign * value < high:
            yield Inconsistency((*place, "sesoi"), f"beyond every {measure}", f"{null:g} {'+-'[sign < 0]} {value:g}")
    for measure, limits in (hypothesis.bounds or {}).items():
        floor = low if measure in FLOORED else None
        if measure not in LOGGED and not all(low < limit < high or limit == floor for limit in limits):
            yield Inconsistency(
                (*place, "bounds"), f"beyond every {measure}", str(list(limits)), f"{low:g} to {high:g}"
            )


def _trend(study: Study, hypothesis: Hypothesis, at: Place) -> Iterator[Inconsistency]:
    """Ordered levels, two at least, whose scores exist."""
    along = hypothesis.test.along
    factor = study.factors[along]
    levels = [label for label in factor.labels if label in hypothesis.where.get(along, factor.labels)]
    if factor.scale == "nominal":
        yield Inconsistency(
            (*at, "along"), "a trend needs an ordered factor", f"{along} is nominal", "ordinal or ratio"
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


def _question(hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    measures = _measures(hypothesis)
    for name in ("sesoi", "bounds"):
        for measure in getattr(hypothesis, name) or ():
            if measure not in measures:
                yield Inconsistency(
                    (*place, name),
                    f"{hypothesis.test.kind} {_on_scale(hypothesis)}cannot be judged by this measure",
                    measure,
                    ", ".join(measures) or "none: it decides direction only",
                )
    if hypothesis.question == "equivalence" and hypothesis.bounds is None:
        yield Inconsistency(
            place, "equivalence needs bounds, fixed before the run", allowed="bounds: {measure: [low, high]}"
        )
    if hypothesis.question == "relevance" and hypothesis.sesoi is None:
        yield Inconsistency(place, "relevance needs a smallest effect of interest", allowed="sesoi: {measure: value}")
    for measure, (low, high) in (hypothesis.bounds or {}).items():
        if not low < high:
            yield Inconsistency((*place, "bounds"), "bounds must ascend", f"[{low}, {high}]")
        elif measure in LOGGED and low <= 0:
            yield Inconsistency((*place, "bounds"), f"a {measure} is positive", str(low))
    for measure, value in (hypothesis.sesoi or {}).items():
        if value <= (1 if measure in LOGGED else 0):
            yield Inconsistency(
                (*place, "sesoi"),
                "a smallest effect is a size; its direction is the alternative's",
                f"{measure}: {value}",
                "above 1" if measure in LOGGED else "above 0",
            )


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
