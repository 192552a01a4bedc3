"""The tensor programs that train a batch: a chain of scalars, products on second moments, autograd on the data."""

from collections.abc import Callable, Mapping
from typing import Any

from lnnstats.engine.forms import autograd, chain, moments

FORMS: Mapping[str, Callable[..., Any]] = {"chain": chain.build, "moments": moments.build, "autograd": autograd.build}
