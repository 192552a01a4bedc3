"""The statistical core: arrays in, frozen Evidence out. It knows nothing of studies; it needs numpy and scipy only."""

from __future__ import annotations

from .corrections import JointDecision, conjunction, holm, joint_two_sided
from .pivots.bounded_mean import BoundedMean, bounded_mean
from .procedures.binomial import exact_binomial
from .procedures.bootstrap_t import bootstrap_t
from .procedures.kaplan_meier import SurvivalCurve, kaplan_meier
from .procedures.mcnemar import mcnemar
from .procedures.ordered_trend import ordered_trend
from .procedures.page import page
from .procedures.paired_t import paired_t
from .procedures.sign_test import sign_test
from .procedures.trend_slope import trend_slope
from .resampling.sign_flip import sign_flip
from .values import Agreement, Degenerate, Effect, Evidence, UnusableValues

__all__ = [
    "Agreement",
    "BoundedMean",
    "Degenerate",
    "Effect",
    "Evidence",
    "JointDecision",
    "SurvivalCurve",
    "UnusableValues",
    "bootstrap_t",
    "bounded_mean",
    "conjunction",
    "exact_binomial",
    "holm",
    "joint_two_sided",
    "kaplan_meier",
    "mcnemar",
    "ordered_trend",
    "page",
    "paired_t",
    "sign_flip",
    "sign_test",
    "trend_slope",
]
