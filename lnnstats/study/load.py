"""YAML file -> Study: all problems at once, each with file:line:column, what was found, what is allowed, what may be
meant.
"""

from __future__ import annotations

import ast
import typing
from collections.abc import Iterable, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from lnnstats.errors import BadInput, Problem
from lnnstats.names import closest
from lnnstats.study.checks import inconsistencies
from lnnstats.study.checks.values import Inconsistency
from lnnstats.study.override import override
from lnnstats.study.read import Document, NodePath, parse, read
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
        raise BadInput(*_invalid(document, error)) from None
    if problems := tuple(_located(document, found) for found in inconsistencies(study)):
        raise BadInput(*problems)
    return study if study.title else study.model_copy(update={"title": Path(document.file).stem.replace("_", " ")})


def _located(document: Document, found: Inconsistency) -> Problem:
    return document.problem(found.path, found.message, found.found, found.allowed, found.hint)


def _invalid(document: Document, error: ValidationError) -> Iterable[Problem]:
    """Pydantic's errors as problems; the branches of one union become one problem."""
    branches: dict[NodePath, list[dict[str, Any]]] = {}
    for item in error.errors(include_url=False):
        branches.setdefault(_tree_path(document.tree, item["loc"], item["type"]), []).append(dict(item))
    for path, items in branches.items():
        deepest = [
            item for item in items if item["type"] in ("extra_forbidden", "union_tag_invalid", "missing")
        ] or items
        yield document.problem(path, *_words(deepest))


def _tree_path(tree: Any, loc: tuple[str | int, ...], kind: str) -> NodePath:
    """The part of an error's location that the file's tree has (it has no union branches, nor part names left out)."""
    path: list[str | int] = []
    for name in loc:
        inside = (isinstance(tree, Mapping) and name in tree) or (
            isinstance(tree, list) and isinstance(name, int) and name < len(tree)
        )
        if inside:
            tree = tree[name]
            path.append(name)
    return (*path, str(loc[-1])) if kind == "missing" else tuple(path)


def _words(items: list[dict[str, Any]]) -> tuple[str, str, str, str]:
    """(message, found, allowed, hint) of the errors at one place."""
    first = items[0]
    if first["type"] == "extra_forbidden":
        *above, name = first["loc"]
        allowed = sorted(_fields(above))
        return "unknown field", repr(name), ", ".join(allowed), _meant(str(name), allowed)
    if first["type"] == "union_tag_invalid":
        allowed = list(ast.literal_eval(f"[{first['ctx']['expected_tags']}]"))
        found = str(first["ctx"]["tag"])
        return "unknown name", repr(found), ", ".join(allowed), _meant(found, allowed)
    if first["type"] == "missing":
        return "required field is missing", "", "", ""
    allowed_words = " or ".join(dict.fromkeys(_allowed(item) for item in items))
    found = first["input"]
    literals = [
        w
        for item in items
        if item["type"] == "literal_error"
        for w in ast.literal_eval(f"[{_commas(item['ctx']['expected'])}]")
    ]
    return "", repr(found), allowed_words, _meant(found, literals) if isinstance(found, str) else ""


def _commas(expected: str) -> str:
    return expected.replace(" or ", ", ")


def _allowed(item: dict[str, Any]) -> str:
    if item["type"] == "literal_error":
        return str(item["ctx"]["expected"])
    return str(item["msg"]).removeprefix("Input should be ").removeprefix("Value error, ").removeprefix("a valid ")


def _meant(name: str, allowed: list[str]) -> str:
    guess = closest(name, [str(item) for item in allowed])
    return f"did you mean {guess!r}?" if guess else ""


def _fields(loc: Iterable[str | int]) -> set[str]:
    """The fields that the model at a location allows."""
    models: list[type[BaseModel]] = [Study]
    for name in loc:
        tagged = [m for m in models if "kind" in m.model_fields and m.model_fields["kind"].default == name]
        below = [
            inner for m in models if name in m.model_fields for inner in _models(m.model_fields[str(name)].annotation)
        ]
        models = tagged or below or models
    return {field for model in models for field in model.model_fields if field != "kind"}


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models inside an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in typing.get_args(annotation) for model in _models(inner)]
