"""The hypotheses of a study: do they name what is there?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lnnstats.study.axes import AXES, axis_factors
from lnnstats.study.checks.axes import among, axes
from lnnstats.study.checks.questions import question
from lnnstats.study.checks.values import Inconsistency, Place, unknown
from lnnstats.study.values import Hypothesis, Study


def hypotheses(study: Study) -> Iterator[Inconsistency]:
    """Every inconsistency of every hypothesis."""
    for index, hypothesis in enumerate(study.hypotheses):
        factors = {**study.factors, **axis_factors(hypothesis)}
        place = ("hypotheses", index)
        yield from _hypothesis(study.model_copy(update={"factors": factors}), hypothesis, place)
        yield from among(study, hypothesis, (*place, "among"))


def _hypothesis(study: Study, hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    if hypothesis.response not in study.responses:
        yield unknown((*place, "response"), "response", hypothesis.response, study.responses)
        return
    test = hypothesis.test
    at = (*place, "test", test.kind)
    if absent := [path for path in test.compared if path not in study.factors]:
        found = unknown((*at, field_of(test, absent[0])), "factor", absent[0], study.factors)
        hint = f"name the places to compare, at: {{{absent[0]}: [...]}}" if absent[0] in AXES else found.hint
        yield replace(found, hint=hint)
        return
    yield from _levels_named(study, hypothesis, place)
    yield from question(study, hypothesis, place)
    yield from _event(study, hypothesis, at)
    yield from axes(study, hypothesis, place)
    yield from _loose(study, hypothesis, place)
    yield from _averaged_events(study, hypothesis, at)
    yield from _pooled(study, hypothesis, at)
    yield from _random(study, hypothesis, at)
    yield from _scored(study, hypothesis, at)
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
    """Ordered levels, as many as it needs."""
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
    if len(levels) < hypothesis.test.least_levels:
        needed = f"{hypothesis.test.least_levels} levels at least"
        yield Inconsistency((*at, "along"), f"a trend needs {needed}", ", ".join(map(str, levels)))


def _scored(study: Study, hypothesis: Hypothesis, at: Place) -> Iterator[Inconsistency]:
    """Levels that the scores are defined for."""
    scores, along = hypothesis.test.logged_levels, hypothesis.test.compared[-1:]
    for path in along if scores else ():
        labels = study.factors[path].labels
        levels = [label for label in labels if label in hypothesis.where.get(path, labels)]
        if not all(isinstance(level, int | float) and level > 0 for level in levels):
            place = (*at, "scores") if hasattr(hypothesis.test, "scores") else (*at, "along")
            yield Inconsistency(place, f"{scores} scores need positive numbers as levels", str(levels))


def _averaged_events(study: Study, hypothesis: Hypothesis, at: Place) -> Iterator[Inconsistency]:
    """An average over cells or layers has no event: events are of single runs."""
    random = [path for path, f in study.factors.items() if f.role == "random" and path not in hypothesis.test.compared]
    nuisance = [path for path, factor in study.factors.items() if factor.role == "nuisance"]
    strata = [path for path, factor in study.factors.items() if factor.role == "stratum"]
    averaged = {*hypothesis.average, *nuisance, *random, *(strata if hypothesis.strata == "average" else ())}
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


def _random(study: Study, hypothesis: Hypothesis, at: Place) -> Iterator[Inconsistency]:
    """What an inference is to reach beyond is a sample: a random factor."""
    over = hypothesis.test.sampled
    if over is None:
        return
    factor, place = study.factors[over], (*at, "over")
    if factor.role != "random":
        message = "only a random factor is a sample that an inference reaches beyond"
        yield Inconsistency(place, message, f"{over}: role {factor.role}", f"{over}: {{role: random}}")
    drawn = [label for label in factor.labels if label in hypothesis.where.get(over, factor.labels)]
    if len(drawn) < hypothesis.test.least_levels:
        needed = f"{hypothesis.test.least_levels} draws at least"
        yield Inconsistency(place, f"a random factor needs {needed}", ", ".join(map(str, drawn)))


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
