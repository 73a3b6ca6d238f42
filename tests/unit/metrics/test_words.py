"""Words in scripts other than a-z, and texts without any."""

from __future__ import annotations

import numpy as np
import pytest
from rouge_score.rouge_scorer import RougeScorer

from uncollapse.corpora.deduplication import Duplicates
from uncollapse.metrics.overlap import words_from
from uncollapse.metrics.rouge import rouge

METRICS = ["rouge1", "rouge2", "rougeL"]


@pytest.mark.parametrize(
    "text",
    [
        "Паром нашёл зелёную лампу",
        "दिन दीन दान दाना",
        "الكلب في البيت",
        "你好世界",
        "naïve café",
        "🙂🙂 🚀",
        "ไทยภาษา",
        "שלום עולם",
    ],
)
def test_identical_texts_have_rouge_1(text: str) -> None:
    for metric, values in rouge([text], [text], METRICS).items():
        assert values.tolist() == [1.0], metric


@pytest.mark.parametrize(
    ("text", "reference", "rouge1"),
    [
        ("Паром 2024", "Сосед 2024", 0.5),  # one word of two
        ("naïve café", "na ve caf", 0.0),
        ("naïve café", "nai\u0308ve cafe\u0301", 1.0),  # composed or not
        ("कल", "काल", 0.0),  # other vowel signs
        ("你好世界", "你好", 2 / 3),  # 2 of 4, and 2 of 2 characters
        ("🙂🙂", "🚀", 0.0),
        ("", "Паром", 0.0),
    ],
)
def test_rouge_1_by_hand(text: str, reference: str, rouge1: float) -> None:
    assert rouge([text], [reference], ["rouge1"])["rouge1"][0] == pytest.approx(rouge1)


def test_ascii_texts_have_the_values_of_rouge_score() -> None:
    rng = np.random.default_rng(0)
    vocabulary = ["running", "runs", "it's", "snake_case", "the", "U.S.", "3.5%", "cats--dogs", "don't", "A/B", "_x_"]
    texts = [" ".join(rng.choice(vocabulary, 8)) for _ in range(200)]
    references = [" ".join(rng.choice(vocabulary, 8)) for _ in range(200)]
    found = rouge(texts, references, METRICS)
    scorer = RougeScorer(METRICS, use_stemmer=True)
    for row, (text, reference) in enumerate(zip(texts, references, strict=True)):
        for metric, score in scorer.score(reference, text).items():
            assert found[metric][row] == pytest.approx(score.fmeasure, abs=1e-12)


@pytest.mark.parametrize("near", [None, 0.7])
def test_texts_without_words_and_words_with_marks_are_their_own(near: float | None) -> None:
    seen = Duplicates(near=near)
    different = ["🙂🙂", "🚀", "!!!", "?!", "…", "👍", "🍋", "🍋🍋", "दिन", "दीन", "दान", "दाना", "कल", "कला", "काल"]
    assert seen.reasons(different) == [""] * len(different)
    assert seen.reasons(["🍋 🍋", "«दिन»"]) == ["exact duplicate"] * 2


def test_words_with_marks_are_counted_whole() -> None:
    assert words_from("दिन कल", "दीन कल") == 0.5
