"""One of a thing is told in the singular: in the words of kept verdicts and parts, and of the commands' reports."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from uncollapse.analysis.claims_table import COLUMNS
from uncollapse.analysis.costs import with_minutes
from uncollapse.analysis.scale_claims import beside, kept_claims
from uncollapse.analysis.verdict import Finding, Part, conclude
from uncollapse.artifacts.measured_parts import FOLDER, parts_below
from uncollapse.proxy.audit import audit
from uncollapse.proxy.report import lines
from uncollapse.proxy.tally import Candidates
from uncollapse.report.kept_parts import elsewhere, told
from uncollapse.report.render import render
from uncollapse.report.report import Report
from uncollapse.statistics.counted import counted, degrees_of_freedom, in_singular
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.replicates import Replicates
from uncollapse.statistics.sampled import Sampled, Source

ROOT = Path(__file__).parents[3]
# what ends in s behind a one and is no plural
SINGULAR = {"is", "was", "has", "does", "holds", "fails", "stays", "supposes", "less", "plus", "across", "as"}
ONE = re.compile(
    r"(?<![=<>≤≥] )(?<![\w.,/%^+\-−–\[(])1 (?P<word>[a-z-]+s|fail|hold|are|have|were)\b|\b1 degrees of freedom"
)


def in_plural(text: str) -> list[str]:
    """Words in the plural behind a one."""
    return [found[0] for found in ONE.finditer(text) if found["word"] not in SINGULAR]


def test_what_is_no_singular_is_found() -> None:
    wrong = "1 fail; 1 degrees of freedom; of 1 cells, 1 core-minutes and 1 seeds"
    assert len(in_plural(wrong)) == 5
    assert in_plural("1 seed is, 1 holds, 1 fails; 0.1 points, 21 seeds, p 1 is") == []


def test_kept_verdicts_and_parts() -> None:
    parts = parts_below(ROOT / FOLDER)
    assert parts
    texts = [told(part.about()) for part in parts]
    for part in parts:
        texts += kept_claims(part.claims_file)[["statistic", "explanation", "needed"]].to_numpy().ravel().tolist()
    assert [found for text in texts if isinstance(text, str) for found in in_plural(text)] == []
    assert any("1 fails" in text for text in texts if isinstance(text, str))  # one that is kept as "1 fail"


def words_of(page: str) -> str:
    """The words of a page, those of each element apart from others'."""
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", "|", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "|", body))


def test_the_page_of_all_that_is_kept(report: Report) -> None:
    """And of a run with one claim of each kind."""
    parts = parts_below(ROOT / FOLDER)
    claims = pd.concat([kept_claims(part.claims_file) for part in parts])[list(COLUMNS)].drop_duplicates("id")
    judged = elsewhere(report.scale, beside(claims, scale=report.scale, parts=parts))
    kept = replace(report, claims=claims, elsewhere=judged, parts=tuple(told(part.about()) for part in parts))
    for made in (report, kept, replace(report, claims=report.claims[:1]), replace(report, claims=report.claims[:0])):
        assert in_plural(words_of(render(made))) == []


@pytest.mark.parametrize("path", sorted((ROOT / "results").glob("**/report*.html")), ids=lambda path: path.name)
def test_the_page_of_a_run(path: Path) -> None:
    if path.stat().st_mtime < max(source.stat().st_mtime for source in (ROOT / "src").glob("**/*.py")):
        pytest.skip("made by earlier code: make smoke first")
    assert in_plural(words_of(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("count", [2, 9])
def test_verdicts_with_one_of_each_outcome(count: int) -> None:
    held, failed, unclear = (Estimate(v, v - 1, v + 1) for v in (3.0, -3.0, 0.0))
    parts = [Part("f", failed), Part("h", held), *(Part(f"u{n}", unclear) for n in range(count - 2))]
    text = conclude("a", "b", parts).explanation
    assert "1 holds, 1 fails" in text
    assert in_plural(text) == []


def test_what_decides_an_open_claim_with_one_model() -> None:
    estimate = Sampled.of(Estimate(1.0, -1.0, 3.0), [Source(1.0, 2, "seeds", 3, 1)])
    finding = conclude("a", "b", [Part("gain", estimate)])
    part = {"processor_seconds": 60.0, "trainings": 1, "experiment": "e", "scale": "s", "date": "2026-01-01"}
    text = with_minutes(Finding("a", "b", 1, 0, 2, "inconclusive", "", models=1), part).needed
    assert "About 1 core-minute: 60 processor seconds" in text
    assert in_plural(f"{finding.needed} {text}") == []


def test_one_degree_of_freedom() -> None:
    words = Replicates({"a": np.array([1.0, 2.0]), "b": np.array([1.0])}).words
    assert "1 degree of freedom" in words
    assert in_plural(words) == []
    assert degrees_of_freedom(2) == "2 degrees of freedom"


def test_numbers_are_rounded_before_they_are_one() -> None:
    told = [counted(value, "label") for value in (0.6, 1.4, 1.6, 1000)]
    assert told == ["1 label", "1 label", "2 labels", "1,000 labels"]
    assert in_singular("11 fail, 0.1 fail, 1 fail") == "11 fail, 0.1 fail, 1 fails"


def test_an_audit_of_one_prompt_in_one_cell() -> None:
    kept = np.array([True, False, True])
    one = Candidates(kept, np.array([True, False, True]), np.array([True, False, False]), prompts=np.zeros(3, np.int64))
    found = audit(one, cells=np.zeros(3, np.int64), features=("length",), resamples=20)
    text = "\n".join(lines(found))
    assert "3 candidates of 1 prompt," in text
    assert "1 label" in text
    assert "Of 1 cell of length" in text
    assert in_plural(text) == []
