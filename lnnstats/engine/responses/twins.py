"""How far a run is from its twin: response options + the run's form + its twins -> one value a run, [R], in float64."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor

from lnnstats.engine.forms.networks import Networks
from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Update
from lnnstats.engine.responses.direction import mean_angle
from lnnstats.engine.responses.groups import placed
from lnnstats.engine.responses.hessian import gradients, hessian_product
from lnnstats.engine.twins import PLACES, Twin

Twinned = tuple[Twin, ...]


def twin_distance(options: Any, form: Form, twins: Twinned) -> Tensor:
    """|theta - theta_twin| over a scale, of the nearest twin; infinite of a twin that is not finite."""
    found = [_distance(options, form, twin) for twin in twins]
    return torch.stack(found).amin(0)


def _distance(options: Any, form: Form, twin: Twin) -> Tensor:
    here, there = PLACES[options.of](form), PLACES[options.of](twin.form)
    gap = _length(options.of, form, _differences(here, there)).nan_to_num(nan=torch.inf, posinf=torch.inf)
    relative = gap / SCALES[options.over](options.of, form, twin)
    return relative.where(gap.isfinite(), torch.inf)


def _differences(here: Iterable[Tensor], there: Iterable[Tensor]) -> Iterable[Tensor]:
    return (a.double() - b.double() for a, b in zip(here, there, strict=True))


def _length(of: str, form: Form, tensors: Iterable[Tensor]) -> Tensor:
    """Euclidean length of each run's numbers, [R]."""
    squares = (tensor.double().square() for tensor in tensors)
    return (form.sums(squares) if of == "parameters" else next(iter(squares)).flatten(1).sum(1)).sqrt()


def _travelled(of: str, form: Form, twin: Twin) -> Tensor:
    return _length(of, twin.form, _differences(PLACES[of](twin.form), twin.start[of]))


# What a distance is relative to.
SCALES: Mapping[str, Callable[[str, Form, Twin], Any]] = {
    "nothing": lambda of, form, twin: 1.0,
    "size": lambda of, form, twin: _length(of, form, PLACES[of](form)),
    "travelled": _travelled,
    "two_steps": lambda of, form, twin: _two_steps(twin),
}


def _two_steps(twin: Twin) -> Tensor:
    """rate^2 beta (1 - beta)^2 |H g| at the start, [R]: so far are momentum v <- beta v + (1 - beta) g and descent by
    the factors 1 - beta^2, 1 - beta apart after two steps on a quadratic loss of Hessian H. Both come to theta_1 -
    rate (1 - beta^2) g - rate (1 - beta) H d, with first steps d = -rate (1 - beta) g and -rate (1 - beta^2) g.
    """
    rate, beta = twin.columns["learning_rate"], twin.columns["beta"]
    with torch.inference_mode(False), torch.no_grad():
        start = twin.start["networks"]
        curved = placed(start, map(_curved, start), twin.form.runs)
    return rate.square() * beta * (1 - beta).square() * curved


def _curved(group: Networks) -> Tensor:
    """|H g|, [r]."""
    flat = [torch.cat([g.flatten(1) for g in gradients(part)], dim=1) for part in group.slabs()]
    products = [hessian_product(part)(g) for part, g in zip(group.slabs(), flat, strict=True)]
    return torch.cat(products).norm(dim=1)


def twin_angle(options: Any, form: Form, update: Update, twins: Twinned) -> Tensor:
    """Mean angle in degrees between rows of the first layer's last update and the first row of the twin's; a row that
    vanishes has none.
    """
    (twin,) = twins
    rows, of_twin = (own.layers(moved.moves())[0] for own, moved in ((form, update), (twin.form, twin.update)))
    return mean_angle(rows.double(), of_twin[:, :1].double(), options.of)


def twin_loss(options: Any, form: Form, twins: Twinned) -> Tensor:
    """Loss or accuracy of the run less that of the nearest twin; minus infinity of a loss that is not finite."""
    own = GOODNESS[options.of](form, options.split).double()
    others = torch.stack([GOODNESS[options.of](twin.form, options.split).double() for twin in twins])
    gaps = own - others.nan_to_num(nan=torch.inf, posinf=torch.inf)
    return gaps.gather(0, gaps.abs().argmin(0, keepdim=True))[0]


GOODNESS: Mapping[str, Callable[[Form, str], Tensor]] = {
    "loss": lambda form, split: form.loss(split),
    "accuracy": lambda form, split: form.accuracy(split),
}
