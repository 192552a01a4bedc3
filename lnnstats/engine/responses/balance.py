"""Balancedness: form -> one value a run, [R], in float64."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from lnnstats.engine.forms.networks import Networks
from lnnstats.engine.forms.values import Form
from lnnstats.engine.responses.groups import measured


def balancedness(options: Any, form: Form) -> Tensor:
    """sqrt(sum_j |D_j|_F^2), D_j = W_{j+1}' W_{j+1} - W_j W_j' - b_j b_j' (Arora, Cohen & Hazan 2018, definition 1; Du,
    Hu & Lee 2018, theorem 2.1, with the biases in the layer [W_j, b_j]); 0 for one layer.

    One step of gradient descent at rate r adds exactly r^2 (G_{j+1}' G_{j+1} - G_j G_j' - g_j g_j') to D_j.
    """
    return measured(form, _distance)


def _distance(group: Networks) -> Tensor:
    squares = group.rates.new_zeros(len(group.rates))
    for index, (layer, following) in enumerate(pairwise(group.weights)):
        gap = following.mT @ following - layer @ layer.mT
        if group.biases:
            gap = gap - torch.einsum("ri,rj->rij", group.biases[index], group.biases[index])
        squares = squares + gap.square().sum((1, 2))
    return squares.sqrt()
