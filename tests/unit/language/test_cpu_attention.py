"""Our attention gives what torch's gives, with and without masks, and with heads that share keys."""

from types import SimpleNamespace

import pytest
import torch
from torch import Tensor
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from uncollapse.language.base import untrained
from uncollapse.language.byte_tokenizer import byte_tokenizer
from uncollapse.language.cpu_attention import attention, use_cpu_attention
from uncollapse.language.settings import Architecture


def parts(heads: int, groups: int, queries: int, keys: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    shapes = ((2, heads, queries, 8), (2, groups, keys, 8), (2, groups, keys, 8))
    return [torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True) for shape in shapes]


def masks(queries: int, keys: int) -> dict[str, Tensor | None]:
    causal = torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries)
    padded = causal.repeat(2, 1, 1, 1)
    padded[1, ..., -2:] = False
    padded[1, ..., 0] = True  # no row is blind
    additive = torch.zeros(padded.shape, dtype=torch.float64).masked_fill(~padded, -1e9)
    return {"none": None, "causal": causal, "padded": padded, "additive": additive}


@pytest.mark.parametrize(("heads", "groups"), [(4, 4), (6, 2)])
@pytest.mark.parametrize("mask", ["none", "causal", "padded", "additive"])
@pytest.mark.parametrize("scaling", [None, 0.3])
def test_values_and_gradients_equal_torchs(heads: int, groups: int, mask: str, scaling: float | None) -> None:
    module = SimpleNamespace(is_causal=True, num_key_value_groups=heads // groups)
    found = []
    for of in (attention, sdpa_attention_forward):
        given = parts(heads, groups, 5, 5)
        values = of(module, *given, masks(5, 5)[mask], scaling=scaling)[0]
        values.square().sum().backward()
        found.append([values.detach(), *[part.grad for part in given]])
    for ours, torchs in zip(*found, strict=True):
        torch.testing.assert_close(ours, torchs)


def test_new_tokens_see_all_that_is_cached() -> None:
    module = SimpleNamespace(is_causal=True, num_key_value_groups=1)
    given, mask = parts(4, 4, 3, 7), masks(3, 7)["causal"]
    torch.testing.assert_close(attention(module, *given, mask)[0], sdpa_attention_forward(module, *given, mask)[0])


@pytest.mark.parametrize("causal", [True, False])
def test_what_a_call_says_about_causality_comes_before_what_a_layer_says(causal: bool) -> None:
    module = SimpleNamespace(is_causal=not causal)
    given = parts(2, 2, 4, 4)
    torch.testing.assert_close(
        attention(module, *given, None, is_causal=causal)[0],
        sdpa_attention_forward(module, *given, None, is_causal=causal)[0],
    )


@pytest.mark.parametrize("architecture", ["gpt2", "llama", "olmo2"])
@pytest.mark.parametrize("padding", [False, True])
def test_a_model_gives_the_same_logits(architecture: str, padding: bool) -> None:
    groups = None if architecture == "gpt2" else 2
    sizes = Architecture(
        architecture=architecture, hidden_size=16, layers=2, heads=4, key_value_heads=groups, context=32
    )
    model = untrained(sizes, byte_tokenizer([], vocabulary_size=257), seed=0).model
    ids = torch.arange(24).view(2, 12)
    seen = {"attention_mask": torch.tensor([[1] * 12, [1] * 7 + [0] * 5])} if padding else {}
    real = seen.get("attention_mask", torch.ones_like(ids)).bool()
    with torch.inference_mode():
        before = model(input_ids=ids, **seen).logits[real]
        use_cpu_attention(model)
        after = model(input_ids=ids, **seen).logits[real]
    assert model.config._attn_implementation == "uncollapse"
    torch.testing.assert_close(after, before, atol=1e-5, rtol=1e-4)
