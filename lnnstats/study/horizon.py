"""Plan + a response -> the horizon that its times are followed to."""

from __future__ import annotations

from lnnstats.study.values import Plan


def horizon(plan: Plan, response: str) -> int | None:
    """The budget of training, or what a plan for a table declares; None for a response that is no time."""
    part = plan.responses[response]
    return plan.horizon if part.kind == "time_to" else getattr(part, "horizon", None)
