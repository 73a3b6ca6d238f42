"""Log-probability of every token of a document under a language model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import uncollapse.language.lean_start  # noqa: F401  # isort: skip
import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from uncollapse.diagnostics.model_files import located, short_name
from uncollapse.language.cpu_attention import use_cpu_attention

LONGEST = 512  # tokens of a document that are scored, the first ones
BATCH_TOKENS = 2048


@dataclass(frozen=True)
class Prior:
    """A causal language model with its tokenizer, and the name that tables give it."""

    name: str
    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase


def load_prior(name: str, *, dtype: torch.dtype = torch.float32) -> Prior:
    """A model from a folder, a package or GGUF file, or the hub; see :func:`~.model_files.located`."""
    with located(name) as found:
        tokenizer = AutoTokenizer.from_pretrained(found.place, **found.options)
        model = AutoModelForCausalLM.from_pretrained(found.place, dtype=dtype, **found.options)
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
    go through together; ``progress`` gets how many are done.
    """
    tokenizer, model = prior.tokenizer, prior.model
    start = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
    ids = [each[:longest] for each in tokenizer(list(texts), add_special_tokens=False)["input_ids"]]
    lead = [] if start is None else [start]
    order = sorted(range(len(ids)), key=lambda place: (len(ids[place]), place))
    found: list[NDArray[np.float32]] = [np.empty(0, dtype=np.float32)] * len(ids)
    begin = done = 0
    while begin < len(order):
        end = begin + 1
        while end < len(order) and (len(ids[order[end]]) + 1) * (end + 1 - begin) <= batch_tokens:
            end += 1
        batch = [place for place in order[begin:end] if ids[place]]
        if batch:
            _score([lead + ids[place] for place in batch], batch, found, model=model)
        begin, done = end, done + end - begin
        progress(done)
    return found


@torch.inference_mode()
def _score(
    sequences: list[list[int]], places: list[int], found: list[NDArray[np.float32]], *, model: PreTrainedModel
) -> None:
    """Fill ``found`` at ``places``; padding is on the right, where causal attention never looks back at it."""
    width = max(map(len, sequences))
    tokens = torch.zeros((len(sequences), width), dtype=torch.long)
    mask = torch.zeros_like(tokens)
    for row, sequence in enumerate(sequences):
        tokens[row, : len(sequence)] = torch.tensor(sequence)
        mask[row, : len(sequence)] = 1
    tokens, mask = tokens.to(model.device), mask.to(model.device)
    hidden = model(input_ids=tokens, attention_mask=mask).logits
    for row, (sequence, place) in enumerate(zip(sequences, places, strict=True)):
        logits = hidden[row, : len(sequence) - 1].float()
        chosen = tokens[row, 1 : len(sequence), None]
        found[place] = (logits.gather(1, chosen)[:, 0] - logits.logsumexp(dim=1)).cpu().numpy()
