"""What a report is about: a study, its results and what was concluded, as the sections take it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lnnstats.analysis.values import Finding, Verdict
from lnnstats.design.values import Design
from lnnstats.registry.values import Claim
from lnnstats.results.manifest import Manifest
from lnnstats.results.query import Results
from lnnstats.results.summaries import Summary
from lnnstats.study.values import Compound, Hypothesis, Plan, Study
from lnnstats.tuning.choice import Choice


@dataclass(frozen=True, eq=False)
class Subject:
    """`claims`: the registry's, by id. `design` and `manifest` are None for somebody's own table, of which `notes` say
    what was left out or assumed; `published` are its summaries where it holds these and no runs. `tuned`: what
    the rules for step sizes chose, where there are any.
    """

    study: Study
    claims: Mapping[str, Claim]
    results: Results
    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    design: Design | None = None
    manifest: Manifest | None = None
    notes: tuple[str, ...] = ()
    published: tuple[Summary, ...] = ()
    tuned: tuple[Choice, ...] = ()

    @property
    def plan(self) -> Plan:
        """The plan of the study."""
        return self.study.plan

    @property
    def decided(self) -> tuple[tuple[Hypothesis, Verdict, tuple[Finding, ...]], ...]:
        """Every hypothesis with its verdict and its findings, in the order of the verdicts."""
        hypotheses = {hypothesis.id: hypothesis for hypothesis in self.study.hypotheses}
        found = {name: tuple(f for f in self.findings if f.hypothesis == name) for name in hypotheses}
        single = [v for v in self.verdicts if v.hypothesis in hypotheses]
        return tuple((hypotheses[v.hypothesis], v, found[v.hypothesis]) for v in single)

    @property
    def compounds(self) -> tuple[tuple[Compound, Verdict], ...]:
        """Every compound claim with its verdict."""
        verdicts = {verdict.hypothesis: verdict for verdict in self.verdicts}
        return tuple((compound, verdicts[compound.id]) for compound in self.study.compounds)
