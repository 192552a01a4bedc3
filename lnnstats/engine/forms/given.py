"""What the runs of a chunk are given: initial weights, data, batches, each drawn once, when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch

from lnnstats.draws.inits import Layer
from lnnstats.engine.batch import BatchOrder, Drawn, Runs, initial_layers, stacked_moments
from lnnstats.engine.forms.points import Points, points
from lnnstats.engine.forms.values import Quadratic, quadratic

Initial = Drawn[list[tuple[Layer, ...]]]
Moments = Drawn[dict[str, Quadratic]]


@dataclass(frozen=True, eq=False)
class Given:
    """`initial`: the layers of each cell, input side first; `points` and `moments`: the data, and their second moments
    with the best affine map; `order`: the points of every step's batch, None where all are taken.

    Training holds on to what it uses: initial weights are let go when the runs have them.
    """

    initial: Callable[[], Initial]
    points: Callable[[], Points]
    moments: Callable[[], Moments]
    order: Callable[[], BatchOrder | None]


def given(axis: Runs, dtype: torch.dtype, device: torch.device) -> Given:
    """What a chunk's own draws give its runs."""
    training = axis.cells[0].world.training

    @cache
    def held() -> Points:
        return points(axis, dtype, device)

    def moments() -> Moments:
        drawn = stacked_moments(axis, axis.cells[0].world.network.bias)
        return Drawn({name: quadratic(part, dtype, device) for name, part in drawn.value.items()}, drawn.checksum)

    def order() -> BatchOrder | None:
        if training.batch == "full":
            return None
        return BatchOrder(axis, held().splits["train"][0].shape[1], training.batch, device)

    return Given(cache(lambda: initial_layers(axis)), held, cache(moments), cache(order))
