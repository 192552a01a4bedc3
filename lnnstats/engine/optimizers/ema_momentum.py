"""Momentum as a moving average (BenShmuel 2022, section 5): v <- beta v + (1 - beta) g; theta <- theta - rate * v.

With v = (1 - beta) u it is the heavy ball u <- beta u + g; theta <- theta - rate (1 - beta) u.
"""

from __future__ import annotations

from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers import momentum
from lnnstats.engine.optimizers.values import Update


def start(form: Form, columns: dict[str, Tensor]) -> Update:
    """The update of averaged momentum; `columns`: learning_rate, beta [R]."""
    rate = columns["learning_rate"] * (1 - columns["beta"])
    return momentum.start(form, {**columns, "learning_rate": rate})
