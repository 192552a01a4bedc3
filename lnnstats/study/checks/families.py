"""Compound claims and families: do they name what is there, and can their method judge them?"""

from __future__ import annotations

from collections.abc import Iterator

from lnnstats.registry.load import claims
from lnnstats.study.checks.values import Inconsistency, unknown
from lnnstats.study.families import decided, members, method
from lnnstats.study.values import Study


def compounds(study: Study) -> Iterator[Inconsistency]:
    """Ids of their own, claims of the registry, components that are decided."""
    decided = {h.id for h in study.hypotheses if h.test.decides}
    seen = {h.id for h in study.hypotheses}
    for index, compound in enumerate(study.compounds):
        place = ("compounds", index)
        if compound.id in seen:
            yield Inconsistency((*place, "id"), "ids must differ", compound.id)
        seen.add(compound.id)
        if compound.claim is not None and compound.claim not in claims():
            yield unknown((*place, "claim"), "claim", compound.claim, claims())
        for position, name in enumerate(compound.components):
            if name not in decided:
                at = (*place, "all_of" if compound.all_of else "any_of", position)
                yield unknown(at, "hypothesis that is decided", name, decided)


def families(study: Study) -> Iterator[Inconsistency]:
    """Families that have members; a method that can judge them."""
    names = dict.fromkeys(claim.family for claim in decided(study.plan))
    for name in study.analysis.families:
        if name not in names:
            yield unknown(("analysis", "families", name), "family", name, names)
    for index, name in enumerate(study.analysis.gates):
        if name not in names:
            yield unknown(("analysis", "gates", index), "family", name, names)
        elif name in study.analysis.families:
            message = "a gate's families are judged in their order, by one method"
            allowed = "families that are no gates: take it out here or there"
            yield Inconsistency(("analysis", "families", name), message, name, allowed)
    yield from _resampled(study, tuple(names))


def _resampled(study: Study, names: tuple[str, ...]) -> Iterator[Inconsistency]:
    """Joint resampling needs claims about means over the same blocks."""
    plan = study.plan
    for name in names:
        if method(plan, name) != "max_t" or name in study.analysis.gates:
            continue
        for claim in members(plan, name):
            if not getattr(getattr(claim, "test", None), "mean_over_blocks", False):
                message = "max_t judges means over blocks only"
                yield Inconsistency(("analysis", "multiplicity"), message, claim.id, "paired_t, trend_slope, contrast")
