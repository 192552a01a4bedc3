"""`python -m benchmarks.error_rates [KIND ... | verdicts]`: simulates (by default all), stores, renders the page."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict

from benchmarks.error_rates.render import PAGE, page
from benchmarks.error_rates.simulate import deciding, repetitions, simulate, sizes_of, worlds_of
from benchmarks.error_rates.store import keep, stored
from benchmarks.error_rates.verdicts import chances, familywise

VERDICTS = "verdicts"


def main(names: list[str]) -> None:
    """Runs the named parts one after the other; each is stored as it ends."""
    known = (*deciding(), VERDICTS)
    if unknown := [name for name in names if name not in known]:
        raise SystemExit(f"{', '.join(unknown)}: no such part; give some of {', '.join(known)}, or none for all.")
    for name in names or known:
        start = time.perf_counter()
        run(name)
        print(f"{name}: {time.perf_counter() - start:.0f} s", flush=True)
    PAGE.write_text(page(stored()), encoding="utf-8")


def run(name: str) -> None:
    """One procedure in all of its worlds, or the verdicts of families."""
    if name == VERDICTS:
        keep("familywise", {"rates": familywise()})
        keep("chances", {"rates": chances()})
        return
    cells = [simulate(world, n, repetitions(name, n)) for world in worlds_of(name) for n in sizes_of(name)]
    keep("procedures", {name: [asdict(cell) for cell in cells]})


if __name__ == "__main__":
    main(sys.argv[1:])
