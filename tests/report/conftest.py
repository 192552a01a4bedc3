"""Subjects as fixtures."""

from __future__ import annotations

import pytest

from lnnstats.report.compose import Subject
from tests.report.subjects import SUBJECTS


@pytest.fixture(scope="session", params=SUBJECTS)
def any_subject(request: pytest.FixtureRequest) -> Subject:
    """One of every kind of subject."""
    return SUBJECTS[request.param]()


@pytest.fixture(scope="session")
def trained() -> Subject:
    """A study that trains, with four hypotheses over two strata."""
    return SUBJECTS["trained"]()


@pytest.fixture(scope="session")
def changes() -> Subject:
    """A study of angles by layer and measurement, with accuracies, in float32."""
    return SUBJECTS["changes"]()


@pytest.fixture(scope="session")
def nasty() -> Subject:
    """A study whose texts are hostile."""
    return SUBJECTS["hostile"]()
