"""The whole flow: study file -> design (its rules settled by a pilot) -> chunks -> results -> findings -> verdicts ->
report, in a run folder that can be resumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lnnstats.analysis.analyse import analyse
from lnnstats.analysis.judge import judge
from lnnstats.analysis.summarised import analyse_summaries
from lnnstats.analysis.values import Finding, Verdict, conclusions, jsonable
from lnnstats.design.expand import expand, measured_digest, world_digest
from lnnstats.design.values import Design
from lnnstats.digest import digest
from lnnstats.draws.data import origins
from lnnstats.engine.fill import fill
from lnnstats.errors import BadInput, Problem
from lnnstats.registry.load import claims
from lnnstats.report.compose import Subject, compose
from lnnstats.report.synthesis.compose import compose as compose_synthesis
from lnnstats.report.write import write
from lnnstats.results.export import exports
from lnnstats.results.folder import (
    DATA,
    RESOLVED,
    STUDY,
    Copies,
    read_copies,
    read_manifest,
    read_study,
    save_copies,
    save_json,
    save_study,
)
from lnnstats.results.foreign import read
from lnnstats.results.manifest import MANIFEST, Manifest, hashes, machine, statuses, versions
from lnnstats.results.query import Results, rowless
from lnnstats.results.store import (
    RESULTS,
    Receipt,
    open_results,
    opened,
    receipts,
    save_results,
    write_json,
)
from lnnstats.results.summaries import holds_summaries, read_summaries
from lnnstats.study.values import Study
from lnnstats.synthesis.gather import gather
from lnnstats.synthesis.load import load as load_synthesis
from lnnstats.synthesis.synthesise import FILE as SYNTHESIS
from lnnstats.synthesis.synthesise import Synthesised, record, synthesise
from lnnstats.tuning.choice import choices
from lnnstats.tuning.pilot import pilot
from lnnstats.tuning.store import FILES, PILOT, Settled, save_choices, settle, settled
from lnnstats.watch import SILENT, Watch

NOTES = "notes.json"


@dataclass(frozen=True)
class Concluded:
    """Where a run or an analysis stands, what it concluded, and what is to be known of a table handed in."""

    folder: Path
    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    files: tuple[str, ...]
    notes: tuple[str, ...] = ()


def run(
    study: Study, name: str, text: str, out: Path | None, device: str = "auto", workers: int = 0, watch: Watch = SILENT
) -> Concluded:
    """Train what is missing of a study, analyse all of it, render its report. The same call resumes or repeats it.

    Raises BadInput for a device or folder that cannot be used, Failed for disks and workers, Incomplete when
    interrupted.
    """
    planned = expand(study)
    copies = _copies(planned)
    folder = out or Path("runs") / f"{name}-{world_digest(study)}"
    with opened(folder):
        _same_world(folder, study)
        save_copies(folder, copies)
        save_study(folder, study, text)
        found = _settled(folder, planned, device, workers, watch)
        held = fill(folder, found.design, device, workers, watch)
        save_results(folder, exports(folder, held, found.design))
        return conclude(folder, name, found, held, watch)


def _copies(design: Design) -> Copies:
    """Which copies of images a design is trained on. Raises BadInput where they are not on this machine."""
    return tuple(jsonable(origin) for origin in origins(cell.world.data for cell in design.cells))


def _settled(folder: Path, planned: Design, device: str, workers: int, watch: Watch) -> Settled:
    """The design with numbers in place of its rules, chosen by a pilot that is trained and stored first.

    Raises Failed where no value of a grid can be chosen.
    """
    first = pilot(planned)
    if first is None:
        return settle(planned, ())
    watch.say(f"tuning step sizes: a pilot of {first.runs:,} runs, on blocks that the analysis never sees")
    inside = folder / PILOT
    held = fill(inside, first, device, workers, watch)
    save_results(inside, exports(inside, held, first))
    made = choices(planned, first, open_results(inside))
    save_choices(folder, made)
    return settle(planned, made)


def conclude(folder: Path, name: str, found: Settled, held: list[Receipt], watch: Watch) -> Concluded:
    """Results -> findings, verdicts, report, manifest."""
    design, study, results = found.design, found.design.study, open_results(folder)
    watch.say("analysing")
    findings = analyse(results, study.plan)
    verdicts = judge(findings, study.plan)
    save_json(folder, conclusions(findings, verdicts))
    manifest = _manifest(name, design, [*held, *_of_pilot(folder, found.planned)], results, read_copies(folder))
    watch.say("rendering")
    subject = Subject(study, claims(), results, findings, verdicts, design, manifest, tuned=found.choices)
    files = write(compose(subject), folder)
    tuning = FILES if found.choices else ()
    names = (RESULTS, RESOLVED, STUDY, DATA, "findings.json", "verdicts.json", *tuning, *files)
    write_json(folder / MANIFEST, jsonable(manifest) | {"files": hashes(folder, names)})
    return Concluded(folder, findings, verdicts, files)


def _of_pilot(folder: Path, planned: Design) -> list[Receipt]:
    """The receipts of the pilot that a folder holds, where its design has rules."""
    first = pilot(planned)
    return [] if first is None else receipts(folder / PILOT, measured_digest(first.study))[0]


def render(folder: Path, watch: Watch = SILENT) -> Concluded:
    """Analyse and render a finished run again, from its stored rows."""
    study = read_study(folder)
    held, _ = receipts(folder, measured_digest(study))
    with opened(folder):
        name = read_manifest(folder).study if (folder / MANIFEST).is_file() else folder.name
        return conclude(folder, name, settled(folder), held, watch)


def analyse_table(
    path: Path, study: Study, out: Path, correlation: float | None = None, watch: Watch = SILENT
) -> Concluded:
    """The findings, verdicts and report of anybody's table under a plan: of runs, or of published summaries.

    `correlation`: of paired summaries, where the table gives none. What the table lost or was assumed of it is said,
    stored as notes.json, and shown in the report.
    """
    if (out / MANIFEST).is_file() or (out / RESOLVED).is_file():
        raise BadInput(Problem(path=str(out), message="the folder holds a run", hint="give another --out"))
    analysed = _published if holds_summaries(path) else _measured
    subject = analysed(path, study, correlation, watch)
    with opened(out):
        save_json(out, conclusions(subject.findings, subject.verdicts) | {NOTES: subject.notes})
        watch.say("rendering")
        files = write(compose(subject), out)
    return Concluded(out, subject.findings, subject.verdicts, files, subject.notes)


def _measured(path: Path, study: Study, correlation: float | None, watch: Watch) -> Subject:
    """What is found of a table of runs."""
    if correlation is not None:
        said = "the table holds runs, whose correlation is in their values"
        raise BadInput(Problem("--correlation", said, hint="leave it out"))
    held = read(path, study.plan)
    _say(watch, (*held.notes, f"analysing {held.table.num_rows:,} rows"))
    results = Results.of(held.table)
    findings = analyse(results, study.plan)
    return Subject(study, claims(), results, findings, judge(findings, study.plan), notes=held.notes)


def _published(path: Path, study: Study, correlation: float | None, watch: Watch) -> Subject:
    """What is found of published summaries; what a plan asks to be drawn of runs is left out."""
    found = read_summaries(path, study.plan)
    shown = study.model_copy(update={"report": (), "hypotheses": tuple(h for h in study.hypotheses if h.test.decides)})
    notes = (*found.notes, *_assumed(study, shown, correlation))
    _say(watch, (*notes, f"analysing {len(found.cells):,} published summaries"))
    findings = analyse_summaries(found, study.plan, correlation)
    verdicts, none = judge(findings, study.plan), rowless(tuple(study.factors))
    return Subject(shown, claims(), none, findings, verdicts, notes=notes, published=found.cells)


def synthesize(path: Path, runs: Path, out: Path, watch: Watch = SILENT) -> tuple[Synthesised, tuple[str, ...]]:
    """What the finished runs of a synthesis say together, and the files of its report. Nothing is trained."""
    if (out / MANIFEST).is_file():
        raise BadInput(Problem(path=str(out), message="the folder holds a run", hint="give another --out"))
    declared = load_synthesis(path)
    watch.say(f"reading the runs of {', '.join(declared.studies)}")
    found = synthesise(declared.synthesis, gather(declared, runs))
    with opened(out):
        watch.say("rendering")
        files = write(compose_synthesis(found), out)
        save_json(out, {SYNTHESIS: record(found)})
    return found, (*files, SYNTHESIS)


def _say(watch: Watch, lines: Iterable[str]) -> None:
    for line in lines:
        watch.say(line)


def _assumed(study: Study, shown: Study, correlation: float | None) -> Iterator[str]:
    """What is taken on trust of published summaries, and what is not done with them."""
    yield "means, standard deviations and numbers of runs are taken as published: what diverged is not known"
    if correlation is not None:
        yield f"a correlation of {correlation:g} is assumed of pairs of which the table gives none"
    described = [h.id for h in study.hypotheses if h not in shown.hypotheses]
    if described or study.report:
        asked = [*described, *(part.kind for part in study.report)]
        yield f"the figures and tables that the plan asks for need runs and are left out ({', '.join(asked)})"


def _manifest(name: str, design: Design, held: list[Receipt], results: Results, copies: Copies) -> Manifest:
    study = design.study
    return Manifest(
        study=name,
        digests={
            "world": world_digest(study),
            "measured": measured_digest(study),
            "plan": digest(study.plan.model_dump(mode="json")),
        },
        versions=versions(),
        machine=machine(),
        devices=tuple(sorted({receipt.device for receipt in held})),
        dtypes=tuple(sorted({cell.world.training.dtype for cell in design.cells})),
        cells=len(design.cells),
        excluded=len(design.excluded),
        blocks=study.blocks.number,
        runs=design.runs,
        statuses=statuses(results),
        seconds=round(sum(receipt.seconds for receipt in held), 1),
        files={},
        data=copies,
    )


def _same_world(folder: Path, study: Study) -> None:
    """A folder goes on with the world it began with."""
    if (folder / RESOLVED).is_file() and world_digest(read_study(folder)) != world_digest(study):
        raise BadInput(
            Problem(
                path=str(folder),
                message="the folder holds runs of another world",
                hint="give another --out, or leave --out away",
            )
        )
