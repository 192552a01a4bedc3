"""Pydantic's errors about a tree -> inconsistencies: one a place, the innermost ones."""

from __future__ import annotations

import ast
import re
import typing
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from lnnstats.names import did_you_mean
from lnnstats.study.checks.values import Inconsistency, Place

Item = dict[str, Any]
NAMING = ("extra_forbidden", "union_tag_invalid", "missing")  # of the branches of a union, what says most
FRAME = re.compile(r"^(Input should be |\w+ should have )(a valid )?| after validation, not \d+$")  # what pydantic adds
PLAIN = {"dict_type": "a mapping", "model_type": "a mapping", "tuple_type": "a list"}


def misfits(tree: Any, error: ValidationError, root: type[BaseModel]) -> Iterator[Inconsistency]:
    """The problems of a tree that should be a `root`, or be within one.

    The branches of one union become one problem; what is said of a place within it is said there alone.
    """
    branches: dict[Place, list[Item]] = {}
    for item in error.errors(include_url=False):
        branches.setdefault(_place(tree, item["loc"], item["type"]), []).append(dict(item))
    for place, items in branches.items():
        if not any(other[: len(place)] == place and other != place for other in branches):
            yield Inconsistency(place, *_words([item for item in items if item["type"] in NAMING] or items, root))


def _place(tree: Any, loc: tuple[str | int, ...], kind: str) -> Place:
    """The part of an error's location that the tree has (it has no union branches, nor part names left out)."""
    path: list[str | int] = []
    for name in loc:
        inside = (isinstance(tree, Mapping) and name in tree) or (
            isinstance(tree, list) and isinstance(name, int) and name < len(tree)
        )
        if inside:
            tree = tree[name]
            path.append(name)
    return (*path, str(loc[-1])) if kind == "missing" else tuple(path)


def _words(items: list[Item], root: type[BaseModel]) -> tuple[str, str, str, str]:
    """(message, found, allowed, hint) of the errors at one place."""
    first = items[0]
    if first["type"] == "extra_forbidden":
        *above, name = first["loc"]
        allowed = sorted(_fields(above, root))
        return "unknown field", repr(name), ", ".join(allowed), did_you_mean(str(name), allowed)
    if first["type"] == "union_tag_invalid":
        allowed = list(ast.literal_eval(f"[{first['ctx']['expected_tags']}]"))
        found = str(first["ctx"]["tag"])
        return "unknown name", repr(found), ", ".join(allowed), did_you_mean(found, allowed)
    if first["type"] == "missing":
        return "required field is missing", "", "", ""
    if first["type"] == "value_error":
        return str(first["ctx"]["error"]), _written(first["input"]), "", ""
    allowed_words = " or ".join(dict.fromkeys(_allowed(item) for item in items))
    found = first["input"]
    hint = did_you_mean(found, _literals(items)) if isinstance(found, str) else ""
    return "", _written(found), allowed_words, hint


def _written(value: Any) -> str:
    """A value as the file has it: a part's kind stands before its options, not among them."""
    return repr({key: item for key, item in value.items() if key != "kind"} if isinstance(value, dict) else value)


def _literals(items: list[Item]) -> list[str]:
    """The words that literal fields allow."""
    expected = [item["ctx"]["expected"].replace(" or ", ", ") for item in items if item["type"] == "literal_error"]
    return [str(word) for words in expected for word in ast.literal_eval(f"[{words}]")]


def _allowed(item: Item) -> str:
    if item["type"] == "literal_error":
        return str(item["ctx"]["expected"])
    return PLAIN.get(item["type"], FRAME.sub("", item["msg"]))


def _fields(loc: Iterable[str | int], root: type[BaseModel]) -> set[str]:
    """The fields that the model at a location below the root allows."""
    models: list[type[BaseModel]] = [root]
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
