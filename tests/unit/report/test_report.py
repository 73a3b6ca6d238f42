"""The page: everything is on it, nothing is fetched, and it is the same every time."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest
from synthetic_claims import claims

from uncollapse.analysis.claims_table import CHECK
from uncollapse.report.claim_list import ScaleClaims, headline
from uncollapse.report.papers import PAPERS, by_paper
from uncollapse.report.picture import PREFIX
from uncollapse.report.render import render
from uncollapse.report.report import (
    KeptTable,
    Origin,
    Report,
    TableArtifact,
)

VOID = {"meta", "img", "br", "link", "input"}


class Balanced(HTMLParser):
    """Raises where an element is closed out of order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value[1:] for name, value in attrs if name == "href" and value.startswith("#")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_its_links_lead_somewhere(report: Report) -> None:
    parser = Balanced()
    parser.feed(render(report))
    assert parser.open == ["html"] or parser.open == []
    assert len(parser.ids) == len(set(parser.ids))
    assert parser.links
    assert set(parser.links) <= set(parser.ids)


def test_the_page_needs_no_second_file_and_no_network(report: Report) -> None:
    page = render(report)
    sources = re.findall(r'(?:src|href)="([^"#][^"]*)"', page)
    assert len(sources) == 1
    assert sources[0].startswith(PREFIX)
    # names of what an SVG file is written in, which nothing fetches
    assert "http" not in re.sub(r"xmlns='http://www.w3.org/2000/svg'", "", page)
    assert "@import" not in page
    assert page.count("<script>") == 1
    assert "fetch(" not in page


def test_the_page_shows_every_part(report: Report) -> None:
    page = render(report)
    for text in (
        "Of 2 claims checked, 1 is reproduced and 1 is contradicted; 1 more was not run at this scale.",
        "Statement 1 &lt;tag&gt;.", "Because 1.", "snakemake t2", "uncollapse.products.figures.learning_curves",
        "smallest eigenvalue", "matrix size", "torch 2.13.0", "kept precision", "label selection: best of 25",
    ):  # fmt: skip
        assert text in page
    assert "<tag>" not in page
    # what a data set holds stands before its name, where it is known
    assert (
        '<th scope="row" data-label="data set">all labels, 100,000 examples <code class="soft">no_selection</code></th>'
        in page
    )
    assert '<th scope="row" data-label="data set">best_of_5</th>' in page
    assert "a talk on these papers" not in page


def test_another_scale_stands_beside_the_run(report: Report) -> None:
    """Its table below the run's, its verdicts beside the run's, and the one that is confirmatory carries the weight."""
    (section,) = report.sections
    table, figure = section.artifacts
    assert isinstance(table, TableArtifact)
    where = "evidence scale (two cores), commit 0123456, 2026-11-30"
    frame = table.comparison.assign(ours_mean=12.25, ours_low=float("nan"))
    kept = KeptTable(heading=where, comparison=frame, origin=Origin(command="snakemake kept"))
    rows = claims("contradicted", "not run at this scale", "reproduced").assign(
        kind="confirmatory", explanation="There."
    )
    both = replace(
        report,
        sections=(replace(section, artifacts=(replace(table, kept=(kept,)), figure)),),
        elsewhere=(ScaleClaims(scale="evidence", where=where, claims=rows),),
        parts=(f"{where}: 3 trainings.",),
    )
    page = render(both)
    test_the_page_is_whole_and_its_links_lead_somewhere(both)
    own, heading = page.index("snakemake t2"), page.index(f"<h4>E{where[1:]}</h4>")
    assert own < heading < page.index("12.2", heading) < page.index("snakemake kept") < page.index("snakemake curves")
    assert f"At the {where}: of 2 claims checked, 1 is reproduced and 1 is contradicted; 2 of these" in page
    assert "Of 2 claims checked, 1 is reproduced and 1 is contradicted; 1 more was not run at this scale." in page
    lines = re.findall(r"<li data-paper[^>]*><div.*?</li>", page, re.S)
    badges = [re.findall(r'<span(?: class="(lesser)")?><span class="badge[^>]*>([^<]*)', line) for line in lines]
    assert badges == [
        [("lesser", "reproduced"), ("", "contradicted")],
        [("", "contradicted")],  # there it was not run
        [("lesser", "not run at this scale"), ("", "reproduced")],
    ]
    assert page.count("<b>carries the weight</b>") == 2
    assert page.count("<p>There.</p>") == 2
    assert "carries the weight" not in render(report)


def test_a_check_of_the_program_that_does_not_hold_is_seen(report: Report) -> None:
    """On the first screen, and as a card with all that was measured; one that holds is a line."""
    rows = report.claims.assign(
        kind=["exploratory", CHECK, CHECK], verdict=["reproduced", "inconclusive", "reproduced"]
    )
    page = render(replace(report, claims=rows))
    test_the_page_is_whole_and_its_links_lead_somewhere(replace(report, claims=rows))
    front = page[: page.index('id="scale"')]
    assert "1 check of the program does not hold everywhere" in front
    assert front.count('href="#claim-c-1"') == 1
    told = re.sub(r"<[^>]+>", "", front[front.index('href="#claim-c-1"') :])
    assert re.search(r"inconclusive\s+this run", told)  # where it does not, not what carries the weight
    (card,) = re.findall(r'<article class="claim" id="claim-c-1".*?</article>', page, re.S)
    assert "Because 1." in card
    assert '<li id="claim-c-2">' in page
    assert "Checks of the program" not in render(replace(report, claims=report.claims.assign(kind="exploratory")))


def test_confirmatory_with_results_known_says_how_both_can_be(report: Report) -> None:
    known = report.claims.assign(limit_set="2026-01-02, commit 0123456, results known")
    told = "results known of other samples; those behind this verdict"
    assert told in render(replace(report, claims=known.assign(kind="confirmatory")))
    assert told not in render(replace(report, claims=known.assign(kind="exploratory")))
    before = known.assign(kind="confirmatory", limit_set="2026-01-02, commit 0123456, before results")
    assert told not in render(replace(report, claims=before))


def test_a_report_of_experiments_alone_has_no_words_on_the_papers_scale(report: Report) -> None:
    alone = replace(report, alone=("mine",), scale_note="Matrices are small.")
    assert "Matrices are small." not in render(alone)
    assert "This report is about one experiment" in render(alone)
    of_its_own = replace(alone, scale="mine")
    assert "at the scale <b>mine</b>. Matrices are small." in render(of_its_own)
    assert "at the scale <b>default</b>. Matrices are small." in render(replace(alone, alone=()))


def test_slides_are_said_to_be_those_of_a_talk(report: Report) -> None:
    spoken = replace(report, claims=report.claims.assign(source="Slides, filtering"))
    assert "a talk on these papers" in render(spoken)


def test_a_figure_tells_its_finding_to_those_who_cannot_see_it(report: Report) -> None:
    """Its own where no claim is judged on it, and else the claims'; < and the rest of HTML in it are words."""
    seen = r'role="img" aria-label="([^"]*)"'
    (own,) = re.findall(seen, render(report))
    assert own.startswith("Finding: held-out accuracy at the end, in the mean over seeds: generator ")
    shown = pd.DataFrame([(report.claims["id"][0], "the gist", "curves", "")], columns=list(report.shown))
    (judged,) = re.findall(seen, render(replace(report, shown=shown)))
    assert judged.startswith("Finding: the gist: reproduced. Held-out")


def test_a_panel_alone_shows_nothing_of_its_neighbours(report: Report) -> None:
    """A drawing that is wider than its view box shows what lies beside that; one within it is cut there."""
    parts = re.search(r'<div class="panels"[^>]*>(.*?)</div>', render(report), re.S)
    assert parts is not None
    assert parts[1].count('<svg class="drawing"') == 2
    assert len(re.findall(r'<svg class="drawing" [^>]*><svg x="[^"]*" width=', parts[1])) == 2


def test_a_row_that_is_not_accounted_for_is_shown(report: Report) -> None:
    assert '<span class="missing">1</span>' in render(report)


def test_the_same_report_gives_the_same_page(report: Report) -> None:
    assert render(report) == render(report)


def test_claims_stand_under_their_papers() -> None:
    """Both versions of a paper are one; a paper that is not known goes by the first part of the id."""
    found = by_paper([{"id": name} for name in ("feng-T1-a", "zhu-T1-a", "fengv2-F5-a", "new2027-T1-a")])
    assert [(title, [claim["id"] for claim in own]) for title, own in found] == [
        (PAPERS["feng"], ["feng-T1-a", "fengv2-F5-a"]),
        (PAPERS["zhu"], ["zhu-T1-a"]),
        ("new2027", ["new2027-T1-a"]),
    ]


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        (["inconclusive"], "Of one claim checked, 1 is inconclusive."),
        (["reproduced"] * 2 + ["contradicted"] * 2 + ["inconclusive"],
         "Of 5 claims checked, 2 are reproduced, 2 are contradicted and 1 is inconclusive."),
        (["premise not met"], "Of one claim checked, 1 supposes what the run does not have."),
        (["premise not met"] * 2 + ["reproduced"],
         "Of 3 claims checked, 1 is reproduced and 2 suppose what the run does not have."),
        (["not run at this scale"] * 3, "No claim was checked; 3 more were not run at this scale."),
    ],
)  # fmt: skip
def test_headline(verdicts: list[str], sentence: str) -> None:
    assert headline(claims(*verdicts)) == sentence


def test_an_unknown_verdict_is_an_error() -> None:
    with pytest.raises(ValueError, match="maybe"):
        headline(claims("maybe"))
