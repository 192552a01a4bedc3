"""What every response declares, and the steps it is recorded at."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lnnstats.parts.base import Index, NonNegative, Part

Split = Literal["train", "test"]
Effort = Literal["state", "split", "points", "map", "step", "curvature", "change", "twin", "start"]
Axis = Literal["step", "layer", "measurement"]
AXES: tuple[Axis, ...] = ("step", "layer", "measurement")
Measurement = Literal["gradient", "update", "difference", "cumulative"]
MEASUREMENTS: tuple[Measurement, ...] = ("gradient", "update", "difference", "cumulative")
Steps = Literal["last", "log_spaced"] | Annotated[tuple[Index, ...], Field(min_length=1)]
STEPS_PER_DECADE = 10


class Response(Part):
    """`steps`: the last step, log-spaced steps (0, then ten a decade, and the last), or a list.

    `resolution`: values below it tie. `effort`: what measuring it takes, a look at what training holds (`state`), the
    map (`map`), a step (`step`), an error on a split (`split`; of a linear network second moments give it), a look at
    all its points (`points`), Hessian products (`curvature`), products of the rows of what an update did to the layers
    (`change`), a second training in lockstep (`twin`), or the loss at the start and on the way from there (`start`).
    `heavy_tailed`: over trained runs, so that a few of them carry its mean.
    """

    axes: ClassVar[tuple[Axis, ...]] = ("step",)
    better: ClassVar[Literal["lower", "higher"]] = "lower"
    needs: ClassVar[frozenset[str]] = frozenset()  # of the world: "linear", "mse", "classes", "points", "dense"
    effort: ClassVar[Effort] = "split"
    heavy_tailed: ClassVar[bool] = False
    steps: Steps = "last"
    resolution: NonNegative | None = None

    def recorded(self, budget: int) -> tuple[int, ...]:
        """The steps at which the response is recorded, for a budget of training steps."""
        if self.steps == "last":
            return (budget,)
        if isinstance(self.steps, tuple):
            return tuple(sorted({step for step in self.steps if step <= budget}))
        return log_spaced(budget)

    def defined(self, rows: int, columns: int) -> bool:
        """Whether it has a value of a layer of this shape; only a response with layers is asked."""
        return True


def measurements(response: Response) -> tuple[Measurement, ...]:
    """The places of a response on the axis `measurement`; none for one that lacks it."""
    return getattr(response, "measurements", ()) if "measurement" in response.axes else ()


def log_spaced(budget: int) -> tuple[int, ...]:
    """0, then STEPS_PER_DECADE steps a decade rounded to whole steps, and the last step."""
    spaced, exponent = {0, budget}, 0
    while (step := round(10 ** (exponent / STEPS_PER_DECADE))) < budget:
        spaced.add(step)
        exponent += 1
    return tuple(sorted(spaced))
