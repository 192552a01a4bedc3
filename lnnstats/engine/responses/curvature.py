"""The ends of the Hessian's spectrum: response options + form -> one eigenvalue a run, [R], in float64."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from lnnstats.engine.forms.networks import Networks
from lnnstats.engine.forms.values import Form
from lnnstats.engine.responses.groups import measured
from lnnstats.engine.responses.hessian import hessian, hessian_product
from lnnstats.engine.responses.lanczos import extremes, start_vector
from lnnstats.engine.responses.spectra import eigenvalues


def least_curvature(options: Any, form: Form) -> Tensor:
    """The least eigenvalue of the Hessian of the training loss, without weight decay, over the whole training split in
    all weights and biases: to rounding of the largest up to `exact_up_to` parameters, beyond by Lanczos, which never
    falls below it. Almost everywhere for ReLU: the second derivative of a kink is left out.
    """
    return measured(form, partial(_end, options=options, which=0))


def sharpness(options: Any, form: Form) -> Tensor:
    """The largest eigenvalue of the same Hessian; by Lanczos it is never above it."""
    return measured(form, partial(_end, options=options, which=1))


def _end(group: Networks, options: Any, which: int) -> Tensor:
    if group.size <= options.exact_up_to:
        return torch.cat([_exact(part)[:, which] for part in group.slabs(3 * group.size**2, group.size)])
    steps, start = min(options.iterations, group.size), start_vector(group.size).to(group.rates.device)
    parts = group.slabs((steps + 6) * group.size)
    return torch.cat([extremes(hessian_product(p), start, len(p.rates), steps)[:, which] for p in parts])


def _exact(group: Networks) -> Tensor:
    """Both ends, [r, 2]."""
    values = eigenvalues(hessian(group))
    return torch.stack((values[:, 0], values[:, -1]), dim=1)
