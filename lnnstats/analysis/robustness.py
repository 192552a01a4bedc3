"""Decision + findings -> grade: does every other analysis of the same question say the same?"""

from __future__ import annotations

from lnnstats.analysis.values import Decision, Finding, Grade, Reason

Graded = tuple[Grade, tuple[Reason, ...]]
ORDER: tuple[Grade, ...] = ("contested", "fragile", "robust", "none")


def graded(decision: Decision, findings: tuple[Finding, ...]) -> Graded:
    """robust: no alternative analysis dissents; fragile: some is undecided, or differences are skewed; contested: one
    decides the opposite.
    """
    if decision not in ("supported", "refuted"):
        return "none", ()
    opposite = "refuted" if decision == "supported" else "supported"
    relevant = [f for f in findings if f.decision == decision]
    against = [_dissent(f, s.name) for f in relevant for s in f.sensitivities if s.decision == opposite]
    if against:
        return "contested", tuple(Reason("contested", f"the opposite {name}") for name in against)
    bounded = [
        _dissent(f, s.name)
        for f in relevant
        for s in f.sensitivities
        if s.decision != decision and s.name.startswith("diverged at")
    ]
    if bounded:
        return "contested", tuple(Reason("bounds", f"not decided {name}") for name in bounded)
    doubts = [f"not decided {_dissent(f, s.name)}" for f in relevant for s in f.sensitivities if s.decision != decision]
    doubts += [_dissent(f, check) for f in relevant for check in f.checks if check.startswith("skewness")]
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
