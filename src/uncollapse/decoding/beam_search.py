"""Greedy and beam search over fixed-length answers, every candidate returned with its log-probability.

The prompt is encoded once; the decoder keeps the keys and values of each beam and computes one position a step. The
number of beams grows as there are continuations to fill it: one before the first token, up to ``beams`` later.
"""

import functools

import torch
from torch import Tensor

from uncollapse.models.encoder_decoder import EncoderDecoder


@torch.inference_mode()
def beam_search(model: EncoderDecoder, prompts: Tensor, *, beams: int) -> tuple[Tensor, Tensor]:
    """The ``beams`` most probable answers found by breadth-first search.

    Parameters
    ----------
    prompts : (B, S) token ids.
    beams : beams kept at each step, at least 1; 1 is greedy decoding.

    Returns
    -------
    tokens : (B, W, T) token ids, the most probable candidate first.
    log_prob : (B, W) float32, in nats: the sum of the log-probabilities of the T tokens. No length penalty.

    W is ``beams``, or the number of possible answers where that is smaller.
    """
    if beams < 1:
        raise ValueError(f"beams must be at least 1, got {beams}")
    batch = len(prompts)
    layout, heads = model.layout, model.settings.heads
    memories = model.encode(prompts)
    state_of_head = model.settings.dimension // heads
    caches = [
        (memory[0].new_empty(batch, 1, 0, heads, state_of_head), memory[1].new_empty(batch, 1, 0, heads, state_of_head))
        for memory in memories
    ]
    tokens = prompts.new_empty(batch, 1, 0)
    newest = prompts.new_full((batch, 1), layout.start_token)
    before = (layout.start_token, layout.start_token + 1)
    log_prob = torch.zeros(batch, 1, device=prompts.device)
    for position, choice in enumerate(layout.answer_choices):
        x, projected = model.read_answer(newest, position, before)
        for index, (layer, memory) in enumerate(zip(model.decoder, memories, strict=True)):
            projected = layer.project(x) if index else projected
            x, *caches[index] = layer.step(x, projected, memory, *caches[index])
        scores = model.logits(model.decoder_norm(x), choice).float().log_softmax(-1)
        scores += log_prob.unsqueeze(-1)
        choices = scores.shape[-1]
        log_prob, best = _top(scores.flatten(1), beams)
        parent = best // choices
        newest = best % choices + choice[0]
        if tokens.shape[1] > 1 or parent.shape[1] > 1:
            caches = [(_follow(keys, parent), _follow(values, parent)) for keys, values in caches]
            tokens = _follow(tokens, parent)
        tokens, before = torch.cat([tokens, newest.unsqueeze(-1)], -1), choice
    return tokens, log_prob


def _follow(of_beams: Tensor, parent: Tensor) -> Tensor:
    """Rows of (B, W, ...) that the beams (B, W') continue."""
    batch, width = of_beams.shape[:2]
    offset = torch.arange(batch, device=parent.device).unsqueeze(1) * width
    rows = of_beams.flatten(0, 1).index_select(0, (parent + offset).flatten())
    return rows.view(*parent.shape, *of_beams.shape[2:])


def _top(scores: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The ``count`` largest of each row of (B, N), in falling order, and where they stand.

    A row is seen as G rows of N / G columns. Its ``count`` largest values lie within the ``count`` columns with the
    largest maxima, so that all others are only ever compared once: several times faster than one topk over 25,000.
    """
    batch, size = scores.shape
    count = min(count, size)
    if count == 1:
        return scores.max(-1, keepdim=True)
    rows = _rows(size, count)
    columns = size // rows
    if columns <= 2 * count:
        return scores.topk(count, -1)
    table = scores.view(batch, rows, columns)
    column = table.amax(1).topk(count, -1, sorted=False).indices.sort(-1).values
    within = table.gather(2, column.unsqueeze(1).expand(-1, rows, -1)).flatten(1)
    values, place = within.topk(count, -1)
    return values, place // count * columns + column.gather(1, place % count)


@functools.cache
def _rows(size: int, count: int) -> int:
    """G, a divisor of ``size`` for which the two passes of :func:`_top` compare the fewest values."""
    return min((rows for rows in range(1, size + 1) if size % rows == 0), key=lambda rows: size // rows + rows * count)
