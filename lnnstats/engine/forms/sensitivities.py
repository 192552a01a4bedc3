"""How the loss of every single point moves with what a network computes for it, by autograd in float64."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from lnnstats.engine.forms.networks import Layers, Networks, affine_map, double, mapped
from lnnstats.engine.forms.outputs import Dense
from lnnstats.engine.forms.points import Score


@dataclass(frozen=True, eq=False)
class Sensitivities:
    """Of R networks on b points: their `inputs` [R or 1, b, d]; dL_i/dz of the network's outputs [R, b, C] and of the
    units of the first layer before its activation [R, b, k_1], L_i the loss of point i alone; the learning rates [R];
    what L_i counts in the batch's loss, 1/b, or 1 where losses are added up.
    """

    inputs: Tensor
    outputs: Tensor
    units: Tensor
    rates: Tensor
    share: float


def sensitivities(
    program: Any, group: Networks, x: Tensor, y: Tensor, loss: Score, adds_up: bool
) -> Sensitivities:
    """Of fully connected networks at inputs [R or 1, b, d] and targets [R or 1, b, C]; the loss is a mean of points."""
    with torch.inference_mode(False), torch.enable_grad():
        inputs = double(x)
        units = Dense()(group.weights[:1], group.biases[:1], inputs).detach().requires_grad_()
        outputs = _above(program, group, units)
        total = inputs.shape[1] * loss(outputs, double(y)).sum()
        to_outputs, to_units = torch.autograd.grad(total, (outputs, units))
    return Sensitivities(inputs, to_outputs, to_units, group.rates, _share(inputs, adds_up))


def of_linear(
    weights: Layers, biases: Layers, rates: Tensor, x: Tensor, y: Tensor, loss: Score, adds_up: bool
) -> Sensitivities:
    """The same of linear networks, through their end-to-end maps: one layer at a time is held in float64."""
    with torch.inference_mode(False), torch.enable_grad():
        inputs, (above, whole) = double(x), _tails(weights, biases)
        outputs = mapped(whole, inputs).requires_grad_()
        (to_outputs,) = torch.autograd.grad(inputs.shape[1] * loss(outputs, double(y)).sum(), outputs)
    return Sensitivities(inputs, to_outputs, to_outputs @ above, rates, _share(inputs, adds_up))


def _share(inputs: Tensor, adds_up: bool) -> float:
    return 1.0 if adds_up else 1.0 / inputs.shape[1]


@torch.no_grad()
def _tails(weights: Layers, biases: Layers) -> tuple[Tensor, Tensor]:
    """W_N .. W_2 [R, C, k_1], the identity of one layer, and the map from (x, 1) to the outputs, in float64."""
    first, rows = weights[0].double(), weights[0].shape[1]
    constant = biases[0].double()[..., None] if biases else first[..., :0]
    if len(weights) == 1:
        return torch.eye(rows, dtype=first.dtype, device=first.device), torch.cat((first, constant), dim=-1)
    later = affine_map(weights[1:], biases[1:], torch.float64)
    above = later[..., :rows]
    return above, torch.cat((above @ first, above @ constant + later[..., rows:]), dim=-1)


def _above(program: Any, group: Networks, units: Tensor) -> Tensor:
    """The outputs, from the units of the first layer on."""
    if len(group.weights) == 1:
        return units
    reached = program.activation(units) if program.activated else units
    later = replace(program, activated=max(0, program.activated - 1))
    return later(group.weights[1:], group.biases[1:], reached)
