"""What an optimizer is to the training loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.study.values import World

Tensors = tuple[Tensor, ...]


class Update(Protocol):
    """An update rule with its memory: called with the gradients it moves the parameters, in place."""

    def __call__(self, gradients: Tensors) -> None: ...

    def moves(self) -> Tensors:
        """What the last call subtracted from each parameter, before it was rounded into it."""
        ...


# Parameters, what all runs share of their options, and the options that are a column, [R] each -> an update.
Start = Callable[[Form, World, dict[str, Tensor]], Update]


@dataclass(slots=True, eq=False)
class Rule:
    """An update in two functions of the gradients: `step` moves the parameters; `moved` says, after it and of the same
    gradients, by how much. It is worked out only when asked for, from what the rule remembers anyway.
    """

    step: Callable[[Tensors], None]
    moved: Callable[[Tensors], Tensors]
    given: Tensors = ()

    def __call__(self, gradients: Tensors) -> None:
        self.given = gradients
        self.step(gradients)

    def moves(self) -> Tensors:
        return self.moved(self.given)
