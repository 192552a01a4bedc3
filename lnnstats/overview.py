"""What `check` and `list` print: a study resolved, counted, costed and warned of; the parts there are."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lnnstats.design.aliases import confounding
from lnnstats.design.aliases import lines as layout
from lnnstats.design.chunks import CORE, chunk_runs, chunks
from lnnstats.design.cost import STARTUP_SECONDS, Cost, predict
from lnnstats.design.expand import expand
from lnnstats.design.lint import Doubt, lint
from lnnstats.design.probes import Probe, probes
from lnnstats.design.values import Design
from lnnstats.errors import BadInput, Problem
from lnnstats.names import did_you_mean
from lnnstats.parts.designs import DESIGNS
from lnnstats.parts.inits import INITS
from lnnstats.parts.networks import NETWORKS
from lnnstats.parts.optimizers import OPTIMIZERS
from lnnstats.parts.procedures import FAMILIES as PROCEDURE_FAMILIES
from lnnstats.parts.procedures import PROCEDURES
from lnnstats.parts.responses import RESPONSES
from lnnstats.parts.sections import SECTIONS
from lnnstats.parts.sources import SOURCES
from lnnstats.parts.training import LOSSES
from lnnstats.registry.load import claims
from lnnstats.study.read import read
from lnnstats.study.values import Study
from lnnstats.tuning.pilot import pilot, rules
from lnnstats.watch import duration

FAMILIES: Mapping[str, Mapping[str, Any]] = {
    "data": SOURCES,
    "networks": NETWORKS,
    "inits": INITS,
    "optimizers": OPTIMIZERS,
    "losses": LOSSES,
    "designs": DESIGNS,
    "responses": RESPONSES,
    "procedures": PROCEDURES,
    "sections": SECTIONS,
}
QUESTIONS = {
    "pairs": "two levels, within blocks",
    "groups": "two levels, independent groups",
    "trends": "ordered levels, within blocks",
    "steps": "planned comparisons and interactions, within blocks",
    "anova": "any effect of factors, on means",
    "ranks": "any effect of a factor, by ranks or permutations",
    "models": "all runs, cells may be missing",
    "pooled": "estimates pooled over strata",
    "events": "chances of an event",
    "times": "times until an event",
    "identities": "algebraic claims",
}


def overview(study: Study) -> str:
    """A study as `check` prints it."""
    parts = [_yaml(study.model_dump(mode="json"))]
    if study.trains:
        parts.append(_counts(expand(study)))
    warnings = lint(study)
    if planned(study):
        parts.append(_chances(study))
        warnings = (*warnings, *_undecidable(study))
    parts += [f"warning [{w.code}] {w.path}: {w.message}" for w in warnings]
    parts.append(f"{len(warnings)} warning{'s' if len(warnings) != 1 else ''}; the study is valid")
    return "\n".join(parts)


def overview_json(study: Study) -> dict[str, Any]:
    """The same for machines."""
    content: dict[str, Any] = {"study": study.model_dump(mode="json"), "warnings": [w.__dict__ for w in lint(study)]}
    if planned(study):
        from lnnstats.analysis.planning import chances

        content["chances"] = [c.__dict__ for c in chances(study.plan)]
    if study.trains:
        design, cost = _costed(study)
        content |= {
            "cells": len(design.cells),
            "excluded": len(design.excluded),
            "left_out": design.left_out,
            "runs": design.runs,
            "batches": len(design.batches),
        }
        if found := confounding(study):
            content["confounding"] = asdict(found)
        first = pilot(design)
        content |= {"pilot_runs": first.runs if first else 0, "seconds": cost.seconds, "bytes": cost.bytes}
        content["probes"] = [asdict(probe) for probe in probes(chunks(design, {}), study)]
    return content


def planned(study: Study) -> bool:
    """Whether some hypothesis assumes an sd, so that chances of a decision can be told."""
    return any(hypothesis.sd is not None for hypothesis in study.hypotheses)


def _chances(study: Study) -> str:
    """P(supported), P(refuted) at no effect, at half, once and twice the smallest effect (or the upper bound)."""
    from lnnstats.analysis.planning import chances

    lines = [f"chances:   with {study.blocks.number} blocks, were theta the effect and the sd over blocks as assumed"]
    lines += [
        f"           {c.hypothesis}, {c.share:g} x the margin (theta = {c.theta:.3g}): "
        f"supported {c.supported:.2f}, refuted {c.refuted:.2f}"
        for c in chances(study.plan)
    ]
    return "\n".join(lines)


def _undecidable(study: Study) -> list[Doubt]:
    from lnnstats.analysis.planning import undecidable

    said = "neither no effect nor twice the margin would be decided with a chance of one half: add blocks"
    return [Doubt("blocks.number", "undecidable", f"{name}: {said}") for name in undecidable(study.plan)]


def _costed(study: Study) -> tuple[Design, Cost]:
    design = expand(study)
    return design, _cost(design)


def _cost(design: Design) -> Cost:
    """The cost of a design and, before it, of the pilot that its rules ask for; both start the libraries once."""
    cost, first = _predicted(design), pilot(design)
    if first is None:
        return cost
    before = _predicted(first)
    return Cost(cost.seconds + before.seconds - STARTUP_SECONDS, max(cost.bytes, before.bytes))


def _predicted(design: Design) -> Cost:
    return predict(design, lambda batch: chunk_runs(batch, design, CORE), os.cpu_count() or 1)


def _counts(design: Design) -> str:
    cost, forms = _cost(design), ", ".join(sorted({batch.form for batch in design.batches}))
    planned = chunks(design, {})
    lines = [
        f"cells:     {len(design.cells)}" + (f" ({len(design.excluded)} excluded)" if design.excluded else ""),
        f"runs:      {design.runs:,} ({len(design.cells)} cells x {design.study.blocks.number} blocks)",
        f"programs:  {len(design.batches)} ({forms}) in {len(planned)} chunks",
        *_pilot(design),
        f"predicted: about {duration(cost.seconds)} and {cost.bytes / 2**30:.1f} GiB on {os.cpu_count()} cores, "
        "idle and as fast as the server where costs were measured (benchmarks/README.md)",
        *map(_probe, probes(planned, design.study)),
    ]
    lines += layout(design.study, design.left_out)
    for excluded in design.excluded:
        levels = ", ".join(f"{path} = {label}" for path, label in excluded.levels.items())
        lines.append(f"excluded:  {levels}: {excluded.exclusion.reason}")
    return "\n".join(lines)


def _pilot(design: Design) -> list[str]:
    """The runs that settle step sizes first; what they will choose nobody knows before."""
    if (first := pilot(design)) is None:
        return []
    number, blocks = len(rules(design)), first.study.blocks.number
    tried = f"{len(first.cells)} worlds x {blocks} blocks of its own"
    return [f"pilot:     {first.runs:,} runs ({tried}) tune the step size of {number} cell{'s' if number > 1 else ''}"]


def _probe(probe: Probe) -> str:
    """What can take longer than a step of training, with its share of the time that is predicted."""
    steps = f"{probe.times:,} step{'s' if probe.times > 1 else ''} of every run"
    return f"probe:     {probe.response}: {probe.what}, at {steps}: about {duration(probe.seconds)} of one core in all"


def _yaml(content: Any) -> str:
    from ruamel.yaml import YAML

    stream = io.StringIO()
    writer = YAML(typ="safe", pure=True)
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.default_flow_style = None
    writer.width = 120
    writer.dump(content, stream)
    return stream.getvalue()


def listing(what: str) -> str:
    """The parts of one family, or of all; `claims` lists the registry."""
    if what == "claims":
        return _claims(Path("studies"))
    families = FAMILIES if what == "parts" else {name: table for name, table in FAMILIES.items() if name == what}
    if not families:
        allowed = [*FAMILIES, "claims", "parts"]
        problem = Problem("list", "unknown family", repr(what), ", ".join(allowed), did_you_mean(what, allowed))
        raise BadInput(problem)
    return "\n\n".join(f"{family}:\n{_table(family, table)}" for family, table in families.items())


def _table(family: str, table: Mapping[str, Any]) -> str:
    """The lines of a family; procedures by what they compare."""
    if family != "procedures":
        return "\n".join(map(_line, table.values()))
    groups = [f"  {QUESTIONS[name]}:\n" + "\n".join(map(_line, parts)) for name, parts in PROCEDURE_FAMILIES.items()]
    return "\n".join([*groups, "  a page on each, with formula, assumptions and an example: docs/procedures"])


def _claims(folder: Path) -> str:
    """Every claim as scoped, with the studies of a folder that list it."""
    listed = {path.stem: read(path).tree.get("claims", ()) for path in sorted(folder.glob("*.yaml"))}
    lines = []
    for claim in claims().values():
        studies = [name for name, ids in listed.items() if claim.id in ids]
        lines.append(
            f"{claim.id:8} {claim.scoped}\n{'':8} {'tested by ' + ', '.join(studies) if studies else 'untested'}"
        )
    return "\n".join(lines)


def _line(part: Any) -> str:
    name = part.model_fields["kind"].default
    options = ", ".join(field for field in part.model_fields if field != "kind")
    summary = " ".join((part.__doc__ or "").split("\n\n")[0].split())
    told = [f"  {name:24} {summary}", *([f"{'':26} options: {options}"] if options else [])]
    return "\n".join([*told, *_judged(part)])


def _judged(part: Any) -> list[str]:
    """What a procedure's smallest effects and bounds may be declared in."""
    measures = getattr(part, "measures", None)
    if measures is None or not part.decides:
        return []
    judged = f"judged in: {', '.join(measures)}" if measures else "decides only whether there is an effect"
    return [f"{'':26} {judged}"]
