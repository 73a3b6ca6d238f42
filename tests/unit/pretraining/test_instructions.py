"""Instructions with answers: split, edited given the instruction, learned and judged as answers alone."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch

from uncollapse.artifacts.corpora import DOCUMENTS
from uncollapse.artifacts.datasets import PAIRS, TRAINING_PAIRS
from uncollapse.artifacts.edits import EDITS
from uncollapse.artifacts.parquet import write_table
from uncollapse.editing.edit import log_probs
from uncollapse.editing.transformers_prior import TransformersPrior
from uncollapse.errors import DataError
from uncollapse.language.artifact import LanguageModel
from uncollapse.language.base import untrained
from uncollapse.language.settings import Architecture
from uncollapse.pretraining.editing import texts_of_dataset
from uncollapse.pretraining.evaluation import evaluate_answers
from uncollapse.pretraining.examples import load_pairs
from uncollapse.pretraining.mixtures import edited_rows
from uncollapse.pretraining.settings import InstructionSettings
from uncollapse.pretraining.tokens import EMPTY, TOO_LONG, learn, pairs_of

ROWS = {"passage_id": [4, 9], "corpus": ["asked"] * 2, "written_by": ["machine"] * 2}
IDS = {"prompt_ids": [[5, 6, 7], [8]], "ids": [[30, 31], [40, 41, 42, 43]]}


@pytest.fixture(scope="module")
def language_model(passages: dict[str, Path]) -> LanguageModel:
    tokenizer = learn(passages["train"], vocabulary_size=280, count=40)
    settings = Architecture(architecture="gpt2", hidden_size=16, layers=1, heads=2, context=16)
    return untrained(settings, tokenizer, seed=0)


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    write_table(tmp_path / "pairs.parquet", ROWS | IDS, TRAINING_PAIRS)
    return tmp_path / "pairs.parquet"


def test_pairs_fit_are_whole_and_in_one_split(tmp_path: Path, language_model: LanguageModel) -> None:
    texts = [*(f"answer {number}" for number in range(60)), "word " * 50, ""]
    titles = [*(f"question {number}" for number in range(60)), "long", "unanswered"]
    empty = [""] * len(texts)
    columns = {"document_id": list(range(len(texts))), "source": empty, "title": titles, "lead": empty, "text": texts}
    write_table(tmp_path / "corpus.parquet", columns, DOCUMENTS)
    settings = InstructionSettings(corpus="asked", template="Q: {instruction}\nA: ", longest=60, test_share=0.3)
    (found,) = pairs_of(tmp_path / "corpus.parquet", language_model.tokenizer, settings)
    assert [row["passage_id"] for row in found[TOO_LONG]] == [60]
    assert [row["passage_id"] for row in found[EMPTY]] == [61]
    assert len(found["train"]) + len(found["test"]) == 60
    assert 8 <= len(found["test"]) <= 28
    row = found["test"][0]
    assert language_model.tokenizer.decode(row["prompt_ids"]) == f"Q: question {row['passage_id']}\nA: "
    assert language_model.tokenizer.decode(row["ids"]) == f"answer {row['passage_id']}"
    assert row["bytes"] == len(f"answer {row['passage_id']}")


def test_only_answers_are_learned(pairs: Path, language_model: LanguageModel) -> None:
    examples = load_pairs(pairs, context=16, end=0, device=torch.device("cpu"))
    assert len(examples) == 2
    tokens, learned = examples.batch(torch.tensor([1, 0]))
    assert tokens.tolist() == [[0, 8, 40, 41, 42, 43, 0], [0, 5, 6, 7, 30, 31, 0]]
    assert tokens[:, 1:][learned].tolist() == [40, 41, 42, 43, 0, 30, 31, 0]
    assert examples.batch(torch.tensor([0]))[0].shape == (1, 7)
    loss = examples.loss_of(language_model.model)(tokens, learned).item()
    total = 0.0
    for row, start in (([0, 8, 40, 41, 42, 43, 0], 2), ([0, 5, 6, 7, 30, 31, 0], 4)):
        scores = language_model.model(torch.tensor([row])).logits[0].log_softmax(-1)
        total -= sum(scores[place - 1, row[place]].item() for place in range(start, len(row)))
    assert loss == pytest.approx(total / 8, rel=1e-5)


def test_pairs_beyond_the_context_are_an_error(pairs: Path) -> None:
    with pytest.raises(DataError, match="a pair of 7 tokens for a context of 5; lower instructions"):
        load_pairs(pairs, context=5, end=0, device=torch.device("cpu"))


def test_answers_are_edited_given_their_instructions(
    pairs: Path, language_model: LanguageModel, tmp_path: Path
) -> None:
    ((documents, _),) = texts_of_dataset(pairs, TRAINING_PAIRS)
    prior = TransformersPrior(language_model.model, language_model.tokenizer)
    found = log_probs(documents, prior)
    scores = language_model.model(torch.tensor([[0, 8, 40, 41, 42, 43]])).logits[0].log_softmax(-1)
    expected = [scores[place, token].item() for place, token in ((1, 40), (2, 41), (3, 42), (4, 43))]
    np.testing.assert_allclose(found[2:], expected, atol=1e-5)
    edits = {
        "document_id": [4, 9], "prompt_ids": IDS["prompt_ids"], "ids": IDS["ids"], "p": [[0.5] * 2, [0.5] * 4],
        "eligible": [[True, False], [False] * 4], "changed": [[True, False], [False] * 4],
        "new_ids": [[99, 31], [40, 41, 42, 43]], "eligible_tokens": [1, 0], "changed_tokens": [1, 0], "text": ["", ""],
    }  # fmt: skip
    write_table(tmp_path / "edits.parquet", edits, EDITS)
    (rows,) = edited_rows(tmp_path / "edits.parquet", pairs, TRAINING_PAIRS)
    assert rows["ids"].to_pylist() == edits["new_ids"]
    assert rows["prompt_ids"].to_pylist() == IDS["prompt_ids"]


def test_perplexity_of_answers_given_their_instructions(tmp_path: Path, language_model: LanguageModel) -> None:
    write_table(tmp_path / "test.parquet", ROWS | {"bytes": [5, 9]} | IDS, PAIRS)
    prior = TransformersPrior(language_model.model, language_model.tokenizer)
    row = evaluate_answers(tmp_path / "test.parquet", prior)
    assert (row["corpus"], row["passages"], row["tokens"], row["bytes"]) == ("asked", 2, 6, 14)
    write_table(tmp_path / "pairs.parquet", ROWS | IDS, TRAINING_PAIRS)
    ((documents, _),) = texts_of_dataset(tmp_path / "pairs.parquet", TRAINING_PAIRS)
    assert row["perplexity"] == pytest.approx(math.exp(-log_probs(documents, prior).mean()), rel=1e-5)
    assert pq.read_schema(tmp_path / "test.parquet").names == PAIRS.names
