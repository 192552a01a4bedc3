"""Update rules, in place, with a rate of its own for every run."""

from lnnstats.engine.optimizers import adam, momentum, sgd

OPTIMIZERS = {"sgd": sgd.start, "momentum": momentum.start, "adam": adam.start}
