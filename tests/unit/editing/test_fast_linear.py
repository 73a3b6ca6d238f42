"""Linear layers through oneDNN."""

import pytest
import tiny_models
import torch

from uncollapse.editing.fast_linear import FastLinear, linear, speed_up


@pytest.mark.parametrize("rows", [(1,), (40,), (3, 20)])
@pytest.mark.parametrize("with_bias", [False, True])
def test_products_are_exact_in_float32(rows, with_bias):
    generator = torch.Generator().manual_seed(0)
    states, weight = torch.randn(*rows, 64, generator=generator), torch.randn(96, 64, generator=generator)
    bias = torch.randn(96, generator=generator) if with_bias else None
    exact = states.double() @ weight.double().T + (bias.double() if with_bias else 0)
    found = linear(states, weight, bias)
    assert found.shape == (*rows, 96)
    assert (found - exact).abs().max() < 3e-5  # products in bfloat16 would be off by 0.1


def test_a_model_keeps_its_numbers():
    model = tiny_models.model(context=32)
    tokens = torch.arange(1, 33).unsqueeze(0)
    with torch.inference_mode():
        before = model(tokens).logits
        speed_up(model)
        after = model(tokens).logits
    assert any(isinstance(module, FastLinear) for module in model.modules())
    torch.testing.assert_close(after, before, atol=1e-3, rtol=1e-4)
