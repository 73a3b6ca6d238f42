"""An answer is set off by one space from its prompt, whatever its tokenizer does to the beginning of a text."""

import pytest
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from uncollapse.language.text import encode, encode_answer, encode_prompt

PIECES = ["<unk>", "</s>", "▁", "▁▁", "▁the", "▁end", "the", "end", *"abcdehnt"]


def _sentence_piece(*, normalizer=None, pre_tokenizer=None) -> PreTrainedTokenizerFast:
    """A tokenizer of few pieces, as that of Llama 2 is built (normalizer), and as newer ones are (pre_tokenizer)."""
    vocabulary = {piece: number for number, piece in enumerate(PIECES)}
    made = Tokenizer(
        models.Unigram([(piece, -float(len(vocabulary) - n)) for piece, n in vocabulary.items()], 0, False)
    )
    if normalizer is not None:
        made.normalizer = normalizer
    if pre_tokenizer is not None:
        made.pre_tokenizer = pre_tokenizer
    made.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    made.add_special_tokens([AddedToken("</s>", special=True)])
    return PreTrainedTokenizerFast(tokenizer_object=made, unk_token="<unk>", eos_token="</s>")


LLAMA_2 = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
KINDS = {
    "llama 2": {"normalizer": LLAMA_2},
    "always": {"pre_tokenizer": pre_tokenizers.Metaspace("▁", prepend_scheme="always", split=False)},
    "never": {"pre_tokenizer": pre_tokenizers.Metaspace("▁", prepend_scheme="never", split=False)},
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_one_space_stands_between_prompt_and_answer(kind: str) -> None:
    tokenizer = _sentence_piece(**KINDS[kind])
    prompt, _ = encode_prompt(tokenizer, "the end", longest=99)
    answer = encode_answer(tokenizer, "the end", longest=99)
    assert answer[-1] == tokenizer.eos_token_id
    read = tokenizer.decode([*prompt[1:], *answer[:-1]], clean_up_tokenization_spaces=False)
    assert read == "the end the end"


def test_a_text_of_its_own_is_encoded_as_it_stands() -> None:
    tokenizer = _sentence_piece(normalizer=LLAMA_2)
    assert encode_answer(tokenizer, "the", longest=9, continues=False)[:-1] == encode(tokenizer, "the")
