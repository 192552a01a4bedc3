"""Of the affine map of a linear network, and of one step of it."""

from __future__ import annotations

from typing import ClassVar, Literal

from lnnstats.parts.base import Count, Flag, Index
from lnnstats.parts.responses.base import Effort, Response


class EndToEnd(Response):
    """The end-to-end map W_e = W_N ... W_1: its Frobenius (`norm`) or spectral norm, or one `entry` (`output` from 1,
    `input` from 1, or 0 for the intercept).
    """

    kind: Literal["end_to_end"] = "end_to_end"
    effort: ClassVar[Effort] = "map"
    of: Literal["norm", "spectral_norm", "entry"] = "norm"
    output: Count = 1
    input: Index = 1
    needs: ClassVar[frozenset[str]] = frozenset({"linear"})


class EffectiveRank(Response):
    """exp of the entropy of the singular values of W_e over their sum (Roy & Vetterli 2007); NaN where W_e = 0."""

    kind: Literal["effective_rank"] = "effective_rank"
    effort: ClassVar[Effort] = "map"
    better: ClassVar[Literal["lower", "higher"]] = "higher"
    needs: ClassVar[frozenset[str]] = frozenset({"linear"})


class Balancedness(Response):
    """How far the layers are from balanced: the root of the sum over j of |W_{j+1}' W_{j+1} - W_j W_j' - b_j b_j'|_F^2,
    which gradient flow conserves (Arora, Cohen & Hazan 2018; Du, Hu & Lee 2018); 0 for one layer.
    """

    kind: Literal["balancedness"] = "balancedness"
    effort: ClassVar[Effort] = "map"
    needs: ClassVar[frozenset[str]] = frozenset({"linear"})


class OneStepError(Response):
    """|dW - predicted| for one step of gradient descent from here at the run's own learning rate, dW the change of the
    affine map (W_e, b_e); plain gradient descent on the whole training split, whatever trains the run.

    `first_order`: the predicted change is the derivative of the map along the step, dw = -lr sum_i (w/w_i)^2 g_w - ...
    at width 1. `slope_only`: that of the slopes W_e alone, the intercepts left out as in Lakkapragada's analysis:
    -lr sum_i (prod_{j != i} w_j)^2 g_w. `relative`: over |dW|.
    """

    kind: Literal["one_step_error"] = "one_step_error"
    effort: ClassVar[Effort] = "step"
    formula: Literal["first_order", "slope_only"] = "first_order"
    relative: Flag = False
    needs: ClassVar[frozenset[str]] = frozenset({"linear", "mse"})
