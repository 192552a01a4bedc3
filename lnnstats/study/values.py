"""The values of a study: Study = World(data, network, training) + Plan(factors, blocks, responses, hypotheses,
analysis).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from lnnstats.parts.base import Count, Flag, Index, Positive, Real, Scalar, Value, later
from lnnstats.parts.designs import FullFactorial, Layout
from lnnstats.parts.networks import Network
from lnnstats.parts.procedures import Procedure
from lnnstats.parts.responses import Response
from lnnstats.parts.responses.base import Axis, Measurement
from lnnstats.parts.sections import Section
from lnnstats.parts.sources import Source
from lnnstats.parts.training import Training
from lnnstats.study.levels import SCHEMA, Labels, label, level_key, spelled_out

Measure = Literal[
    "ratio", "difference", "risk_difference", "odds_ratio", "probability", "hazard_ratio", "time_ratio",
    "partial_eta_squared", "exponent",
]  # fmt: skip
# Measures tested on the log scale, printed back by exp; measures that have a floor, where no effect lies.
LOGGED: frozenset[str] = frozenset({"ratio", "odds_ratio", "hazard_ratio", "time_ratio"})
FLOORED: frozenset[str] = frozenset({"partial_eta_squared"})
Purpose = Literal["data", "init", "batches"]
PURPOSES: tuple[Purpose, ...] = ("data", "init", "batches")


class World(Value):
    """One world: where data come from, which network learns, how it is trained."""

    data: Source
    network: Network
    training: Training = Training()


DRAWS = "draws."  # what the path of a crossed random draw begins with


class Factor(Value):
    """A field of the world, given levels; or a random draw, crossed with the blocks, given as many levels as there are
    draws of it (`draws.init: {levels: [1, 2, 3], role: random}`, in short `draws.init: {number: 3}`).

    `role`: a treatment is compared, a stratum is a condition of the claim, a nuisance is averaged, a random factor is a
    sample of draws. `nested_in`: another factor; `nests`: for each of its levels, the levels there are of this one, in
    a file spelled `levels: {level of the other: [levels]}`.
    """

    levels: Annotated[tuple[Any, ...], Field(min_length=1), WithJsonSchema(SCHEMA)]
    scale: Literal["nominal", "ordinal", "ratio"] = "nominal"
    role: Literal["treatment", "stratum", "nuisance", "random"] = "treatment"
    reference: Scalar | None = None
    nested_in: str | None = None
    nests: tuple[tuple[Scalar, tuple[Scalar, ...]], ...] = ()

    @property
    def labels(self) -> tuple[Scalar, ...]:
        """What tables and reports call each level."""
        return tuple(label(level) for level in self.levels)

    @property
    def baseline(self) -> Scalar:
        """The reference level: the declared one, else the first."""
        return self.labels[0] if self.reference is None else self.reference

    def level(self, label: Scalar) -> Any:
        """The level of a label."""
        return self.levels[self.labels.index(label)]

    def nest(self, outer: Scalar) -> tuple[Scalar, ...]:
        """The levels there are of a nested factor at a level of the factor it is nested in; matched by value."""
        return next((labels for name, labels in self.nests if level_key(name) == level_key(outer)), ())

    @model_validator(mode="after")
    def _nested_by_level(self) -> Factor:
        if (self.nested_in is None) != (not self.nests):
            message = "`nested_in: factor` goes with `levels: {level of that factor: [levels]}`"
            raise PydanticCustomError("nested", "{message}", {"message": message})
        return self


class Draws(Value):
    """How a file may spell a factor of random draws: `{number: 3}` for the first three."""

    number: Count
    role: Literal["random"] = "random"


Spelled = Factor | Draws | tuple[Any, ...]
Factors = dict[str, Annotated[Factor, BeforeValidator(spelled_out, json_schema_input_type=Spelled)]]


class Exclusion(Value):
    """Cells left out of the full factorial, with the reason."""

    where: dict[str, Labels]
    reason: Annotated[str, Field(min_length=1)]


class Blocks(Value):
    """The unit of replication: what a block draws anew is what is inferred to; everything else is held fixed at block
    0's draw.

    All cells of a block share its draws, except that each level of the strata named in `fresh` draws everything anew.
    """

    number: Count = 30
    draws: tuple[Purpose, ...] = PURPOSES
    fresh: tuple[str, ...] = ()


class Citation(Value):
    """Where the claim was made."""

    citation: str
    locator: str = ""


class Among(Value):
    """A condition on runs: the response (of one value a state) is `below` or `above` a bound at a step, by default the
    last. A hypothesis about what happens to such runs is of no comparison of levels: each level has its own.
    """

    response: str
    step: Literal["last"] | Index = "last"
    below: Real | None = None
    above: Real | None = None

    @model_validator(mode="after")
    def _one_side(self) -> Among:
        if (self.below is None) == (self.above is None):
            raise PydanticCustomError("among", "names one of below and above")
        return self

    @property
    def words(self) -> str:
        """The condition as a reader reads it."""
        side = f"below {self.below:g}" if self.below is not None else f"above {self.above:g}"
        return f"{self.response} {side} at {'the last step' if self.step == 'last' else f'step {self.step}'}"


At = Literal["last"] | Index | Measurement  # a place on an axis
Places = Annotated[tuple[Index | Measurement, ...], Field(min_length=2)]
Reduction = Literal["max", "min", "mean"]
Reading = Literal["printed", "scoped"]


class Hypothesis(Value):
    """One claim on trial: which response, under which conditions, compared how, judged by which kind of question.

    `kind`: *direction* (theta beyond null), *relevance* (theta at least `sesoi` beyond null), *equivalence* (theta
    within `bounds`). Unless told it is equivalence where bounds are given, relevance where a smallest effect is given,
    else direction. `sd`: the standard deviation over blocks assumed in planning, on the scale of the test; `check`
    turns it into the chance of a decision, the analysis never sees it.

    `at`: where along the axes of the response, a place or several: the last step unless told. `reduce`: an axis to its
    largest, smallest or mean value in every run: of several the measurement first, then the layer, then the step.

    `reading`: which of the two statements of the claim in the registry it tests, as printed or as scoped.
    """

    id: str = ""
    claim: str | None = None
    reading: Reading | None = later(None)
    statement: str = ""
    response: str
    test: Procedure
    kind: Literal["direction", "relevance", "equivalence"] | None = None
    alternative: Literal["increasing", "decreasing", "greater", "less"] = "greater"
    null_value: Real | None = None
    sesoi: Annotated[dict[Measure, Real], Field(min_length=1, max_length=1)] | None = None
    bounds: Annotated[dict[Measure, tuple[Real, Real]], Field(min_length=1, max_length=1)] | None = None
    at: dict[Axis, At | Places] = Field(default_factory=dict)
    reduce: dict[Axis, Reduction] = Field(default_factory=dict)
    where: dict[str, Labels] = Field(default_factory=dict)
    among: Among | None = None
    strata: Literal["each", "average"] = "each"
    average: tuple[str, ...] = ()
    family: str = "confirmatory"
    sd: Positive | None = None

    @property
    def question(self) -> Literal["direction", "relevance", "equivalence"]:
        """The kind, resolved."""
        if self.kind is not None:
            return self.kind
        if self.bounds is not None or self.test.kind == "tost":
            return "equivalence"
        return "direction" if self.sesoi is None else "relevance"

    @property
    def upward(self) -> bool:
        """Whether the claim is that theta is large."""
        return self.alternative in ("increasing", "greater")


class Compound(Value):
    """A claim made of hypotheses: `all_of` them hold (intersection-union), or `any_of` them does (union)."""

    id: Annotated[str, Field(min_length=1)]
    claim: str | None = None
    reading: Reading | None = later(None)
    statement: str = ""
    all_of: Annotated[tuple[str, ...], Field(min_length=2)] | None = None
    any_of: Annotated[tuple[str, ...], Field(min_length=2)] | None = None
    family: str = "confirmatory"

    @model_validator(mode="after")
    def _either(self) -> Compound:
        if (self.all_of is None) == (self.any_of is None):
            raise PydanticCustomError("compound", "give either all_of or any_of, one of them")
        return self

    @property
    def components(self) -> tuple[str, ...]:
        """The ids of the hypotheses it is made of."""
        return self.all_of or self.any_of or ()


Multiplicity = Literal[
    "holm", "hochberg", "hommel", "bonferroni", "fixed_sequence", "benjamini_hochberg", "benjamini_yekutieli", "max_t",
    "none",
]  # fmt: skip


class Analysis(Value):
    """Error rate, multiplicity over each family, and how diverged runs enter.

    `families` names a method for some families; `gates` orders families: one is judged once all claims of those before
    it are supported. Where claims are judged in an order, `refute_share` of alpha is kept for refutations.
    """

    alpha: Annotated[float, Field(strict=True, gt=0, lt=0.5)] = 0.05
    multiplicity: Multiplicity = "holm"
    families: dict[str, Multiplicity] = Field(default_factory=dict)
    gates: tuple[str, ...] = ()
    refute_share: Annotated[float, Field(strict=True, gt=0, lt=1)] = 0.5
    failures: Literal["bounds", "worst_rank"] = "bounds"
    leave_one_out: Flag = True


class Plan(Value):
    """What the analysis needs and all it may see: never the world."""

    factors: Factors
    design: Layout = FullFactorial()
    exclude: tuple[Exclusion, ...] = ()
    blocks: Blocks
    responses: dict[str, Response]
    hypotheses: tuple[Hypothesis, ...]
    compounds: tuple[Compound, ...] = ()
    analysis: Analysis
    seed: int
    draws_known: bool = True
    horizon: int | None = None


class Study(Value):
    """A study file, whole. `world` is absent in a plan for somebody's own table."""

    lnnstats: Literal[1] = 1
    title: str = ""
    source: Citation | None = None
    claims: tuple[str, ...] = ()
    seed: Annotated[int, Field(strict=True, ge=0)] = 0
    data: Source | None = None
    network: Network | None = None
    training: Training = Training()
    factors: Factors = Field(default_factory=dict)
    design: Layout = FullFactorial()
    exclude: tuple[Exclusion, ...] = ()
    blocks: Blocks = Blocks()
    responses: dict[str, Response]
    hypotheses: tuple[Hypothesis, ...] = ()
    compounds: tuple[Compound, ...] = ()
    analysis: Analysis = Analysis()
    limitations: tuple[str, ...] = ()
    report: tuple[Section, ...] = ()

    @model_validator(mode="after")
    def _named(self) -> Study:
        """Hypotheses without an id are numbered H1, H2 ... in their order."""
        named = tuple(h if h.id else h.model_copy(update={"id": f"H{i}"}) for i, h in enumerate(self.hypotheses, 1))
        object.__setattr__(self, "hypotheses", named)
        return self

    @property
    def world(self) -> World:
        """The base world; only for studies that train."""
        return World(data=self.data, network=self.network, training=self.training)

    @property
    def trains(self) -> bool:
        """Whether the file declares a world to train, not only a plan for a table."""
        return self.data is not None and self.network is not None

    @property
    def plan(self) -> Plan:
        """The part of the study that the analysis sees."""
        return Plan(
            factors=self.factors,
            design=self.design,
            exclude=self.exclude,
            blocks=self.blocks,
            responses=self.responses,
            hypotheses=self.hypotheses,
            compounds=self.compounds,
            analysis=self.analysis,
            seed=self.seed,
            horizon=self.training.steps if self.trains else None,
            draws_known=self.trains or "blocks" in self.model_fields_set,
        )
