"""What every test shares: one thread for torch, and property tests that try the same examples every time."""

from __future__ import annotations

import torch
from hypothesis import settings

torch.set_num_threads(1)

settings.register_profile("lnnstats", deadline=None, derandomize=True, database=None, print_blob=False)
settings.load_profile("lnnstats")
