"""Label many prompts with one model, in batches that do not depend on how the prompts are sharded."""

from collections.abc import Iterator

import torch
from torch import Tensor

from uncollapse.decoding.beam_search import beam_search
from uncollapse.models.encoder_decoder import EncoderDecoder

_BEAMS_PER_BATCH = {"cpu": 8192, "cuda": 65_536}
_LARGEST_BATCH = {"cpu": 2048, "cuda": 8192}


def batch_size(beams: int, device: torch.device) -> int:
    """Prompts decoded at once: a power of two, fewer the wider the beam.

    >>> batch_size(25, torch.device("cpu"))
    256
    """
    wanted = min(_LARGEST_BATCH[device.type], _BEAMS_PER_BATCH[device.type] // beams)
    return 1 << max(3, wanted.bit_length() - 1)


def label(model: EncoderDecoder, prompts: Tensor, *, beams: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Tokens (B, W, T) and log_prob (B, W) of prompts (N, S) of token ids on the model's device, batch by batch.

    Callers pass whole row groups, whose size is a multiple of every batch size: a prompt meets the same companions in
    the same place however the row groups are shared out, and so gets the same last bit.
    """
    for batch in prompts.split(batch_size(beams, prompts.device)):
        tokens, log_prob = beam_search(model, batch, beams=beams)
        yield tokens.cpu(), log_prob.cpu()
