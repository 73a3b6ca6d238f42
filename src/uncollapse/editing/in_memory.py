"""ToEdit of texts in memory, with a model and tokenizer that are loaded already: for notebooks and small corpora."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from uncollapse.artifacts.parquet import arrays_of
from uncollapse.editing.documents import Documents
from uncollapse.editing.edit import edit
from uncollapse.editing.edits import as_edits, with_untouched_texts
from uncollapse.editing.protect import Pieces
from uncollapse.editing.settings import EditSettings
from uncollapse.editing.transformers_prior import TransformersPrior
from uncollapse.language.text import encode_texts


@dataclass(frozen=True)
class EditedTexts:
    """D edited texts.

    texts : of each, for people
    ids : of each, its token ids: train on these, since a tokenizer makes other tokens of the text
    tokens, eligible, changed : (D,) how many tokens each had, how many the model was sure of, and how many are others
        now
    """

    texts: list[str]
    ids: list[NDArray[np.int32]]
    tokens: NDArray[np.int64]
    eligible: NDArray[np.int64]
    changed: NDArray[np.int64]


def edit_texts(
    texts: Sequence[str],
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    settings: EditSettings | None = None,
) -> EditedTexts:
    """Draw again the tokens that a causal language model is sure of (Zhu et al. 2024, Algorithm 1).

    Parameters
    ----------
    texts : documents, read on the device and in the dtype of the model
    settings : by default the paper's, p >= 0.99 and top-k of 8; the draws of a text depend on its number and the seed

    Raises
    ------
    ConfigError
        For a tokenizer without a token that a text begins with.
    """
    prior = TransformersPrior(model, tokenizer)
    numbers = np.arange(len(texts))
    documents = Documents.of_lists(numbers, encode_texts(tokenizer, list(texts)))
    edited = edit(documents, prior, settings or EditSettings(), pieces=Pieces(tokenizer))
    table = with_untouched_texts(as_edits(edited, tokenizer), texts)
    return EditedTexts(
        texts=table["text"].to_pylist(),
        ids=arrays_of(table["new_ids"]),
        tokens=np.diff(documents.offsets),
        eligible=table["eligible_tokens"].to_numpy().astype(np.int64),
        changed=table["changed_tokens"].to_numpy().astype(np.int64),
    )
