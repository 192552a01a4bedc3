"""report.tex -> report.pdf, where TeX is; the same bytes from the same source."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

SOURCE, RESULT = "report.tex", "report.pdf"
SECONDS = 180
STILL = {"SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1"}  # no clock in the file


def build(folder: Path) -> Path | None:
    """The PDF beside `report.tex`; None where latexmk is absent, slow or fails (then `report.log` says why)."""
    latexmk = shutil.which("latexmk")
    if latexmk is None:
        return None
    with TemporaryDirectory() as aside:
        if not _ran(latexmk, folder, Path(aside)):
            return None
        return Path(shutil.copyfile(Path(aside) / RESULT, folder / RESULT))


def _ran(latexmk: str, folder: Path, aside: Path) -> bool:
    """Whether latexmk built the document in the folder aside; the log of a failure goes beside the source."""
    command = [
        latexmk,
        "-norc",
        "-pdf",
        "-interaction=nonstopmode",
        "-halt-on-error",
        "-no-shell-escape",
        f"-outdir={aside}",
        SOURCE,
    ]
    try:
        ended = subprocess.run(
            command, cwd=folder, env={**os.environ, **STILL}, capture_output=True, timeout=SECONDS, check=False
        )
    except (subprocess.TimeoutExpired, OSError):
        return False
    log = aside / "report.log"
    if ended.returncode and log.is_file():
        shutil.copyfile(log, folder / "report.log")
    return ended.returncode == 0 and (aside / RESULT).is_file()
