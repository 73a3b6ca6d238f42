"""A small byte-level tokenizer for models trained from scratch: any text, no unknown tokens."""

from collections.abc import Iterable

from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import PreTrainedTokenizerFast

from uncollapse.errors import DataError

END_OF_TEXT = "<|endoftext|>"  # GPT-2's name; begins a text, ends it and pads
_BYTES = 256


def byte_tokenizer(texts: Iterable[str], *, vocabulary_size: int) -> PreTrainedTokenizerFast:
    """Byte-pair merges learned from ``texts``: end of text has id 0, the 256 bytes follow, then the merges.

    Raises
    ------
    DataError
        Where the texts have too few different pairs for a vocabulary of that size: a model would then have ids that no
        text contains.
    """
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = BpeTrainer(
        vocab_size=vocabulary_size,
        special_tokens=[END_OF_TEXT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    found = tokenizer.get_vocab_size()
    if found != vocabulary_size:
        raise DataError(
            f"vocabulary_size {vocabulary_size}, but the texts give only {found - _BYTES - 1} merges beside the"
            f" {_BYTES} bytes and {END_OF_TEXT}: lower it to {found}, or name a larger tokenizer_corpus"
        )
    return with_end_of_text(tokenizer)


def with_end_of_text(tokenizer: Tokenizer) -> PreTrainedTokenizerFast:
    """A tokenizer as transformers has it, whose end of text also begins texts and fills up short rows."""
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=END_OF_TEXT,
        eos_token=END_OF_TEXT,
        pad_token=END_OF_TEXT,
        clean_up_tokenization_spaces=False,
    )
