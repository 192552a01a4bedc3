"""Responses that are read off other responses."""

from __future__ import annotations

from collections.abc import Iterator

from lnnstats.parts.responses import ExtremeWhile, Response, TimeTo, Twin
from lnnstats.parts.responses.base import measurements
from lnnstats.study.checks.values import Inconsistency, Place, unknown
from lnnstats.study.values import Study


def derived(study: Study) -> Iterator[Inconsistency]:
    """What a time or an extreme is of is there, and can be it."""
    for name, response in study.responses.items():
        place = ("responses", name, response.kind)
        if isinstance(response, ExtremeWhile):
            yield from _extreme(study, name, response, place)
        elif isinstance(response, TimeTo) and isinstance(study.responses.get(response.of), Twin | ExtremeWhile):
            allowed = "a response of the run's own state"
            yield Inconsistency((*place, "of"), "a time is watched for in every state of a run", response.of, allowed)


def _extreme(study: Study, name: str, response: ExtremeWhile, place: Place) -> Iterator[Inconsistency]:
    recorded = [known for known, other in study.responses.items() if known != name and _recorded(other)]
    for field in ("of", "when"):
        if getattr(response, field) not in recorded:
            yield unknown((*place, field), "recorded response", getattr(response, field), recorded)
    if not {response.of, response.when} <= set(recorded):
        return
    of, when = study.responses[response.of], study.responses[response.when]
    if when.axes != ("step",):
        message = "the condition is a response with one value a step"
        yield Inconsistency((*place, "when"), message, response.when)
    named, known = response.measurement, measurements(of)
    if named not in known if named else len(known) > 1:
        message = f"name one measurement of {response.of}"
        yield Inconsistency((*place, "measurement"), message, named or "", ", ".join(known) or "none")
    if response.at_least >= response.below:
        found = f"{response.at_least:g} to {response.below:g}"
        yield Inconsistency((*place, "below"), "a band without a value in it", found, "at_least less than below")
    if study.trains and not set(of.recorded(study.training.steps)) & set(when.recorded(study.training.steps)):
        message = "of and when are recorded at no common step"
        yield Inconsistency((*place, "when"), message, hint="give both the same steps")


def _recorded(response: Response) -> bool:
    """Whether it has values of its own at steps."""
    return bool(response.axes) and not isinstance(response, ExtremeWhile) and response.kind != "measured"
