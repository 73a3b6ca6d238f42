"""A classifier that is there: what it scores, and what it keeps of machine-written passages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import transformers
from pydantic import ValidationError

from uncollapse.artifacts.parquet import write_table
from uncollapse.artifacts.passages import PASSAGES
from uncollapse.errors import ConfigError
from uncollapse.passage_selection.classifier import scores
from uncollapse.passage_selection.kept import kept
from uncollapse.passage_selection.settings import ClassifierSettings, TextSelectionSettings

CPU = torch.device("cpu")


def _classifier(folder: Path, *, labels: int = 1) -> ClassifierSettings:
    """Random weights over seven words."""
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "end"]))
    transformers.BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=7,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        initializer_range=1.0,
        num_labels=labels,
    )
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    return ClassifierSettings(folder=str(folder))


def test_it_scores_in_batches(tmp_path: Path) -> None:
    classifier, texts = _classifier(tmp_path), ["the end", "end", "the the the"]
    batches = list(scores(texts, classifier, device=CPU, batch=2))
    assert [len(batch) for batch in batches] == [2, 1]
    alone = np.concatenate(list(scores(texts, classifier, device=CPU, batch=1)))
    assert np.allclose(np.concatenate(batches), alone, atol=1e-5)
    assert len(set(alone.round(4))) == 3


def test_what_gives_no_score_is_refused_with_its_key(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"select\.classifier\.folder: .*has 2 outputs"):
        next(scores(["the"], _classifier(tmp_path, labels=2)))
    with pytest.raises(ConfigError, match=r"select\.classifier\.folder: .*cannot be loaded.*format of transformers"):
        next(scores(["the"], ClassifierSettings(folder=str(tmp_path / "nowhere"))))


def test_the_hub_cannot_be_reached_from_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    hub = {"id": "nobody/nothing", "revision": "main"}
    with pytest.raises(ConfigError, match=r"hub: nobody/nothing at revision main.*give its place as folder"):
        next(scores(["the"], ClassifierSettings(hub=hub)))


def test_the_passages_with_the_highest_scores_are_kept(tmp_path: Path) -> None:
    words = ["the", "end"]
    texts = [" ".join(words[place] for place in row) for row in np.ndindex(2, 2, 2, 2)]
    writers = ["human"] * 4 + ["machine"] * len(texts)
    columns = {
        "passage_id": list(range(len(writers))),
        "corpus": ["news" if who == "human" else "chat" for who in writers],
        "written_by": writers,
        "document_id": list(range(len(writers))),
        "place": np.linspace(0, 0.9, len(writers)),
        "text": ["the end"] * 4 + texts,
    }
    write_table(tmp_path / "passages.parquet", columns, PASSAGES)
    folder = tmp_path / "model"
    folder.mkdir()
    classifier = _classifier(folder)
    found = kept(
        TextSelectionSettings(by="educational", share=0.25, classifier=classifier),
        tokens=tmp_path / "unused.parquet",
        passages=tmp_path / "passages.parquet",
        prior=None,
        encoder=None,
        device=CPU,
        machine=["chat"],
        folder=tmp_path,
    )
    assert found[:4].all()
    values = np.concatenate(list(scores(texts, classifier)))
    assert set(np.flatnonzero(found[4:])) == set(np.argsort(-values, kind="stable")[:4])


@pytest.mark.parametrize(
    "given",
    [
        {"by": "educational"},
        {"by": "educational", "educational": "news", "classifier": {"folder": "model"}},
        {"by": "dsir", "classifier": {"folder": "model"}},
        {"by": "educational", "classifier": {}},
    ],
)
def test_a_selector_has_one_teacher(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=r"give one of them|asks no classifier|exactly one of hub and folder"):
        TextSelectionSettings(**given)
