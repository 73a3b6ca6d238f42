"""CITATION.cff has every paper that the report has a paragraph on, and the version of the library."""

import re
from pathlib import Path

import pytest
import yaml

import uncollapse
from uncollapse.report.papers import PAPERS

CITATION = yaml.safe_load((Path(__file__).parents[2] / "CITATION.cff").read_text(encoding="utf-8"))


@pytest.mark.parametrize("told", sorted({told for key, told in PAPERS.items() if key != "outside"}))
def test_a_paper_of_the_report_can_be_cited(told: str) -> None:
    family, year, title = re.fullmatch(r"(\w+) et al\. (\d{4}), (.+)", told).groups()
    cited = [paper for paper in CITATION["references"] if paper["title"].startswith(title)]
    assert [(paper["authors"][0]["family-names"], paper["year"]) for paper in cited] == [(family, int(year))]


def test_the_version_is_that_of_the_library() -> None:
    assert CITATION["version"] == uncollapse.__version__
