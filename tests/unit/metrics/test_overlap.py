"""How much a text repeats itself, and how many of its words come from another one."""

from __future__ import annotations

import pytest
from rouge_score.rouge_scorer import RougeScorer

from uncollapse.metrics.overlap import distinct_bigrams, words_from

ORIGINAL = "The drivers of Jarrow met on Monday, and the mayor of Jarrow met them."


@pytest.mark.parametrize(
    "text", ["The mayor met the drivers.", ORIGINAL, "Jarrow Jarrow Jarrow Jarrow", "Nothing else"]
)
def test_words_from_a_text_are_the_precision_of_rouge_1(text: str) -> None:
    expected = RougeScorer(["rouge1"], use_stemmer=False).score(ORIGINAL, text)["rouge1"].precision
    assert words_from(ORIGINAL, text) == pytest.approx(expected)


def test_longer_texts_are_judged_by_their_beginning() -> None:
    text = "a b c d"
    assert distinct_bigrams(text, words=4) == distinct_bigrams(f"{text} {text} {text}", words=4) == 1.0
    assert distinct_bigrams(f"{text} {text}", words=8) == pytest.approx(4 / 7)


def test_what_has_no_words_has_no_shares() -> None:
    assert words_from(ORIGINAL, " ... ") is None
    assert distinct_bigrams("alone", words=40) is None
