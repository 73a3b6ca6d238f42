"""Verifiers of texts, each against a calculation of its own."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from rouge_score.rouge_scorer import RougeScorer
from scipy.stats import rankdata

from uncollapse.artifacts.parquet import write_table
from uncollapse.artifacts.scores import SCORES
from uncollapse.candidates.texts import TextCandidates
from uncollapse.errors import ArtifactError
from uncollapse.language.byte_tokenizer import byte_tokenizer
from uncollapse.settings.finding import available
from uncollapse.verifiers.finding import load_verifier
from uncollapse.verifiers.member_scores import MemberScores, read_member_scores
from uncollapse.verifiers.scoring import checked_scores
from uncollapse.verifiers.texts import ensemble, length, perplexity, repetition, rouge

TEXTS = [["The cat sat down.", "A dog ran"], ["no no no no no", "Cats sitting, the cat sits"], ["", "the the cat"]]
CANDIDATES = TextCandidates(
    prompt_id=np.arange(3),
    text=TEXTS,
    tokens=[[np.arange(3, dtype=np.int32)] * 2] * 3,
    log_prob=np.zeros((3, 2), np.float32),
)
PROMPTS = pa.table(
    {
        "prompt_id": [0, 1, 2],
        "document_id": [7, 8, 9],
        "prompt": ["An article", "Another", "x" * 200],
        "answer": ["the cats sat", "The cat was sitting", "cat"],
    }
)


class CountingEngine:
    """An engine under which every token of a text of n tokens has the probability 1 / (1 + n)."""

    tokenizer = byte_tokenizer([], vocabulary_size=257)
    context = 64

    def __init__(self) -> None:
        self.asked: list[tuple[list[int], list[int]]] = []

    def score(self, contexts: Any, continuations: Any) -> list:
        self.asked = list(zip(contexts, continuations, strict=True))
        return [np.full(len(c), -math.log(1 + len(c)), np.float32) for c in continuations]


def test_each_module_is_a_verifier() -> None:
    names = available("verifiers.texts")
    assert names == ["ensemble", "length", "perplexity", "repetition", "rouge"]
    assert all(load_verifier(name, of="texts").Settings.model_fields["kind"].default == name for name in names)


@pytest.mark.parametrize("metric", ["rouge1", "rouge2", "rougeL"])
def test_rouge_is_that_of_the_package(metric: str) -> None:
    scores, accepted = rouge.score(CANDIDATES, PROMPTS, settings=rouge.Settings(metric=metric), engine=None)
    scorer = RougeScorer([metric], use_stemmer=True)
    expected = [
        [scorer.score(answer, text)[metric].fmeasure for text in texts]
        for answer, texts in zip(PROMPTS["answer"].to_pylist(), TEXTS, strict=True)
    ]
    np.testing.assert_array_equal(scores, expected)
    assert accepted is None
    assert scores.max() > 0.4


def test_rouge_with_a_bound_accepts() -> None:
    settings = rouge.Settings(lowest=0.5)
    assert settings.gives_verdict
    assert not rouge.Settings().gives_verdict
    scores, accepted = rouge.score(CANDIDATES, PROMPTS, settings=settings, engine=None)
    assert np.array_equal(accepted, scores >= 0.5)
    assert accepted.any()
    assert not accepted.all()


def test_perplexity_is_per_token_of_the_answer() -> None:
    engine = CountingEngine()
    scores, accepted = perplexity.score(CANDIDATES, PROMPTS, settings=perplexity.Settings(highest=15), engine=engine)
    # bytes, the space before and the end of text; an empty answer is its end alone
    tokens = np.array([[len(text) + 2 if text else 1 for text in texts] for texts in TEXTS])
    np.testing.assert_allclose(scores, -(1 + tokens), rtol=1e-6)
    assert np.array_equal(accepted, tokens + 1 <= 15)
    for number, (context, continuation) in enumerate(engine.asked):
        assert len(context) + len(continuation) < 64
        assert (len(context) + len(continuation) == 63) == (number >= 4)  # the long article gives way


def test_length_counts_words_outside_the_bounds() -> None:
    scores, accepted = length.score(CANDIDATES, PROMPTS, settings=length.Settings(lowest=4, highest=4), engine=None)
    assert scores.tolist() == [[0, -1], [-1, -1], [-4, -1]]
    assert accepted.tolist() == [[True, False], [False, False], [False, False]]


def test_repetition_counts_n_grams_again() -> None:
    scores, accepted = repetition.score(
        CANDIDATES, PROMPTS, settings=repetition.Settings(n=1, highest=0.4), engine=None
    )
    np.testing.assert_allclose(scores, [[0, 0], [-0.8, 0], [0, -1 / 3]])
    assert accepted.tolist() == [[True, True], [False, True], [True, True]]


def members(rng: np.random.Generator) -> dict[str, MemberScores]:
    found = {}
    for name in ("a", "b"):
        values = rng.integers(0, 6, (3, 2)).astype(float)
        found[name] = MemberScores(values, np.sort(values, axis=None))
    return found


@pytest.mark.parametrize("mean_of", ["ranks", "z_scores"])
def test_an_ensemble_is_the_weighted_mean(mean_of: str) -> None:
    given = members(np.random.default_rng(3))
    settings = ensemble.Settings(members={"a": 3, "b": 1}, mean_of=mean_of)
    scores, accepted = ensemble.score(CANDIDATES, PROMPTS, settings=settings, engine=None, members=given)
    parts = []
    for name in ("a", "b"):
        values = given[name].values
        ranked = (rankdata(values).reshape(3, 2) - 1) / 5
        parts.append(ranked if mean_of == "ranks" else (values - values.mean()) / values.std())
    np.testing.assert_allclose(scores, (3 * parts[0] + parts[1]) / 4)
    assert accepted is None


def test_an_ensemble_judges_a_part_as_it_judges_all() -> None:
    given, settings = members(np.random.default_rng(4)), ensemble.Settings(members={"a": 1, "b": 2})
    whole, _ = ensemble.score(CANDIDATES, PROMPTS, settings=settings, engine=None, members=given)
    part = TextCandidates(
        prompt_id=np.array([2]), text=TEXTS[2:], tokens=CANDIDATES.tokens[2:], log_prob=CANDIDATES.log_prob[2:]
    )
    found, _ = ensemble.score(part, PROMPTS.slice(2), settings=settings, engine=None, members=given)
    np.testing.assert_array_equal(found, whole[2:])


def test_members_who_find_all_alike_do_not_count() -> None:
    alike = MemberScores(np.ones((3, 2)), np.ones(6))
    scores, _ = ensemble.score(
        CANDIDATES,
        PROMPTS,
        settings=ensemble.Settings(members={"a": 1}, mean_of="z_scores"),
        engine=None,
        members={"a": alike},
    )
    assert not scores.any()


def test_scores_of_members_are_read_shard_by_shard(tmp_path: Path) -> None:
    paths = [tmp_path / "1.parquet", tmp_path / "2.parquet"]
    for path, first in zip(paths, (0, 2), strict=True):
        write_table(
            path,
            {
                "prompt_id": np.repeat([first, first + 1], 2),
                "rank": np.array([0, 1, 0, 1], np.int16),
                "score": np.arange(4.0)[::-1] + first,
                "accepted": [None] * 4,
            },
            SCORES,
        )
    found = read_member_scores(paths)
    assert found.of(np.array([2, 3])).tolist() == [[5, 4], [3, 2]]
    assert found.sorted.tolist() == [0, 1, 2, 2, 3, 3, 4, 5]
    with pytest.raises(ArtifactError, match="missing or out of order"):
        read_member_scores(paths[::-1])
    with pytest.raises(ArtifactError, match="no scores"):
        read_member_scores([])


def test_what_they_return_passes_the_stages_check() -> None:
    for module, settings in (
        (rouge, rouge.Settings()),
        (length, length.Settings(highest=3)),
        (repetition, repetition.Settings()),
    ):
        checked_scores(module.score(CANDIDATES, PROMPTS, settings=settings, engine=None), shape=(3, 2), verifier="x")
