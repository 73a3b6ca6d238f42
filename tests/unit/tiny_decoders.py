"""Decoders with random weights, whose residual branches are not zero as fresh ones' are."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from uncollapse.models.characters import Characters
from uncollapse.models.decoder import Decoder
from uncollapse.models.decoder_settings import DecoderSettings

ALPHABET = "abcdefg="


def decoder(seeds: Sequence[int], *, spread: float = 1.5, **settings: object) -> Decoder:
    """Each member follows from its seed alone."""
    sizes = {"dimension": 16, "layers": 2, "heads": 2, "feed_forward": 24} | settings
    model = Decoder(DecoderSettings(**sizes), Characters(ALPHABET), seeds=seeds)
    with torch.no_grad():
        for member, seed in enumerate(seeds):
            generator = torch.Generator().manual_seed(seed)
            for name, parameter in model.named_parameters():
                drawn = torch.randn(parameter.shape[1:], generator=generator) * spread * 16**-0.5
                parameter[member] = 1 + drawn if "norm" in name else drawn * (8 if name == "embedding" else 1)
    return model.eval()
