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
    assert page.count("<svg") == 3
    assert not re.search(r'(src|href)="(?!#)', page)
    assert "made is narrower than mine in its unigrams" in page
    numbers = pd.read_parquet(tmp_path / "out" / "page.numbers.parquet")
    assert set(numbers["subject"]) >= {"mine", "made", "made, by DSIR", "made - mine", "made, by DSIR - mine (part)"}
    assert (numbers["low"] <= numbers["value"]).all()
    run(*files, "--output", tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == (tmp_path / "out" / "page.html").read_bytes()


def test_a_cap_is_told(files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(*files, "--documents", 60, "--no-dsir", "--output", tmp_path)
    told = "Of the 120 documents of mine 60 were drawn, of which as many are compared"
    assert told in capsys.readouterr().err
    assert told in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["mine", "no.csv"], "no.csv: no such file"),
        (
            ["mine", "made", "--text", "body"],
            "mine.parquet: no column 'body'; there are text: name the column of texts with --text",
        ),
        (["mine", "made", "--model", "./nowhere"], "./nowhere: no such model"),
        (["mine", "made", "--output", "made"], "made.jsonl: cannot be written to"),
        (["mine", "made", "--output", "/proc/nothing"], "/proc/nothing: cannot be written to"),
        (["mine", "made", "--embeddings", "ENCODER", "--documents", "79"], "mine.parquet: 79 of its documents are"),
        (["mine", "made", "--model", "ENCODER"], "no causal language model"),
        (["mine", "made", "--embeddings", "MODEL"], "an encoder is needed"),
    ],
)
def test_what_is_wrong_is_said_before_any_work(
    files: tuple[Path, Path],
    given: list[str],
    message: str,
    tiny_model: Path,
    tiny_encoder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def work(*_: object, **__: object) -> None:
        raise AssertionError("begun")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("uncollapse.diagnostics.ngrams.histograms", work)
    monkeypatch.setattr("uncollapse.language.sentence_embeddings.embed", work)
    named = {"mine": files[0], "made": files[1], "MODEL": tiny_model, "ENCODER": tiny_encoder}
    with pytest.raises(SystemExit, match=re.escape(message)):
        run(*(named.get(each, each) for each in given))


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--seed", -1), "argument --seed: '-1' is no whole number of at least 0"),
        (("--embedded", 39), "argument --embedded: '39' is no whole number of at least 40"),
        (("--scored", 19), "argument --scored: '19' is no whole number of at least 20"),
        (("--documents", "many"), "argument --documents: 'many' is no whole number of at least 20"),
    ],
)
def test_options_that_cannot_be(
    option: tuple[str, object], said: str, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(*files, *option)
    assert said in capsys.readouterr().err


def write(path: Path, texts: list[str]) -> Path:
    pd.DataFrame({"text": texts}).to_json(path, orient="records", lines=True)
    return path


def sea(documents: int, seed: int, words: int = 120) -> list[str]:
    """Texts of the words that the tiny models know."""
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(["the", "end", "of", "a", "sea"], size=words)) for _ in range(documents)]


def test_the_two_corpora_do_not_depend_on_what_dsir_selects(
    tmp_path: Path, tiny_model: Path, tiny_encoder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [write(tmp_path / "mine.jsonl", sea(120, 0)), write(tmp_path / "made.jsonl", sea(120, 1))]
    given += ["--model", tiny_model, "--embeddings", tiny_encoder, "--scored", 30]
    run(*given, "--output", tmp_path / "with")
    said = capsys.readouterr()
    assert "coverage by made, by DSIR (30 points a cloud" in said.out  # too few for coverage, which stops nothing else
    assert "read by models: 90 documents done" in said.err  # of all corpora, whose time is told together
    run(*given, "--no-dsir", "--output", tmp_path / "without")
    plain, both = (pd.read_parquet(tmp_path / name / "page.numbers.parquet") for name in ("without", "with"))
    assert set(plain["subject"]) == {"mine", "made", "made - mine"}
    kept = both[both["subject"].isin(set(plain["subject"]))].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, plain)
    selected = both[both["subject"] == "made, by DSIR"]
    assert {"unigrams", "bigrams", "top bigrams", "perplexity", "token probabilities", "density"} == set(
        selected["diagnostic"]
    )
    page = (tmp_path / "with" / "page.html").read_text()
    assert "mine: 120 documents, 14,400 words; made: 120 documents, 14,400 words." in page
    assert "mine (part): 30 documents, 3,600 words; made (part): 30 documents, 3,600 words; made, by DSIR: 30" in page


def test_one_text_over_and_over_has_a_page(
    tmp_path: Path, tiny_encoder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    same = write(tmp_path / "same.jsonl", ["the end of the sea again"] * 90)
    run(same, same, "--embeddings", tiny_encoder, "--output", tmp_path / "out")
    said = capsys.readouterr()
    reason = "all 90 documents of same (1) have one and the same embedding"
    assert reason in said.out
    page = (tmp_path / "out" / "page.html").read_text()
    assert reason in page
    alike = "90 of the 90 documents of same (1) stand word for word in same (2) too"
    assert alike in said.err
    assert alike in page
    assert "no difference can be told" in page


def test_copies_are_told_and_make_no_verdict(
    tmp_path: Path, tiny_model: Path, tiny_encoder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = sea(60, 2)
    many, few = write(tmp_path / "many.jsonl", texts * 2), write(tmp_path / "few.jsonl", sea(5, 3) * 24)
    run(many, few, "--model", tiny_model, "--embeddings", tiny_encoder, "--output", tmp_path / "out")
    said, page = capsys.readouterr(), (tmp_path / "out" / "page.html").read_text()
    assert "Nothing could be judged; below is why." in page
    for name, distinct in (("many", 60), ("few", 5)):
        told = f"The 120 documents of {name} hold {distinct} different texts, the other {120 - distinct} are copies"
        assert told in said.err
        assert told in page
    for what in ("numbers of unigrams and bigrams (", "the most frequent word pairs (", "density responses ("):
        assert f"skipped: {what}few: 120 documents, 5 of them distinct; intervals take 20)" in said.out
    assert "skipped: coverage in embedding space (few: 60 points a cloud are 3 distinct documents" in said.out
    assert "few: 5 distinct documents with a perplexity; quantiles take 20 at least" in said.out
    run(many, write(tmp_path / "other.jsonl", sea(60, 4)), "--no-dsir", "--output", tmp_path / "enough")
    assert "unigrams: " in capsys.readouterr().out


def test_text_without_spaces_has_a_page_that_says_what_words_are(tmp_path: Path) -> None:
    texts = [f"日本の首都は東京です。とても大きい都市です。{number}" for number in range(60)]
    run(*[write(tmp_path / f"{name}.jsonl", texts) for name in "ab"], "--output", tmp_path / "out")
    page = (tmp_path / "out" / "page.html").read_text()
    assert "The words of a have 24 characters on average" in page
    assert "the most frequent word pairs (a: too few documents hold two words side by side" in page


def test_words_are_equal_and_what_is_left_out_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = write(tmp_path / "mine.jsonl", sea(60, 2))
    rows = [*sea(60, 3), *[None] * 7, " ", "sea " * 30_000]
    made = write(tmp_path / "made.jsonl", rows)
    run(mine, made, "--no-dsir", "--output", tmp_path / "out")
    said, page = capsys.readouterr().err, (tmp_path / "out" / "page.html").read_text()
    for text in (said, page):
        assert "made: 69 read, 8 left out (7 without a text, 1 blank)" in text
        assert "7,200 words; made: " in text
    assert re.search(r"made: \d+ documents, 7,200 words", page)
    assert "word for word" not in page
