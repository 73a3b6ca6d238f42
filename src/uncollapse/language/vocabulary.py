"""Ids that no text may be given: special tokens, and ids of the model that no token has.

A token is special where the tokenizer names it (``bos_token``) or marks it so in its file: Llama 3 names two and marks
254 others. Models often have more rows of embeddings than the tokenizer has tokens; such an id has some probability,
but no text.
"""

import re
from typing import Any

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from uncollapse.errors import UncollapseError


def special_ids(tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """Ids of the tokens that the tokenizer names or marks as special, sorted."""
    marked = (number for number, token in tokenizer.added_tokens_decoder.items() if token.special)
    return sorted({*tokenizer.all_special_ids, *marked})


def ends_of(tokenizer: PreTrainedTokenizerBase, *configs: Any) -> list[int]:
    """Ids of the tokens that end an answer: the tokenizer's end of text, and the special ones that ``configs`` name.

    Models that were tuned to chat end a turn with a token of their own, which their configuration for writing lists
    beside the end of text. An id that configurations have by default may be a plain token of the tokenizer.
    """
    named: set[int] = set()
    for config in configs:
        ends = getattr(config, "eos_token_id", None)
        named.update(ends if isinstance(ends, list | tuple) else [] if ends is None else [ends])
    own = [] if tokenizer.eos_token_id is None else [tokenizer.eos_token_id]
    return sorted({*own, *named.intersection(special_ids(tokenizer))})


def special_texts(tokenizer: PreTrainedTokenizerBase) -> re.Pattern[str] | None:
    """Pattern of the texts that spell a special token; None where there is none."""
    texts = tokenizer.convert_ids_to_tokens(special_ids(tokenizer))
    longest_first = sorted(filter(None, texts), key=lambda text: (-len(text), text))
    return re.compile("|".join(map(re.escape, longest_first))) if longest_first else None


def ids_without_token(tokenizer: PreTrainedTokenizerBase, vocabulary: int) -> list[int]:
    """Ids below ``vocabulary``, the number of the model's logits, that no token has."""
    return sorted(set(range(vocabulary)).difference(tokenizer.get_vocab().values()))


def never_drawn(tokenizer: PreTrainedTokenizerBase, vocabulary: int) -> list[int]:
    """Ids below ``vocabulary`` that have no place within a text: special tokens and ids without a token."""
    return sorted({*special_ids(tokenizer), *ids_without_token(tokenizer, vocabulary)})


def check_vocabulary(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, *, where: str, error_type: type[UncollapseError]
) -> None:
    """Raise an error of that type, which begins with ``where``, for a tokenizer without tokens, or with ids that the
    model has not.
    """
    rows = [
        layer.weight.shape[0]
        for layer in (model.get_input_embeddings(), model.get_output_embeddings())
        if getattr(layer, "weight", None) is not None
    ]
    # what a text can be given: other special tokens are never found in one, see text.py
    named = (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id)
    plain = set(tokenizer.get_vocab().values()).difference(special_ids(tokenizer))
    if not plain:  # transformers makes an empty one where the files are missing, which reads nothing of any text
        raise error_type(
            f"{where}: its tokenizer has no tokens: no tokenizer.json, or vocabulary, lies beside the model; put the"
            " tokenizer's files there"
        )
    highest = max(plain.union(each for each in named if each is not None))
    if rows and highest >= min(rows):
        raise error_type(
            f"{where}: its tokenizer has ids up to {highest}, but the model has embeddings of ids up to"
            f" {min(rows) - 1}: they do not belong together; use the tokenizer that the model was trained with, or add"
            " the tokens' embeddings (resize_token_embeddings) and train them"
        )
