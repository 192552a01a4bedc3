"""The worked example of CONTRIBUTING.md: applied to a copy of the package it trains, and the run verifies."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STUDY = """
data: {linear_regression: {features: 2, train: 20, test: 5}}
network: {linear: {depth: 2, width: 2}}
training: {optimizer: {sign_sgd: {learning_rate: 0.01, weight_decay: 0.1}}, steps: 50}
factors: {training.optimizer.learning_rate: [0.01, 0.02]}
blocks: {number: 4}
responses: {loss: loss}
hypotheses:
  - {response: loss, test: {paired_t: {along: training.optimizer.learning_rate, treatment: 0.02}}}
"""


def run(folder: Path, *command: str, text: str | None = None) -> str:
    done = subprocess.run(
        command, cwd=folder, input=text, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(folder)}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("git") is None, reason="the patch is applied by git")
def test_the_worked_example_adds_an_optimizer(tmp_path: Path) -> None:
    (patch,) = re.findall(r"```diff\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.S)
    shutil.copytree(ROOT / "lnnstats", tmp_path / "lnnstats", ignore=shutil.ignore_patterns("__pycache__"))
    run(tmp_path, "git", "apply", "--recount", "-", text=patch)
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    lnnstats = (sys.executable, "-m", "lnnstats")
    assert "sign_sgd" in run(tmp_path, *lnnstats, "list", "optimizers")
    run(tmp_path, *lnnstats, "run", "study.yaml", "--out", "run")
    assert "checks hold" in run(tmp_path, *lnnstats, "verify", "run")
