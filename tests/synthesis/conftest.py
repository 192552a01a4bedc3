"""One synthesis of two small runs for the whole session, and a copy of its folder for whoever breaks something."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lnnstats.synthesis.gather import gather
from lnnstats.synthesis.load import load
from lnnstats.synthesis.synthesise import Synthesised, synthesise
from tests.synthesis.examples import trained, written


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Path:
    """A folder with the studies, the synthesis and the runs; nobody changes it."""
    folder = tmp_path_factory.mktemp("synthesis")
    written(folder)
    trained(folder)
    return folder


@pytest.fixture
def mine(made, tmp_path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(made, tmp_path / "mine"))


@pytest.fixture(scope="session")
def found(made) -> Synthesised:
    declared = load(made / "thesis.yaml")
    return synthesise(declared.synthesis, gather(declared, made / "runs"))
