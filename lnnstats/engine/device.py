"""Where tensors live: the device asked for, its name, and the dtypes a study can name."""

from __future__ import annotations

import torch

from lnnstats.errors import BadInput, Problem

DTYPES = {"float32": torch.float32, "float64": torch.float64}


def pick(name: str) -> torch.device:
    """`auto` is the GPU where there is one, else the CPU. Raises BadInput for a device this machine lacks."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise BadInput(
            Problem(path="--device", message=f"not available here: {reason}", found=name, allowed="auto, cpu, cuda")
        ) from None
    return device


def describe(device: torch.device) -> str:
    """The device in words, for manifests and reports."""
    return f"{device.type} ({torch.cuda.get_device_name(device)})" if device.type == "cuda" else device.type


def exact() -> None:
    """Full-precision matrix products: no TF32."""
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
