"""Training losses to be differentiated, in float64: of second moments where they fix the loss, else of the points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from torch import Tensor

from lnnstats.engine.forms.networks import Layers, affine_map, double
from lnnstats.engine.forms.points import Points, Score
from lnnstats.engine.forms.values import Quadratic


@dataclass(frozen=True, eq=False)
class OnMoments:
    """Mean squared error of linear networks by second moments of the training split, floor included."""

    quadratic: Quadratic

    @property
    def points(self) -> int:
        return self.quadratic.gram.shape[-1]

    def __call__(self, weights: Layers, biases: Layers) -> Tensor:
        return self._each(double).mse(affine_map(weights, biases))

    def part(self, runs: slice | Tensor) -> OnMoments:
        return OnMoments(self._each(lambda tensor: tensor[runs]))

    def _each(self, change: Callable[[Tensor], Tensor]) -> Quadratic:
        return Quadratic(*map(change, (self.quadratic.gram, self.quadratic.optimum, self.quadratic.floor)))


@dataclass(frozen=True, eq=False)
class OnPoints:
    """A score of any networks' outputs on the training points; `outputs`: parameters and inputs [r, n, d] -> [r, n, C];
    `places`: at how many places of a point a layer's matrix is applied, at most.
    """

    data: Points
    outputs: Callable[[Layers, Tensor], Tensor]
    score: Score
    places: int = 1

    @property
    def points(self) -> int:
        return self.data.splits["train"][0].shape[1] * self.places

    def __call__(self, weights: Layers, biases: Layers) -> Tensor:
        x, y = self.data.of("train", slice(None))
        return self.score(self.outputs((*weights, *biases), x.double()), y.double())

    def part(self, runs: slice) -> OnPoints:
        return replace(self, data=replace(self.data, rows=self.data.rows[runs]))
