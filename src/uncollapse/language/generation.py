"""One batch of answers, token by token, with a cache from which finished rows are taken out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedModel

from uncollapse.language.roomy_cache import roomy_cache
from uncollapse.language.scoring import token_log_probs
from uncollapse.language.settings import SamplingSettings
from uncollapse.randomness.noise import gumbel, mixed

_GROUP = 256  # tokens a group of the two-step draw
_COMPACT = 0.75  # share of rows still writing below which the others are taken out of the cache


@dataclass
class Written:
    """Token ids and their log-probabilities under the model (nats); ``finished`` if the last one ends the text."""

    tokens: list[int] = field(default_factory=list)
    log_probs: list[float] = field(default_factory=list)
    finished: bool = False


@torch.inference_mode()
def generate_batch(
    model: PreTrainedModel,
    prompts: Sequence[Sequence[int]],
    sampling: SamplingSettings,
    *,
    keys: Sequence[int],
    ends: Collection[int],
    padding: int,
    never: Tensor | None = None,
) -> list[list[Written]]:
    """``sampling.candidates`` answers to each of B prompts of token ids, which stop at one of the tokens ``ends``.

    The ids ``never`` are not drawn; log-probabilities are those of the whole vocabulary.

    Prompts are padded on the left: in the rows' attention masks padding is out of sight, and positions count real
    tokens only.
    """
    device, width, longest = model.device, sampling.candidates, max(map(len, prompts))
    ids = torch.full((len(prompts), longest), padding, device=device)
    visible = torch.zeros((len(prompts), longest + sampling.max_new_tokens), dtype=torch.int64, device=device)
    for row, prompt in enumerate(prompts):
        ids[row, longest - len(prompt) :] = torch.tensor(prompt)
        visible[row, longest - len(prompt) :] = 1
    padded = bool((visible == 0).any())
    cache = roomy_cache(model.config, room=sampling.max_new_tokens)
    positions = (visible.cumsum(-1) - 1).clamp(min=0)
    answers = [[Written() for _ in range(width)] for _ in prompts]
    rows = [candidate for candidates in answers for candidate in candidates]
    candidate_number = torch.arange(width, device=device).repeat(len(prompts))
    row_keys = mixed(torch.tensor([_as_int64(key) for key in keys], device=device)).repeat_interleave(width)
    row_keys = row_keys + candidate_number
    for step in range(sampling.max_new_tokens):
        length = longest + step
        logits = (
            model(
                input_ids=ids,
                attention_mask=visible[:, :length] if padded else None,
                position_ids=positions[:, length - ids.shape[1] : length],
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
            .logits[:, -1]
            .float()
        )
        if step == 0 and width > 1:
            cache.batch_repeat_interleave(width)
            logits, visible, positions = (t.repeat_interleave(width, dim=0) for t in (logits, visible, positions))
        possible = logits if never is None else logits.index_fill(-1, never, -torch.inf)
        chosen = next_token(possible, sampling, keys=row_keys, positions=torch.full_like(row_keys, step))
        log_probs = token_log_probs(logits, chosen)
        for written, token, log_prob in zip(rows, chosen.tolist(), log_probs.tolist(), strict=True):
            if not written.finished:
                written.tokens.append(token)
                written.log_probs.append(log_prob)
                written.finished = token in ends
        ids = chosen.unsqueeze(-1)
        writing = [row for row, written in enumerate(rows) if not written.finished]
        if not writing:
            break
        if len(writing) <= _COMPACT * len(rows):
            kept = torch.tensor(writing, device=device)
            cache.batch_select_indices(kept)
            ids, visible, positions, row_keys = (t[kept] for t in (ids, visible, positions, row_keys))
            rows = [rows[row] for row in writing]
    return answers


def _as_int64(key: int) -> int:
    """Any integer as one of 64 bits, the way hashes come."""
    key &= (1 << 64) - 1
    return key - (1 << 64) if key >= 1 << 63 else key


def next_token(logits: Tensor, sampling: SamplingSettings, *, keys: Tensor, positions: Tensor) -> Tensor:
    """Ids (B,) of the next tokens, the most probable ones or draws, from logits (B, V) in float32.

    Keys and positions (B,) say which random numbers a row gets.
    """
    if sampling.temperature == 0:
        return logits.argmax(-1)
    scores = logits / sampling.temperature
    if sampling.top_k is not None and sampling.top_k < scores.shape[-1]:
        smallest = scores.topk(sampling.top_k).values[:, -1:]
        scores = scores.masked_fill(scores < smallest, -torch.inf)
    if sampling.top_p is not None and sampling.top_p < 1:
        scores = _nucleus(scores, sampling.top_p)
    return _draw(scores, keys, positions)


def _nucleus(scores: Tensor, top_p: float) -> Tensor:
    """Keep the fewest tokens whose probabilities add up to ``top_p`` (Holtzman et al. 2020); the first always stays."""
    ordered, order = scores.sort(dim=-1, descending=True, stable=True)
    probability = ordered.softmax(-1)
    before = probability.cumsum(-1) - probability
    dropped = torch.zeros_like(scores, dtype=torch.bool).scatter(-1, order, before >= top_p)
    return scores.masked_fill(dropped, -torch.inf)


def _draw(scores: Tensor, keys: Tensor, positions: Tensor) -> Tensor:
    """Draw a group of tokens by its total probability, then a token within it, each by Gumbel noise.

    The distribution is that of a draw from the softmax, with noise for some hundred items instead of the vocabulary.
    """
    rows, vocabulary = scores.shape
    padded = functional.pad(scores, (0, -vocabulary % _GROUP), value=-torch.inf).view(rows, -1, _GROUP)
    groups = torch.arange(padded.shape[1], device=scores.device)
    group = (padded.logsumexp(-1) + gumbel(keys, positions, groups + padded.shape[1] * _GROUP)).argmax(-1)
    within = torch.arange(_GROUP, device=scores.device)
    members = group.unsqueeze(-1) * _GROUP + within
    chosen = padded[torch.arange(rows, device=scores.device), group] + gumbel(keys, positions, members)
    return members.gather(-1, chosen.argmax(-1, keepdim=True)).squeeze(-1)
