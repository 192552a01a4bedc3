"""Nesterov's momentum as torch.optim.SGD(nesterov=True) has it (Sutskever et al. 2013): v <- beta v + g; theta <- theta
- rate * (g + beta v).
"""

from __future__ import annotations

import torch
from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers import momentum
from lnnstats.engine.optimizers.values import Update
from lnnstats.study.values import World


def start(form: Form, world: World, columns: dict[str, Tensor]) -> Update:
    """The update of Nesterov's momentum; `columns`: learning_rate, beta [R]."""
    return momentum.along(form, columns, torch.addcmul)
