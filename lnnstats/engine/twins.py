"""The twins of a chunk's runs: trained in lockstep with them. Nothing waits for the device."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Update

Tensors = tuple[Tensor, ...]


@dataclass(eq=False)
class Twin:
    """A second training of the same runs; `columns`: its optimizer's options in float64, [R] each; `shared`: whether
    its updates are of the run's gradients; `start`: what is kept of it before its first update.
    """

    form: Form
    update: Update
    columns: Mapping[str, Tensor]
    shared: bool
    keeps: frozenset[str]
    start: dict[str, Any] = field(default_factory=dict)
    _gradients: Tensors = ()

    def see(self, step: int) -> None:
        """Be at the state after `step` updates."""
        self._gradients = self.form.gradients(step)
        if step == 0:
            with torch.inference_mode(False):  # networks may be differentiated later
                self.start = {name: STARTS[name](self.form) for name in self.keeps}

    def follow(self, gradients: Tensors) -> None:
        """Update; `gradients`: the run's."""
        self.update(gradients if self.shared else self._gradients)


# Where a training is: its end-to-end maps, or all its parameters.
PLACES: Mapping[str, Callable[[Form], Tensors]] = {
    "map": lambda form: (form.affine(),),
    "parameters": lambda form: form.parameters,
}
STARTS: Mapping[str, Callable[[Form], Any]] = {
    "map": PLACES["map"],
    "parameters": lambda form: tuple(parameter.clone() for parameter in form.parameters),
    "networks": lambda form: form.networks(),
}


@dataclass(frozen=True, eq=False)
class Twins:
    """The twins of each response, by its name: one a rate."""

    of: Mapping[str, tuple[Twin, ...]] = field(default_factory=dict)

    @property
    def each(self) -> tuple[Twin, ...]:
        """Every twin once."""
        return tuple(dict.fromkeys(twin for twins in self.of.values() for twin in twins))

    def see(self, step: int) -> None:
        for twin in self.each:
            twin.see(step)

    def follow(self, gradients: Tensors) -> None:
        for twin in self.each:
            twin.follow(gradients)


NO_TWINS = Twins()
