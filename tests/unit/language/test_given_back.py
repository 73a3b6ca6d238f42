"""Texts that a tokenizer cannot give back are counted, with the first one as an example."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tiny_models
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from uncollapse.artifacts.edits import EDITS
from uncollapse.artifacts.parquet import read_table
from uncollapse.editing.corpus import Corpus
from uncollapse.editing.generations import edit_generations
from uncollapse.editing.run import Run
from uncollapse.editing.settings import EditSettings
from uncollapse.editing.transformers_prior import TransformersPrior
from uncollapse.language.given_back import GivenBack
from uncollapse.language.text import encode_texts


def _lower_case() -> PreTrainedTokenizerFast:
    made = Tokenizer(models.BPE())
    made.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()])
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    made.train_from_iterator([], trainers.BpeTrainer(special_tokens=["<|endoftext|>"], initial_alphabet=alphabet))
    return PreTrainedTokenizerFast(tokenizer_object=made, eos_token="<|endoftext|>")


def _unknown() -> PreTrainedTokenizerFast:
    made = Tokenizer(models.BPE(unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    made.train_from_iterator(["the sea and the sky"], trainers.BpeTrainer(special_tokens=["<unk>", "</s>"]))
    return PreTrainedTokenizerFast(tokenizer_object=made, unk_token="<unk>", eos_token="</s>")


@pytest.mark.parametrize(
    ("make", "changed", "example"),
    [
        (tiny_models.tokenizer, 0, ""),
        (_lower_case, 2, "document 0: 'The sea' becomes 'the sea'"),
        (_unknown, 3, "document 0: 'The sea' becomes '<unk>he sea'"),
    ],
)
def test_counts(make, changed: int, example: str) -> None:
    tokenizer = make()
    texts = ["The sea", "the sky ", "a naïve \N{SLIGHTLY SMILING FACE}", "", "4 the"]
    found = GivenBack(tokenizer)
    found.add((f"document {number}" for number in range(5)), texts, encode_texts(tokenizer, texts))
    assert (found.texts, found.changed, found.example) == (5, changed, example)
    line = found.warning("documents")
    assert line.startswith(f"warning: {changed} of 5 documents ({changed / 5:.1%}) ") if changed else line == ""


def test_a_document_without_a_change_keeps_its_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = ["The Café", "the sea"]
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    prior = TransformersPrior(tiny_models.model(), _lower_case())
    never = EditSettings(threshold=1.0)
    output = tmp_path / "edited.parquet"
    edit_generations(Corpus(corpus, text_column="text"), [Run(output, {})], never, load=lambda: prior)
    assert read_table(output, EDITS)["text"].to_pylist() == texts
    told = capsys.readouterr().err
    assert "warning: 1 of 2 documents (50.0%)" in told
    assert "'The Café' becomes 'the cafe'" in told
