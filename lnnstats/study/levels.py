"""A factor's levels as a file spells them -> one spelling of them all; a level -> what tables and reports call it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from lnnstats.parts.base import Part, Scalar

SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "array", "items": {}, "minItems": 1},
        {"type": "object", "additionalProperties": {"type": "array", "items": {}}, "minProperties": 1},
    ],
    "description": "a list; of a nested factor, a list for each level of the factor it is nested in",
}


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, bool | int | float | str) else value


Labels = Annotated[tuple[Scalar, ...], BeforeValidator(_several, json_schema_input_type=Scalar | tuple[Scalar, ...])]


def spelled_out(value: Any) -> Any:
    """`[1, 2]` is short for `{levels: [1, 2]}`, `{number: 2}` for two draws of a random factor, a list of levels a
    level of another factor for all of them with their nests; numeric levels are a ratio scale unless told, draws never.
    """
    value = {"levels": value} if isinstance(value, list | tuple) else value
    if not isinstance(value, Mapping):
        return value
    value = _draws(value) if "number" in value else _nests(value)
    random = value.get("role") == "random"
    if "scale" not in value and not random and _numeric(value.get("levels")):
        return {**value, "scale": "ratio"}
    return value


def _draws(value: Mapping[str, Any]) -> Mapping[str, Any]:
    number = value["number"]
    if "levels" in value or not isinstance(number, int) or isinstance(number, bool) or number < 1:
        message = "`number` draws of a random factor: 1 or more, in place of levels"
        raise PydanticCustomError("draws", "{message}", {"message": message})
    rest = {key: item for key, item in value.items() if key != "number"}
    return {"role": "random", **rest, "levels": list(range(1, number + 1))}


def _nests(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Levels by the level they are nested in, as all of them in order (numbers ascending) and their nests."""
    given = value.get("levels")
    if not isinstance(given, Mapping):
        return value
    if not all(isinstance(levels, list | tuple) and levels for levels in given.values()):
        message = "levels by the level they are nested in: a list for each, of one level at least"
        raise PydanticCustomError("nested", "{message}", {"message": message})
    every = [level for levels in given.values() for level in levels]
    union = list({str(label(level)): level for level in every}.values())
    if twice := [str(label(level)) for level in every if level not in union]:
        message = f"two levels are called {twice[0]} and differ: give each a name ({{name: ..., ...}})"
        raise PydanticCustomError("nested", "{message}", {"message": message})
    nests = [(outer, [label(level) for level in levels]) for outer, levels in given.items()]
    return {**value, "levels": sorted(union) if _numeric(union) else union, "nests": nests}


def label(level: Any) -> Scalar:
    """A level's label: scalars as they are; a part by its `name`, else its kind with the options given; a rule as
    `tuned`.
    """
    if isinstance(level, bool | int | float | str):
        return level
    if isinstance(level, Part):
        level = level.model_dump(exclude_defaults=True)
    if isinstance(level, Mapping) and "name" in level:
        return str(level["name"])
    if isinstance(level, Mapping) and level.keys() == {"tune"}:
        return "tuned"
    if (
        isinstance(level, Mapping)
        and len(level) == 1
        and isinstance(options := next(iter(level.values())), Mapping | None)
    ):
        kind = next(iter(level))
        inside = ", ".join(f"{key}={_inside(value)}" for key, value in (options or {}).items())
        return f"{kind}({inside})" if inside else str(kind)
    return "-".join(map(str, level)) if isinstance(level, list | tuple) else str(level)


def _inside(option: Any) -> Any:
    """An option within a label; a part or a rule is labelled too."""
    return label(option) if isinstance(option, Mapping) else option


def level_key(label: Any) -> Any:
    """What two spellings of one level share: `2`, `2.0` and `"2"` are one number, `true` and `"True"` one truth."""
    text = str(label).strip()
    if text.lower() in ("true", "false"):
        return text.lower()
    try:
        return float(text)
    except ValueError:
        return text


def _numeric(levels: Any) -> bool:
    return isinstance(levels, list | tuple) and all(
        isinstance(level, int | float) and not isinstance(level, bool) for level in levels
    )
