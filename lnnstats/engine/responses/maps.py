"""Of the affine map of a linear network: response options + form -> one value a run, [R], in float64."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from lnnstats.engine.forms.networks import Networks
from lnnstats.engine.forms.values import Form
from lnnstats.engine.responses.groups import measured
from lnnstats.engine.responses.spectra import singular_values


def end_to_end(options: Any, form: Form) -> Tensor:
    """Frobenius or spectral norm of W_e = W_N ... W_1, or one entry: W_e[output, input] from 1, or input 0, the
    intercept.
    """
    if options.of == "entry":
        return measured(form, lambda group: _entry(group, options.output - 1, options.input - 1))
    if options.of == "spectral_norm":
        return measured(form, lambda group: singular_values(group.slopes())[:, 0])
    return measured(form, lambda group: group.slopes().flatten(1).norm(dim=1))


def effective_rank(options: Any, form: Form) -> Tensor:
    """exp(-sum p log p), p = s / sum s over the singular values of W_e (Roy & Vetterli 2007, eq. 3); NaN for W_e = 0.
    """
    return measured(form, lambda group: _effective_rank(singular_values(group.slopes())))


def _effective_rank(values: Tensor) -> Tensor:
    return torch.special.entr(values / values.sum(1, keepdim=True)).sum(1).exp()


def _entry(group: Networks, output: int, column: int) -> Tensor:
    return (group.slopes()[..., column] if column >= 0 else group.intercepts())[:, output]
