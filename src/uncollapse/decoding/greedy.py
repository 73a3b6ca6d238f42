"""Greedy decoding of texts by several members at once: the same questions, each member's own answers.

Keys and values of what was read are kept: a step computes one position of every question. Questions go in batches of
like length, the shorter ones padded on their left, where nothing looks; on a CPU a batch is small enough for its keys
and values to stay in cache. A question that every member has answered leaves its batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from uncollapse.decoding.cached_attention import MORE, CachedAttention
from uncollapse.jobs.progress import Progress
from uncollapse.models.characters import STOP, Ragged
from uncollapse.models.decoder import Decoder, Matrices

_AT_ONCE = {"cpu": 256, "cuda": 4096}  # questions of a batch at most
_CACHE = 4 << 30  # bytes that keys and values of a batch take at most, but for a single question
_LEAVING = 0.75  # a batch is cut down when no more of its questions are still being answered


@dataclass(frozen=True, kw_only=True)
class Written:
    """The answers of one member.

    Parameters
    ----------
    texts : (N,), without the stop token.
    finished : (N,) whether the answer was ended by a stop token, not by the limit.
    """

    texts: list[str]
    finished: NDArray[np.bool_]


@torch.inference_mode()
def generate(
    model: Decoder, questions: Sequence[str], *, most_tokens: int, progress: Progress | None = None
) -> list[Written]:
    """Greedy answers to N questions of any lengths, in their order; one :class:`Written` a member.

    Parameters
    ----------
    most_tokens : characters after which an answer is cut off where it has not ended by itself; at least 1.

    Raises
    ------
    DataError
        For a question with a character that the model's alphabet lacks.
    ValueError
        For an empty question, and a limit below 1.
    """
    encoded = model.characters.encode(questions)
    if most_tokens < 1:
        raise ValueError(f"most_tokens must be at least 1, got {most_tokens}")
    if len(encoded) and not encoded.lengths.min():
        raise ValueError("a question needs at least one character")
    order = np.argsort(encoded.lengths, kind="stable")
    answers = np.full((model.members, len(encoded), most_tokens), -1, dtype=np.int16)
    if progress:
        progress.start(total=len(order))
    begin = 0
    while begin < len(order):
        at_once = _at_once(model, encoded.lengths[order[begin:]], most_tokens)
        rows = order[begin : begin + at_once]
        tokens, padding = padded_left(encoded, rows)
        answers[:, rows] = _answers(model, tokens, padding, most_tokens).cpu().numpy()
        begin += len(rows)
        if progress:
            progress.update(begin)
    if progress:
        progress.finish()
    return [_written(model, of_member) for of_member in answers]


def _at_once(model: Decoder, lengths: NDArray[np.int64], most_tokens: int) -> int:
    """How many of the questions that are left, in rising lengths, go into the next batch."""
    most = _AT_ONCE[model.embedding.device.type]
    positions = int(lengths[:most][-1]) + most_tokens
    settings, number = model.settings, model.embedding.element_size()
    return max(1, min(most, _CACHE // (2 * settings.layers * model.members * settings.dimension * positions * number)))


def padded_left(texts: Ragged, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
    """Some of the texts as int64 (B, S) with the stop token on the left of short ones, and how often it is (B,)."""
    lengths = texts.lengths[rows]
    longest = int(lengths.max())
    padding = longest - lengths
    place = np.arange(longest) - padding[:, None]
    tokens = texts.tokens[texts.starts[rows][:, None] + np.maximum(place, 0)]
    return torch.from_numpy(np.where(place < 0, STOP, tokens).astype(np.int64)), torch.from_numpy(padding)


def _answers(model: Decoder, tokens: Tensor, padding: Tensor, most_tokens: int) -> Tensor:
    """Questions (B, S) with padding (B,) on the left -> tokens (M, B, most_tokens), -1 behind the end."""
    device, members = model.embedding.device, model.members
    tokens, padding = tokens.to(device), padding.to(device)
    batch, length = tokens.shape
    found = torch.full((members, batch, most_tokens), -1, dtype=torch.int16, device=device)
    attention = CachedAttention(model, padding, room=length + min(most_tokens - 1, MORE))
    matrices = model.matrices()
    newest = _next(model, matrices, attention, tokens.unsqueeze(0).expand(members, -1, -1))
    here = torch.arange(batch, device=device)  # questions still in the batch
    going = torch.ones(members, batch, dtype=torch.bool, device=device)
    for position in range(most_tokens):
        found[:, here, position] = torch.where(going, newest, -1).short()
        going = going & (newest != STOP)
        wanted = going.any(0)
        left = int(wanted.sum())
        if not left or position + 1 == most_tokens:
            break
        if left <= _LEAVING * len(here):
            keep = wanted.nonzero().squeeze(1)
            attention.keep(keep)
            here, going, newest = here[keep], going[:, keep], newest[:, keep]
        newest = _next(model, matrices, attention, newest.unsqueeze(2))
    return found


def _next(model: Decoder, matrices: Sequence[Matrices], attention: CachedAttention, tokens: Tensor) -> Tensor:
    """The most probable token (M, B) after the newest ones (M, B, L) of each question."""
    members, batch, length = tokens.shape
    positions = attention.read(length).repeat(batch)
    last = None
    if length > 1:
        last = (torch.arange(batch, device=tokens.device) * length + length - 1).expand(members, -1)
    x = model.states(tokens.reshape(members, -1), attention.of_layer, matrices, positions=positions, rows=last)
    return model.logits(x).argmax(-1)


def _written(model: Decoder, tokens: NDArray[np.int16]) -> Written:
    ended = tokens == STOP
    length = np.where(ended.any(1), ended.argmax(1), tokens.shape[1])
    texts = [model.characters.decode(row[:stop]) for row, stop in zip(tokens, length, strict=True)]
    return Written(texts=texts, finished=ended.any(1))
