"""Log-probability of every token of a document under a language model."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import uncollapse.language.lean_start  # noqa: F401  # isort: skip
import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from uncollapse.language.any_model import load_any
from uncollapse.language.cpu_attention import use_cpu_attention
from uncollapse.language.given_back import GivenBack
from uncollapse.language.model_files import short_name
from uncollapse.language.scoring import Row, Scorer
from uncollapse.language.text import beginning, encode_texts

LONGEST = 512  # tokens of a document that are scored, the first ones
BATCH_TOKENS = 2048


@dataclass(frozen=True)
class Prior:
    """A causal language model with its tokenizer, and the name that tables give it."""

    name: str
    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase


def load_prior(name: str, *, dtype: torch.dtype = torch.float32) -> Prior:
    """A model from wherever :func:`~.any_model.load_any` finds it, on a GPU where torch sees one.

    Raises
    ------
    ArtifactError
        As :func:`~.any_model.load_any`.
    """
    model, tokenizer = load_any(name, dtype=dtype)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    use_cpu_attention(model)
    return Prior(short_name(name), model.to(device).eval(), tokenizer)


def token_log_probs(
    prior: Prior,
    texts: Sequence[str],
    *,
    longest: int = LONGEST,
    batch_tokens: int = BATCH_TOKENS,
    progress: Callable[[int], None] = lambda done: None,
) -> list[NDArray[np.float32]]:
    """Natural log-probabilities of each document's first ``longest`` tokens, in order; each (T,), empty for no text.

    A beginning-of-text token stands first where the model has one (else the end-of-text token), so that the first
    token of the text is scored too; where it has neither, the scores begin with the second. Documents of like length
    go through together, the shortest first; ``progress`` gets how many are done.
    """
    tokenizer, scorer = prior.tokenizer, Scorer(prior.model, padding=0)
    start = beginning(tokenizer)
    ids = encode_texts(tokenizer, texts)
    given_back = GivenBack(tokenizer)
    given_back.add((f"document {number}" for number in range(1, len(ids) + 1)), texts, ids)
    if warning := given_back.warning("documents"):
        print(warning, file=sys.stderr)
    ids = [each[:longest] for each in ids]
    order = sorted(range(len(ids)), key=lambda place: (len(ids[place]), place))
    found: list[NDArray[np.float32]] = [np.empty(0, dtype=np.float32)] * len(ids)
    begin = done = 0
    while begin < len(order):
        end = begin + 1
        while end < len(order) and (len(ids[order[end]]) + 1) * (end + 1 - begin) <= batch_tokens:
            end += 1
        rows = []
        for place in order[begin:end]:
            if ids[place]:
                context, scored = (start, ids[place]) if start else (ids[place][:1], ids[place][1:])
                rows.append(Row(context, [scored], [place]))
        for place, log_probs in scorer(rows) if rows else ():
            found[place] = log_probs
        begin, done = end, done + end - begin
        progress(done)
    return found
