"""A number of every network of a form: form + measure of a group of networks -> [R], apart from the training."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor

from lnnstats.engine.forms.networks import Networks
from lnnstats.engine.forms.values import Form


def measured(form: Form, measure: Callable[[Networks], Tensor]) -> Tensor:
    """`measure` of each group of runs of one shape, put together in float64; NaN where it is not a number or infinite.

    Autograd is at a measure's hand though the training may run in inference mode: networks are copies, which share no
    memory with the training state.
    """
    with torch.inference_mode(False), torch.no_grad():
        groups = form.networks()
        return placed(groups, map(measure, groups), form.runs)


def placed(groups: Sequence[Networks], values: Iterable[Tensor], runs: int) -> Tensor:
    """The values of each group at the places of its runs, [R], in float64; NaN for what is not finite."""
    found = groups[0].rates.new_empty(runs)
    for group, own in zip(groups, values, strict=True):
        found[group.runs] = own.masked_fill(~own.isfinite(), torch.nan)
    return found
