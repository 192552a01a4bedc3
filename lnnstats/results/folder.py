"""What a run folder holds beside its rows: the study, its findings and verdicts, its manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lnnstats.errors import BadInput, Failed, Problem
from lnnstats.results.manifest import MANIFEST, Manifest, from_json
from lnnstats.results.store import write_json, write_text
from lnnstats.study.values import Study

STUDY, RESOLVED = "study.yaml", "resolved.json"
DATA = "data.json"  # which copy of its images a run was trained on
Copies = tuple[Mapping[str, Any], ...]


def save_study(folder: Path, study: Study, text: str) -> None:
    """The study as written and as resolved."""
    write_text(folder / STUDY, text)
    write_json(folder / RESOLVED, study.model_dump(mode="json"))


def read_study(folder: Path) -> Study:
    """The resolved study of a run folder."""
    try:
        return Study.model_validate(_json(folder / RESOLVED))
    except ValidationError as error:
        raise _damaged(folder / RESOLVED, error) from None


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a finished run."""
    try:
        return from_json(_json(folder / MANIFEST))
    except (KeyError, TypeError) as error:
        raise _damaged(folder / MANIFEST, error) from None


def save_copies(folder: Path, copies: Copies) -> None:
    """Which copies of images the runs of a folder are trained on.

    Raises BadInput where it holds runs on another copy of one of them.
    """
    before: dict[str, str] = {copy["source"]: copy["sha256"] for copy in read_copies(folder)}
    for copy in copies:
        source, here = copy["source"], copy["sha256"]
        if source in before and before[source] != here:
            message = f"the folder holds runs on another copy of {source}"
            hint = "name that copy (data.path or LNNSTATS_DATA), or give another --out"
            raise BadInput(Problem(str(folder), message, f"fingerprint {here[:16]}", before[source][:16], hint))
    if copies:
        write_json(folder / DATA, copies)


def read_copies(folder: Path) -> Copies:
    """What `save_copies` stored; nothing for runs on generated data."""
    return tuple(_json(folder / DATA)) if (folder / DATA).is_file() else ()


def save_json(folder: Path, contents: Mapping[str, Any]) -> None:
    """Named JSON files, each written atomically."""
    for name, content in contents.items():
        write_json(folder / name, content)


def _json(path: Path) -> Any:
    if not path.is_file():
        hint = "give the folder of a finished run (`lnnstats run STUDY` makes one)"
        raise Failed(Problem(path=str(path), message="not there", hint=hint))
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> Failed:
    message = f"damaged: {str(error).splitlines()[0]}"
    return Failed(Problem(path=str(path), message=message, hint="repeat `lnnstats run`"))
