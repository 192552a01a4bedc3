"""The README names every shipped study with the claims that it tests, and links to reports that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lnnstats.study.load import load

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| \[\**(\w+)\**\]\(reports/\w+\) \|.*\|([^|]*)\|$", README, re.M))
STUDIES = sorted((ROOT / "studies").glob("*.yaml"))


@pytest.mark.parametrize("path", STUDIES, ids=[path.stem for path in STUDIES])
def test_a_study_stands_in_the_readme_with_its_claims(path: Path) -> None:
    """Parts of a claim (S1.4a, S1.4b) are named by the claim."""
    claims = {re.sub(r"[a-z]$", "", claim) for claim in load(path).claims}
    assert claims == set(filter(None, ROWS[path.stem].strip().split(", ")))


def test_every_link_to_a_file_leads_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links and not [link for link in links if not (ROOT / link).exists()]
