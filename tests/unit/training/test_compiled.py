"""The compiled step: the same loss to rounding, and no surprise where there is no compiler."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from uncollapse.errors import ConfigError
from uncollapse.models.encoder_decoder import EncoderDecoder, _mixed_by_sums
from uncollapse.tasks.sequence_layout import SequenceLayout
from uncollapse.training.loop import compiled_loss

ANSWERS = torch.tensor([[1, 3, 2, 5], [2, 6, 6, 6], [1, 4, 3, 6], [2, 3, 5, 5], [1, 5, 4, 5], [2, 4, 2, 6]])
CPU = torch.device("cpu")


@pytest.mark.parametrize("causal", [False, True])
def test_attention_by_sums_is_attention(causal: bool) -> None:
    query, key, value = torch.randn(3, 2, 7, 4, 8, generator=torch.Generator().manual_seed(0))
    expected = torch.nn.functional.scaled_dot_product_attention(
        query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), is_causal=causal
    )
    torch.testing.assert_close(_mixed_by_sums(query, key, value, causal=causal), expected.transpose(1, 2))


def test_the_compiled_loss_and_its_gradients_are_those_of_the_model(
    make_model: Callable[..., EncoderDecoder],
    small_layout: SequenceLayout,
    small_prompts: torch.Tensor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Traced and differentiated as for a compiler, but run as it is: C++ takes minutes on a busy machine."""
    compile_with = torch.compile
    monkeypatch.setattr(
        torch, "compile", lambda f, dynamic, mode: compile_with(f, dynamic=dynamic, backend="aot_eager")
    )
    monkeypatch.setattr(shutil, "which", lambda name: name)
    model = make_model(small_layout, seed=3).train()
    loss = model.loss(small_prompts, ANSWERS)
    expected = torch.autograd.grad(loss, list(model.parameters()))
    compiled = compiled_loss(model.loss, CPU)(small_prompts, ANSWERS)
    torch.testing.assert_close(compiled, loss, rtol=1e-5, atol=1e-6)
    found = torch.autograd.grad(compiled, list(model.parameters()))
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-5)


def test_without_a_compiler_it_stops_at_once(
    make_model: Callable[..., EncoderDecoder],
    small_layout: SequenceLayout,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    with pytest.raises(ConfigError, match=r"training\.compile .* set training\.compile to false"):
        compiled_loss(make_model(small_layout).loss, CPU)
