"""A world with some of its fields replaced: how factors make cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from lnnstats.parts.base import Part
from lnnstats.parts.networks import SETS
from lnnstats.study.values import World


class NoSuchField(Exception):
    """A factor's path that names no field of the world: the part that fails, what is there."""

    def __init__(self, path: str, name: str, allowed: list[str]) -> None:
        super().__init__(f"{path}: no field {name!r}")
        self.name, self.allowed = name, allowed


def concrete(world: World, path: str) -> tuple[str, ...]:
    """`network.depth` as the keys of the world's tree, `("network", "linear", "depth")`; part names may be written or
    left out.
    """
    keys: list[str] = []
    node: Any = world
    for name in path.split("."):
        if isinstance(node, Part) and name == node.kind:
            continue
        fields = [f for f in type(node).model_fields if f != "kind"] if isinstance(node, BaseModel) else []
        if name not in fields:
            raise NoSuchField(path, name, fields)
        node = getattr(node, name)
        keys += [name, node.kind] if isinstance(node, Part) else [name]
    return tuple(keys[:-1]) if isinstance(node, Part) else tuple(keys)


def value(world: World, path: str) -> Any:
    """What a world has at a path. Raises NoSuchField."""
    node: Any = world
    for key in concrete(world, path):
        node = node if getattr(node, "kind", None) == key else getattr(node, key)
    return node


def substitute(world: World, levels: Mapping[str, Any]) -> World:
    """The world with each path set to its level, validated; whole parts first, then their fields, those that set others
    first: what they set is not what it was.

    Raises pydantic's ValidationError.
    """
    for path in sorted(levels, key=lambda p: (p.count("."), p)):
        tree = world.model_dump()
        *parents, last = concrete(world, path)
        node = tree
        for key in parents:
            node = node[key]
        node[last] = _content(levels[path])
        for field in SETS.get(last, ()):
            node.pop(field, None)
        world = World.model_validate(tree)
    return world


def _content(level: Any) -> Any:
    """A level without the label it carries."""
    return {key: value for key, value in level.items() if key != "name"} if isinstance(level, Mapping) else level
