"""What else a study names: strata drawn anew, claims, excluded combinations."""

from __future__ import annotations

from collections.abc import Iterator

from lnnstats.registry.load import claims
from lnnstats.study.checks.values import Inconsistency, unknown
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
    for field in ("hypotheses", "compounds"):
        for index, decided in enumerate(getattr(study, field)):
            if decided.reading is not None and decided.claim is None:
                place = (field, index, "reading")
                yield Inconsistency(place, "a reading is of a claim", decided.reading, hint="name the claim too")


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
