"""What SECURITY.md calls not trusted: corpora, candidates and names can do nothing but be read."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from uncollapse.analysis import style
from uncollapse.analysis.figure_text import literal
from uncollapse.analysis.rendering import render
from uncollapse.corpora.tables import read_rows
from uncollapse.corpora.texts import read_texts
from uncollapse.corpus_comparison import figures
from uncollapse.corpus_comparison.page import Corpus, page
from uncollapse.errors import DataError
from uncollapse.jobs.long_arguments import Shortened

ROOT = Path(__file__).parents[2]
HOSTILE = ["<script>alert(1)</script>", "=1+1", "$\\frac{", "a$_a_$", "`rm -rf /`", "{{ 7*7 }}", "../../x"]


def test_texts_are_read_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in HOSTILE))
    assert [row["text"] for _, row in read_rows(tmp_path / "a.jsonl", ["text"])] == HOSTILE


@pytest.mark.parametrize(
    "content",
    [b'{"text": ' + b"[" * 100_000, b'{"text": {"$ref": 1}}', b"\x80\x04\x95cos\nsystem\n", b'{"text": "\\ud800"}'],
)
def test_what_is_no_text_is_one_line(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(content)
    with pytest.raises(DataError, match=r"a\.jsonl") as told:
        read_texts(tmp_path / "a.jsonl", "text")
    assert len(str(told.value)) < 500


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_drawn_letter_by_letter(name: str) -> None:
    with style.styled():
        figure, (axes, *_) = style.canvas(height=2.0)
        axes.plot([1], [1], label=literal(name))
        axes.legend()
        assert render(figure, "png")
    plt.close("all")


def test_words_and_names_are_no_markup_of_the_page_of_two_corpora() -> None:
    described = [Corpus(name, name, name, name) for name in HOSTILE]
    whole = page(
        first=HOSTILE[0], second=HOSTILE[5], corpora=described, verdicts=[], sections=[], skipped=HOSTILE, notes=HOSTILE
    )
    assert "<script>alert" not in whole
    assert "{{ 7*7 }}" in whole
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in whole


def test_a_shell_hands_names_of_files_on_as_they_are(tmp_path: Path) -> None:
    names = [*HOSTILE, "$(touch evil)", "a'b\"c; touch evil", "two\nlines", "*", "-x"]
    arguments = Shortened(lambda: ["--input", *(f"files={name}" for name in names)], tmp_path)
    program = "import json, sys; print(json.dumps(sys.argv[1:]))"
    command = f"{shlex.quote(sys.executable)} -c {shlex.quote(program)} {arguments}"
    told = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(told.stdout) == ["--input", *(f"files={name}" for name in names)]
    assert not list(tmp_path.iterdir())


def test_names_and_words_of_corpora_are_drawn_letter_by_letter() -> None:
    rows = [
        (corpus, owner, 1, pair) for corpus in HOSTILE[2:4] for owner in HOSTILE[2:4] for pair in ("a b", "$_5_$ each")
    ]
    listing = pd.DataFrame(rows, columns=["corpus", "top_of", "place", "bigram"]).assign(value=2.0, low=1.0, high=3.0)
    assert render(figures.top_bigrams(listing), "svg")
    plt.close("all")


def test_every_test_that_the_page_names_is_there() -> None:
    named = {
        part for line in (ROOT / "SECURITY.md").read_text().split("`") for part in [line] if part.startswith("tests/")
    }
    assert len(named) >= 6
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []
