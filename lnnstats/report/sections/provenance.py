"""What the numbers come from, and how to check them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lnnstats.report import numerals
from lnnstats.report.inline import Piece, code, join, say, text
from lnnstats.report.subject import Subject
from lnnstats.report.values import Block, Column, Definitions, Details, Paragraph, Section, Table
from lnnstats.results.manifest import Manifest


def section(subject: Subject) -> Section:
    """Source of the claims, digests, machine, counts, files."""
    source = subject.study.source
    cited = (
        [("claims made in", f"{source.citation}{f', {source.locator}' if source.locator else ''}")] if source else []
    )
    manifest = subject.manifest
    entries = [*cited, *(_entries(manifest) if manifest else ())]
    defined = (Definitions(tuple((text(term), text(said)) for term, said in entries)),) if entries else ()
    return Section("provenance", "Provenance", (*defined, *_check(manifest)))


def _entries(manifest: Manifest) -> Iterator[tuple[str, Piece]]:
    yield from ((f"digest, {name}", code(found)) for name, found in manifest.digests.items())
    yield from ((f"images, {copy['source']}", _copy(copy)) for copy in manifest.data)
    yield (
        "runs",
        say(
            "{runs}: {statuses}",
            runs=numerals.count(manifest.runs),
            statuses=join(
                [
                    say("{n} {status}", n=numerals.count(n), status=status.replace("_", " "))
                    for status, n in manifest.statuses.items()
                ]
            ),
        ),
    )
    yield (
        "trained on",
        say(
            "{devices}; {dtypes}; {time} of computing",
            devices=join(manifest.devices) or text("nothing"),
            dtypes=join(manifest.dtypes) or text("no type"),
            time=numerals.duration(manifest.seconds),
        ),
    )
    yield "machine", join(manifest.machine.values())
    yield "versions", join([f"{name} {version}" for name, version in manifest.versions.items()])


def _copy(copy: Mapping[str, Any]) -> Piece:
    """The fingerprint of a data set, and whether it is the official one."""
    return say("SHA-256 {sha256}; {about}", sha256=code(copy["sha256"]), about=text(copy["about"]))


def _check(manifest: Manifest | None) -> Iterator[Block]:
    if manifest is None:
        yield Paragraph(
            text(
                "These results were computed from a table handed in; the same table and plan give the same findings "
                "to the last digit."
            )
        )
        return
    yield Paragraph(
        say(
            "To check this report: `python -m lnnstats verify RUN`, with RUN the folder that holds it. It re-reads "
            "every hash, re-derives the "
            "findings, the verdicts and these pages, and trains a sample of the runs again.",
        )
    )
    rows = tuple((code(name), code(found)) for name, found in manifest.files.items())
    if rows:
        yield Details(
            text("Hashes of the files"),
            (Table(text("SHA-256 of the run's files"), (Column(text("file")), Column(text("SHA-256"))), rows),),
        )
