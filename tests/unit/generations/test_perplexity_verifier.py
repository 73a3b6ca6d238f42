"""Language models as verifiers of made-up texts."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pydantic import ValidationError

from uncollapse.errors import DataError
from uncollapse.generations.rows import TEXTS
from uncollapse.generations.state import State
from uncollapse.generations.verifiers import perplexity
from uncollapse.generations.work import Work
from uncollapse.jobs.progress import Progress

BLOCK = {
    "kind": "perplexity",
    "model": {
        "name": "language_model",
        "architecture": {"architecture": "gpt2", "hidden_size": 16, "layers": 1, "heads": 2, "context": 24},
        "vocabulary_size": 262,
        "training": {
            "steps": 40,
            "batch_size": 8,
            "optimizer": {"name": "muon", "learning_rate": 1e-2, "muon_learning_rate": 2e-2},
        },
    },
}


def settings(**keys: object) -> perplexity.Settings:
    return perplexity.Settings.model_validate(BLOCK | keys)


def made_up(number: int, words: str, *, seed: int) -> pa.Table:
    rng = np.random.default_rng(seed)
    return pa.table({"text": [" ".join(rng.choice(words.split(), 4)) for _ in range(number)]}, schema=TEXTS)


def work(folder: Path) -> Work:
    return Work(progress=Progress("t", unit="texts", stream=StringIO()), checkpoint=folder / "c", identity="x")


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> State:
    """Knows texts of colours, of which the first 30 rows have none."""
    rows = pa.concat_tables([made_up(30, "one two three", seed=0), made_up(80, "red green blue", seed=1)])
    return perplexity.learn(rows, settings(skip=30), seed=0, work=work(tmp_path_factory.mktemp("judge")))


def test_texts_like_those_it_knows_are_accepted_and_others_are_not(learned: State, tmp_path: Path) -> None:
    judge = settings()
    asked = pa.concat_tables([made_up(30, "red green blue", seed=2), made_up(30, "one two three", seed=3)])
    found = perplexity.scores(learned, judge, asked, seed=0, work=work(tmp_path))
    assert (found[:30] >= judge.threshold).mean() > 0.7
    assert (found[30:] < judge.threshold).all()
    assert found.min() == pytest.approx(1 / 17)  # of 80 texts 16 were set aside: no share is 0
    assert len(learned.about["losses"]) == 16


def test_a_ranking_accepts_the_likelier_half_whatever_they_are(learned: State, tmp_path: Path) -> None:
    judge = settings(ranked=True, threshold=0.5)
    asked = pa.concat_tables([made_up(10, "one two three", seed=3), made_up(10, "red green blue", seed=2)])
    found = perplexity.scores(learned, judge, asked, seed=0, work=work(tmp_path))
    assert (found >= judge.threshold).tolist() == [False] * 10 + [True] * 10
    same = perplexity.scores(learned, judge, asked.take([0] * 4), seed=0, work=work(tmp_path))
    assert (same >= judge.threshold).sum() == 2  # texts that are all alike are half accepted too


def test_too_few_texts_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="4 real texts are left for the verifier, which takes 5 at least"):
        perplexity.learn(made_up(10, "a b", seed=0), settings(skip=6), seed=0, work=work(tmp_path))


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"skip": 3, "held_out": True}, "counts the learner's real texts for training; remove it, or"),
        ({"held_out": True, "data": {"name": "texts", "corpus": "c"}}, "data are others; remove one of them"),
    ],
)
def test_one_source_is_asked_for(keys: dict, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        settings(**keys)
