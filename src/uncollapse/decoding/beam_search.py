"""Greedy and beam search over fixed-length answers, every candidate returned with its log-probability.

The prompt is encoded once; the decoder keeps the keys and values of each beam and computes one position a step. The
number of beams grows as there are continuations to fill it: one before the first token, up to ``beams`` later.
"""

import functools
from collections.abc import Sequence

import torch
from torch import Tensor

from uncollapse.decoding.beam_cache import BeamCache
from uncollapse.decoding.prompt_attention import attention_to
from uncollapse.models.encoder_decoder import EncoderDecoder

_SCORES_AT_ONCE = 1 << 19  # some of them fit into cache


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
    batch, layout, settings = len(prompts), model.layout, model.settings
    encoded = model.encode(prompts)
    prompt = [attention_to(layer.cross, encoded, beams=beams) for layer in model.decoder]
    past = BeamCache(
        layers=len(model.decoder),
        rows=batch * sum(_widths(layout.answer_choices, beams)),
        dimension=settings.dimension,
        heads=settings.heads,
        like=encoded,
        forks=beams > 1,
    )
    tokens = prompts.new_empty(batch, 1, 0)
    newest = prompts.new_full((batch, 1), layout.start_token)
    before = (layout.start_token, layout.start_token + 1)
    log_prob = torch.zeros(batch, 1, device=prompts.device)
    first = torch.arange(batch, device=prompts.device).unsqueeze(1)
    for position, choice in enumerate(layout.answer_choices):
        past.read(newest.numel())
        x, projected = model.read_answer(newest.flatten(), position, before)
        for number, layer in enumerate(model.decoder):
            projected = layer.project(x) if number else projected
            x = layer.step(x, projected, past.of_layer(number), prompt[number])
        log_prob, best = _best(model, model.decoder_norm(x).view(batch, -1, x.shape[-1]), log_prob, choice, beams)
        choices = choice[1] - choice[0]
        if tokens.shape[1] > 1 or best.shape[1] > 1:
            parent = (best // choices + first * tokens.shape[1]).flatten()
            past.follow(parent)
            tokens = tokens.flatten(0, 1).index_select(0, parent).view(*best.shape, position)
            best = best % choices
        newest = best + choice[0]
        tokens, before = torch.cat([tokens, newest.unsqueeze(-1)], -1), choice
    return tokens, log_prob


def _widths(answer_choices: Sequence[tuple[int, int]], beams: int) -> list[int]:
    """Beams of a prompt that read each position."""
    widths = [1]
    for start, stop in answer_choices[:-1]:
        widths.append(min(beams, widths[-1] * (stop - start)))
    return widths


def _best(
    model: EncoderDecoder, states: Tensor, log_prob: Tensor, choice: tuple[int, int], beams: int
) -> tuple[Tensor, Tensor]:
    """Log-probabilities (B, W') of the best continuations of beams (B, W, D), and which of the W * choices they are.

    On a CPU some prompts at a time, whose scores stay in cache.
    """
    at_once = len(states)
    if states.device.type == "cpu":
        at_once = max(1, _SCORES_AT_ONCE // (states.shape[1] * (choice[1] - choice[0])))
    parts = []
    for some, before in zip(states.split(at_once), log_prob.split(at_once), strict=True):
        scores = model.logits(some, choice).float().log_softmax(-1)
        parts.append(_top(scores.add_(before.unsqueeze(-1)).flatten(1), beams))
    values, places = zip(*parts, strict=True)
    return torch.cat(values), torch.cat(places)


def _top(scores: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The ``count`` largest of each row of (B, N), in falling order, and where they stand.

    A row is seen as G rows of N / G columns. Its ``count`` largest values lie within the ``count`` columns with the
    largest maxima, so that all others are only ever compared once: several times faster than one topk over 25,000.
    """
    batch, size = scores.shape
    count = min(count, size)
    rows = _rows(size, count)
    columns = size // rows
    if columns <= 2 * count:
        return _largest(scores, count)
    table = scores.view(batch, rows, columns)
    column = _largest(table.amax(1), count)[1].sort(-1).values
    within = table.gather(2, column.unsqueeze(1).expand(-1, rows, -1)).flatten(1)
    values, place = _largest(within, count)
    return values, place // count * columns + column.gather(1, place % count)


def _largest(scores: Tensor, count: int) -> tuple[Tensor, Tensor]:
    return scores.max(-1, keepdim=True) if count == 1 else scores.topk(count, -1)


@functools.cache
def _rows(size: int, count: int) -> int:
    """G, a divisor of ``size`` for which the two passes of :func:`_top` compare the fewest values."""
    return min((rows for rows in range(1, size + 1) if size % rows == 0), key=lambda rows: size // rows + rows * count)
