"""Verdicts on a claim -> where it stands: supported, refuted, divided, undecided or untested."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lnnstats.analysis.values import Standing
from lnnstats.synthesis.synthesise import Ruling, Synthesised
from lnnstats.synthesis.values import Arrow


@dataclass(frozen=True, eq=False)
class Stand:
    """A claim, or one reading of it, in words; the verdicts on it, and where it stands by them."""

    claimed: str
    rulings: tuple[Ruling, ...]
    standing: Standing


def standing(rulings: Sequence[Ruling]) -> Standing:
    """What verdicts say together: `divided` where some support and some refute; refuted where some refute and others
    are open; inconclusive where some support and others are open, for a claim holds only where all of it does.
    """
    decisions = {ruling.verdict.decision for ruling in rulings}
    if not decisions:
        return "untested"
    if {"supported", "refuted"} <= decisions:
        return "divided"
    if len(decisions) == 1:
        return next(iter(decisions))
    return "refuted" if "refuted" in decisions else "inconclusive"


def by_reading(claim: str, rulings: Sequence[Ruling]) -> Iterator[Stand]:
    """A claim by its verdicts, those on it as printed apart from those on it as scoped; untested without any."""
    for claimed in dict.fromkeys(ruling.verdict.claimed for ruling in rulings) or (claim,):
        some = tuple(ruling for ruling in rulings if ruling.verdict.claimed == claimed)
        yield Stand(claimed, some, standing(some))


def stands(found: Synthesised) -> tuple[Stand, ...]:
    """Every claim of a synthesis by its readings."""
    return tuple(stand for claim in found.claims for stand in by_reading(claim, found.on(claim)))


def carried(found: Synthesised, arrow: Arrow) -> Iterator[Stand]:
    """What an arrow carries: of its claim the verdicts of all studies, of one, or of one hypothesis."""
    rulings = found.on(arrow.claim)
    of_study = [ruling for ruling in rulings if arrow.study in (None, ruling.run.name)]
    return by_reading(arrow.claim, [r for r in of_study if arrow.hypothesis in (None, r.verdict.hypothesis)])
