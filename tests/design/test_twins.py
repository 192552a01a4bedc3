"""Twins enter what a design is said to cost: the batches beside a batch, their steps and bytes."""

from __future__ import annotations

from typing import Any

from lnnstats.design.cost import run_bytes
from lnnstats.design.expand import expand
from lnnstats.design.twins import twin_batches
from lnnstats.design.work import parameters, step, training
from lnnstats.study.values import Study
from tests.worlds import CLASSES, study

DEEP = {"linear": {"depth": 3, "width": 4}}


def made(responses: dict[str, Any]) -> Study:
    return study(CLASSES, DEEP, responses={"loss": "loss", **responses}, batch=5, steps=100, blocks={"draws": ["init"]})


def test_a_twin_is_a_batch_of_its_own_form_and_is_counted_once() -> None:
    asked = {
        "far": {"twin_distance": {"single_layer": "collapsed", "rates": [1.0, 2.0]}},
        "near": {"twin_angle": {"single_layer": "collapsed"}},
        "whole": {"twin_loss": {"but_for": {"training.batch": "full"}}},
    }
    beside = made(asked)
    (batch,) = expand(beside).batches
    twins = twin_batches(batch, beside)
    assert [(twin.form, twin.cells[0].world.network.depth) for twin in twins] == [
        ("autograd", 1),
        ("autograd", 1),
        ("moments", 3),
    ]


def test_a_twin_takes_its_steps_and_bytes() -> None:
    alone, beside = made({}), made({"it": {"twin_loss": {"but_for": {"training.optimizer": "adam"}}}})
    (batch,) = expand(beside).batches
    (twin,) = twin_batches(batch, beside)
    more = training(batch, beside).run - training(batch, alone).run
    assert more > 100 * step(twin).run > 100 * step(batch).run  # Adam's steps, and what measuring it takes
    more_bytes = run_bytes(batch, beside) - run_bytes(batch, alone)
    assert more_bytes > 4 * 8 * parameters(batch.cells[0])  # its weights, gradients, and Adam's two of each
