"""Declared + folder of runs -> the finished run of every study, unchanged since it was stored. Nothing is trained."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lnnstats.analysis.values import Finding, Verdict
from lnnstats.design.expand import world_digest
from lnnstats.errors import BadInput, Failed, Incomplete, Problem
from lnnstats.results.folder import RESOLVED, STUDY, read_manifest, read_study
from lnnstats.results.manifest import MANIFEST, Manifest, hashes
from lnnstats.results.query import Results
from lnnstats.results.store import RESULTS, open_results
from lnnstats.study.values import Study
from lnnstats.synthesis.load import Declared

FINDINGS, VERDICTS = "findings.json", "verdicts.json"
READ = (RESOLVED, STUDY, RESULTS, FINDINGS, VERDICTS)  # what a synthesis takes from a run


@dataclass(frozen=True, eq=False)
class Run:
    """A finished run: the study it resolved to, what was found and concluded, its rows, left on disk."""

    name: str
    folder: Path
    study: Study
    manifest: Manifest
    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    results: Results

    def of(self, hypothesis: str) -> tuple[Finding, ...]:
        """The findings of a hypothesis, one a stratum."""
        return tuple(finding for finding in self.findings if finding.hypothesis == hypothesis)


def gather(declared: Declared, runs: Path) -> dict[str, Run]:
    """The run of every study, by the names of the synthesis.

    Raises Incomplete where runs are absent, with the commands that make them; BadInput where a run is of another
    version of its study; Failed where a file is not what its manifest says.
    """
    folders = {name: folder(runs, declared.files[name], study) for name, study in declared.studies.items()}
    if absent := [_absent(declared, name, runs) for name, found in folders.items() if found is None]:
        raise Incomplete(*absent)
    there = {name: found for name, found in folders.items() if found is not None}
    if damaged := [problem for found in there.values() for problem in _damage(found)]:
        raise Failed(*damaged)
    if others := [problem for name, found in there.items() for problem in _other(declared, name, found)]:
        raise BadInput(*others)
    return {name: _run(name, found) for name, found in there.items()}


def folder(runs: Path, file: Path, study: Study) -> Path | None:
    """Where `run` puts a study below `runs`, or a folder of the study's own name; None where neither is finished."""
    candidates = (runs / f"{file.stem}-{world_digest(study)}", runs / file.stem)
    return next((found for found in candidates if (found / MANIFEST).is_file()), None)


def _absent(declared: Declared, name: str, runs: Path) -> Problem:
    file = declared.files[name]
    place = runs / f"{file.stem}-{world_digest(declared.studies[name])}"
    return Problem(f"studies.{name}", "its run is not there", str(place), hint=f"lnnstats run {file} --out {place}")


def _damage(found: Path) -> Iterator[Problem]:
    """Files that a synthesis reads and that are not those the manifest names."""
    declared, now = read_manifest(found).files, hashes(found, READ)
    for name in READ:
        if name not in declared or now.get(name) != declared[name]:
            said, is_ = declared.get(name, "no hash")[:16], now.get(name, "no file")[:16]
            message, hint = "not what its manifest says", f"lnnstats verify {found}"
            yield Problem(str(found / name), message, is_, said, hint)


def _other(declared: Declared, name: str, found: Path) -> Iterator[Problem]:
    """A run of another version of the study."""
    study, file = declared.studies[name], declared.files[name]
    if differing := _differences(read_study(found), study):
        message = "the run is of another version of its study"
        hint = f"lnnstats run {file} --out {found} (what is stored is kept)"
        yield Problem(str(found), message, f"another {', '.join(differing)}", str(file), hint)


def _differences(run: Study, study: Study) -> tuple[str, ...]:
    """The fields in which a run's study and the study's file differ, as they are stored."""
    one, other = run.model_dump(mode="json"), study.model_dump(mode="json")
    return tuple(field for field in one if one[field] != other[field])


def _run(name: str, found: Path) -> Run:
    findings = stored(found / FINDINGS, tuple[Finding, ...])
    verdicts = stored(found / VERDICTS, tuple[Verdict, ...])
    return Run(name, found, read_study(found), read_manifest(found), findings, verdicts, open_results(found))


def stored(path: Path, kind: Any) -> Any:
    """The frozen values of a JSON file, as `jsonable` wrote them; `inf`, `-inf` and `nan` are numbers again."""
    try:
        return TypeAdapter(kind).validate_python(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        hint = "repeat `lnnstats run`"
        raise Failed(Problem(str(path), f"damaged: {str(error).splitlines()[0]}", hint=hint)) from None


Runs = Mapping[str, Run]
