"""Token ids of texts: the rules that every stage follows.

- A prompt starts with the beginning-of-text token where the tokenizer has one, and with the end-of-text token where it
  has only that (GPT-2, OLMo): the first token of a text is then predicted from something.
- An answer that follows a prompt is set off from it by one space, the tokenizer's own where it sets one before every
  text, and ends with the end-of-text token, which a model learns to write when it is done.
- A tokenizer without a padding token pads with its end-of-text token. Nothing is told by the value of a padding token:
  attention and loss go by lengths, so a true end of text is still learned.
- A prompt that is too long loses its end, since a news article tells the most first, but never what its template writes
  behind the article; what is dropped is counted by whoever asks. An answer that is too long loses its end too, the
  end-of-text token included: it is not finished there.
- Special tokens are ours alone: what looks like one within a text is encoded as text.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from uncollapse.errors import DataError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast


def beginning(tokenizer: "PreTrainedTokenizerFast") -> list[int]:
    """The token that a text starts with, if there is one."""
    for token in (tokenizer.bos_token_id, tokenizer.eos_token_id):
        if token is not None:
            return [token]
    return []


def padding(tokenizer: "PreTrainedTokenizerFast") -> int:
    """The id that fills up short rows of a batch."""
    for token in (tokenizer.pad_token_id, tokenizer.eos_token_id):
        if token is not None:
            return token
    return 0


def encode(tokenizer: "PreTrainedTokenizerBase", text: str) -> list[int]:
    """Plain token ids of a text: nothing added, and no special token recognised in it."""
    return tokenizer(text, add_special_tokens=False, split_special_tokens=True, verbose=False)["input_ids"]


def encode_texts(tokenizer: "PreTrainedTokenizerBase", texts: Sequence[str]) -> list[list[int]]:
    """Plain token ids of many texts, each as by :func:`encode`, and nothing cut."""
    if not len(texts):
        return []
    return tokenizer(
        list(texts),
        add_special_tokens=False,
        split_special_tokens=True,
        truncation=False,
        padding=False,
        return_attention_mask=False,
        return_token_type_ids=False,
        verbose=False,
    )["input_ids"]


def encode_prompt(
    tokenizer: "PreTrainedTokenizerFast", prompt: str, *, longest: int, ending: str = ""
) -> tuple[list[int], bool]:
    """Ids of a prompt, ``longest`` at most, and whether its end was cut off.

    ``ending`` is what a template writes behind what is read, an instruction say: it stays, and the cut is before it.

    Raises
    ------
    DataError
        For a prompt without any token, from which nothing can be predicted, or without room for the ending.
    """
    tokens = beginning(tokenizer) + encode(tokenizer, prompt)
    if not tokens:
        raise DataError("an empty prompt, and a tokenizer without a token to begin with: drop empty texts first")
    if longest < 1:
        raise DataError(f"no room for a prompt ({longest} tokens): shorten the answers, or lengthen the context")
    if len(tokens) <= longest or not (ending and prompt.endswith(ending)):
        return tokens[:longest], len(tokens) > longest
    instruction = encode(tokenizer, ending)
    if len(instruction) >= longest:
        raise DataError(
            f"no room for what the template writes behind a text ({len(instruction)} tokens) in {longest} tokens: "
            "shorten the template or the answers, or lengthen the block or the context"
        )
    read = beginning(tokenizer) + encode(tokenizer, prompt.removesuffix(ending))
    return read[: longest - len(instruction)] + instruction, True


def encode_answer(
    tokenizer: "PreTrainedTokenizerFast", answer: str, *, longest: int, continues: bool = True
) -> list[int]:
    """Ids of an answer, ``longest`` at most; the last is the end-of-text token unless the answer was cut off.

    ``continues``: it follows a prompt; else it is a text of its own.
    """
    set_off = f" {answer}" if continues and answer and not sets_spaces(tokenizer) else answer
    tokens = encode(tokenizer, set_off)
    if tokenizer.eos_token_id is not None:
        tokens = [*tokens, tokenizer.eos_token_id]
    return tokens[:longest]


@lru_cache(maxsize=4)
def sets_spaces(tokenizer: "PreTrainedTokenizerBase") -> bool:
    """Whether a tokenizer sets a space before every text, also before one that has it, as that of Llama 2 does.

    What follows another text is then set off from it as it is.
    """
    two = [*encode(tokenizer, "a"), *encode(tokenizer, " a")]
    return "  " in tokenizer.decode(two, clean_up_tokenization_spaces=False)


def decode_answer(tokenizer: "PreTrainedTokenizerFast", tokens: Sequence[int]) -> str:
    """The text of generated ids, without special tokens and surrounding white space."""
    return tokenizer.decode(list(tokens), skip_special_tokens=True, clean_up_tokenization_spaces=False).strip()


def context_length(config: object, *, unlimited: int | None = None) -> int:
    """Longest text in tokens that a model can read; ``unlimited`` where its configuration sets no limit.

    >>> class Config: n_positions = 1024
    >>> context_length(Config())
    1024
    """
    for name in ("max_position_embeddings", "n_positions", "max_seq_len"):
        if isinstance(length := getattr(config, name, None), int) and length > 0:
            return length
    if unlimited is not None:
        return unlimited
    raise DataError("the model's configuration does not say how long a text may be (max_position_embeddings)")
