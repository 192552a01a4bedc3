"""How far one step of gradient descent is from its prediction: response options + form -> one value a run, [R].

With E_l the map from (x, 1) to layer l, (d_l, e_l) = -rate (dL/dW_l, dL/db_l) the step, C_l the change of E_l and F_l
its first-order part,
    C_l = (W_l + d_l) C_{l-1} + d_l E_{l-1} + (0, e_l),    F_l = W_l F_{l-1} + d_l E_{l-1} + (0, e_l),
so that the error R_l = C_l - F_l = W_l R_{l-1} + d_l C_{l-1} is a sum of products of two steps and more: it is never
the difference of two nearly equal maps, and keeps its digits at any rate.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from lnnstats.engine.forms.networks import Layers, Networks, affine_maps
from lnnstats.engine.forms.values import Form
from lnnstats.engine.responses.groups import measured
from lnnstats.engine.responses.hessian import gradients


def one_step_error(options: Any, form: Form) -> Tensor:
    """|actual - predicted| of the change of the affine map under one step of plain gradient descent on the whole
    training split, at the run's learning rate and whatever optimizer trains it; `relative`: over |actual|, NaN where
    the map does not move.

    `first_order` is of (W_e, b_e) against the derivative of the map along the step; `slope_only` of W_e against
    -rate sum_i (W_N..W_{i+1}) (W_N..W_{i+1})' G (W_{i-1}..W_1)' (W_{i-1}..W_1), G = dL/dW_e.
    """
    return measured(form, partial(_in_slabs, error=ERRORS[options.formula], relative=options.relative))


def _in_slabs(group: Networks, error: Callable[..., tuple[Tensor, Tensor]], relative: bool) -> Tensor:
    return torch.cat([_size(*error(part, *step(part)), relative) for part in group.slabs()])


def _size(error: Tensor, change: Tensor, relative: bool) -> Tensor:
    size = error.flatten(1).norm(dim=1)
    return size / change.flatten(1).norm(dim=1) if relative else size


def step(group: Networks) -> tuple[Layers, Layers]:
    """What one step of gradient descent adds to weights and biases."""
    found, depth = gradients(group), len(group.weights)
    moves = tuple(-group.rates.view(-1, *(1,) * (g.dim() - 1)) * g for g in found)
    return moves[:depth], moves[depth:]


def _first_order(group: Networks, weights: Layers, biases: Layers) -> tuple[Tensor, Tensor]:
    """R_N and C_N, [r, C, d+1 (d)]."""
    maps = affine_maps(group.weights, group.biases)
    change = torch.cat((weights[0], biases[0][..., None]), dim=-1) if biases else weights[0]
    error = torch.zeros_like(change)
    for index in range(1, len(weights)):
        error = group.weights[index] @ error + weights[index] @ change
        change = (group.weights[index] + weights[index]) @ change + weights[index] @ maps[index - 1]
        if biases:
            change[..., -1] += biases[index]
    return error, change


def _slope_only(group: Networks, weights: Layers, biases: Layers) -> tuple[Tensor, Tensor]:
    """The slopes of R_N, with the first-order terms that the prediction leaves out: dL/dW_i = B_i' (G P_{i-1}' + g
    q_{i-1}'), where B_i are the later weights, P_{i-1}, q_{i-1} the slopes and intercepts that enter layer i, and
    B_i' g = dL/db_i; the second term moves the slopes by B_i e_i q_{i-1}' P_{i-1}, nothing without biases.
    """
    inputs, maps = group.weights[0].shape[2], affine_maps(group.weights, group.biases)
    error, change = _first_order(group, weights, biases)
    left_out = torch.zeros_like(maps[0][..., :inputs])
    for index in range(1, len(weights)):
        left_out = group.weights[index] @ left_out
        if biases:
            slopes, intercepts = maps[index - 1][..., :inputs], maps[index - 1][..., inputs]
            left_out = left_out + biases[index][..., None] @ (intercepts[:, None, :] @ slopes)
    return error[..., :inputs] + left_out, change[..., :inputs]


ERRORS = {"first_order": _first_order, "slope_only": _slope_only}
