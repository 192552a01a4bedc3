"""A chunk's runs at their initial weights, and their twins beside them: the same but for what responses name.

Responses that name the same share a twin. Data, second moments and batch orders are the run's own wherever the twin's
would be the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lnnstats.design.forms import form as form_of
from lnnstats.design.forms import shape_key
from lnnstats.design.values import Form as FormName
from lnnstats.draws.inits import Layer
from lnnstats.engine.batch import Drawn, Runs, initial_layers
from lnnstats.engine.device import DTYPES
from lnnstats.engine.forms import FORMS
from lnnstats.engine.forms.given import Given, Initial, given
from lnnstats.engine.forms.values import Form
from lnnstats.engine.forms.values import rates as columns
from lnnstats.engine.optimizers import optimizer
from lnnstats.engine.twins import Twin, Twins
from lnnstats.errors import BadInput, Problem
from lnnstats.parts import responses as parts
from lnnstats.study.twins import key, rates, scaled, twin_of
from lnnstats.study.values import World


def started(
    program: FormName, axis: Runs, asked: Mapping[str, Any], dtype: torch.dtype, device: torch.device
) -> tuple[Form, Twins]:
    """The form of a chunk's runs at their initial weights, and the twins of their responses beside it."""
    held = given(axis, dtype, device)
    return FORMS[program](axis, dtype, device, held), _twins(program, axis, held, asked, device)


def forms(world: World, asked: Iterable[Any]) -> frozenset[FormName]:
    """The forms of the twins of a world's runs."""
    return frozenset(form_of(twin_of(world, response)) for response in asked if isinstance(response, parts.Twin))


def _twins(program: FormName, axis: Runs, held: Given, asked: Mapping[str, Any], device: torch.device) -> Twins:
    twinned = {name: response for name, response in asked.items() if isinstance(response, parts.Twin)}
    keeps: dict[str, set[str]] = {}
    for options in twinned.values():
        for rate in rates(options):
            keeps.setdefault(key(options, rate), set()).update(_kept(options))
    made: dict[str, Twin] = {}
    for options in twinned.values():
        beside = Beside(program, axis, held, options, device)
        for rate in rates(options):
            if (own := key(options, rate)) not in made:
                made[own] = beside.twin(rate, frozenset(keeps[own]))
    return Twins({name: tuple(made[key(its, rate)] for rate in rates(its)) for name, its in twinned.items()})


def _kept(options: parts.Twin) -> set[str]:
    """What a response needs of the start of its twins."""
    match getattr(options, "over", "nothing"):
        case "travelled":
            return {options.of}  # type: ignore[attr-defined]
        case "two_steps":
            return {"networks"}
        case _:
            return set()


@dataclass(frozen=True, eq=False)
class Beside:
    """The runs of a chunk, trained by a form of this name, what they are given, and what their twins differ in."""

    program: FormName
    axis: Runs
    held: Given
    options: parts.Twin
    device: torch.device

    def twin(self, rate: float, keeps: frozenset[str]) -> Twin:
        """The twins at a multiple of the learning rate, at their start."""
        cells = (replace(c, world=scaled(twin_of(c.world, self.options), rate)) for c in self.axis.cells)
        axis = replace(self.axis, cells=tuple(cells))
        _of_one_shape(axis)
        run, world = self.axis.cells[0].world, axis.cells[0].world
        program = self.program if form_of(world) == form_of(run) else form_of(world)
        dtype = DTYPES[world.training.dtype]
        form = FORMS[program](axis, dtype, self.device, self._given(axis, dtype))
        numbers, shared = columns(axis, torch.float64, self.device), self.options.gradients == "shared"
        return Twin(form, optimizer(axis, form, dtype, self.device), numbers, shared, keeps)

    def _given(self, axis: Runs, dtype: torch.dtype) -> Given:
        """What the twins are given: the runs' own where it is the same numbers."""
        run, world = self.axis.cells[0].world, axis.cells[0].world
        own, held = given(axis, dtype, self.device), self.held
        alike = run.training.dtype == world.training.dtype
        return Given(
            initial=lambda: self._initial(axis),
            points=held.points if alike else own.points,
            moments=held.moments if alike and run.network.bias == world.network.bias else own.moments,
            order=held.order if run.training.batch == world.training.batch else own.order,
        )

    def _initial(self, axis: Runs) -> Initial:
        if self.options.single_layer == "collapsed":
            return _collapsed(self.held.initial(), self.axis.cells[0].world.training.dtype)
        if all(run.world.network == its.world.network for run, its in zip(self.axis.cells, axis.cells, strict=True)):
            return self.held.initial()
        return initial_layers(axis)


def _of_one_shape(axis: Runs) -> None:
    """Runs of several depths train together as chains only; other twins of theirs would differ in shape."""
    if len({shape_key(cell.world) for cell in axis.cells}) > 1:
        message = "runs of several depths train together, and their twins would have several shapes"
        raise BadInput(Problem("responses", message, hint="give the twins of each depth a study of their own"))


def _collapsed(start: Initial, dtype: str) -> Initial:
    """Each cell's layers as one; cells that share a draw share it."""
    made = {id(layers): (multiplied_out(layers, np.dtype(dtype)),) for layers in start.value}
    return Drawn([made[id(layers)] for layers in start.value], start.checksum)


def multiplied_out(layers: tuple[Layer, ...], dtype: np.dtype[Any]) -> Layer:
    """Layers, rounded as training holds them, as the one of W_e = W_N .. W_1 and b_e, multiplied from the output side
    in float64.
    """

    def held(array: NDArray[np.float64]) -> NDArray[np.float64]:
        return array.astype(dtype).astype(np.float64)

    slopes, intercept = held(layers[-1].weight), None if layers[-1].bias is None else held(layers[-1].bias)
    for layer in reversed(layers[:-1]):
        if intercept is not None and layer.bias is not None:
            intercept = intercept + (slopes @ held(layer.bias)[..., None])[..., 0]
        slopes = slopes @ held(layer.weight)
    return Layer(slopes, intercept)
