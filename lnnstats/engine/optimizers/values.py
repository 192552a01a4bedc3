"""What an optimizer is to the training loop."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

Update = Callable[[tuple[Tensor, ...]], None]
