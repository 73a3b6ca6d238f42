"""Rules of encoding."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from transformers import PreTrainedTokenizerFast

from uncollapse.errors import DataError
from uncollapse.language.artifact import LanguageModel
from uncollapse.language.byte_tokenizer import byte_tokenizer
from uncollapse.language.examples import encode_examples
from uncollapse.language.text import context_length, decode_answer, encode_answer, encode_prompt, padding


@pytest.fixture
def tokenizer() -> PreTrainedTokenizerFast:
    return byte_tokenizer([], vocabulary_size=257)


def plain(tokenizer: PreTrainedTokenizerFast, text: str) -> list[int]:
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def test_a_prompt_begins_with_the_beginning_of_text(tokenizer: PreTrainedTokenizerFast) -> None:
    assert encode_prompt(tokenizer, "ab", longest=9) == ([0, *plain(tokenizer, "ab")], False)


def test_without_a_beginning_the_end_of_text_begins(tokenizer: PreTrainedTokenizerFast) -> None:
    tokenizer.bos_token = None
    assert encode_prompt(tokenizer, "ab", longest=9)[0][0] == tokenizer.eos_token_id


def test_an_empty_prompt_is_its_beginning_alone(tokenizer: PreTrainedTokenizerFast) -> None:
    assert encode_prompt(tokenizer, "", longest=9) == ([0], False)
    tokenizer.bos_token = tokenizer.eos_token = None
    with pytest.raises(DataError, match="empty prompt"):
        encode_prompt(tokenizer, "", longest=9)


def test_a_long_prompt_loses_its_end_and_says_so(tokenizer: PreTrainedTokenizerFast) -> None:
    assert encode_prompt(tokenizer, "abcdef", longest=3) == ([0, *plain(tokenizer, "ab")], True)
    assert encode_prompt(tokenizer, "ab", longest=3) == ([0, *plain(tokenizer, "ab")], False)
    with pytest.raises(DataError, match="no room"):
        encode_prompt(tokenizer, "ab", longest=0)


def test_a_long_prompt_keeps_what_its_template_ends_with(tokenizer: PreTrainedTokenizerFast) -> None:
    """The article is cut, never the instruction behind it."""
    found, cut = encode_prompt(tokenizer, "abcdef Sum:", longest=8, ending=" Sum:")
    assert (found, cut) == ([0, *plain(tokenizer, "ab Sum:")], True)
    whole = encode_prompt(tokenizer, "abcdef Sum:", longest=12, ending=" Sum:")
    assert whole == encode_prompt(tokenizer, "abcdef Sum:", longest=12)
    with pytest.raises(DataError, match="template"):
        encode_prompt(tokenizer, "abcdef Sum:", longest=5, ending=" Sum:")


def test_training_reads_the_prompt_that_writing_reads(tokenizer: PreTrainedTokenizerFast) -> None:
    """An example keeps its template's end and its answer; an answer too long for both loses its own end."""
    (example,), cut = encode_examples(
        tokenizer, ["abcdefgh Sum:"], ["xy"], block=12, answer_only=True, ending=" Sum:"
    )  # fmt: skip
    assert example.tokens == [0, *plain(tokenizer, "ab Sum: xy"), 0]
    assert example.tokens[example.first :] == [*plain(tokenizer, " xy"), 0]
    assert cut == 1
    (long,), _ = encode_examples(tokenizer, ["a Sum:"], ["x" * 30], block=12, answer_only=True, ending=" Sum:")
    assert long.tokens == [0, *plain(tokenizer, " Sum:"), *plain(tokenizer, " xxxxx")]
    with pytest.raises(DataError, match="no room for an answer"):
        encode_examples(tokenizer, ["a Sum:"], ["x"], block=6, answer_only=True, ending=" Sum:")


def test_an_answer_is_set_off_and_ends(tokenizer: PreTrainedTokenizerFast) -> None:
    assert encode_answer(tokenizer, "ab", longest=9) == [*plain(tokenizer, " ab"), 0]
    assert encode_answer(tokenizer, "ab", longest=9, continues=False) == [*plain(tokenizer, "ab"), 0]
    assert encode_answer(tokenizer, "ab", longest=2) == plain(tokenizer, " a")
    assert encode_answer(tokenizer, "", longest=2) == [0]


def test_what_looks_like_a_special_token_is_text(tokenizer: PreTrainedTokenizerFast) -> None:
    tokens = encode_answer(tokenizer, "<|endoftext|>", longest=99)
    assert tokens.count(0) == 1
    assert decode_answer(tokenizer, tokens) == "<|endoftext|>"


def test_decoding_gives_the_text_back(tokenizer: PreTrainedTokenizerFast) -> None:
    assert decode_answer(tokenizer, encode_answer(tokenizer, "Zwölf 🥊", longest=99)) == "Zwölf 🥊"


def test_a_tokenizer_without_padding_pads_with_its_end(tokenizer: PreTrainedTokenizerFast) -> None:
    tokenizer.pad_token, tokenizer.eos_token = None, "Q"
    assert padding(tokenizer) == tokenizer.eos_token_id != 0


def test_a_vocabulary_that_the_texts_cannot_fill() -> None:
    with pytest.raises(DataError, match="lower it to 258"):
        byte_tokenizer(["ab"], vocabulary_size=300)
    tokenizer = byte_tokenizer(["ab"], vocabulary_size=258)
    assert len(plain(tokenizer, "abab")) == 2


@pytest.mark.parametrize("architecture", ["llama", "gpt2", "olmo2"])
def test_the_context_of_a_model(make_language_model: Callable[..., LanguageModel], architecture: str) -> None:
    assert context_length(make_language_model(architecture, context=96).model.config) == 96
