"""Every command of the documentation does what the page says, in the order of the page, in a folder of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```sh( fails)?\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[tuple[bool, str]]:
    """(whether it must fail, script) of every shell block of a page."""
    return [(bool(fails), script) for fails, script in BLOCK.findall(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", ["tutorial.md", "tuning.md", "data.md"])
def test_the_page_runs(page: str, tmp_path: Path) -> None:
    tool = tmp_path / "bin" / "lnnstats"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lnnstats "$@"\n', encoding="utf-8")
    tool.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tool.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    found = blocks(ROOT / "docs" / page)
    assert found, f"{page} holds no command"
    for fails, script in found:
        command = ["bash", "-e", "-c", script]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
        assert (done.returncode == 2) if fails else (done.returncode == 0), f"{script}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
