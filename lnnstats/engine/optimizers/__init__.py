"""Update rules, in place, with a rate of its own for every run.

AdamW is Adam's rule with the decay of its own that its options name.
"""

from collections.abc import Mapping

import torch

from lnnstats.engine.batch import Runs
from lnnstats.engine.forms.values import Form, rates
from lnnstats.engine.optimizers import adam, ema_momentum, gamma_sgd, momentum, nesterov, rmsprop, sgd
from lnnstats.engine.optimizers.decay import coupled, decoupled
from lnnstats.engine.optimizers.values import Start, Update

OPTIMIZERS: Mapping[str, Start] = {
    "sgd": sgd.start,
    "momentum": momentum.start,
    "ema_momentum": ema_momentum.start,
    "gamma_sgd": gamma_sgd.start,
    "nesterov": nesterov.start,
    "adam": adam.start,
    "adamw": adam.start,
    "rmsprop": rmsprop.start,
}


def optimizer(axis: Runs, form: Form, dtype: torch.dtype, device: torch.device) -> Update:
    """The update of a chunk's runs by their optimizer and its weight decay, which costs nothing where no run has it."""
    options, columns = [cell.world.training.optimizer for cell in axis.cells], rates(axis, dtype, device)
    world = axis.cells[0].world
    update = OPTIMIZERS[options[0].kind](form, world, columns)
    if not any(option.weight_decay for option in options):
        return update
    decay = decoupled if options[0].decoupled else coupled
    return decay(update, form, columns, form.anchors(world.network.skip))
