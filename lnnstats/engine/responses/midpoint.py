"""Convexity between the start and the present: response options + form + networks at the start -> [R], in float64."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from lnnstats.engine.forms.networks import Layers, Networks
from lnnstats.engine.forms.values import Form
from lnnstats.engine.responses.groups import placed


def midpoint_gap(options: Any, form: Form, start: Sequence[Networks]) -> Tensor:
    """L((a + b)/2) - (L(a) + L(b))/2 between the start a and the present b; `relative`: over |L(a) - L(b)|."""
    with torch.inference_mode(False), torch.no_grad():
        present = form.networks()
        gaps = (_in_slabs(*pair, options.relative) for pair in zip(start, present, strict=True))
        return placed(present, gaps, form.runs)


def _in_slabs(start: Networks, present: Networks, relative: bool) -> Tensor:
    return torch.cat([_gap(*parts, relative) for parts in zip(start.slabs(), present.slabs(), strict=True)])


def _gap(a: Networks, b: Networks, relative: bool) -> Tensor:
    half = a.loss(_middle(a.weights, b.weights), _middle(a.biases, b.biases))
    first, last = a.loss(a.weights, a.biases), b.loss(b.weights, b.biases)
    gap = (half - first) / 2 + (half - last) / 2
    return gap / (first - last).abs() if relative else gap


def _middle(first: Layers, last: Layers) -> Layers:
    return tuple((a + b) / 2 for a, b in zip(first, last, strict=True))
