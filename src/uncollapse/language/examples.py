"""Prompts and answers as token ids to train on."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from uncollapse.errors import DataError
from uncollapse.language.text import encode, encode_answer, encode_prompt

IGNORED = -100  # label of a token that is not learned, as torch's cross entropy has it


@dataclass(frozen=True)
class Example:
    """Token ids of prompt and answer; those from ``first`` on are learned."""

    tokens: list[int]
    first: int

    def __len__(self) -> int:
        return len(self.tokens)


Prompt = str | Sequence[int]  # a text, or the token ids of one, such as a chat's up to the assistant's turn


def encode_examples(
    tokenizer: PreTrainedTokenizerFast,
    prompts: Sequence[Prompt],
    answers: Sequence[str],
    *,
    block: int,
    answer_only: bool,
    ending: str = "",
) -> tuple[list[Example], int]:
    """Examples of at most ``block`` tokens, and how many were cut to fit.

    The answer is kept before the prompt: a prompt loses its end, but not the ``ending`` that a template gives it, and
    an answer loses its own only where it fills the block with that ending alone. With an empty prompt the answer is a
    text of its own, after the token that begins a text. A prompt of token ids is taken as it stands, whole, and its
    answer follows without a space.

    Raises
    ------
    DataError
        Where there is nothing to train on, and where a prompt of token ids leaves no room for an answer.
    """
    if not prompts:
        raise DataError("no examples to train on; the selection keeps nothing")
    found, cut = [], 0
    kept = len(encode(tokenizer, ending)) + 1 if ending else 0  # the ending, and a token before it
    if kept >= block:
        raise DataError(f"no room for an answer beside the template's end ({kept - 1} tokens); raise training.block")
    for prompt, answer in zip(prompts, answers, strict=True):
        if isinstance(prompt, str):
            learned = encode_answer(tokenizer, answer, longest=block - kept, continues=bool(prompt))
            start, shortened = encode_prompt(tokenizer, prompt, longest=max(1, block - len(learned)), ending=ending)
        else:
            start, shortened = list(prompt), False
            if len(start) >= block:
                raise DataError(f"a prompt of {len(start)} tokens in a block of {block}; raise training.block")
            learned = encode_answer(tokenizer, answer, longest=block, continues=False)
        tokens = start + learned[: block - len(start)]
        unfinished = tokenizer.eos_token_id is not None and tokens[-1] != tokenizer.eos_token_id
        cut += shortened or unfinished
        first = len(start) if answer_only else 1  # the first token of a text is given, never predicted
        if len(tokens) <= first:
            raise DataError(f"an example without a token to learn (answer {answer!r}); drop empty answers first")
        found.append(Example(tokens, first))
    return found, cut


def collate(examples: Sequence[Example], *, padding: int) -> dict[str, Tensor]:
    """``input_ids`` and ``labels`` (B, T), padded on the right; labels that are not learned are ``IGNORED``."""
    longest = max(map(len, examples))
    ids = torch.full((len(examples), longest), padding)
    labels = torch.full((len(examples), longest), IGNORED)
    for row, example in enumerate(examples):
        ids[row, : len(example)] = torch.tensor(example.tokens)
        labels[row, example.first : len(example)] = ids[row, example.first : len(example)]
    return {"input_ids": ids, "labels": labels}
