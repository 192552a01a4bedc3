"""The registry holds exactly the claims of the two papers and the theory, each with its two statements and its test."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections import Counter
from typing import get_args

import pytest

from lnnstats.registry import load
from lnnstats.registry.load import claims
from lnnstats.registry.values import Claim, Kind

LAKKAPRAGADA = (
    "S1.1a", "S1.1b", "S1.1c", "S1.1d", "S1.2", "S1.3", "S1.4a", "S1.4b", "S1.4c", "S1.5", "S1.6", "S1.7", "S1.8",
    "S1.9", "S1.10", "S1.11", "S1.12",
)
BENSHMUEL = (
    "S2.1", "S2.1b", "S2.2", "S2.3", "S2.3b", "S2.4", "S2.5", "S2.6", "S2.7", "S2.8", "S2.9", "S2.10", "S2.11",
    "S2.12a", "S2.12b", "S2.13", "S2.14", "S2.15a", "S2.15b", "S2.16", "S2.16b", "S2.17", "S2.18", "S2.19", "S2.20",
    "S2.21",
)
THEORY = (
    "R1a", "R1b", "R1c", "R1d", "R1e", "R2a", "R2b", "R3a", "R3b", "R3c", "R3d", "R3e", "R4a", "R4b", "R4c", "R5a",
    "R5b", "R6a", "R6b", "R7a", "R7b", "R7c", "R8", "R9", "R10a", "R10b", "R11", "R12a", "R12b", "R12c", "R13a", "R13b",
    "R13c", "R14a", "R14b", "R14c", "R15a", "R15b", "R16", "R17a", "R17b", "R18a", "R18b", "R18c", "R19a", "R19b",
    "R19c", "R20", "R21a", "R21b", "R21c", "R22",
)

every_claim = pytest.mark.parametrize("claim", claims().values(), ids=claims())


def test_every_id_is_there_once_and_in_order() -> None:
    assert tuple(claims()) == LAKKAPRAGADA + BENSHMUEL + THEORY


def test_every_theory_source_has_a_row() -> None:
    numbers = {id.lstrip("R").rstrip("abcde") for id in THEORY}
    assert numbers == {str(number) for number in range(1, 23)}


@every_claim
def test_every_text_is_there(claim: Claim) -> None:
    texts = {field: text for field, text in dataclasses.asdict(claim).items() if field != "kind"}
    assert [field for field, text in texts.items() if not text.strip() or text != text.strip()] == []


@every_claim
def test_both_statements_are_sentences_and_differ(claim: Claim) -> None:
    assert claim.printed != claim.scoped
    assert claim.printed[0].isupper() and claim.printed.endswith(".")
    assert claim.scoped[0].isupper() and claim.scoped.endswith(".")


@every_claim
def test_kind_is_known_and_not_repeated(claim: Claim) -> None:
    assert claim.kind and set(claim.kind) <= set(get_args(Kind))
    assert len(set(claim.kind)) == len(claim.kind)


@pytest.mark.parametrize("field", ["scoped", "estimand"])
def test_no_two_claims_test_the_same(field: str) -> None:
    counts = Counter(getattr(claim, field) for claim in claims().values())
    assert {text: count for text, count in counts.items() if count > 1} == {}


def test_a_paper_and_its_rows_agree() -> None:
    assert all("2401.00186" in claims()[id].source + claims()[id].locator for id in LAKKAPRAGADA)
    assert all("2206.04490" in claims()[id].source for id in BENSHMUEL)


def test_every_source_is_used() -> None:
    sources = load._read("sources.toml")
    assert {claim.source for claim in claims().values()} == set(sources.values())


def test_the_table_is_read_once_and_read_only() -> None:
    assert claims() is claims()
    with pytest.raises(TypeError):
        claims()["S1.1a"] = claims()["S1.2"]  # type: ignore[index]


def test_an_id_in_two_files_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "FILES", ("theory.toml", "theory.toml"))
    with pytest.raises(ValueError, match=f"{2 * len(THEORY)} rows but {len(THEORY)} ids"):
        claims.__wrapped__()


def test_loading_imports_nothing_heavy() -> None:
    heavy = ("torch", "scipy", "pandas", "numpy", "ruamel.yaml")
    code = f"import sys; from lnnstats.registry.load import claims; claims(); print(set({heavy}) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
