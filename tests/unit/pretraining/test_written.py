"""Text that a base model writes for a data set: enough of it, part by part, the same whatever is written beside it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from transformers import PreTrainedTokenizerFast

from uncollapse.artifacts.parquet import read_table, row_account
from uncollapse.artifacts.passages import PASSAGE_TOKENS
from uncollapse.errors import DataError
from uncollapse.jobs.parts import Parts
from uncollapse.jobs.progress import Progress
from uncollapse.language.base import untrained
from uncollapse.language.engines.interface import Answer
from uncollapse.language.engines.transformers_engine import TransformersEngine
from uncollapse.language.settings import Architecture, EngineSettings, SamplingSettings
from uncollapse.pretraining.mixtures import END
from uncollapse.pretraining.tokens import learn
from uncollapse.pretraining.writing_settings import WritingSettings
from uncollapse.pretraining.written import passages_of, prompts_of, read_prompts, write, write_parts

SETTINGS = WritingSettings(prompt_words=2, rephrase="again: {text}", max_new_tokens=6, side_by_side=8)


@pytest.fixture(scope="module")
def tokenizer(passages: dict[str, Path]) -> PreTrainedTokenizerFast:
    return learn(passages["train"], vocabulary_size=280, count=40)


class Echo:
    """Writes the text that it reads once more, and nothing for each prompt that ends in a word of ``silent``."""

    context = 200

    def __init__(self, tokenizer: PreTrainedTokenizerFast, silent: Sequence[str] = ()) -> None:
        self.tokenizer, self.silent, self.asked = tokenizer, silent, 0

    def generate(
        self, prompts: Sequence[Sequence[int]], sampling: SamplingSettings, *, keys: Sequence[int]
    ) -> list[list[Answer]]:
        self.asked += len(prompts)
        texts = [self.tokenizer.decode(prompt[1:]) for prompt in prompts]
        texts = ["" if text.endswith(tuple(self.silent)) and self.silent else text for text in texts]
        return [[Answer(np.empty(0, np.int32), text, 0.0, True)] for text in texts]


def _run(engine: Echo, tokenizer: PreTrainedTokenizerFast, passages: Path, out: Path, *, tokens: int) -> Parts:
    parts = Parts(out, "mine", PASSAGE_TOKENS)
    progress = Progress("write", unit="tokens", stream=io.StringIO())
    asked = {"tokens": tokens, "how": "synthetic", "settings": SETTINGS, "parts": parts, "progress": progress}
    write_parts(engine, tokenizer, passages_of(passages, "news"), **asked)
    return parts


def _tokens(path: Path) -> int:
    return sum(len(ids) + END for ids in read_table(path, PASSAGE_TOKENS).column("ids").to_pylist())


def test_passages_come_in_the_order_in_which_data_sets_take_them(passages: dict[str, Path]) -> None:
    found = passages_of(passages["train"], "news")
    assert [passage.place for passage in found] == sorted(passage.place for passage in found)
    assert all(passage.text.startswith("news") for passage in found)


def test_a_text_is_the_same_whatever_is_written_beside_it(
    passages: dict[str, Path], tokenizer: PreTrainedTokenizerFast
) -> None:
    sizes = Architecture(architecture="llama", hidden_size=16, layers=1, heads=2, context=64)
    engine = TransformersEngine(untrained(sizes, tokenizer, seed=0), EngineSettings())
    some = passages_of(passages["train"], "news")[:5]
    given = {"how": "rephrased", "settings": SETTINGS}
    together, _ = write(engine, tokenizer, some, **given)
    alone = [write(engine, tokenizer, [passage], **given)[0] for passage in some]
    assert together["ids"].to_pylist() == [ids for columns in alone for ids in columns["ids"].to_pylist()]
    assert together["passage_id"].tolist() == [passage.passage_id for passage in some]
    assert together["place"].tolist() == [passage.place for passage in some]
    other, _ = write(engine, tokenizer, some, how="rephrased", settings=SETTINGS.model_copy(update={"seed": 1}))
    assert other["ids"].to_pylist() != together["ids"].to_pylist()


def test_it_writes_until_there_are_enough_tokens(
    passages: dict[str, Path], tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    engine, out = Echo(tokenizer), tmp_path / "texts.parquet"
    _run(engine, tokenizer, passages["train"], out, tokens=250)
    assert engine.asked == len(read_table(out, PASSAGE_TOKENS))
    assert engine.asked % SETTINGS.side_by_side == 0
    assert _tokens(out) >= 250
    last = read_table(out, PASSAGE_TOKENS).slice(engine.asked - SETTINGS.side_by_side).column("ids").to_pylist()
    assert _tokens(out) - sum(len(ids) + END for ids in last) < 250, "no part more than it takes"
    texts = [tokenizer.decode(ids) for ids in read_table(out, PASSAGE_TOKENS).column("ids").to_pylist()]
    read = passages_of(passages["train"], "news")[: engine.asked]
    assert texts == prompts_of(SETTINGS, [passage.text for passage in read])["synthetic"]


def test_a_killed_run_loses_one_part(
    passages: dict[str, Path], tokenizer: PreTrainedTokenizerFast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, out, generate = tmp_path / "whole.parquet", tmp_path / "again.parquet", Echo.generate
    first = Echo(tokenizer)
    _run(first, tokenizer, passages["train"], whole, tokens=400)
    assert first.asked > 2 * SETTINGS.side_by_side

    def killed(engine: Echo, *given: object, **named: object) -> list[list[Answer]]:
        if engine.asked == 2 * SETTINGS.side_by_side:
            raise KeyboardInterrupt
        return generate(engine, *given, **named)

    monkeypatch.setattr(Echo, "generate", killed)
    with pytest.raises(KeyboardInterrupt):
        _run(Echo(tokenizer), tokenizer, passages["train"], out, tokens=400)
    monkeypatch.undo()
    second = Echo(tokenizer)
    _run(second, tokenizer, passages["train"], out, tokens=400).clear()
    assert second.asked == first.asked - 2 * SETTINGS.side_by_side
    assert out.read_bytes() == whole.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir() if "again" in path.name) == ["again.parquet"]


def test_it_says_how_many_passages_are_missing(
    passages: dict[str, Path], tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    found = passages_of(passages["train"], "news")
    made = prompts_of(SETTINGS, [passage.text for passage in found])["synthetic"]
    there = sum(len(tokenizer(text)["input_ids"]) + END for text in made)
    with pytest.raises(DataError, match=rf"{there:,} of {2 * there:,} tokens .* about {len(found):,} more passages"):
        _run(Echo(tokenizer), tokenizer, passages["train"], tmp_path / "texts.parquet", tokens=2 * there)
    silent = Echo(tokenizer, silent=[str(digit) for digit in range(10)])
    with pytest.raises(DataError, match=r"0 of 10 tokens .* other passages are needed"):
        _run(silent, tokenizer, passages["train"], tmp_path / "nothing.parquet", tokens=10)


def test_empty_texts_are_dropped_and_counted(
    passages: dict[str, Path], tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    out, engine = tmp_path / "texts.parquet", Echo(tokenizer, silent=["x1"])
    some = passages_of(passages["train"], "news")
    silent = [passage for passage in some if passage.text.split()[1].endswith("x1")]
    assert 0 < len(silent) < len(some), "the second word of a document's first passage ends so"
    _run(engine, tokenizer, passages["train"], out, tokens=250)
    account = row_account(out)
    assert account is not None
    assert account["rows_in"] == engine.asked == account["kept"] + account["dropped"]["empty"]


def test_a_prompt_that_does_not_fit_is_an_error(tokenizer: PreTrainedTokenizerFast) -> None:
    engine = SimpleNamespace(tokenizer=tokenizer, context=12)
    assert len(read_prompts(engine, ["a b"], max_new_tokens=4)[0]) == 4
    for prompt, tokens in (("a b c d e f g h", 4), ("a", 12)):
        with pytest.raises(DataError, match="leaves no room for max_new_tokens"):
            read_prompts(engine, [prompt], max_new_tokens=tokens)
