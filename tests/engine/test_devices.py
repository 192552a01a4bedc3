"""No tensor program waits for its device or mixes devices.

Proved on the `meta` device and with fake tensors of a second device: neither holds a number.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from lnnstats.engine.device import describe, pick
from lnnstats.engine.execute import execute
from lnnstats.engine.record import Trained
from lnnstats.errors import BadInput
from lnnstats.parts.networks import NETWORKS
from lnnstats.parts.optimizers import OPTIMIZERS
from lnnstats.parts.training import LOSSES
from tests.worlds import CLASSES, COARSER, CPU, PLANE, SCALAR, chunks_of, engine, fitting, responses, study

STEPS = [0, 6]
# A second device that every build of torch knows; its tensors are faked, so nothing runs on it. (A build without CUDA
# refuses to index even a fake CUDA tensor.)
OTHER = torch.device("lazy:0")


def paths() -> dict[str, dict[str, Any]]:
    """Every form with every optimizer, every network and loss, full and mini-batch; with one every response."""
    found: dict[str, dict[str, Any]] = {}
    for optimizer in OPTIMIZERS:
        for bias in (True, False):
            found[f"chain-{optimizer}-{bias}"] = {
                "network": {"linear": {"bias": bias}},
                "optimizer": optimizer,
                "factors": {"network.depth": [1, 3, 2]},
            }
            found[f"moments-{optimizer}-{bias}"] = {
                "data": PLANE,
                "network": {"linear": {"depth": 2, "width": 3, "bias": bias}},
                "optimizer": optimizer,
            }
        found[f"moments-classes-{optimizer}"] = {
            "data": CLASSES,
            "network": {"linear": {"depth": 2, "width": 3}},
            "optimizer": optimizer,
        }
        found[f"autograd-{optimizer}"] = {
            "data": CLASSES,
            "network": {"relu": {"depth": 2}},
            "batch": 5,
            "optimizer": optimizer,
        }
    found["chain-residual"] = {"network": {"residual": {}}, "factors": {"network.depth": [1, 3, 2]}}
    found["moments-residual"] = {"data": PLANE, "network": {"residual": {"depth": 2, "width": 3}}}
    for network in NETWORKS:
        for loss in LOSSES:
            found[f"autograd-{network}-{loss}"] = {
                "data": fitting(network, CLASSES),
                "network": {network: {"depth": 2, "width": 3}},
                "loss": loss,
                "batch": 5,
            }
    found["autograd-full"] = {"data": PLANE, "network": {"relu": {"depth": 2, "width": 3}}}
    found["autograd-shared"] = {
        "data": PLANE,
        "network": {"tanh": {"depth": 2, "width": 3}},
        "blocks": {"draws": ["init"]},
        "dtype": "float32",
    }
    return found


PATHS = paths()


def trained_on(device: torch.device, options: dict[str, Any]) -> list[tuple[Any, Trained]]:
    data, network = options.get("data", SCALAR), next(iter(options["network"]))
    asked: dict[str, Any] = {"loss_train": {"loss": {"steps": STEPS}}}
    if options.get("optimizer", "sgd") == "sgd":  # what is measured does not ask which optimizer was there
        asked = responses(data, network, options.get("loss", "mse"), STEPS)
    made = study(**options, steps=6, responses={**asked, "arrival": {"time_to": {"of": "loss_train", "below": 0.1}}})
    return [engine(made, chunk, device) for chunk in chunks_of(made)]


def on_device(trained: Trained, form: Any, kind: str) -> bool:
    tensors = [*form.parameters, *trained.values.values(), *trained.times.values(), trained.diverged]
    return all(tensor.device.type == kind for tensor in tensors)


@pytest.mark.parametrize("name", PATHS)
def test_every_path_runs_without_a_number(name: str) -> None:
    """On `meta` a tensor has no values: whoever asks for one (a host synchronisation) raises."""
    for form, trained in trained_on(torch.device("meta"), PATHS[name]):
        assert on_device(trained, form, "meta")


def test_a_synchronisation_would_raise() -> None:
    with pytest.raises((RuntimeError, NotImplementedError)):
        bool(torch.zeros(1, device="meta").sum() > 0)


@pytest.mark.parametrize("name", PATHS)
def test_no_path_mixes_devices(name: str) -> None:
    """Fake tensors obey the rules of two devices on any machine: an operation on both raises."""
    with FakeTensorMode():
        for form, trained in trained_on(OTHER, PATHS[name]):
            assert on_device(trained, form, OTHER.type)


def test_a_mixture_would_raise() -> None:
    with FakeTensorMode(), pytest.raises(RuntimeError, match="device"):
        torch.zeros(2, device=OTHER) + torch.zeros(2)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("options", [PATHS["chain-adam-True"], PATHS["moments-momentum-True"], PATHS["autograd-full"]],
                         ids=["chain", "moments", "autograd"])  # fmt: skip
def test_training_is_in_the_dtype_asked_for(options: dict[str, Any], dtype: str) -> None:
    for form, trained in trained_on(CPU, {**options, "dtype": dtype}):
        assert {parameter.dtype for parameter in form.parameters} == {getattr(torch, dtype)}
        assert trained.values["loss_train"].dtype == getattr(torch, dtype)


@pytest.mark.parametrize("options", [PATHS["chain-adam-True"], PATHS["moments-momentum-True"], PATHS["autograd-full"]],
                         ids=["chain", "moments", "autograd"])  # fmt: skip
def test_float32_is_float64_rounded(options: dict[str, Any]) -> None:
    """Close to the rounding of float32 (6e-8 an operation, a few dozen operations), and not closer."""
    single, double = (
        trained_on(CPU, {**options, "dtype": dtype})[0][1].values["loss_train"].double()
        for dtype in ("float32", "float64")
    )
    np.testing.assert_allclose(single, double, rtol=1e-5)
    assert not np.allclose(single, double, rtol=1e-12)


def test_devices_are_named() -> None:
    assert pick("cpu") == CPU
    assert describe(pick("auto")).split()[0] in ("cpu", "cuda")
    with pytest.raises(BadInput, match=r"--device: not available here: .*found tpu9, allowed auto, cpu, cuda"):
        pick("tpu9")


@pytest.mark.gpu
@pytest.mark.parametrize("name", PATHS)
def test_cuda_gives_the_outcomes_of_the_cpu(name: str) -> None:
    """Sums run in another order on another device: 1e-16 an operation in float64, 1e-7 in float32, over six steps."""
    options = PATHS[name]
    data, network = options.get("data", SCALAR), next(iter(options["network"]))
    made = study(**options, steps=6, responses=responses(data, network, options.get("loss", "mse"), STEPS))
    rtol, atol = (1e-4, 1e-5) if options.get("dtype") == "float32" else (1e-9, 1e-11)
    for chunk in chunks_of(made):
        there, here = execute(chunk, made, pick("cuda")), execute(chunk, made, CPU)
        assert np.array_equal(there.draws, here.draws) and np.array_equal(there.status, here.status)
        for key, recorded in here.recorded.items():
            coarser = COARSER.get(key, 0.0) * (2**29 if options.get("dtype") == "float32" else 1)
            found = there.recorded[key].values
            np.testing.assert_allclose(found, recorded.values, rtol=rtol, atol=max(atol, coarser), err_msg=key)
