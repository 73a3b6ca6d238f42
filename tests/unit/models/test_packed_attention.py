"""Packed attention against torch's own, values and gradients."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch.nn import functional

from uncollapse.decoding.beam_search import beam_search
from uncollapse.models import encoder_decoder
from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.models.packed_attention import attend, pack, packs, sequences_together
from uncollapse.tasks.sequence_layout import SequenceLayout


@pytest.mark.parametrize(
    ("batch", "keys", "together"), [(8, 9, 2), (8, 6, 4), (8, 16, 1), (8, 1, 8), (6, 6, 2), (7, 9, 1)]
)
def test_sequences_go_together_until_there_are_enough_keys_or_the_batch_is_odd(
    batch: int, keys: int, together: int
) -> None:
    assert sequences_together(batch, keys) == together


@pytest.mark.parametrize("together", [1, 2, 4])
@pytest.mark.parametrize(("queries", "keys", "causal"), [(5, 5, False), (5, 5, True), (1, 9, False), (25, 9, False)])
def test_values_and_gradients_are_those_of_separate_attention(
    together: int, queries: int, keys: int, causal: bool
) -> None:
    batch, heads, width = 8, 2, 4
    generator = torch.Generator().manual_seed(queries)
    query = torch.randn(batch, queries, heads, width, generator=generator, requires_grad=True)
    memory = torch.randn(batch, keys, 2, heads, width, generator=generator, requires_grad=True)
    weights = torch.randn(batch, queries, heads * width, generator=generator)

    (packed,) = pack(query.unsqueeze(2), together).unbind()
    key, value = pack(memory, together).unbind()
    found = attend(packed, key, value, together=together, heads=heads, causal=causal)
    expected = functional.scaled_dot_product_attention(
        query.transpose(1, 2), *(part.transpose(1, 2) for part in memory.unbind(2)), is_causal=causal
    )
    expected = expected.transpose(1, 2).reshape(batch, queries, heads * width)
    torch.testing.assert_close(found, expected)

    for ours, theirs in zip(
        torch.autograd.grad(found, (query, memory), weights),
        torch.autograd.grad(expected, (query, memory), weights),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs)


def test_other_devices_and_coarser_numbers_are_left_to_torch() -> None:
    assert packs(torch.empty(1))
    assert not packs(torch.empty(1, device="meta"))
    assert not packs(torch.empty(1, dtype=torch.bfloat16))


@pytest.mark.parametrize("long", [False, True])
def test_a_model_finds_the_same_with_torchs_kernel(
    make_model: Callable[..., EncoderDecoder], monkeypatch: pytest.MonkeyPatch, long: bool
) -> None:
    """Where sequences are too long for packing, or numbers too coarse, attention is torch's."""
    layout = SequenceLayout(vocabulary_size=9, start_token=0, prompt_length=5, answer_choices=((1, 3), (3, 7), (2, 7)))
    model = make_model(layout)
    prompts = torch.randint(1, 9, (8, 5), generator=torch.Generator().manual_seed(0))
    answers = torch.randint(1, 9, (8, 3), generator=torch.Generator().manual_seed(1))
    expected = model(prompts, answers)
    tokens, log_prob = beam_search(model, prompts, beams=5)
    if long:
        monkeypatch.setattr(encoder_decoder, "MOST_KEYS", 2)
    else:
        monkeypatch.setattr(encoder_decoder, "packs", lambda _: False)
    torch.testing.assert_close(model(prompts, answers), expected)
    found, found_log_prob = beam_search(model, prompts, beams=5)
    torch.testing.assert_close(found_log_prob, log_prob)
    assert torch.equal(found, tokens)


def test_a_bias_first_needed_while_decoding_serves_training_later() -> None:
    query, key, value = torch.randn(3, 2, 3, 11, generator=torch.Generator().manual_seed(0)).unbind()
    with torch.inference_mode():
        attend(query, key, value, together=1, heads=2, causal=True)
    query.requires_grad_()
    attend(query, key, value, together=1, heads=2, causal=True).sum().backward()
    assert query.grad is not None
