"""The page on designs: every study on it is valid, and `check` prints what the page says it prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lnnstats.overview import overview
from lnnstats.parts.designs import DESIGNS
from lnnstats.study.load import from_text

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "designs.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^## (.*?)$(?:(?!^## ).)*?^```yaml\n(.*?)^```\n\n```text\n(.*?)^```", PAGE, re.M | re.S)


@pytest.mark.parametrize(("study", "printed"), [example[1:] for example in EXAMPLES], ids=[e[0] for e in EXAMPLES])
def test_check_prints_what_the_page_says(study: str, printed: str) -> None:
    said = overview(from_text(study)).splitlines()
    assert [line for line in printed.splitlines() if line not in said] == []


def test_every_study_of_the_page_is_tried() -> None:
    assert len(EXAMPLES) == PAGE.count("```yaml") == 7


def test_every_design_is_on_the_page() -> None:
    assert [kind for kind in DESIGNS if kind.replace("_", " ") not in PAGE] == []
