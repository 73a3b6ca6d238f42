"""ROUGE by hand, and what summaries without a model are."""

from __future__ import annotations

import pytest

from uncollapse.experiments.text.stages.evaluate_baselines import lead_summaries, median_words, random_summaries
from uncollapse.metrics.rouge import rouge


def test_rouge_is_the_harmonic_mean_of_precision_and_recall() -> None:
    """5 of 6 words and 3 of 5 pairs of words are shared; the longest common subsequence has 5 words."""
    found = rouge(["the cat sat on a mat"], ["the cat sat on the mat"], ["rouge1", "rouge2", "rougeL"])
    assert found["rouge1"][0] == pytest.approx(5 / 6)
    assert found["rouge2"][0] == pytest.approx(3 / 5)
    assert found["rougeL"][0] == pytest.approx(5 / 6)


def test_rouge_ignores_case_and_endings_of_words() -> None:
    assert rouge(["Cats sleeping"], ["cat sleeps"], ["rouge1"])["rouge1"].tolist() == [1.0]


def test_nothing_written_scores_nothing() -> None:
    assert rouge([""], ["a summary"], ["rouge1"])["rouge1"].tolist() == [0.0]


def test_a_random_summary_is_another_prompts_and_each_is_used_once() -> None:
    answers = [f"answer {number}" for number in range(50)]
    shuffled = random_summaries(answers)
    assert sorted(shuffled) == sorted(answers)
    assert all(first != second for first, second in zip(answers, shuffled, strict=True))


def test_the_lead_is_cut_from_what_is_read_alone() -> None:
    template = "Article: {prompt} Summary:"
    prompts = [template.replace("{prompt}", "one two three four"), template.replace("{prompt}", "one")]
    assert lead_summaries(prompts, template=template, words=3) == ["one two three", "one"]


def test_median_length() -> None:
    answers = [" ".join(["word"] * length) for length in (3, 9, 10)]
    assert median_words(answers) == 9
