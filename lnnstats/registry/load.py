"""In: the TOML files beside this module. Out: every claim by its id, in the order of the files."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from lnnstats.registry.values import Claim

FILES = ("lakkapragada.toml", "benshmuel.toml", "theory.toml")


@cache
def claims() -> Mapping[str, Claim]:
    """Every claim by id: the first paper, the second, the theory. Raises `ValueError` where an id appears twice."""
    sources = _read("sources.toml")
    rows = [_claim(id, row, sources) for file in FILES for id, row in _read(file).items()]
    table = {claim.id: claim for claim in rows}
    if len(table) != len(rows):
        raise ValueError(f"registry: {len(rows)} rows but {len(table)} ids; give every claim an id of its own")
    return MappingProxyType(table)


def _read(file: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(file).read_text(encoding="utf-8"))


def _claim(id: str, row: Mapping[str, Any], sources: Mapping[str, str]) -> Claim:
    return Claim(**{**row, "id": id, "source": sources[row["source"]], "kind": tuple(row["kind"])})
