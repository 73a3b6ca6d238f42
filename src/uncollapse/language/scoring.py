"""Log-probabilities of given tokens: the output projection is computed only where it counts, and in float32.

Continuations of one context share a row, so that the context is read once: after it they follow one another, each
at the positions it would have alone, and blind to the others. For a context of two tokens and continuations of two and
one, a row (query) sees the columns (keys) marked x:

    context       x
    context       x x
    first, 1      x x x
    first, 2      x x x x
    second, 1     x x     x

Verifiers and the comparison of corpora ask here. Editing, and what measures perplexity on its windows, asks
:mod:`uncollapse.editing.prior`, which offers the whole distribution as well.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedModel

_LOGITS = {"cpu": 1 << 24, "cuda": 1 << 28}  # how many are held at a time, 4 bytes each
_PADDING = -1  # segment of a filled-up place


@dataclass
class Row:
    """A context with some of its continuations; ``members`` are their numbers among all that are scored."""

    context: Sequence[int]
    continuations: list[Sequence[int]] = field(default_factory=list)
    members: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.context) + sum(map(len, self.continuations))


def shared_rows(
    contexts: Sequence[Sequence[int]], continuations: Sequence[Sequence[int]], *, longest: int
) -> list[Row]:
    """Rows of at most ``longest`` tokens (but for one continuation alone), in the order of their first members."""
    rows: list[Row] = []
    open_rows: dict[tuple[int, ...], Row] = {}
    for number, (context, continuation) in enumerate(zip(contexts, continuations, strict=True)):
        key = tuple(context)
        row = open_rows.get(key)
        if row is None or len(row) + len(continuation) > longest:
            row = open_rows[key] = Row(context)
            rows.append(row)
        row.continuations.append(continuation)
        row.members.append(number)
    return rows


class Scorer:
    """Scores rows with one model; ``padding`` fills short ones on the right, where causal attention ignores it."""

    def __init__(self, model: PreTrainedModel, *, padding: int) -> None:
        self.model, self.padding = model, padding
        self._bare = projection_is_all(model)
        layers = getattr(model.config, "layer_types", None) or ["full_attention"]
        self.can_share = set(layers) == {"full_attention"}  # a sliding window counts places, not positions

    @torch.inference_mode()
    def __call__(self, rows: Sequence[Row]) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Number of every member of the rows, and log-probabilities in nats of its continuation's tokens."""
        device, longest = self.model.device, max(map(len, rows))
        ids = torch.full((len(rows), longest), self.padding)
        segments, positions = torch.full_like(ids, _PADDING), torch.zeros_like(ids)
        at: tuple[list[int], list[int]] = ([], [])  # where each token of a continuation is predicted
        targets: list[int] = []
        for number, row in enumerate(rows):
            length = end = len(row.context)
            ids[number, :end] = torch.tensor(row.context)
            segments[number, :end], positions[number, :end] = 0, torch.arange(end)
            for segment, continuation in enumerate(row.continuations, start=1):
                start, end = end, end + len(continuation)
                ids[number, start:end] = torch.tensor(continuation, dtype=torch.int64)
                segments[number, start:end] = segment
                positions[number, start:end] = torch.arange(length, length + len(continuation))
                at[0].extend([number] * len(continuation))
                at[1].extend([length - 1, *range(start, end - 1)][: len(continuation)])
                targets.extend(continuation)
        where = tuple(torch.tensor(part, dtype=torch.int64, device=device) for part in at)
        seen: dict[str, Tensor] = {}
        if any(len(row.members) > 1 for row in rows):
            seen = {"attention_mask": _visible(segments).to(device), "position_ids": positions.to(device)}
        log_probs = self._log_probs(
            ids.to(device), where, torch.tensor(targets, dtype=torch.int64, device=device), seen
        )
        parts = iter(log_probs.cpu().split([len(continuation) for row in rows for continuation in row.continuations]))
        for row in rows:
            yield from ((member, next(parts).numpy()) for member in row.members)

    def _log_probs(self, ids: Tensor, at: tuple[Tensor, ...], targets: Tensor, seen: dict[str, Tensor]) -> Tensor:
        """Log-probabilities (P,) of targets (P,), each predicted at one place (row, column) of ids."""
        if not self._bare:
            return token_log_probs(self.model(input_ids=ids, use_cache=False, **seen).logits[at].float(), targets)
        states = self.model.base_model(input_ids=ids, use_cache=False, **seen).last_hidden_state[at]
        projection = self.model.get_output_embeddings()
        chunk = max(1, _LOGITS[ids.device.type] // projection.weight.shape[0])
        parts = [
            token_log_probs(projection(some).float(), tokens)
            for some, tokens in zip(states.split(chunk), targets.split(chunk), strict=True)
        ]
        return torch.cat(parts) if parts else states.new_zeros(0, dtype=torch.float32)


def _visible(segments: Tensor) -> Tensor:
    """Mask (B, 1, T, T), True where a query sees a key: an earlier one of its own segment or of the context."""
    queries, keys = segments.unsqueeze(-1), segments.unsqueeze(-2)
    earlier = torch.ones(segments.shape[1], segments.shape[1], dtype=torch.bool).tril()
    return (earlier & ((queries == keys) | (keys == 0))).unsqueeze(1)


def token_log_probs(logits: Tensor, targets: Tensor) -> Tensor:
    """log softmax of logits (P, V) at targets (P,)."""
    return logits.gather(-1, targets.unsqueeze(-1)).squeeze(-1) - logits.logsumexp(-1)


@torch.inference_mode()
def projection_is_all(model: PreTrainedModel) -> bool:
    """Whether logits are the output projection of the last hidden states; some architectures scale or cap them."""
    ids = torch.arange(4, device=model.device).unsqueeze(0)
    states = model.base_model(input_ids=ids, use_cache=False).last_hidden_state
    return torch.equal(model.get_output_embeddings()(states), model(input_ids=ids, use_cache=False).logits)
