"""What is read off recorded values: the largest of one response while another lies in a band."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

Steps = tuple[int, ...]


def extreme_while(
    options: Any, asked: Mapping[str, Any], steps: Mapping[str, Steps], values: Mapping[str, Tensor]
) -> tuple[Steps, Tensor]:
    """The last step at which both responses are recorded, and the value, [1, R, 1, 1]; NaN for a run that is never in
    the band there, or has no value of the other there.

    `steps` and `values` of each response as recorded: values [steps, R, layers, measurements].
    """
    common = shared(steps[options.of], steps[options.when])
    kinds = getattr(asked[options.of], "measurements", ())
    place = kinds.index(options.measurement) if options.measurement else 0
    found = _at(values, steps, options.of, common)[..., place]
    when = _at(values, steps, options.when, common)[..., 0, 0]
    inside = (when >= options.at_least) & (when < options.below)
    counted = found.double().where(inside[..., None] & ~found.isnan(), -torch.inf)
    largest = counted.amax((0, 2))
    return common[-1:], largest.where(largest > -torch.inf, torch.nan)[None, :, None, None]


def shared(first: Steps, second: Steps) -> Steps:
    """The steps of both."""
    return tuple(sorted(set(first) & set(second)))


def _at(values: Mapping[str, Tensor], steps: Mapping[str, Steps], name: str, wanted: Steps) -> Tensor:
    return torch.stack([values[name][steps[name].index(step)] for step in wanted])
