"""YAML text -> plain tree plus the place of every node.

YAML 1.2: `1e-3` is a number, `on` a string, duplicate keys are errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from lnnstats.errors import BadInput, Problem

NodePath = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """A read file: its plain content, and (line, column), 1-based, of each node's path."""

    file: str
    lines: tuple[str, ...]
    tree: Any
    places: Mapping[NodePath, tuple[int, int]]

    def problem(self, path: NodePath, message: str, found: str = "", allowed: str = "", hint: str = "") -> Problem:
        """A problem at the deepest node of `path` that the file holds."""
        known = next(path[:n] for n in range(len(path), -1, -1) if path[:n] in self.places)
        line, column = self.places[known]
        source = self.lines[line - 1] if line <= len(self.lines) else ""
        return Problem(
            path=".".join(map(str, path)),
            message=message,
            found=found,
            allowed=allowed,
            hint=hint,
            file=self.file,
            line=line,
            column=column,
            source=source,
        )


def read(path: Path) -> Document:
    """The document of a YAML file. Raises BadInput for a file that cannot be read or parsed."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise BadInput(
            Problem(path="", message=f"cannot be read: {reason}", file=str(path), hint="give the path of a study file")
        ) from None
    return parse(text, str(path))


def parse(text: str, file: str) -> Document:
    """The document of YAML text; `file` is what errors call it."""
    lines = tuple(text.splitlines())
    try:
        node = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        source = lines[line - 1] if line <= len(lines) else ""
        message = f"not valid YAML 1.2: {(error.problem or error.context or 'cannot be parsed').splitlines()[0]}"
        raise BadInput(Problem(path="", message=message, file=file, line=line, column=column, source=source)) from None
    except (YAMLError, ValueError, TypeError, RecursionError) as error:
        raise BadInput(Problem(path="", message=f"not valid YAML 1.2: {error}", file=file, line=1, column=1)) from None
    if not isinstance(node, CommentedMap):
        raise BadInput(
            Problem(
                path="",
                message="a study file is a mapping of fields",
                found=type(node).__name__,
                file=file,
                line=1,
                column=1,
            )
        )
    places: dict[NodePath, tuple[int, int]] = {(): (1, 1)}
    return Document(file, lines, _plain(node, (), places), places)


def _plain(node: Any, path: NodePath, places: dict[NodePath, tuple[int, int]]) -> Any:
    if isinstance(node, CommentedMap):
        for key in node:
            line, column = node.lc.key(key) if key in (node.lc.data or {}) else (0, 0)
            places[(*path, str(key))] = (line + 1, column + 1)
        return {str(key): _plain(value, (*path, str(key)), places) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            line, column = node.lc.item(index)
            places[(*path, index)] = (line + 1, column + 1)
        return [_plain(value, (*path, index), places) for index, value in enumerate(node)]
    return _scalar(node)


def _scalar(node: Any) -> Any:
    """ruamel's round-trip scalars as plain Python scalars."""
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node
