"""Rules for step sizes: what they are tuned by is there and comparable, and one pilot serves them all."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from lnnstats.parts.tuning import Tune, rule
from lnnstats.study.checks.values import Inconsistency, Place, unknown
from lnnstats.study.substitute import NoSuchField, substitute
from lnnstats.study.values import Study

OPTIMIZER = "training.optimizer"


def tuning(study: Study) -> Iterator[Inconsistency]:
    """Every rule, where it stands."""
    found = tuple(rules(study))
    for place, tune in found:
        yield from _by(study, place, tune)
        if tune.blocks != found[0][1].blocks:
            message = "all rules of a study share one pilot: give them one number of blocks"
            yield Inconsistency((*place, "tune", "blocks"), message, str(tune.blocks), str(found[0][1].blocks))


def rules(study: Study) -> Iterator[tuple[Place, Tune]]:
    """The rules of a study that trains: in its own optimizer, and in levels of its factors."""
    if not study.trains:
        return
    optimizer = study.training.optimizer
    own = rule(optimizer.learning_rate)
    if own is not None:
        yield ("training", "optimizer", optimizer.kind, "learning_rate"), own
    for path, factor in study.factors.items():
        for index, level in enumerate(factor.levels if path.startswith(OPTIMIZER) else ()):
            tune = _of_level(study, path, level)
            if tune is not None and tune != own:
                yield ("factors", path, "levels", index), tune


def _of_level(study: Study, path: str, level: object) -> Tune | None:
    """The rule that a level brings; a level that is no value of its field is another check's."""
    try:
        return rule(substitute(study.world, {path: level}).training.optimizer.learning_rate)
    except (NoSuchField, ValidationError):
        return None


def _by(study: Study, place: Place, tune: Tune) -> Iterator[Inconsistency]:
    """A response that is measured, has one value a state, and is measured after the first step."""
    at = (*place, "tune", "by")
    if tune.by not in study.responses:
        yield unknown(at, "response", tune.by, study.responses)
        return
    response = study.responses[tune.by]
    if inner := [axis for axis in response.axes if axis != "step"]:
        message = "a step size is tuned by a response with one value a state"
        yield Inconsistency(at, message, f"{tune.by}, which has one a {inner[0]}", _comparable(study))
    elif response.axes and response.recorded(study.training.steps)[-1:] == (0,):
        yield Inconsistency(at, "no step size has acted yet at step 0", f"{tune.by}, recorded there only")


def _comparable(study: Study) -> str:
    return ", ".join(name for name, part in study.responses.items() if not {*part.axes} - {"step"})
