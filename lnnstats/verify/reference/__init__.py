"""In: one run's weights and data. Out: the run trained in plain NumPy, and its responses: the engine's second source.

One run at a time, float64, layer-by-layer backpropagation over the points themselves: nothing is batched over runs, no
second moments are used, and no code is shared with what this package verifies. A layer is a pair (W [k, n], b [k] or
None), input side first; targets are y [n, C], or class labels [n].
"""

from lnnstats.verify.reference.networks import ACTIVATIONS, LOSSES, gradient, objective
from lnnstats.verify.reference.optimizers import OPTIMIZERS
from lnnstats.verify.reference.responses import RESPONSES, affine, blind, least_squares, magnitude, measure, time_to
from lnnstats.verify.reference.train import trajectory
from lnnstats.verify.reference.twins import collapsed, inside
from lnnstats.verify.reference.values import Beside, Layers, Observation, Points, State

__all__ = [
    "ACTIVATIONS", "LOSSES", "OPTIMIZERS", "RESPONSES", "Beside", "Layers", "Observation", "Points", "State",
    "affine", "blind", "collapsed", "gradient", "inside", "least_squares", "magnitude", "measure", "objective",
    "time_to", "trajectory",
]  # fmt: skip
