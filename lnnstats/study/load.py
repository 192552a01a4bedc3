"""YAML file -> Study: all problems at once, each with file:line:column, what was found, what is allowed, what may be
meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path

from pydantic import ValidationError

from lnnstats.errors import BadInput, Problem
from lnnstats.study.checks import inconsistencies
from lnnstats.study.checks.misfits import misfits
from lnnstats.study.checks.values import Inconsistency
from lnnstats.study.override import override
from lnnstats.study.read import Document, parse, read
from lnnstats.study.values import Study


def load(path: Path, overrides: Iterable[str] = ()) -> Study:
    """The study of a file, with `path=value` overrides applied. Raises BadInput with every problem found."""
    return from_document(override(read(path), overrides))


SET = "# set "  # an override applied to a stored study, one a line at its head


def source(path: Path, overrides: Iterable[str] = ()) -> str:
    """The text of a study file, the overrides applied to it noted at its head, where `from_text` finds them."""
    return "".join(f"{SET}{text}\n" for text in overrides) + path.read_text(encoding="utf-8")


def from_text(text: str, name: str = "study.yaml") -> Study:
    """The study of YAML text, with the overrides noted at its head."""
    noted = takewhile(lambda line: line.startswith(SET), text.splitlines())
    return from_document(override(parse(text, name), [line.removeprefix(SET) for line in noted]))


def from_document(document: Document) -> Study:
    """The study of a read document."""
    try:
        study = Study.model_validate(document.tree)
    except ValidationError as error:
        raise BadInput(*located(document, misfits(document.tree, error, Study))) from None
    if problems := located(document, inconsistencies(study)):
        raise BadInput(*problems)
    return study if study.title else study.model_copy(update={"title": Path(document.file).stem.replace("_", " ")})


def located(document: Document, found: Iterable[Inconsistency]) -> tuple[Problem, ...]:
    """Inconsistencies as problems at their places in a document."""
    return tuple(document.problem(one.path, one.message, one.found, one.allowed, one.hint) for one in found)
