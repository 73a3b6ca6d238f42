"""Edits of a data set become a data set of the same rows; counts say what each document lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from uncollapse.artifacts.datasets import TRAINING_TEXTS
from uncollapse.artifacts.edits import EDIT_COUNTS, EDITS
from uncollapse.artifacts.parquet import ParquetWriter, write_table
from uncollapse.editing.documents import Documents
from uncollapse.editing.edit import score
from uncollapse.editing.transformers_prior import TransformersPrior
from uncollapse.errors import ArtifactError
from uncollapse.language.base import untrained
from uncollapse.language.byte_tokenizer import byte_tokenizer
from uncollapse.language.settings import Architecture
from uncollapse.pretraining.editing import (
    count_rows,
    generations,
    in_tokens_of,
    texts_of_corpus,
    texts_of_dataset,
    threshold_at,
)
from uncollapse.pretraining.mixtures import edited_rows
from uncollapse.pretraining.tokens import encoded_anew, learn


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    path = tmp_path / "dataset.parquet"
    columns = {"passage_id": [4, 7], "corpus": ["a", "b"], "written_by": ["human"] * 2, "ids": [[1, 2, 3], [4, 5]]}
    write_table(path, columns, TRAINING_TEXTS)
    return path


def _edits(path: Path, document_id: list[int]) -> Path:
    columns = {
        "document_id": document_id,
        "prompt_ids": [[], []],
        "ids": [[1, 2, 3], [4, 5]],
        "p": [[0.05, 0.995, 0.99], [1.0, 0.5]],
        "eligible": [[False, True, True], [True, False]],
        "changed": [[False, True, False], [False, False]],
        "new_ids": [[1, 9, 3], [4, 5]],
        "eligible_tokens": [2, 1],
        "changed_tokens": [1, 0],
        "text": ["", ""],
    }
    write_table(path, columns, EDITS)
    return path


def test_new_ids_take_the_place_of_the_old(dataset: Path, tmp_path: Path) -> None:
    (rows,) = edited_rows(_edits(tmp_path / "edits.parquet", [4, 7]), dataset)
    assert rows["ids"].to_pylist() == [[1, 9, 3], [4, 5]]
    assert rows["corpus"].to_pylist() == ["a", "b"]
    with ParquetWriter(tmp_path / "new.parquet", TRAINING_TEXTS) as writer:
        writer.write(rows)
        writer.count(rows_in=2, kept=2)
    assert pq.read_table(tmp_path / "new.parquet").column("passage_id").to_pylist() == [4, 7]


def test_edits_of_another_data_set_are_an_error(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="are not the passages of"):
        list(edited_rows(_edits(tmp_path / "edits.parquet", [4, 8]), dataset))


def test_counts_of_every_document(tmp_path: Path) -> None:
    path = _edits(tmp_path / "edits.parquet", [4, 7])
    rows = list(count_rows(path, threshold=0.99))
    write_table(tmp_path / "counts.parquet", rows[0], EDIT_COUNTS)
    found = pq.read_table(tmp_path / "counts.parquet").to_pydict()
    assert (found["tokens"], found["new_tokens"]) == ([3, 2], [3, 2])
    assert (found["eligible"], found["changed"]) == ([2, 1], [1, 0])
    assert found["above"] == [2, 1]  # 0.99 as a 32-bit float lies just above 0.99
    assert found["probabilities"] == [[1, 0, 0, 0, 0, 0, 0, 0, 0, 2], [0, 0, 0, 0, 0, 1, 0, 0, 0, 1]]


@pytest.mark.parametrize(("direction", "within"), [(">=", 0.25), ("<=", 0.1)])
def test_a_threshold_lets_its_share_of_human_tokens_be_edited(tokens: Path, direction: str, within: float) -> None:
    tokenizer = byte_tokenizer(["a"], vocabulary_size=257)
    settings = Architecture(architecture="gpt2", hidden_size=16, layers=1, heads=2, context=64)
    model = untrained(settings, tokenizer, seed=0).model
    model.resize_token_embeddings(280)
    prior = TransformersPrior(model, tokenizer)
    threshold = threshold_at(within, tokens, prior, direction=direction)
    rows = [row for row in pq.read_table(tokens).to_pylist() if row["written_by"] == "human"]
    p = score(Documents.of_lists(np.arange(len(rows)), [row["ids"] for row in rows]), prior).astype(float)
    chosen = p >= threshold if direction == ">=" else p <= threshold
    assert chosen.mean() == pytest.approx(within, abs=2 / len(p))


def test_frozen_positions_are_those_of_the_first_generation(dataset: Path, tmp_path: Path) -> None:
    path = _edits(tmp_path / "edits.parquet", [4, 7])
    ((documents, frozen),) = generations(path, path)
    assert documents.tokens.tolist() == [1, 9, 3, 4, 5]
    assert frozen is not None
    assert np.array_equal(frozen, [False, True, True, True, False])
    ((_, frozen),) = generations(path, None)
    assert frozen is None


def test_a_data_set_is_edited_in_its_own_tokens_and_a_corpus_in_the_priors(
    dataset: Path, passages: dict[str, Path]
) -> None:
    ((documents, _),) = texts_of_dataset(dataset)
    assert documents.document_id.tolist() == [4, 7]
    assert documents.tokens.tolist() == [1, 2, 3, 4, 5]
    tokenizer = learn(passages["train"], vocabulary_size=260, count=20)
    ((documents, _),) = texts_of_corpus(passages["train"], tokenizer, corpus="news", most=3)
    texts = {row["passage_id"]: row for row in pq.read_table(passages["train"]).to_pylist()}
    assert len(documents) == 3
    last = max(texts[number]["place"] for number in documents.document_id.tolist())
    assert sum(row["place"] <= last and row["corpus"] == "news" for row in texts.values()) == 3
    for number, ids in zip(documents.document_id.tolist(), documents.rows(), strict=True):
        assert tokenizer.decode(ids.tolist()) == texts[number]["text"]


def test_a_data_set_is_read_in_another_tokenizer_s_tokens_and_returns_to_its_own(passages: dict[str, Path]) -> None:
    own, other = (learn(passages["train"], vocabulary_size=size, count=20) for size in (260, 275))
    texts = [row["text"] for row in pq.read_table(passages["train"]).to_pylist()[:3]]
    ids = [own(text)["input_ids"] for text in texts]
    ids[2] = ids[2][:-1]  # the last passage of a corpus may be cut
    part = (Documents.of_lists(np.arange(3), ids, [ids[0], [], []]), None)
    documents, frozen = in_tokens_of(other, part, own=own)
    assert frozen is None
    assert documents.document_id.tolist() == [0, 1, 2]
    assert [other.decode(row.tolist()) for row in documents.rows()] == [own.decode(row) for row in ids]
    assert documents.rows()[0].tolist() == other(texts[0])["input_ids"] != ids[0]
    assert other.decode(documents.prompts[0].tolist()) == texts[0]
    changed = f"{texts[1]} indeed"
    again = encoded_anew(own, ids, [texts[0], changed, own.decode(ids[2])])
    assert again == [ids[0], own(changed)["input_ids"], ids[2]]


def test_edited_texts_are_encoded_anew_where_tokens_are_another_model_s(dataset: Path, tmp_path: Path) -> None:
    seen = []

    def encode(before: list[list[int]], texts: list[str]) -> list[list[int]]:
        seen.append((before, len(texts)))
        return [[9] for _ in texts]

    (rows,) = edited_rows(_edits(tmp_path / "edits.parquet", [4, 7]), dataset, encode=encode)
    assert seen == [([[1, 2, 3], [4, 5]], 2)]
    assert rows["ids"] == [[9], [9]]
    assert rows["passage_id"].to_pylist() == [4, 7]
