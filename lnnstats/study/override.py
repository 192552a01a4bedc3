"""`path=value` overrides applied to a read study file, before it is validated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lnnstats.errors import BadInput, Problem
from lnnstats.parts.designs import DESIGNS
from lnnstats.parts.inits import INITS
from lnnstats.parts.networks import NETWORKS
from lnnstats.parts.optimizers import OPTIMIZERS
from lnnstats.parts.sources import SOURCES
from lnnstats.parts.training import LOSSES
from lnnstats.study.read import Document, parse

PARTS = frozenset({*SOURCES, *NETWORKS, *INITS, *OPTIMIZERS, *LOSSES, *DESIGNS})
Tree = dict[str, Any]


def override(document: Document, overrides: Iterable[str]) -> Document:
    """The document with each `path=value` (value in YAML) set; part names in the path may be left out.

    A factor's path has dots of its own: `factors.data.noise=[...]` sets its levels, `factors.data.noise:role=...` a
    field.
    """
    for text in overrides:
        path, written, value = text.partition("=")
        if not written:
            raise BadInput(Problem(path="--set", message="write --set path=value", found=text))
        content = parse(f"value: {value}", f"--set {path}").tree["value"]
        if path.startswith("factors."):
            _put_factor(document.tree, path.removeprefix("factors."), content)
        else:
            _put(document.tree, path, content)
    return document


def _put(tree: Tree, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    node = tree
    for name in parents:
        node = _opened(node, name, path)
    _options(node, last)[last] = value


def _opened(node: Tree, name: str, path: str) -> Tree:
    """The mapping under a name; a part that is only named is opened for its options, what is no mapping is replaced."""
    node = _options(node, name)
    found = node.get(name)
    if isinstance(found, list):
        raise BadInput(Problem(path=path, message="--set names no field of the file: a list is set whole"))
    if not isinstance(found, dict):
        node[name] = found = {found: {}} if isinstance(found, str) and found in PARTS else {}
    return found


def _options(node: Tree, name: str) -> Tree:
    """The options of `{kind: {options}}` where the name is not the kind itself, else the mapping as it is."""
    (kind, *others) = node or ("",)
    if others or name == kind or kind not in PARTS:
        return node
    node[kind] = node[kind] or {}
    return node[kind] if isinstance(node[kind], dict) else node


def _put_factor(tree: Tree, path: str, value: Any) -> None:
    name, colon, field = path.partition(":")
    factors = tree.setdefault("factors", {})
    if not isinstance(factors, dict):
        raise BadInput(Problem(path="factors", message="factors map paths to levels", found=repr(factors)))
    if not colon:
        factors[name] = value
        return
    known = factors.get(name, {})
    factors[name] = {**(known if isinstance(known, dict) else {"levels": known}), field: value}
