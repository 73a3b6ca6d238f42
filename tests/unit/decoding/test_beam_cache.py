"""Steps of beams that fork and die against the layer that reads whole sequences."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
import torch

from uncollapse.decoding.beam_cache import BeamCache
from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.tasks.sequence_layout import SequenceLayout

# of two prompts with one, two, three and three beams each: whom each of the beams to come goes on from
PARENTS = ([0, 0, 1, 1], [0, 1, 1, 2, 2, 3], [2, 0, 0, 5, 4, 5])


@torch.no_grad()
@pytest.mark.parametrize("layer", [0, 1])
def test_a_step_is_the_last_position_of_the_whole(
    make_model: Callable[..., EncoderDecoder], small_layout: SequenceLayout, layer: int
) -> None:
    model = make_model(small_layout)
    decoder = model.decoder[layer]
    generator = torch.Generator().manual_seed(0)
    encoded = torch.randn(2, 3, 8, generator=generator)
    memory = decoder.cross.memory(encoded)
    alone = [decoder.cross.memory(of_prompt) for of_prompt in encoded.split(1)]
    past = BeamCache(layers=2, rows=2 * (1 + 2 + 3 + 3), dimension=8, heads=2, like=memory[0], forks=True)
    sequences = torch.randn(2, 1, 8, generator=generator)
    for parents in (None, *PARENTS):
        if parents:
            past.follow(torch.tensor(parents))
            newest = torch.randn(len(parents), 1, 8, generator=generator)
            sequences = torch.cat([sequences[parents], newest], 1)
        past.read(len(sequences))
        newest = sequences[:, -1].contiguous()
        prompt = partial(_whole_prompt, decoder.cross, memory)
        found = decoder.step(newest, decoder.project(newest), past.of_layer(layer), prompt)
        beams = len(sequences) // 2
        for number, sequence in enumerate(sequences):
            expected = decoder(sequence.unsqueeze(0), alone[number // beams])[0, -1]
            torch.testing.assert_close(found[number], expected, rtol=1e-5, atol=1e-5)


def _whole_prompt(cross: Callable, memory: tuple[torch.Tensor, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    return cross(x.view(2, -1, 8), memory).flatten(0, 1)


@torch.no_grad()
def test_beams_that_never_fork_are_read_as_they_lie() -> None:
    generator = torch.Generator().manual_seed(1)
    caches = [
        BeamCache(layers=1, rows=12, dimension=8, heads=2, like=torch.empty(0), forks=forks) for forks in (False, True)
    ]
    for step in range(4):
        projected = torch.randn(3, 24, generator=generator)
        found = []
        for cache in caches:
            if step:
                cache.follow(torch.arange(3))
            cache.read(3)
            found.append(cache.of_layer(0)(projected))
        assert torch.equal(*found)
        if not step:  # a single position attends to itself alone
            torch.testing.assert_close(found[0], projected[:, 16:])
