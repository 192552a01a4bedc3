"""What else a study names: strata drawn anew, claims, excluded combinations, sections of its report."""

from __future__ import annotations

from collections.abc import Iterator

from lnnstats.parts.base import Part
from lnnstats.registry.load import claims
from lnnstats.study.checks.values import Inconsistency, Place, unknown
from lnnstats.study.levels import level_key
from lnnstats.study.values import Study


def blocks(study: Study) -> Iterator[Inconsistency]:
    """Blocks that draw something anew, and strata whose levels draw anew."""
    idle = set(study.blocks.draws) <= ({"batches"} if study.training.batch == "full" else set())
    if study.trains and idle and study.blocks.number > 1 and "training.batch" not in study.factors:
        drawn = " and ".join(study.blocks.draws) or "nothing"
        message = "every block would be an exact copy: replicates must draw something that matters"
        yield Inconsistency(("blocks", "draws"), message, drawn, "data, init, or batches where batches are drawn")
    for index, path in enumerate(study.blocks.fresh):
        if path not in study.factors:
            yield unknown(("blocks", "fresh", index), "factor", path, study.factors)
        elif study.factors[path].role != "stratum":
            yield Inconsistency(
                ("blocks", "fresh", index),
                "only strata draw anew: the treatments of a block are paired",
                path,
                "a factor with role: stratum",
            )


def claimed(study: Study) -> Iterator[Inconsistency]:
    """Claims of the registry; hypotheses' own ids."""
    registry = claims()
    for index, claim in enumerate(study.claims):
        if claim not in registry:
            yield unknown(("claims", index), "claim", claim, registry)
    ids = [hypothesis.id for hypothesis in study.hypotheses]
    for index, hypothesis in enumerate(study.hypotheses):
        if hypothesis.claim is not None and hypothesis.claim not in registry:
            yield unknown(("hypotheses", index, "claim"), "claim", hypothesis.claim, registry)
        if ids.index(hypothesis.id) < index:
            yield Inconsistency(("hypotheses", index, "id"), "ids must differ", hypothesis.id)


def exclusions(study: Study) -> Iterator[Inconsistency]:
    """Levels that are there."""
    for index, exclusion in enumerate(study.exclude):
        for path, wanted in exclusion.where.items():
            place = ("exclude", index, "where", path)
            if path not in study.factors:
                yield unknown(place, "factor", path, study.factors)
                continue
            for level in wanted:
                if level not in study.factors[path].labels:
                    yield unknown(place, "level", level, study.factors[path].labels)


def sections(study: Study) -> Iterator[Inconsistency]:
    """Responses, factors and axes that are there."""
    for index, section in enumerate(study.report):
        place = ("report", index, section.kind)
        for name in _named_responses(section):
            if name not in study.responses:
                yield unknown(place, "response", name, study.responses)
        for field in ("by", "panel", "along", "rows", "columns"):
            path = getattr(section, field, None)
            if path is not None and path not in study.factors and path not in ("layer",):
                yield unknown((*place, field), "factor", path, study.factors)
        for path, level in section.where.items():
            if path not in study.factors:
                yield unknown((*place, "where", path), "factor", path, study.factors)
            elif level_key(level) not in map(level_key, study.factors[path].labels):
                yield unknown((*place, "where", path), "level", level, study.factors[path].labels)
        yield from _drawable(study, section, place)


def _drawable(study: Study, section: Part, place: Place) -> Iterator[Inconsistency]:
    """A share of what can converge; a slope of what has two logarithmic axes."""
    if getattr(section, "summary", None) == "share":
        for name in _named_responses(section):
            response = study.responses.get(name)
            if response is not None and response.resolution is None and response.kind != "time_to":
                hint = f"responses: {{{name}: {{{response.kind}: {{resolution: ...}}}}}}"
                message = "a share of converged runs needs a resolution within which a run has converged"
                yield Inconsistency((*place, "summary"), message, name, "a response with a resolution, or a time", hint)
    if getattr(section, "slope", False):
        factor = study.factors.get(section.along)  # type: ignore[attr-defined]
        if section.log != "both" or (factor is not None and factor.scale != "ratio"):  # type: ignore[attr-defined]
            message = "a slope is of log on log, over numbers"
            yield Inconsistency((*place, "slope"), message, allowed="log: both, along a factor on a ratio scale")


def _named_responses(section: Part) -> tuple[str, ...]:
    return getattr(section, "responses", None) or (section.response,)  # type: ignore[attr-defined]
