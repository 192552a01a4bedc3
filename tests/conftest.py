"""What every test shares: one thread for torch, and property tests that try the same examples every time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch
from hypothesis import settings

from lnnstats.draws.images.places import VARIABLE
from tests import images

torch.set_num_threads(1)

settings.register_profile("lnnstats", deadline=None, derandomize=True, database=None, print_blob=False)
settings.load_profile("lnnstats")


@pytest.fixture(scope="session")
def cifar() -> Path:
    """The folder of a copy of the real CIFAR-10."""
    named = os.environ.get(VARIABLE)
    if not named:
        pytest.skip(f"needs the real CIFAR-10: set {VARIABLE} to a folder with its binary version")
    return Path(named)


@pytest.fixture(scope="session")
def made_up(tmp_path_factory) -> Path:
    """A folder with a made-up copy of CIFAR-10, for reading."""
    return images.write(tmp_path_factory.mktemp("cifar"))


@pytest.fixture(scope="session")
def made_up_archive(made_up, tmp_path_factory) -> Path:
    """The same as an archive."""
    return images.pack(made_up, tmp_path_factory.mktemp("archive") / "cifar-10-binary.tar.gz")
