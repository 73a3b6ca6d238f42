"""scripts/compare_corpora.py as a newcomer runs it: two files in, a page and tables out."""

import re
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "compare_corpora.py"


MAIN = runpy.run_path(str(SCRIPT))["main"]


def run(*given: object) -> None:
    MAIN(list(map(str, given)))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder, rng = tmp_path_factory.mktemp("corpora"), np.random.default_rng(0)

    def texts(vocabulary: int) -> list[str]:
        return [" ".join(f"w{word}" for word in rng.integers(vocabulary, size=120)) for _ in range(120)]

    pd.DataFrame({"text": texts(800)}).to_parquet(folder / "mine.parquet")
    pd.DataFrame({"text": [*texts(300), None, " "]}).to_json(folder / "made.jsonl", orient="records", lines=True)
    return folder / "mine.parquet", folder / "made.jsonl"


def test_a_page_and_tables(files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(*files, "--output", tmp_path / "out")
    said = capsys.readouterr().out
    assert "unigrams: narrower" in said
    assert "skipped: perplexities and token probabilities (no --model)" in said
    page = (tmp_path / "out" / "page.html").read_text()
    assert page.count("<svg") == 2
    assert not re.search(r'(src|href)="(?!#)', page)
    assert "made is narrower than mine in its unigrams" in page
    numbers = pd.read_parquet(tmp_path / "out" / "page.numbers.parquet")
    assert set(numbers["subject"]) >= {"mine", "made", "made, by DSIR", "made - mine"}
    assert (numbers["low"] <= numbers["value"]).all()
    run(*files, "--output", tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == (tmp_path / "out" / "page.html").read_bytes()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["mine", "no.csv"], "no.csv: no such file"),
        (["mine", "made", "--text", "body"], "mine.parquet: no column 'body'; name the column of texts with --text"),
        (["mine", "made", "--model", "./nowhere"], "./nowhere: no such model"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(files: tuple[Path, Path], given: list[str], message: str) -> None:
    named = {"mine": files[0], "made": files[1]}
    with pytest.raises(SystemExit, match=re.escape(message)):
        run(*(named.get(each, each) for each in given))
