"""Decision + findings -> grade: does every other analysis of the same question say the same?"""

from __future__ import annotations

from lnnstats.analysis.values import Decision, Finding, Grade, Reason

Graded = tuple[Grade, tuple[Reason, ...]]
STRAINED = ("skewness", "independence")  # checks that make a verdict at most fragile
ORDER: tuple[Grade, ...] = ("contested", "fragile", "robust", "none")


def graded(decision: Decision, findings: tuple[Finding, ...]) -> Graded:
    """robust: no alternative analysis dissents; fragile: some is undecided, one about another parameter decides the
    opposite, or an assumption is strained; contested: one about the same parameter decides the opposite.
    """
    if decision not in ("supported", "refuted"):
        return "none", ()
    opposite = "refuted" if decision == "supported" else "supported"
    relevant = [f for f in findings if f.decision == decision]
    alternatives = [(f, s) for f in relevant for s in f.sensitivities]
    same = [(f, s) for f, s in alternatives if s.same_estimand]
    if against := [_dissent(f, s.name) for f, s in same if s.decision == opposite]:
        return "contested", tuple(Reason("contested", f"the opposite {name}") for name in against)
    undecided = [(f, s) for f, s in same if s.decision != decision]
    if bounded := [_dissent(f, s.name) for f, s in undecided if s.name.startswith("diverged at")]:
        return "contested", tuple(Reason("bounds", f"not decided {name}") for name in bounded)
    doubts = [f"not decided {_dissent(f, s.name)}" for f, s in undecided]
    doubts += [f"the opposite {_dissent(f, s.name)}" for f, s in alternatives if s.decision == opposite]
    doubts += [_dissent(f, check) for f in relevant for check in f.checks if check.startswith(STRAINED)]
    return ("fragile", tuple(Reason("fragile", doubt) for doubt in doubts)) if doubts else ("robust", ())


def combined(components: tuple[Graded, ...], needs_all: bool) -> Graded:
    """The grade of a compound: its weakest component's where it needs them all, its strongest's where one suffices."""
    if not components:
        return "none", ()
    choose = min if needs_all else max
    return choose(components, key=lambda found: ORDER.index(found[0]))


def _dissent(finding: Finding, name: str) -> str:
    where = ", ".join(f"{path} = {label}" for path, label in finding.stratum.items())
    return f"{name} ({where})" if where else name
