"""What the synthesis does not tell, and what every run it rests on came from."""

from __future__ import annotations

from collections.abc import Iterator

from lnnstats.report import numerals
from lnnstats.report.inline import code, say, text
from lnnstats.report.values import Column, Heading, Inline, Items, Paragraph, Section, Table
from lnnstats.report.words import counted
from lnnstats.synthesis.gather import Run
from lnnstats.synthesis.synthesise import Synthesised


def limits(found: Synthesised) -> Section:
    """The limits declared, those that follow from how a synthesis is made, and those of its studies."""
    declared = tuple(text(said) for said in found.synthesis.limitations)
    studies = tuple(
        say("{study}: {said}", study=code(name), said=said)
        for name, run in found.runs.items()
        for said in run.study.limitations
    )
    blocks = (
        *((Heading(text("Declared"), "limits-declared"), Items(declared)) if declared else ()),
        Heading(text("Following from how it is made"), "limits-derived"),
        Items(tuple(_derived(found))),
        *((Heading(text("Of its studies"), "limits-studies"), Items(studies)) if studies else ()),
    )
    return Section("limits", "What this does not tell", blocks)


def _derived(found: Synthesised) -> Iterator[Inline]:
    yield text(
        "Verdicts are those of the studies, each at the error rate of its own family; over all studies together no "
        "error rate is promised."
    )
    if found.conditions:
        yield text(
            "A mark of the map is one condition taken alone: among many, some marks are wrong. What is claimed of all "
            "of them is the verdict of their study."
        )
    if found.decomposition:
        yield text(
            "Shares of variation are shares over the levels chosen, all weighing alike: other levels are other shares."
        )
    untested = [id for id in found.claims if not found.on(id)]
    if untested:
        yield say(
            "{claims} {have} no study here: {ids}.",
            claims=counted(len(untested), "claim"),
            have="has" if len(untested) == 1 else "have",
            ids=", ".join(untested),
        )


def section(found: Synthesised) -> Section:
    """A row a run, and how to check it."""
    columns = (
        Column(text("study")),
        Column(text("world")),
        Column(text("measured")),
        Column(text("plan")),
        Column(text("runs"), "right"),
        Column(text("device")),
        Column(text("types")),
        Column(text("computing"), "right"),
        Column(text("results, SHA-256")),
    )
    rows = tuple(_row(run) for run in found.runs.values())
    manifests = [run.manifest for run in found.runs.values()]
    versions = {f"{name} {version}" for manifest in manifests for name, version in manifest.versions.items()}
    machines = sorted({", ".join(manifest.machine.values()) for manifest in manifests})
    note = say("Versions: {versions}. Machines: {machines}.", versions=", ".join(sorted(versions)),
               machines="; ".join(machines))  # fmt: skip
    check = say(
        "Every file read was what the manifest of its run says; nothing was trained for this page. To check a run: "
        "`python -m lnnstats verify RUN`. To make it again: `lnnstats run` with its study file, then `lnnstats "
        "synthesize` with this synthesis."
    )
    return Section("provenance", "Provenance", (Paragraph(check), Table(text("The runs"), columns, rows, (note,))))


def _row(run: Run) -> tuple[Inline, ...]:
    manifest = run.manifest
    return (
        text(run.name),
        *(code(manifest.digests.get(name, "–")) for name in ("world", "measured", "plan")),
        (numerals.count(manifest.runs),),
        text(", ".join(manifest.devices)),
        text(", ".join(manifest.dtypes)),
        (numerals.duration(manifest.seconds),),
        code(manifest.files.get("results.parquet", "–")[:16]),
    )
