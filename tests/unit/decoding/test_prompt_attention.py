"""Each way to attend to a prompt against the layer that training uses."""

from __future__ import annotations

import pytest
import torch

from uncollapse.decoding import prompt_attention
from uncollapse.decoding.prompt_attention import attention_to
from uncollapse.models.encoder_decoder import CrossAttention


@torch.no_grad()
@pytest.mark.parametrize("length", [3, 10])  # the latter has more keys in all heads than folding pays for
@pytest.mark.parametrize("beams", [1, 2, 8, 20])
def test_beams_get_what_the_layer_adds(beams: int, length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(beams)
    cross = CrossAttention(8, 2)
    for parameter in cross.parameters():
        torch.nn.init.normal_(parameter)
    encoded, x = torch.randn(6, length, 8), torch.randn(6, beams, 8)
    folded = []
    whole = prompt_attention._folded
    monkeypatch.setattr(prompt_attention, "_folded", lambda *given: folded.append(given) or whole(*given))
    found = attention_to(cross, encoded, beams=beams)(x.flatten(0, 1))
    expected = cross(x, cross.memory(encoded)).flatten(0, 1)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    assert bool(folded) == (beams >= 8 and length == 3)
