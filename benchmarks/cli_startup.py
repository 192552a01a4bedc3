"""How long the light commands take to answer, beside an empty Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.timing import interleaved, rows, save, seconds, table

REPEATS = 7
STUDY = Path(__file__).parent.parent / "studies" / "depth_vs_mse.yaml"
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "lnnstats --help": ["-m", "lnnstats", "--help"],
    "lnnstats check depth_vs_mse.yaml": ["-m", "lnnstats", "check", str(STUDY)],
    "lnnstats schema": ["-m", "lnnstats", "schema"],
}


def main() -> None:
    """Prints and stores the seconds of each command."""
    timers = {name: lambda command=command: seconds(lambda: _call(command)) for name, command in COMMANDS.items()}
    measured = rows(interleaved(timers, REPEATS), "python -c pass")
    print(table(f"Start-up, seconds, {REPEATS} interleaved repeats", measured, "s"))
    save("cli_startup", measured)


def _call(command: list[str]) -> None:
    subprocess.run([sys.executable, *command], check=True, capture_output=True)


if __name__ == "__main__":
    main()
