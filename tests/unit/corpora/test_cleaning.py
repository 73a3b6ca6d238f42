"""One form of text, sentences, passages, duplicates and the account of them."""

from __future__ import annotations

import random

import pytest

from uncollapse.corpora.cleaning import is_readable, normalise, unwrap, words
from uncollapse.corpora.deduplication import Duplicates
from uncollapse.corpora.document import RawDocument
from uncollapse.corpora.prepare import Account, prepare
from uncollapse.corpora.sentences import passages, sentences, split_lead
from uncollapse.corpora.settings import CleaningSettings
from uncollapse.corpora.splits import position, split_of


def _words(count: int, seed: int = 0) -> str:
    rng = random.Random(seed)
    return " ".join("".join(rng.choices("abcdefgh", k=6)) for _ in range(count))


def test_normalise_makes_texts_that_read_alike_equal() -> None:
    assert normalise("cafe\u0301\u00ad\u200b  x\x07\r\n \r\n y\u2028z ") == "café x\ny\nz"
    assert normalise(normalise("a\tb\n\n c")) == normalise("a\tb\n\n c")


@pytest.mark.parametrize(("text", "readable"), [("naïve £5 — “yes” Ä Â", True), ("a\ufffdb", False), ("Â£7", False)])
def test_readable(text: str, readable: bool) -> None:
    assert is_readable(text) is readable


def test_mojibake_is_recognized_for_every_letter_of_latin_languages() -> None:
    for letter in "éüñçåßø’“”—£€":
        assert not is_readable(f"x {letter}y".encode().decode("cp1252", "replace"))
        assert is_readable(f"x {letter}y")


def test_unwrap_keeps_paragraphs() -> None:
    assert unwrap("a\r\nb\r\n\r\n\r\nc") == "a b\nc"


@pytest.mark.parametrize(
    "text",
    [
        "Gen. J. B. Smith of the U.S. Army met Mr. Jones. They spoke.",
        'He said "No." They spoke.',
        "It costs 3.5 million. They spoke.",
        "First line\nwithout a stop? They spoke.",
    ],
)
def test_sentences(text: str) -> None:
    found = sentences(text)
    assert "".join(found) == text
    assert len(found) == 2
    assert found[1] == "They spoke."


def test_a_lead_is_split_off_where_it_can_serve() -> None:
    lead, rest = "This is a first sentence of exactly ten words, really.", _words(20).capitalize()
    assert split_lead(f"{lead} {rest}", fewest=10, most=50, rest=20) == (lead, rest)
    assert split_lead(f"{lead} {rest}", fewest=11, most=50, rest=20) == ("", f"{lead} {rest}")
    assert split_lead(f"{lead} {rest}", fewest=10, most=50, rest=21) == ("", f"{lead} {rest}")
    assert split_lead("", fewest=1, most=5, rest=0) == ("", "")


def test_passages_hold_all_words_in_order() -> None:
    text = "\n".join(" ".join([*_words(n, seed=n).split(), "end."]).capitalize() for n in (4, 30, 3, 200, 9))
    for size in (5, 20, 1000):
        found = passages(text, size)
        assert " ".join(found).split() == text.split()
        *others, last = map(words, found)
        assert all(size <= count < 3 * size for count in others)
        assert last >= size / 2 or not others


def test_duplicates_exact_and_near() -> None:
    text = _words(100)
    changed = text.split()
    changed[50] = "other"
    given = {
        text: "",
        text.upper().replace(" ", ", "): "exact duplicate",
        " ".join(changed): "near duplicate",
        _words(100, seed=1): "",
        # half of the words of another order: 50 of 150 shingles in common
        " ".join([*text.split()[:50], *_words(50, seed=2).split()]): "",
    }
    assert Duplicates(near=0.7).reasons(list(given)) == list(given.values())


def test_near_duplicates_can_be_kept() -> None:
    assert Duplicates(near=None).reasons([_words(100), _words(100) + " more"]) == ["", ""]


def test_the_account_adds_up() -> None:
    long, other = _words(60), _words(60, seed=1)
    raw = [
        RawDocument(text=long),
        RawDocument(text="  "),
        RawDocument(text="a\ufffd " + other),
        RawDocument(text="too short"),
        RawDocument(text=long.upper()),
        RawDocument(text=other + " more"),
        RawDocument(text=other),
        RawDocument(text=_words(300, seed=3)),
        RawDocument(text=_words(70, seed=4), rejected="holds code"),
    ]
    account = Account()
    settings = CleaningSettings(min_words=50, max_words=200, near_duplicates=0.7)
    kept = list(prepare(raw, settings, account))
    assert [document.text for document in kept] == [long, other + " more"]
    assert {reason: count for reason, (count, _) in account.dropped.items()} == {
        "empty text": 1,
        "unreadable characters": 1,
        "too short": 1,
        "exact duplicate": 1,
        "near duplicate": 1,
        "too long": 1,
        "holds code": 1,
    }
    steps = account.steps()
    assert steps[0] == ("read", 9, sum(words(document.text) for document in raw))
    assert steps[1][:2] == ("without holds code", 8)
    assert steps[-2][1:] == steps[-1][1:] == (2, 121)


def test_passages_are_rows_of_their_own() -> None:
    account = Account()
    text = " ".join(f"{_words(9, seed=i).capitalize()} end." for i in range(20))
    settings = CleaningSettings(min_words=1, passage_words=50)
    kept = list(prepare([RawDocument(text=text, title="T")], settings, account))
    assert [words(document.text) for document in kept] == [50] * 4
    assert {document.title for document in kept} == {"T"}
    assert account.steps()[-2:] == [("kept", 1, 200), ("passages", 4, 200)]


def test_splits_are_stable_and_have_their_shares() -> None:
    texts = [_words(20, seed=i) for i in range(2000)]
    shares = {"train": 0.7, "validation": 0.1, "test": 0.2}
    split = [split_of(text, shares) for text in texts]
    assert split == [split_of(text.replace(" ", "  \n"), shares) for text in texts]
    for name, share in shares.items():
        # 5 standard deviations of a binomial
        assert abs(split.count(name) / 2000 - share) < 5 * (share * (1 - share) / 2000) ** 0.5
    assert all(0 <= position(text) < 1 for text in texts)
    # widening the last split takes from its neighbour alone
    wider = [split_of(text, {"train": 0.7, "validation": 0.05, "test": 0.25}) for text in texts]
    assert [a == "train" for a in split] == [b == "train" for b in wider]
