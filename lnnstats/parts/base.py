"""What every option model shares: frozen values, strict scalars, and the spelling `{name: {options}}` of a choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Union

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer
from pydantic_core import PydanticCustomError

Count = Annotated[int, Field(strict=True, ge=1, lt=2**31)]
Index = Annotated[int, Field(strict=True, ge=0, lt=2**31)]
Real = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
Fraction = Annotated[float, Field(strict=True, ge=0, lt=1)]
Flag = Annotated[bool, Field(strict=True)]
Scalar = bool | int | float | str  # a level, by its label


class Value(BaseModel):
    """A frozen value of a study; unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(Value):
    """A nameable alternative (an optimizer, a data source ...).

    Subclasses add `kind: Literal[name] = name` and their options.
    """

    kind: str

    @model_serializer(mode="wrap")
    def _one_key(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        options = handler(self)
        return {options.pop("kind"): options}


def per_cell(default: Any, **limits: Any) -> Any:
    """A field that may differ between the runs of one batch: it becomes a tensor column and fixes no shape."""
    return Field(default, json_schema_extra={"per_cell": True}, **limits)


def later(default: Any, **limits: Any) -> Any:
    """A field that parts did not always have: it leaves no trace where it is at its default, so that the runs stored
    before it came keep their cells' ids.
    """
    return Field(default, exclude_if=lambda value: value == default, **limits)


def stated(value: BaseModel) -> dict[str, Any]:
    """Its fields, but for those that came later and are at their defaults."""
    held = {name: (field, getattr(value, name)) for name, field in type(value).model_fields.items()}
    return {name: found for name, (field, found) in held.items() if not (field.exclude_if and field.exclude_if(found))}


def per_cell_fields(part: type[BaseModel]) -> frozenset[str]:
    """Names of the fields of `part` that are marked per-cell."""
    extras = {name: field.json_schema_extra for name, field in part.model_fields.items()}
    return frozenset(name for name, extra in extras.items() if isinstance(extra, dict) and extra.get("per_cell"))


def kinds(*parts: type[Part]) -> dict[str, type[Part]]:
    """The table name -> options model of one family of parts."""
    return {part.model_fields["kind"].default: part for part in parts}


def _tagged(value: Any) -> Any:
    """`name` or `{name: {options}}` as `{kind: name, **options}`; instances pass."""
    if isinstance(value, str):
        return {"kind": value}
    if isinstance(value, Mapping) and len(value) == 1:
        ((name, options),) = value.items()
        if options is None or isinstance(options, Mapping):
            return {**(options or {}), "kind": name}
    if isinstance(value, Part):
        return value
    raise PydanticCustomError("part", "{spelling}", {"spelling": "write `name` or `{name: {options}}`"})


def choice(table: Mapping[str, type[Part]]) -> Any:
    """The field type "one part of this table", spelled `name` or `{name: {options}}` in a study file."""
    union: Any = Union[tuple(table.values())]  # noqa: UP007 - of a tuple known at run time only
    return Annotated[union, Field(discriminator="kind"), BeforeValidator(_tagged)]
