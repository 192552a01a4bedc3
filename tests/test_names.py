"""Look-up by name: the value, or an error that lists the names and offers the closest one."""

from __future__ import annotations

import pytest

from lnnstats.errors import UnknownName
from lnnstats.names import closest, did_you_mean, lookup

OPTIMIZERS = {"sgd": 1, "momentum": 2, "adam": 3}


@pytest.mark.parametrize(
    ("name", "match"), [("adma", "adam"), ("SGD", "sgd"), ("momemtum", "momentum"), ("zzz", None), ("", None)]
)
def test_closest(name: str, match: str | None) -> None:
    assert closest(name, OPTIMIZERS) == match


def test_closest_returns_the_name_as_it_is_written() -> None:
    assert closest("s1.1A", ["S1.1a", "S2.1"]) == "S1.1a"


def test_closest_of_nothing_is_none() -> None:
    assert closest("sgd", []) is None


def test_hint() -> None:
    assert did_you_mean("adma", OPTIMIZERS) == "did you mean 'adam'?"
    assert did_you_mean("zzz", OPTIMIZERS) == ""


def test_lookup_finds() -> None:
    assert lookup(OPTIMIZERS, "adam", "training.optimizer") == 3


def test_lookup_names_path_found_allowed_and_next_step() -> None:
    with pytest.raises(UnknownName) as caught:
        lookup(OPTIMIZERS, "adma", "training.optimizer")
    assert str(caught.value) == (
        "training.optimizer: unknown name, found 'adma', allowed sgd, momentum, adam, did you mean 'adam'?"
    )
