"""Several claims at once: p-values in, adjusted p-values or joint decisions out (docs/multiplicity.md)."""

from __future__ import annotations

from .compound import conjunction, disjunction
from .fdr import benjamini_hochberg, benjamini_yekutieli
from .gatekeeping import fallback, fixed_sequence, graphical, serial_gatekeeping
from .joint import METHODS, joint, joint_two_sided
from .shaffer import shaffer
from .step import bonferroni, hochberg, holm, hommel
from .values import JointDecision

__all__ = [
    "METHODS",
    "JointDecision",
    "benjamini_hochberg",
    "benjamini_yekutieli",
    "bonferroni",
    "conjunction",
    "disjunction",
    "fallback",
    "fixed_sequence",
    "graphical",
    "hochberg",
    "holm",
    "hommel",
    "joint",
    "joint_two_sided",
    "serial_gatekeeping",
    "shaffer",
]
