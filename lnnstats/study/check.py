"""What a study must be beyond its fields' types: names that refer to each other, levels that are worlds, questions that
can be answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from lnnstats.names import closest
from lnnstats.parts.base import Part
from lnnstats.parts.responses import TimeTo
from lnnstats.registry.load import claims
from lnnstats.study.substitute import NoSuchField, concrete, substitute
from lnnstats.study.values import Hypothesis, Study, World


@dataclass(frozen=True)
class Finding:
    """An inconsistency at a path of the file."""

    path: tuple[str | int, ...]
    message: str
    found: str = ""
    allowed: str = ""
    hint: str = ""


def inconsistencies(study: Study) -> Iterator[Finding]:
    """Every inconsistency of a well-typed study."""
    yield from _world(study)
    yield from _factors(study)
    yield from _blocks(study)
    yield from _responses(study)
    yield from _claims(study)
    for index, hypothesis in enumerate(study.hypotheses):
        yield from _hypothesis(study, hypothesis, ("hypotheses", index))
    yield from _exclusions(study)
    yield from _sections(study)


def unknown(path: tuple[str | int, ...], what: str, name: object, allowed: Iterable[object]) -> Finding:
    """A name that refers to nothing."""
    names = [str(item) for item in allowed]
    guess = closest(str(name), names)
    return Finding(path, f"unknown {what}", repr(name), ", ".join(names), f"did you mean {guess!r}?" if guess else "")


def _world(study: Study) -> Iterator[Finding]:
    for name in ("data", "network"):
        if (study.data is None) != (study.network is None) and getattr(study, name) is None:
            yield Finding(
                (name,),
                "required field is missing",
                hint="a study that trains names its data and its network; a plan for a table names neither",
            )
    if study.trains:
        yield from _misfit(study.world, ("network",))


def _misfit(world: World, path: tuple[str | int, ...]) -> Iterator[Finding]:
    if world.training.loss.kind == "cross_entropy" and not _classifies(world):
        yield Finding(path, "cross_entropy needs classes", world.data.kind, "a data source with classes")
    points = train_points(world)
    if isinstance(world.training.batch, int) and points is not None and world.training.batch > points:
        yield Finding(
            ("training", "batch"),
            "a batch larger than the training split",
            str(world.training.batch),
            f"1 to {points}, or full",
        )


def train_points(world: World) -> int | None:
    """Training points of a source that declares them."""
    return getattr(world.data, "train", None)


def _classifies(world: World) -> bool:
    return world.data.kind != "linear_regression"


def _factors(study: Study) -> Iterator[Finding]:
    if not study.trains:
        return
    for path, factor in study.factors.items():
        place = ("factors", path)
        try:
            concrete(study.world, path)
        except NoSuchField as error:
            yield unknown(place, f"field {error.name!r} in", path, error.allowed)
            continue
        if len(set(map(str, factor.labels))) < len(factor.labels):
            yield Finding((*place, "levels"), "levels must differ", str(list(factor.labels)))
        if factor.reference is not None and factor.reference not in factor.labels:
            yield unknown((*place, "reference"), "level", factor.reference, factor.labels)
        for index, level in enumerate(factor.levels):
            yield from _level(study, path, index, level)


def _level(study: Study, path: str, index: int, level: object) -> Iterator[Finding]:
    place = ("factors", path, "levels", index)
    try:
        world = substitute(study.world, {path: level})
    except NoSuchField as error:
        yield unknown(place, "field", error.name, error.allowed)
    except ValidationError as error:
        item = error.errors(include_url=False)[0]
        yield Finding(
            place,
            "not a value of this field",
            repr(level),
            str(item["msg"]).removeprefix("Input should be ").removeprefix("Value error, "),
        )
    else:
        yield from _misfit(world, place)


def _blocks(study: Study) -> Iterator[Finding]:
    for index, path in enumerate(study.blocks.fresh):
        if path not in study.factors:
            yield unknown(("blocks", "fresh", index), "factor", path, study.factors)
        elif study.factors[path].role != "stratum":
            yield Finding(
                ("blocks", "fresh", index),
                "only strata draw their data anew: treatments of a block are paired",
                path,
                "a factor with role: stratum",
            )


def _responses(study: Study) -> Iterator[Finding]:
    for name, response in study.responses.items():
        place = ("responses", name)
        if isinstance(response, TimeTo) and (response.of not in study.responses or response.of == name):
            yield unknown((*place, "time_to", "of"), "response", response.of, [n for n in study.responses if n != name])
        elif isinstance(response, TimeTo) and "layer" in study.responses[response.of].axes:
            yield Finding((*place, "time_to", "of"), "a time is of a response with one value a step", response.of)
        if study.trains:
            for need in sorted(response.needs - _offers(study.world)):
                world = study.world
                found = f"{world.data.kind}, {world.network.kind}, {world.training.loss.kind}"
                yield Finding(place, f"{response.kind} needs {_NEEDS[need]}", found)
            if response.kind == "measured":
                yield Finding(
                    place,
                    "measured is a column of your own table; this study trains",
                    response.kind,
                    "a response that training produces",
                )


_NEEDS = {
    "linear": "a linear network",
    "mse": "the mean squared error as loss",
    "classes": "a data source with classes",
}


def _offers(world: World) -> frozenset[str]:
    offers = {
        "linear": world.network.kind == "linear",
        "mse": world.training.loss.kind == "mse",
        "classes": _classifies(world),
    }
    return frozenset(need for need, there in offers.items() if there)


def _claims(study: Study) -> Iterator[Finding]:
    registry = claims()
    for index, claim in enumerate(study.claims):
        if claim not in registry:
            yield unknown(("claims", index), "claim", claim, registry)
    ids = [hypothesis.id for hypothesis in study.hypotheses]
    for index, hypothesis in enumerate(study.hypotheses):
        if hypothesis.claim is not None and hypothesis.claim not in registry:
            yield unknown(("hypotheses", index, "claim"), "claim", hypothesis.claim, registry)
        if ids.index(hypothesis.id) < index:
            yield Finding(("hypotheses", index, "id"), "ids must differ", hypothesis.id)


def _hypothesis(study: Study, hypothesis: Hypothesis, place: tuple[str | int, ...]) -> Iterator[Finding]:
    if hypothesis.response not in study.responses:
        yield unknown((*place, "response"), "response", hypothesis.response, study.responses)
        return
    test = hypothesis.test
    at = (*place, "test", test.kind)
    along = getattr(test, "along", None)
    if along is not None and along not in study.factors:
        yield unknown((*at, "along"), "factor", along, study.factors)
        return
    yield from _levels_named(study, hypothesis, place)
    yield from _question(hypothesis, place)
    yield from _event(study, hypothesis, at)
    yield from _axes(study, hypothesis, place)
    yield from _loose(study, hypothesis, place)
    if along is not None and test.contrast == "trend" and study.factors[along].scale == "nominal":
        yield Finding(
            (*at, "along"), "a trend needs an ordered factor", f"{along} is nominal", "scale: ordinal or ratio"
        )


def _levels_named(study: Study, hypothesis: Hypothesis, place: tuple[str | int, ...]) -> Iterator[Finding]:
    for path, wanted in hypothesis.where.items():
        if path not in study.factors:
            yield unknown((*place, "where", path), "factor", path, study.factors)
            continue
        for level in wanted:
            if level not in study.factors[path].labels:
                yield unknown((*place, "where", path), "level", level, study.factors[path].labels)
    for name in ("treatment", "reference"):
        named = getattr(hypothesis.test, name, None)
        if named is not None and named not in study.factors[hypothesis.test.along].labels:
            yield unknown(
                (*place, "test", hypothesis.test.kind, name),
                "level",
                named,
                study.factors[hypothesis.test.along].labels,
            )


def _question(hypothesis: Hypothesis, place: tuple[str | int, ...]) -> Iterator[Finding]:
    measures = hypothesis.test.measures
    for name in ("sesoi", "bounds"):
        for measure in getattr(hypothesis, name) or ():
            if measure not in measures:
                yield Finding(
                    (*place, name),
                    f"{hypothesis.test.kind} cannot be judged by this measure",
                    measure,
                    ", ".join(measures) or "none: it decides direction only",
                )
    if hypothesis.question == "equivalence" and hypothesis.bounds is None:
        yield Finding(place, "equivalence needs bounds, fixed before the run", allowed="bounds: {measure: [low, high]}")
    if hypothesis.question == "relevance" and hypothesis.sesoi is None:
        yield Finding(place, "relevance needs a smallest effect of interest", allowed="sesoi: {measure: value}")
    for measure, (low, high) in (hypothesis.bounds or {}).items():
        if not low < high:
            yield Finding((*place, "bounds"), "bounds must ascend", f"[{low}, {high}]")
        elif measure in ("ratio", "odds_ratio") and low <= 0:
            yield Finding((*place, "bounds"), f"a {measure} is positive", str(low))
    for measure, value in (hypothesis.sesoi or {}).items():
        if value <= (1 if measure in ("ratio", "odds_ratio") else 0):
            yield Finding(
                (*place, "sesoi"),
                "a smallest effect is a size; its direction is the alternative's",
                f"{measure}: {value}",
                "above 1" if measure in ("ratio", "odds_ratio") else "above 0",
            )


def _event(study: Study, hypothesis: Hypothesis, at: tuple[str | int, ...]) -> Iterator[Finding]:
    event, response = getattr(hypothesis.test, "of", None), study.responses[hypothesis.response]
    timed = response.kind == "time_to" or getattr(response, "horizon", None) is not None
    if event in ("above_resolution", "below_resolution") and response.resolution is None:
        yield Finding(
            (*at, "of"),
            f"{event} needs a resolution",
            hypothesis.response,
            f"responses.{hypothesis.response}: {{{response.kind}: {{resolution: ...}}}}",
        )
    if event == "reached" and not timed:
        yield Finding((*at, "of"), "reached is an event of a time", response.kind, "a response of kind time_to")
    if hypothesis.test.kind == "kaplan_meier" and not timed:
        yield Finding(at, "kaplan_meier describes a time", response.kind, "a response of kind time_to")


def _axes(study: Study, hypothesis: Hypothesis, place: tuple[str | int, ...]) -> Iterator[Finding]:
    response = study.responses[hypothesis.response]
    for name in ("at", "reduce"):
        for axis in getattr(hypothesis, name):
            if axis not in response.axes:
                yield unknown((*place, name, axis), "axis", axis, response.axes)
    if "layer" in response.axes and "layer" not in {**hypothesis.at, **hypothesis.reduce}:
        yield Finding(
            place, "the response has a layer axis", hypothesis.response, "at: {layer: N} or reduce: {layer: max}"
        )
    step = hypothesis.at.get("step")
    if study.trains and isinstance(step, int) and step not in response.recorded(study.training.steps):
        yield Finding(
            (*place, "at", "step"),
            "not a recorded step",
            str(step),
            ", ".join(map(str, response.recorded(study.training.steps))),
        )


def _loose(study: Study, hypothesis: Hypothesis, place: tuple[str | int, ...]) -> Iterator[Finding]:
    """Factors whose levels would be mixed silently."""
    along = getattr(hypothesis.test, "along", None)
    for path, factor in study.factors.items():
        fixed = len(hypothesis.where.get(path, factor.labels)) == 1
        if not (path == along or fixed or factor.role != "treatment" or path in hypothesis.average):
            yield Finding(
                place,
                "a treatment factor is neither compared, fixed nor averaged",
                path,
                f"where: {{{path}: level}} or average: [{path}]",
            )
    for index, path in enumerate(hypothesis.average):
        if path not in study.factors:
            yield unknown((*place, "average", index), "factor", path, study.factors)


def _exclusions(study: Study) -> Iterator[Finding]:
    for index, exclusion in enumerate(study.exclude):
        for path, wanted in exclusion.where.items():
            place = ("exclude", index, "where", path)
            if path not in study.factors:
                yield unknown(place, "factor", path, study.factors)
                continue
            for level in wanted:
                if level not in study.factors[path].labels:
                    yield unknown(place, "level", level, study.factors[path].labels)


def _sections(study: Study) -> Iterator[Finding]:
    for index, section in enumerate(study.report):
        place = ("report", index, section.kind)
        for name in _named_responses(section):
            if name not in study.responses:
                yield unknown(place, "response", name, study.responses)
        for field in ("by", "panel", "along", "rows", "columns"):
            path = getattr(section, field, None)
            if path is not None and path not in study.factors and path not in ("layer",):
                yield unknown((*place, field), "factor", path, study.factors)


def _named_responses(section: Part) -> tuple[str, ...]:
    return getattr(section, "responses", None) or (section.response,)  # type: ignore[attr-defined]
