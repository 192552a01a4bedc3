"""Which tensor program trains a world, and what fixes its shapes."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from lnnstats.design.values import Form
from lnnstats.digest import canonical
from lnnstats.parts.base import per_cell_fields
from lnnstats.study.values import World

PLAIN_PRODUCT = 400  # multiplications a run below which a batched matrix product is a plain loop over numbers


def form(world: World) -> Form:
    """Full-batch MSE training of a linear network needs second moments only; where every layer is 1x1 it is a chain of
    scalars.
    """
    loss = world.training.loss
    on_moments = loss.kind == "mse" and loss.reduction == "mean" and world.training.batch == "full"
    if not world.network.linear or not on_moments:
        return "autograd"
    shapes = world.network.shapes(world.data.inputs, world.data.outputs, world.data.image)
    return "chain" if all(shape == (1, 1) for shape in shapes) else "moments"


def shape_key(world: World) -> str:
    """Worlds with the same key train in one batch: everything but the per-cell fields, and in a chain the depth (padded
    by identities).
    """
    tree = {name: _fixed(getattr(world, name)) for name in World.model_fields}
    if form(world) == "chain":
        tree["network"] = {**tree["network"], "depth": None, "width": None}
    return canonical(tree)


def _fixed(value: Any) -> Any:
    """A value's content without the fields that may differ within a batch."""
    if not isinstance(value, BaseModel):
        return value
    varying = per_cell_fields(type(value))
    return {name: _fixed(getattr(value, name)) for name in type(value).model_fields if name not in varying}
