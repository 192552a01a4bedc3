"""YAML file -> Declared: a synthesis with its studies; all problems at once, each with file:line:column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from os.path import normpath
from pathlib import Path

from pydantic import ValidationError

from lnnstats.errors import BadInput, LnnstatsError
from lnnstats.registry.load import claims
from lnnstats.study import load as study_file
from lnnstats.study.axes import AXES
from lnnstats.study.checks.misfits import misfits
from lnnstats.study.checks.sections import sections
from lnnstats.study.checks.values import Inconsistency, Place, unknown
from lnnstats.study.read import Document, read
from lnnstats.study.substitute import NoSuchField, concrete
from lnnstats.study.values import Compound, Hypothesis, Study
from lnnstats.synthesis.values import Arrow, Synthesis


@dataclass(frozen=True)
class Declared:
    """A synthesis with, by the names it gives them, the files of its studies and what these hold."""

    synthesis: Synthesis
    files: Mapping[str, Path]
    studies: Mapping[str, Study]


def load(path: Path) -> Declared:
    """The synthesis of a file and the studies it lists. Raises BadInput with every problem found."""
    document = read(path)
    try:
        synthesis = Synthesis.model_validate(document.tree)
    except ValidationError as error:
        raise BadInput(*study_file.located(document, misfits(document.tree, error, Synthesis))) from None
    files = {name: Path(normpath(path.parent / listed.file)) for name, listed in synthesis.studies.items()}
    declared = Declared(synthesis, files, _studies(document, files))
    if problems := study_file.located(document, (found for check in CHECKS for found in check(declared))):
        raise BadInput(*problems)
    return declared


def _studies(document: Document, files: Mapping[str, Path]) -> dict[str, Study]:
    """The studies of the files; what is wrong with any of them is said of all of them at once."""
    studies, problems = {}, []
    for name, file in files.items():
        if not file.is_file():
            problems.append(document.problem(("studies", name, "file"), "no such study file", repr(str(file))))
            continue
        try:
            studies[name] = study_file.load(file)
        except LnnstatsError as error:
            problems += error.problems
    if problems:
        raise BadInput(*problems)
    return studies


def _claims(declared: Declared) -> Iterator[Inconsistency]:
    """Claims of the registry."""
    registry = claims()
    for index, claim in enumerate(declared.synthesis.claims):
        if claim not in registry:
            yield unknown(("claims", index), "claim", claim, registry)


def _trained(declared: Declared) -> Iterator[Inconsistency]:
    """Studies that train: the map says under which settings."""
    for name, study in declared.studies.items():
        if not study.trains:
            place, allowed = ("studies", name, "file"), "a study with data and a network"
            yield Inconsistency(place, "the study trains nothing", name, allowed)


def _readings(declared: Declared) -> Iterator[Inconsistency]:
    """Hypotheses of the map that are there, decide, and have a side."""
    for name, listed in declared.synthesis.studies.items():
        for index, reading in enumerate(listed.map):
            yield from _hypothesis(declared, ("studies", name, "map", index), name, reading.hypothesis)


def _hypothesis(declared: Declared, place: Place, study: str, id: str) -> Iterator[Inconsistency]:
    """A hypothesis of a study that is there; on the map, one that decides and has a side."""
    hypotheses = {hypothesis.id: hypothesis for hypothesis in declared.studies[study].hypotheses}
    if id not in hypotheses:
        yield unknown((*place, "hypothesis"), f"hypothesis of {study}", id, hypotheses)
    elif not hypotheses[id].test.decides:
        yield Inconsistency((*place, "hypothesis"), "the hypothesis only describes", id, "one that is decided")
    elif "equations" not in place and hypotheses[id].question == "equivalence":
        message = "an equivalence claims neither harm nor relief"
        yield Inconsistency((*place, "hypothesis"), message, id, "one with a side")


def _factors(declared: Declared) -> Iterator[Inconsistency]:
    """Paths that name a field of every world, or the step."""
    for name, path in declared.synthesis.factors.items():
        for study in declared.studies.values():
            try:
                if path not in AXES and study.trains:
                    concrete(study.world, path)
            except NoSuchField as error:
                yield unknown(("factors", name), "field", error.name, error.allowed)
                break


def _factorial(declared: Declared) -> Iterator[Inconsistency]:
    """A factorial that is on the map, and its columns among the factors."""
    factorial = declared.synthesis.factorial
    if factorial is None:
        return
    yield from _of(declared, ("factorial",), factorial.study, factorial.hypothesis)
    listed = declared.synthesis.studies.get(factorial.study)
    ids = [reading.hypothesis for reading in listed.map] if listed else [factorial.hypothesis]
    if factorial.hypothesis not in ids:
        place, message = ("factorial", "hypothesis"), "the factorial is drawn on the map"
        yield Inconsistency(place, message, factorial.hypothesis, ", ".join(ids), "list it under map")
    for index, name in enumerate(factorial.columns):
        if name not in declared.synthesis.factors:
            yield unknown(("factorial", "columns", index), "factor", name, declared.synthesis.factors)


def _on_paper(declared: Declared) -> Iterator[Inconsistency]:
    """Studies, hypotheses, responses and factors that the analysis on paper names."""
    analysis = declared.synthesis.analysis
    if analysis is None:
        return
    for index, equation in enumerate(analysis.equations):
        yield from _of(declared, ("analysis", "equations", index), equation.study, equation.hypothesis)
    for index, shown in enumerate(analysis.report):
        place = ("analysis", "report", index)
        if shown.study not in declared.studies:
            yield unknown((*place, "study"), "study", shown.study, declared.studies)
            continue
        alone = declared.studies[shown.study].model_copy(update={"report": (shown.show,)})
        for found in sections(alone):
            yield replace(found, path=(*place, "show", *found.path[2:]))


def _schematic(declared: Declared) -> Iterator[Inconsistency]:
    """Boxes, claims, studies and hypotheses that the arrows name, and arrows that lead down."""
    schematic = declared.synthesis.schematic
    if schematic is None:
        return
    order = list(schematic.nodes)
    for index, arrow in enumerate(schematic.arrows):
        place = ("schematic", "arrows", index)
        absent = [(end, name) for end, name in (("from", arrow.start), ("to", arrow.to)) if name not in order]
        for end, name in absent:
            yield unknown((*place, end), "node", name, order)
        if not absent and order.index(arrow.start) >= order.index(arrow.to):
            message = "an arrow leads to a node that is listed later"
            yield Inconsistency((*place, "to"), message, f"{arrow.start} to {arrow.to}")
        if arrow.claim not in declared.synthesis.claims:
            yield unknown((*place, "claim"), "claim", arrow.claim, declared.synthesis.claims)
        yield from _carried(declared, arrow, place)


def _carried(declared: Declared, arrow: Arrow, place: Place) -> Iterator[Inconsistency]:
    """The study and the hypothesis of it whose verdict an arrow carries."""
    if arrow.study is None:
        if arrow.hypothesis is not None:
            yield Inconsistency((*place, "hypothesis"), "a hypothesis is of a study", arrow.hypothesis, "a study too")
        return
    if arrow.study not in declared.studies:
        yield unknown((*place, "study"), "study", arrow.study, declared.studies)
        return
    study = declared.studies[arrow.study]
    decided: tuple[Hypothesis | Compound, ...] = (*study.hypotheses, *study.compounds)
    on_claim = [one.id for one in decided if one.claim == arrow.claim]
    if arrow.hypothesis is not None and arrow.hypothesis not in on_claim:
        what = f"hypothesis of {arrow.study} on {arrow.claim}"
        yield unknown((*place, "hypothesis"), what, arrow.hypothesis, on_claim)


def _of(declared: Declared, place: Place, study: str, hypothesis: str) -> Iterator[Inconsistency]:
    if study not in declared.studies:
        yield unknown((*place, "study"), "study", study, declared.studies)
    else:
        yield from _hypothesis(declared, place, study, hypothesis)


CHECKS = (_claims, _trained, _readings, _factors, _factorial, _on_paper, _schematic)
