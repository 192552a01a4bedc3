"""The JSON Schema (2020-12) of study files: parts spelled `name` or `{name: {options}}`, as the files spell them."""

from __future__ import annotations

from typing import Any

from lnnstats.study.values import Study

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema, ready for an editor."""
    tree = Study.model_json_schema(mode="validation")
    parts = {
        name: body["properties"]
        for name, body in tree["$defs"].items()
        if "const" in body.get("properties", {}).get("kind", {})
    }
    kinds = {name: fields.pop("kind")["const"] for name, fields in parts.items()}
    return {"$schema": DIALECT, **_spelled(tree, kinds)}


def _spelled(node: Any, kinds: dict[str, str]) -> Any:
    """Every reference to a part as its name or a one-key mapping; the discriminators, which only the loader uses, are
    dropped.
    """
    if isinstance(node, list):
        return [_spelled(item, kinds) for item in node]
    if not isinstance(node, dict):
        return node
    name = node.get("$ref", "").removeprefix("#/$defs/")
    if name in kinds:
        one = {"type": "object", "properties": {kinds[name]: {"anyOf": [{"$ref": node["$ref"]}, {"type": "null"}]}}}
        return {"anyOf": [{"const": kinds[name]}, {**one, "required": [kinds[name]], "additionalProperties": False}]}
    return {
        ("anyOf" if key == "oneOf" else key): _spelled(value, kinds)
        for key, value in node.items()
        if key not in ("discriminator", "per_cell")
    }
