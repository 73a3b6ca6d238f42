"""Texts that a tokenizer cannot give back are counted, with the first one as an example."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import tiny_models
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from uncollapse.artifacts.edits import EDITS
from uncollapse.artifacts.parquet import ParquetWriter, read_table
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.editing.corpus import Corpus
from uncollapse.editing.generations import edit_generations
from uncollapse.editing.run import Run
from uncollapse.editing.settings import EditSettings
from uncollapse.editing.transformers_prior import TransformersPrior
from uncollapse.experiments.rounds.members import language_models
from uncollapse.experiments.text.stages import label, verify
from uncollapse.generators.in_process import sample_in_process
from uncollapse.generators.places import Places
from uncollapse.generators.question import Asking
from uncollapse.jobs.stage import Stage
from uncollapse.language.engines import choose
from uncollapse.language.engines.interface import Answer
from uncollapse.language.given_back import GivenBack
from uncollapse.language.settings import SamplingSettings
from uncollapse.language.text import encode_texts
from uncollapse.pretraining.written import read_prompts
from uncollapse.prompts.prompt_file import PromptFile


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


def test_texts_of_which_nothing_is_left_are_counted_apart() -> None:
    found = GivenBack(_unknown())
    found.read(range(4), ["\N{ROCKET}\N{ROCKET}", "the", "the \N{ROCKET}", " "])
    assert (found.changed, found.nothing) == (2, 1)
    assert "(50.0%)" in found.warning("prompts")
    assert "(1 of them have no token left that it knows); the first, 0: " in found.warning("prompts")


class _Engine:
    """What stages ask of an engine before it writes or scores."""

    def __init__(self) -> None:
        self.tokenizer, self.context = _lower_case(), 64

    def generate(self, prompts: list[list[int]], sampling: Any, *, keys: list[int]) -> list[list[Answer]]:
        return [[Answer(np.array([0], np.int32), "Ja", -1.0, True)] for _ in prompts]

    def score(self, contexts: list[list[int]], continuations: list[list[int]]) -> list[NDArray[np.float32]]:
        return [np.full(len(ids), -1, np.float32) for ids in continuations]


def _told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().err.splitlines() if line.startswith("warning: ")]


def test_a_model_that_answers_prompts_tells_which_it_reads_otherwise_and_one_that_scores_answers_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = {
        name: tmp_path / f"{name}.parquet"
        for name in ("prompts", "initial", "weights", "candidates", "model", "scores")
    }
    with ParquetWriter(paths["prompts"], TEXT_PROMPTS) as writer:
        rows = {"prompt_id": [0, 1], "document_id": [0, 1], "prompt": ["the sea", "Žofia"], "answer": ["a", "b"]}
        writer.write({name: pa.array(values) for name, values in rows.items()})
        writer.count(rows_in=2, kept=2)
    monkeypatch.setattr(label, "load_engine", lambda *_, **__: _Engine())
    monkeypatch.setattr(choose, "load_engine", lambda *_, **__: _Engine())
    spec = {"engine": {}, "sampling": {"max_new_tokens": 4}, "template": "{prompt}", "most_unusable": 0.1}
    inputs = {name: [paths[name]] for name in ("prompts", "initial", "weights")}
    made = {"candidates": paths["candidates"]}
    spec |= {"split": "test", "shard": 1, "shards": 1}
    for name in ("initial", "weights", "model"):
        paths[name].touch()
    Stage(body="text.label", spec=spec, code=[], inputs=inputs, outputs=made).run(label.run, None)
    (line,) = _told(capsys)
    assert line.startswith("warning: 1 of 2 prompts (50.0%) are another text when the tokenizer has read them")
    assert "the first, prompt 1: 'Žofia' becomes 'zofia'" in line
    inputs = {name: [paths[name]] for name in ("prompts", "candidates", "model")}
    spec = {"verifier": {"kind": "perplexity"}, "engine": {}}
    made = {"scores": paths["scores"]}
    Stage(body="text.verify", spec=spec, code=[], inputs=inputs, outputs=made).run(verify.run, None)
    (line,) = _told(capsys)
    assert line.startswith("warning: 2 of 2 answers (100.0%) are another text")
    assert "the first, answer 0 to prompt 0: 'Ja' becomes 'ja'" in line


def test_prompts_of_other_stages_that_write_are_compared_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read_prompts(_Engine(), ["Write of a Café"], max_new_tokens=4)
    assert "warning: 1 of 1 prompts (100.0%)" in _told(capsys)[0]
    monkeypatch.setattr(language_models, "load_engine", lambda *_, **__: _Engine())
    stage = Stage(
        body="rounds.answer_questions",
        spec={"apart": False, "engine": {}},
        code=[],
        inputs={"members": [tmp_path]},
        outputs={"answers": tmp_path / "answers.parquet"},
    )
    language_models.answers(stage, ["Copy A", "copy b"], 4)
    assert "warning: 1 of 2 questions (50.0%)" in _told(capsys)[0]
    table = tmp_path / "prompts.jsonl"
    table.write_text('{"prompt": "The Café"}\n{"prompt": "the sea"}\n', encoding="utf-8")
    asking = Asking(model="model", kind="completions")
    places = Places(tmp_path / "answers.parquet", tmp_path / "answers.sqlite")
    sample_in_process(PromptFile(table), asking, SamplingSettings(max_new_tokens=4), _Engine(), places)
    assert "the first, prompt '0': 'The Café' becomes 'the cafe'" in _told(capsys)[0]


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
