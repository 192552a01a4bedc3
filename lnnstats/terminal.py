"""What a person sees while work goes on and when it ends: progress with the time left, verdicts, audits."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from lnnstats.watch import Advance

if TYPE_CHECKING:
    from pathlib import Path

    from lnnstats.datasets import Held
    from lnnstats.pipeline import Concluded
    from lnnstats.synthesis.synthesise import Synthesised
    from lnnstats.verify.values import Audit

STYLES = {"supported": "green", "refuted": "red", "inconclusive": "yellow", "untestable": "dim"}
SECONDS = 5.0  # between two plain lines


class Terminal:
    """A bar on a terminal, plain lines elsewhere; both on standard error, so that results can be piped.

    `doing`, `done`: what the work is called while it goes on, and what is done of it.
    """

    def __init__(self, doing: str = "training", done: str = "trained") -> None:
        self._doing, self._done = doing, done
        self._console = Console(stderr=True, highlight=False)

    def say(self, text: str) -> None:
        with suppress(SystemExit):  # rich would end the program once nobody reads it any more; the work goes on
            self._console.print(text, markup=False)

    def working(self, total: float) -> AbstractContextManager[Advance]:
        return self._bar(total) if self._console.is_terminal else self._lines(total)

    @contextmanager
    def _bar(self, total: float) -> Iterator[Advance]:
        columns = (
            TextColumn(self._doing),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("time left"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task(self._doing, total=total)
            yield lambda units: progress.advance(task, units)

    @contextmanager
    def _lines(self, total: float) -> Iterator[Advance]:
        start = told = time.monotonic()
        done = 0.0

        def advance(units: float) -> None:
            nonlocal done, told
            done += units
            if (now := time.monotonic()) >= told + SECONDS and 0 < done < total:
                told = now
                self.say(f"{self._done} {done / total:.0%}, about {(now - start) * (total / done - 1):.0f} s left")

        yield advance


def show_verdicts(concluded: Concluded, as_json: bool) -> None:
    """The verdicts of a run and where its report is."""
    if as_json:
        from lnnstats.analysis.values import jsonable

        told = {"folder": str(concluded.folder), "files": concluded.files, "notes": concluded.notes}
        print(json.dumps(told | {"verdicts": jsonable(concluded.verdicts)}, indent=1))
        return
    table = Table("hypothesis", "claim", "verdict", "grade", "statement", box=None, pad_edge=False)
    for verdict in concluded.verdicts:
        style = STYLES[verdict.decision]
        table.add_row(
            verdict.hypothesis, verdict.claimed, f"[{style}]{verdict.decision}[/]", verdict.grade, verdict.statement
        )
    console = Console(highlight=False)
    console.print(table)
    console.print(f"report: {concluded.folder / 'report.html'}", markup=False, soft_wrap=True)


def show_synthesis(folder: Path, found: Synthesised, files: tuple[str, ...], as_json: bool) -> None:
    """Every verdict on the claims of a synthesis, and where its report is."""
    if as_json:
        from lnnstats.synthesis.synthesise import record

        print(json.dumps({"folder": str(folder), "files": files} | record(found), indent=1))
        return
    table = Table("claim", "study", "hypothesis", "verdict", "grade", box=None, pad_edge=False)
    for claim in found.claims:
        for ruling in found.on(claim):
            verdict = ruling.verdict
            decided = f"[{STYLES[verdict.decision]}]{verdict.decision}[/]"
            table.add_row(claim, ruling.run.name, verdict.hypothesis, decided, verdict.grade)
        if not found.on(claim):
            table.add_row(claim, "", "", "[dim]untested[/]", "")
    console = Console(highlight=False)
    console.print(table)
    console.print(f"report: {folder / 'report.html'}", markup=False, soft_wrap=True)


def show_audit(audit: Audit, as_json: bool) -> None:
    """Every check of an audit, and whether the run is verified."""
    if as_json:
        from lnnstats.analysis.values import jsonable

        print(json.dumps(jsonable(audit) | {"ok": audit.ok}, indent=1))
        return
    table = Table("", "level", "check", "expected", "observed", "tolerance", box=None, pad_edge=False)
    for check in audit.checks:
        table.add_row(
            "[green]ok[/]" if check.ok else "[red]FAILED[/]",
            check.level,
            check.name,
            check.expected,
            check.observed,
            check.tolerance,
        )
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    console.print(table)
    failed = sum(not check.ok for check in audit.checks)
    held = f"{len(audit.checks) - failed} of {len(audit.checks)} checks hold (nonce {audit.nonce})"
    console.print(f"{audit.run}: {'verified' if audit.ok else 'NOT verified'}, {held}", markup=False)


def show_data(held: Held, as_json: bool) -> None:
    """Where a copy of a data set is, its fingerprint, and whether it is the official one."""
    origin = held.origin
    told = {"place": str(held.place), "sha256": origin.sha256, "official": origin.official, "about": origin.about}
    if as_json:
        print(json.dumps({"source": origin.source} | told, indent=1))
        return
    words = {"is at": told["place"], "fingerprint": f"SHA-256 {origin.sha256}", "this copy": origin.about}
    print("\n".join((origin.source, *(f"  {name + ':':13}{said}" for name, said in words.items()))))
