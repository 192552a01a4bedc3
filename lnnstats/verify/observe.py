"""The responses and times of one run of a design, by the plain trainer.

Its states and those of its twins are seen a step at a time and none is kept: a state of a wide network is four copies.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import tee
from typing import Any

import numpy as np

from lnnstats.parts.responses import ExtremeWhile, TimeTo, Twin
from lnnstats.parts.responses.base import measurements
from lnnstats.study.twins import key, rates
from lnnstats.study.values import Study
from lnnstats.verify.plain import Plain
from lnnstats.verify.reference import Beside, Layers, Observation, State, blind, inside, magnitude, measure, time_to

REFERENCE = 1e-6  # float64 programs that share no code: rounding grown over the whole budget
# Below it (or a response's resolution), times the size that the response is rounded against (1 for most, the largest
# eigenvalue's for an eigenvalue), values are compared on this scale: there rounding has no relative size.
FLOOR = 1e-5
States = Iterator[State]
Key = tuple[str, int | None, int | None, str | None]  # response, step, layer, measurement
Values = dict[Key, tuple[float, float]]  # and the floor of each value's rounding, infinite where rounding decides it


def observable(study: Study, steps: int) -> Study:
    """The study with the responses that have a value within so many steps."""
    recorded = {name: set(r.recorded(steps)) for name, r in study.responses.items() if r.axes}

    def there(name: str, response: Any) -> bool:
        if isinstance(response, ExtremeWhile):
            return bool(recorded[response.of] & recorded[response.when])
        return isinstance(response, TimeTo) or bool(recorded[name])

    kept = {name: response for name, response in study.responses.items() if there(name, response)}
    return study.model_copy(update={"responses": kept})


def last_responses(run: Plain, study: Study) -> tuple[Values, bool]:
    """The responses of a run at their last recorded steps, none of what it, or a twin, does not reach without
    divergence; and whether it has diverged.
    """
    budget = run.world.training.steps
    apart = {name: r for name, r in study.responses.items() if isinstance(r, ExtremeWhile)}
    recorded = {n: r.recorded(budget) for n, r in study.responses.items() if not isinstance(r, TimeTo | ExtremeWhile)}
    last = {name: steps[-1] for name, steps in recorded.items() if steps}
    bands = [Band(name, r, study, sorted({*recorded[r.of]} & {*recorded[r.when]})) for name, r in apart.items()]
    wanted = {*last.values(), *(step for band in bands for step in band.steps)}
    found: Values = {}
    diverged = False
    for instant in instants(run, study):
        diverged = instant.state.diverged
        if instant.step not in wanted:
            continue
        for name in (name for name, step in last.items() if step == instant.step):
            if (seen := instant.seen(name)) is not None:
                found |= _values(name, study.responses[name], seen)
        for band in bands:
            band.see(instant)
    return found | {key: value for band in bands for key, value in band.found().items()}, diverged


@dataclass(frozen=True, eq=False)
class Instant:
    """A run at one step, and its twins, by response; of one that has diverged before there is none."""

    run: Plain
    state: State
    twins: Mapping[str, tuple[Beside | None, ...]]

    @property
    def step(self) -> int:
        return self.state.step

    def seen(self, name: str) -> Observation | None:
        """What a response may look at; None where the run has diverged, or a twin of it."""
        beside = self.twins.get(name, ())
        twins = tuple(twin for twin in beside if twin is not None and not twin.state.diverged)
        if self.state.diverged or len(twins) < len(beside):
            return None
        run, world = self.run, self.run.world
        return Observation(world.network, world.training, self.state, run.train, run.test, run.layers, twins)


def instants(run: Plain, study: Study) -> Iterator[Instant]:
    """A run, step by step, as far as it goes; responses that name the same twin share it."""
    asked = {name: response for name, response in study.responses.items() if isinstance(response, Twin)}
    keys = {name: tuple(key(its, rate) for rate in rates(its)) for name, its in asked.items()}
    twins = {key(its, rate): (its, run.twin(its, rate)) for its in asked.values() for rate in rates(its)}
    states, going = _lockstep(run, twins)
    for state in states:
        beside = {one: _beside(twins[one][1], next(its, None)) for one, its in going.items()}
        yield Instant(run, state, {name: tuple(beside[one] for one in own) for name, own in keys.items()})


def _lockstep(run: Plain, twins: Mapping[str, tuple[Twin, Plain]]) -> tuple[States, dict[str, States]]:
    """The states of a run, and of its twins, of which some are led by them."""
    led = [one for one, (options, _) in twins.items() if options.gradients == "shared"]
    states, *leaders = tee(run.states(), 1 + len(led))
    leader = dict(zip(led, leaders, strict=True))
    return states, {one: twin.states(leader.get(one)) for one, (_, twin) in twins.items()}


def _beside(twin: Plain, state: State | None) -> Beside | None:
    return None if state is None else Beside(twin.world.network, twin.world.training, twin.layers, state)


class Band:
    """The largest value of a response at `steps` where another is in a band."""

    def __init__(self, name: str, options: ExtremeWhile, study: Study, steps: list[int]) -> None:
        self.steps, self._name, self._options = steps, name, options
        self._of = _only(study.responses[options.of], options.measurement)
        self._when = study.responses[options.when]
        self._seen, self._values, self._floor = 0, [math.nan], FLOOR

    def see(self, instant: Instant) -> None:
        """Take in the state of one of the steps."""
        of, when = instant.seen(self._options.of), instant.seen(self._options.when)
        if instant.step not in self.steps or of is None or when is None:
            return
        self._seen += 1
        if inside(self._options, float(measure(self._when, when))):
            self._values.append(float(np.nanmax(measure(self._of, of))))
            self._floor = max(self._floor, float(np.max(_floor(self._of, of))))

    def found(self) -> Values:
        """Of a run that reaches the last of the steps."""
        if self._seen < len(self.steps):
            return {}
        return {(self._name, self.steps[-1], None, None): (float(np.fmax.reduce(self._values)), self._floor)}


def _values(name: str, response: Any, seen: Observation) -> Values:
    values, layers = np.asarray(measure(response, seen), dtype=np.float64), len(seen.state.layers)
    kinds = measurements(response) or (None,)
    floors: dict[str | None, Any] = {k: np.broadcast_to(_floor(_only(response, k), seen), layers) for k in kinds}
    return {
        (name, seen.state.step, layer, kind): (float(values[index]), float(floors[kind][(layer or 1) - 1]))
        for index, layer, kind in _places(response, values.shape, seen.state.layers)
    }


def _only(response: Any, measurement: str | None) -> Any:
    """A response of one of its measurements: what is rounded in a difference is not in the gradient."""
    return response if measurement is None else response.model_copy(update={"measurements": (measurement,)})


def _floor(response: Any, seen: Observation) -> Any:
    """The scale of comparison, of each layer or of all."""
    size: float = response.resolution if (response.resolution or 0.0) > 0 else FLOOR
    return np.maximum(size * magnitude(response, seen), blind(response) / REFERENCE)


def _places(
    response: Any, shape: tuple[int, ...], layers: Layers
) -> Iterator[tuple[tuple[int, ...], int | None, str | None]]:
    """The indices of a response's values [layers, measurements], or of the axes of these that it has, and the layer and
    measurement of each; a layer of which it is not defined has none.
    """
    kinds = measurements(response)
    for index in np.ndindex(shape):
        layer = index[0] + 1 if "layer" in response.axes else None
        if layer is None or response.defined(*layers[layer - 1][0].shape):
            yield index, layer, kinds[index[-1]] if kinds else None


def times(run: Plain, study: Study) -> dict[str, float]:
    """The times of a run, by the independent trainer; the budget where it is censored."""
    watches = {name: r for name, r in study.responses.items() if isinstance(r, TimeTo)}
    start = (run.world.network, run.world.training, run.layers, run.train, run.test, run.batches)
    arrived = {name: time_to(study.responses[watch.of], watch, *start) for name, watch in watches.items()}
    return {name: float(run.world.training.steps) if time is None else time for name, time in arrived.items()}
