"""Run folder -> Audit: its hashes, its conclusions recomputed from its rows, some of its runs trained again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lnnstats.analysis.analyse import analyse
from lnnstats.analysis.judge import judge
from lnnstats.analysis.values import conclusions
from lnnstats.design.expand import measured_digest
from lnnstats.design.values import Design
from lnnstats.digest import file_sha256
from lnnstats.draws.data import origins
from lnnstats.errors import BadInput, Failed
from lnnstats.results.export import exports
from lnnstats.results.folder import RESOLVED, STUDY, read_manifest, read_study
from lnnstats.results.query import Results
from lnnstats.results.store import RESULTS, open_results, receipts, stored_blocks
from lnnstats.results.table import same
from lnnstats.study.load import from_text
from lnnstats.study.values import Study
from lnnstats.tuning.choice import choices
from lnnstats.tuning.pilot import pilot
from lnnstats.tuning.store import FILES, PILOT, TUNING, read_table, settled, table
from lnnstats.verify.replay import draw, referenced, replayed
from lnnstats.verify.values import Audit, Check

OTHER_COPY = "another copy; name the run's by LNNSTATS_DATA"
NEEDED = frozenset({RESULTS, RESOLVED, STUDY, "findings.json", "verdicts.json"})


def audit(folder: Path, count: int, nonce: str, device: str) -> Audit:
    """Every check of a finished run; `count` runs, chosen by the nonce, are trained again."""
    study = read_study(folder)
    found, results = settled(folder), open_results(folder)
    copies = tuple(_copies(folder, found.planned))
    count = count if all(check.ok for check in copies) else 0  # without its images no run can be trained again
    checks = (
        *_hashes(folder, NEEDED.union(FILES if found.choices else ())),
        *_declared(folder, study),
        *_rows(folder, found.design, results),
        *_recomputed(folder, study, results),
        *copies,
        *_again(found.design, results, count, nonce, device),
        *_tuned(folder, found.planned, count, nonce, device),
    )
    return Audit(folder.name, nonce, checks)


def _tuned(folder: Path, planned: Design, count: int, nonce: str, device: str) -> Iterator[Check]:
    """Of a run whose design has rules: the pilot's rows, what they choose, and one of its runs trained again."""
    first = pilot(planned)
    if first is None:
        return
    inside = folder / PILOT
    results = open_results(inside)
    checks = (*_rows(inside, first, results), *_again(first, results, min(count, 1), f"{nonce}/pilot", device))
    yield from (replace(check, name=f"pilot: {check.name}") for check in checks)
    equal = _chosen_again(folder, planned, first, results)
    yield Check("tuned", TUNING, equal, "what its pilot's rows choose", "equal" if equal else "different")


def _chosen_again(folder: Path, planned: Design, first: Design, results: Results) -> bool:
    try:
        return same(table(choices(planned, first, results)), read_table(folder))
    except (Failed, KeyError):  # no choice can be made of such rows
        return False


def _hashes(folder: Path, needed: frozenset[str]) -> Iterator[Check]:
    """Every file that the manifest names, and that it names what a run must hold."""
    files = read_manifest(folder).files
    unnamed = sorted(needed - files.keys())
    yield Check(
        "hashes",
        "manifest names what a run holds",
        not unnamed,
        "nothing left out",
        ", ".join(unnamed) or "nothing left out",
    )
    for name, expected in files.items():
        path = folder / name
        observed = file_sha256(path) if path.is_file() else "absent"
        yield Check("hashes", name, observed == expected, expected[:16], observed[:16])


def _declared(folder: Path, study: Study) -> Iterator[Check]:
    """The study as resolved is what the study file says."""
    try:
        said = from_text((folder / STUDY).read_text(encoding="utf-8"), STUDY)
    except (OSError, UnicodeDecodeError, BadInput):
        yield Check("declared", "study.yaml can be read", False, "a study", "none")
        return
    equal = said.model_copy(update={"title": study.title}).model_dump(mode="json") == study.model_dump(mode="json")
    yield Check("declared", "study.yaml resolves to resolved.json", equal, "equal", "equal" if equal else "different")


def _rows(folder: Path, design: Design, results: Results) -> Iterator[Check]:
    """The results are exactly what the stored chunks hold, and hold every run."""
    whole, damaged = receipts(folder, measured_digest(design.study))
    stored = sum(len(blocks) for cell, blocks in stored_blocks(whole).items() if cell in {c.id for c in design.cells})
    complete = not damaged and stored >= design.runs
    yield Check("rows", "chunks whole", complete, f"{design.runs} runs", f"{stored} runs, {len(damaged)} damaged")
    if complete:
        equal = _equal(exports(folder, whole, design), results)
        yield Check("rows", "results are the chunks' rows", equal, "equal", "equal" if equal else "different")
    found = results.distinct(("cell", "block")).num_rows
    yield Check("rows", "every run is there", found == design.runs, str(design.runs), str(found))


def _equal(windows: Iterable[pa.Table], results: Results) -> bool:
    """Whether results hold the rows of windows of blocks, in their order, and no others."""
    rows, block = 0, pc.field("block")
    for window in windows:
        first, last = pc.min_max(window["block"]).values()
        if not same(window, results.table((block >= first) & (block <= last))):
            return False
        rows += window.num_rows
    return rows == results.dataset.count_rows()


def _copies(folder: Path, design: Design) -> Iterator[Check]:
    """This machine's copy of the images, where there are any, is the one that the run was trained on."""
    stored = {copy["source"]: copy["sha256"] for copy in read_manifest(folder).data}
    try:
        here = origins(cell.world.data for cell in design.cells)
    except BadInput as error:
        expected = ", ".join(sha256[:16] for sha256 in stored.values())
        yield Check("data", "images on this machine", False, expected, str(error))
        return
    for copy in here:
        expected, observed = stored.get(copy.source, "no fingerprint"), copy.sha256[:16]
        equal = copy.sha256 == expected
        told = observed if equal else f"{observed}: {OTHER_COPY}"
        yield Check("data", f"{copy.source} on this machine", equal, expected[:16], told)


def _recomputed(folder: Path, study: Study, results: Results) -> Iterator[Check]:
    findings = analyse(results, study.plan)
    for name, content in conclusions(findings, judge(findings, study.plan)).items():
        equal = _content(folder / name) == content
        yield Check("recomputed", name, equal, "as stored", "equal" if equal else "different")


def _content(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _again(design: Design, results: Results, count: int, nonce: str, device: str) -> Iterator[Check]:
    for run in draw(design, count, nonce):
        yield from replayed(run, design.study, results, device)
        yield from referenced(run, design.study)
