"""Probes: measurements that can take longer than a step are named by `check`, with their part of the time predicted."""

from __future__ import annotations

from typing import Any

import pytest

from lnnstats.design.chunks import chunks
from lnnstats.design.expand import expand
from lnnstats.design.probes import Probe, probes
from lnnstats.design.work import training
from lnnstats.overview import overview, overview_json
from lnnstats.parts.responses.changes import SAMPLED_ROWS
from tests.worlds import CLASSES, study

BLOCKS = 3
DAILY = {"steps": list(range(1, 41))}


def made(responses: dict[str, Any], width: int = SAMPLED_ROWS + 44) -> Any:
    network = {"linear": {"depth": 3, "width": [width, 5]}}
    return study(CLASSES, network, responses=responses, batch=5, steps=40, blocks={"number": BLOCKS, "draws": ["init"]})


def found(responses: dict[str, Any], width: int = SAMPLED_ROWS + 44) -> list[Probe]:
    asked = made(responses, width)
    return list(probes(chunks(expand(asked), {}), asked))


@pytest.mark.parametrize(
    ("response", "what", "times"),
    [
        ({"row_angle": DAILY}, "all rows of a layer, up to 300", 10),  # 1, 2, 3, 4, 6, 9, 13, 19, 28, 40
        ({"row_angle": DAILY | {"rows": "all"}}, "all rows of a layer, up to 300", 40),
        ({"batch_direction": {"steps": [7]}}, "all rows of a layer, up to 300", 1),
        ({"least_curvature": {"steps": [0, 5]}}, "Hessian products", 2),
    ],
    ids=["ten steps", "all steps", "first layer", "Hessian"],
)
def test_what_is_announced(response: dict[str, Any], what: str, times: int) -> None:
    (probe,) = found({"it": response})
    assert (probe.response, probe.what, probe.times) == ("it", what, times)


def test_what_is_not() -> None:
    assert found({"loss": {"loss": DAILY}, "part": {"row_angle": DAILY | {"rows": "sampled"}}}) == []
    assert found({"narrow": {"row_angle": DAILY}}, width=SAMPLED_ROWS) == []


@pytest.mark.parametrize("response", [{"singular_ratio": DAILY | {"rows": "all"}}, {"sharpness": DAILY}])
def test_a_probe_takes_what_a_study_without_it_does_not(response: dict[str, Any]) -> None:
    asked = made({"loss": "loss", "it": response})
    (chunk,) = planned = chunks(expand(asked), {})
    (probe,) = probes(planned, asked)
    both, one = (training(chunk.batch, s) for s in (asked, made({"loss": "loss"})))
    assert probe.seconds == pytest.approx(both.chunk - one.chunk + chunk.runs * (both.run - one.run), rel=1e-9)


def test_a_time_is_looked_for_in_every_state() -> None:
    watched = found({"top": "sharpness", "flat": {"time_to": {"of": "top", "below": 1.0}}})
    assert [(probe.response, probe.times) for probe in watched] == [("top", 1), ("flat", 41)]
    assert watched[1].seconds == pytest.approx(41 * watched[0].seconds)


def test_check_says_so() -> None:
    asked = made({"angle": {"row_angle": {}}, "least": {"least_curvature": {"steps": [0, 40]}}})
    lines = [line for line in overview(asked).splitlines() if line.startswith("probe:")]
    assert [line.partition(": about ")[0] for line in lines] == [
        "probe:     angle: all rows of a layer, up to 300, at 1 step of every run",
        "probe:     least: Hessian products, at 2 steps of every run",
    ]
    assert [probe["response"] for probe in overview_json(asked)["probes"]] == ["angle", "least"]
