"""A batch -> the batches of the twins that train beside its runs."""

from __future__ import annotations

from dataclasses import replace

from lnnstats.design.forms import form
from lnnstats.design.values import Batch
from lnnstats.parts.responses import Twin
from lnnstats.study.twins import key, rates, twin_of
from lnnstats.study.values import Study


def twin_batches(batch: Batch, study: Study) -> tuple[Batch, ...]:
    """One for every twin that responses name; the rate, which fixes no shape, is the run's own."""
    asked = [options for options in study.responses.values() if isinstance(options, Twin)]
    named = {key(options, rate): options for options in asked for rate in rates(options)}
    return tuple(_beside(batch, options) for options in named.values())


def _beside(batch: Batch, options: Twin) -> Batch:
    cells = tuple(replace(cell, world=twin_of(cell.world, options)) for cell in batch.cells)
    return Batch(form(cells[0].world), cells)
