"""Candidates and scores side by side, or an error where they do not belong together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from uncollapse.candidates.judged import read_judged, read_scores
from uncollapse.errors import ArtifactError

TOKENS = np.arange(30).reshape(5, 2, 3)
LOG_PROB = -np.arange(10.0).reshape(5, 2)
SCORES = np.arange(10.0).reshape(5, 2) / 8
ACCEPTED = SCORES > 0.3
WriteFile = Callable[..., Path]


def test_groups_and_shards_in_parallel(write_candidates: WriteFile, write_scores: WriteFile) -> None:
    candidates = [
        write_candidates(TOKENS[:3], LOG_PROB[:3], groups=[2, 1], name="c1.parquet"),
        write_candidates(TOKENS[3:], LOG_PROB[3:], first=3, name="c2.parquet"),
    ]
    scores = [
        write_scores(SCORES[:3], ACCEPTED[:3], groups=[2, 1], name="s1.parquet"),
        write_scores(SCORES[3:], ACCEPTED[3:], first=3, name="s2.parquet"),
    ]
    judged = list(read_judged(candidates, scores))
    assert [group.candidates.prompt_id.tolist() for group in judged] == [[0, 1], [2], [3, 4]]
    assert np.concatenate([group.scores for group in judged]).tolist() == SCORES.tolist()
    assert np.concatenate([group.accepted for group in judged]).tolist() == ACCEPTED.tolist()
    assert np.concatenate([group.candidates.tokens for group in judged]).tolist() == TOKENS.tolist()


def test_without_scores_candidates_rank_by_their_own_probability(write_candidates: WriteFile) -> None:
    (judged,) = read_judged([write_candidates(TOKENS, LOG_PROB)], [])
    assert judged.scores.tolist() == LOG_PROB.tolist()
    assert judged.accepted is None


def test_scores_without_a_verdict(write_scores: WriteFile) -> None:
    (found,) = read_scores(write_scores(SCORES, None))
    assert found.scores.tolist() == SCORES.tolist()
    assert found.accepted is None


def _refused(candidates: list[Path], scores: list[Path]) -> None:
    with pytest.raises(ArtifactError) as caught:
        list(read_judged(candidates, scores))
    assert str(scores[0]) in str(caught.value) or str(candidates[0]) in str(caught.value)


def test_scores_of_fewer_prompts(write_candidates: WriteFile, write_scores: WriteFile) -> None:
    _refused([write_candidates(TOKENS, LOG_PROB)], [write_scores(SCORES[:4], ACCEPTED[:4])])


def test_scores_of_a_narrower_beam(write_candidates: WriteFile, write_scores: WriteFile) -> None:
    _refused([write_candidates(TOKENS, LOG_PROB)], [write_scores(SCORES[:, :1], ACCEPTED[:, :1])])


def test_scores_of_fewer_row_groups(write_candidates: WriteFile, write_scores: WriteFile) -> None:
    """Such as a shard that is missing."""
    _refused([write_candidates(TOKENS, LOG_PROB, groups=[2, 3])], [write_scores(SCORES[:2], ACCEPTED[:2])])


def test_scores_of_more_row_groups(write_candidates: WriteFile, write_scores: WriteFile) -> None:
    _refused([write_candidates(TOKENS[:2], LOG_PROB[:2])], [write_scores(SCORES, ACCEPTED, groups=[2, 3])])


def test_scores_of_other_prompts(write_candidates: WriteFile, write_scores: WriteFile) -> None:
    """Such as two shards of scores in the wrong order: of the same shape, but of other prompts."""
    candidates = [
        write_candidates(TOKENS[:2], LOG_PROB[:2], name="c1.parquet"),
        write_candidates(TOKENS[2:4], LOG_PROB[2:4], first=2, name="c2.parquet"),
    ]
    scores = [
        write_scores(SCORES[2:4], ACCEPTED[2:4], first=2, name="s2.parquet"),
        write_scores(SCORES[:2], ACCEPTED[:2], name="s1.parquet"),
    ]
    _refused(candidates, scores)
