"""Standing of claims, and the schematic: every arrow with the verdicts on its claims, in the drawing and in words."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from lnnstats.errors import BadInput
from lnnstats.report.figures import pdf
from lnnstats.report.html import html
from lnnstats.report.latex import latex
from lnnstats.report.synthesis.compose import compose
from lnnstats.report.values import Box, Link, Schematic, Tag, plain
from lnnstats.synthesis.load import load
from lnnstats.synthesis.standing import by_reading, carried, standing, stands
from lnnstats.synthesis.values import Arrow, Synthesis
from tests.report.test_html import Page
from tests.synthesis.examples import SYNTHESIS, written
from tests.synthesis.test_load import problem_of

DECLARED = """
schematic:
  nodes:
    deep: {label: "A deep network", layers: [3, 2, 1]}
    slow: {label: "A slow one"}
    bad: {label: "A bad one"}
  arrows:
    - {from: deep, to: slow, claim: S1.2, study: pair, hypothesis: D, said: "depth makes it slow"}
    - {from: deep, to: slow, claim: S1.3}
    - {from: slow, to: bad, claim: S1.1b, said: "and slow is bad"}
    - {from: deep, to: bad, claim: S1.2}
"""


@pytest.fixture(scope="module")
def argued(found):
    """The synthesis of the session with a schematic, and without map, factorial and analysis."""
    studies = {name: listed.model_copy(update={"map": ()}) for name, listed in found.synthesis.studies.items()}
    schematic = Synthesis.model_validate(_tree(SYNTHESIS + DECLARED)).schematic
    bare = {"studies": studies, "schematic": schematic, "factorial": None, "analysis": None, "factors": {}}
    synthesis = found.synthesis.model_copy(update=bare)
    return replace(found, synthesis=synthesis, conditions=(), decomposition=None)


def _tree(text):
    from lnnstats.study.read import parse

    return parse(text, "synthesis.yaml").tree


def verdicts(*decisions):
    return [SimpleNamespace(verdict=SimpleNamespace(decision=d, claimed="S9")) for d in decisions]


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ((), "untested"),
        (("supported", "supported"), "supported"),
        (("untestable",), "untestable"),
        (("supported", "refuted", "inconclusive"), "divided"),
        (("refuted", "inconclusive"), "refuted"),
        (("supported", "inconclusive"), "inconclusive"),
        (("supported", "untestable"), "inconclusive"),
    ],
)
def test_where_a_claim_stands(decisions, expected):
    assert standing(verdicts(*decisions)) == expected


def test_as_printed_and_as_scoped_stand_apart(found):
    readings = (("printed", "refuted"), ("scoped", "supported"))
    printed, scoped = (
        replace(ruling, verdict=replace(ruling.verdict, reading=reading, decision=decision))
        for ruling, (reading, decision) in zip(found.on("S1.2"), readings, strict=True)
    )
    both = [(stand.claimed, stand.standing) for stand in by_reading("S1.2", [printed, scoped])]
    assert both == [("S1.2, as printed", "refuted"), ("S1.2, as scoped", "supported")]
    named = replace(found, rulings=(printed, scoped))
    table = next(s for s in compose(named).sections if s.id == "claims").blocks[0]
    assert [plain(row[0]) for row in table.rows] == ["S1.1b", "S1.2, as printed", "S1.2, as scoped", "S1.3"]


def test_an_arrow_carries_the_verdicts_of_all_studies_of_one_or_of_one_hypothesis(found):
    def of(**named):
        some = carried(found, Arrow.model_validate({"from": "a", "to": "b", "claim": "S1.2", **named}))
        return [ruling.verdict.hypothesis for stand in some for ruling in stand.rulings]

    assert of() == of(study="pair") == ["D", "C"] and of(study="sweep") == []
    assert of(study="pair", hypothesis="C") == ["C"]


def test_every_claim_has_its_standing(found):
    assert [stand.claimed for stand in stands(found)] == ["S1.1b", "S1.2", "S1.3"]
    assert stands(found)[-1].standing == "untested"


def test_without_a_map_the_answer_is_of_claims(argued):
    report = compose(argued)
    assert [section.id for section in report.sections] == ["answer", "argument", "claims", "limits", "provenance"]
    _, told, items = report.sections[0].blocks
    tested = [stand for stand in stands(argued) if stand.rulings]
    assert f"Of {len(tested)} statements put to the test" in plain(told.text)
    listed = " ".join(plain(entry) for entry in items.entries)
    for stand in stands(argued):
        assert re.search(rf"{stand.standing.capitalize()}: [^.]*(\.\d[^.]*)*{re.escape(stand.claimed)}", listed), stand


@pytest.mark.parametrize(
    ("decisions", "extent"),
    [
        (("supported", "supported", "supported"), "in full"),
        (("supported", "refuted", "refuted"), "in part"),
        (("refuted", "refuted", "refuted"), "in no part"),
        (("inconclusive", "refuted", "refuted"), "in no part that could be decided"),
    ],
)
def test_the_extent_of_a_thesis_is_that_of_its_claims(argued, decisions, extent):
    rulings = tuple(
        replace(ruling, verdict=replace(ruling.verdict, decision=decision))
        for ruling, decision in zip(argued.rulings, decisions, strict=True)
    )
    said = plain(compose(replace(argued, rulings=rulings)).sections[0].blocks[1].text)
    assert said.endswith(f"The thesis holds {extent}.")


def test_every_arrow_is_drawn_described_and_in_the_data(argued):
    (figure,) = (f for f in compose(argued).figures if isinstance(f.drawing, Schematic))
    assert [(link.start, link.end) for link in figure.drawing.links] == [(0, 1), (1, 2), (0, 2)]
    tags = [tag for link in figure.drawing.links for tag in link.tags]
    assert [tag.claim for tag in tags] == ["S1.2", "S1.3", "S1.1b", "S1.2"] and tags[1].standing == "untested"
    assert len(figure.data.rows) == len(tags)
    for tag, row in zip(tags, figure.data.rows, strict=True):
        assert f"{tag.claim} {tag.standing}" in figure.description
        assert (plain(row[2]), plain(row[3])) == (tag.claim, tag.standing)
    decision = next(r for r in argued.on("S1.2") if r.verdict.hypothesis == "D").verdict.decision
    assert tags[0].standing == decision and f"pair D {decision}" == plain(figure.data.rows[0][4])


def test_an_arrow_leads_to_what_is_said_of_its_claim(argued):
    text = html(compose(argued))
    page = Page(text)
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    drawing = text[text.index('<figure id="figure-1"') : text.index("</figure>")]
    links = re.findall(r'<a href="#([^"]+)">', drawing)
    assert links == ["claim-S1-2e-2", "claim-S1-2e-3", "claim-S1-2e-1b", "claim-S1-2e-2"] and set(links) <= ids
    assert 'role="group"' in drawing and "_blank" not in text  # an image holds no links
    assert "· S1.3: untested" in drawing


def test_paper_has_the_schematic_without_links_and_the_same_bytes(argued):
    (figure,) = compose(argued).figures
    drawn = pdf(figure)
    assert drawn == pdf(figure) and b"claim-S1" not in drawn
    assert r"\includegraphics[max width=\textwidth]{figures/figure-1.pdf}" in latex(compose(argued))


def test_words_wrap_and_boxes_grow_with_them():
    from lnnstats.report.figures.schematic import draw_schematic

    tag = Tag("S1.2", "supported", "#a", "short")
    small = draw_schematic(Schematic((Box("a"), Box("b")), (Link(0, 1, (tag,)),)))
    wordy = Tag("S1.2", "supported", "#a", "many words " * 30)
    large = draw_schematic(Schematic((Box("a " * 200), Box("b")), (Link(0, 1, (wordy, tag)),)))
    assert large.get_figheight() > small.get_figheight() + 0.5


BROKEN = [
    ("from: deep, to: slow, claim: S1.3", "from: dep, to: slow, claim: S1.3", "arrows.1.from", "unknown node"),
    ("from: deep, to: slow, claim: S1.3", "from: slow, to: deep, claim: S1.3", "arrows.1.to", "listed later"),
    ("to: slow, claim: S1.3", "to: slow, claim: S1.9", "arrows.1.claim", "unknown claim"),
    ("study: pair, hypothesis: D", "hypothesis: D", "arrows.0.hypothesis", "a hypothesis is of a study"),
    ("study: pair, hypothesis: D", "study: par, hypothesis: D", "arrows.0.study", "unknown study"),
    ("study: pair, hypothesis: D", "study: pair, hypothesis: E", "arrows.0.hypothesis", "hypothesis of pair on S1.2"),
    ("layers: [3, 2, 1]", "layers: [3, 2, 9]", "nodes.deep.layers", "8"),
]


@pytest.mark.parametrize(("old", "new", "path", "said"), BROKEN, ids=[case[3] for case in BROKEN])
def test_what_is_wrong_with_a_schematic_is_said_with_its_place(old, new, path, said, tmp_path):
    assert old in DECLARED
    problem = problem_of(written(tmp_path, SYNTHESIS + DECLARED.replace(old, new)), f"schematic.{path}")
    assert said in str(problem)


def test_a_schematic_that_is_right_is_read(tmp_path):
    synthesis = load(written(tmp_path, SYNTHESIS + DECLARED)).synthesis
    assert [arrow.start for arrow in synthesis.schematic.arrows] == ["deep", "deep", "slow", "deep"]
    with pytest.raises(BadInput, match="arrows"):
        load(written(tmp_path, SYNTHESIS + DECLARED[: DECLARED.index("  arrows")]))
