"""A model merged with its adapters answers as the model with adapters beside it did, whatever they stand beside."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from uncollapse.errors import ConfigError
from uncollapse.language.artifact import LanguageModel, load_language_model, save_language_model
from uncollapse.language.byte_tokenizer import byte_tokenizer
from uncollapse.language.settings import FineTuningSettings, LoraSettings
from uncollapse.language.trainable import choose_trainable, merge_adapters

IDS = torch.arange(20)[None]


def _model(architecture: str, tied: bool) -> torch.nn.Module:
    torch.manual_seed(0)
    common = {"vocab_size": 257, "tie_word_embeddings": tied, "bos_token_id": 0, "eos_token_id": 0}
    if architecture == "gpt2":
        return GPT2LMHeadModel(GPT2Config(**common, n_embd=16, n_layer=1, n_head=2, n_positions=32)).eval()
    sizes = {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2}
    return LlamaForCausalLM(LlamaConfig(**common, **sizes, max_position_embeddings=32)).eval()


def _settings(targets: list[str] | str) -> FineTuningSettings:
    return FineTuningSettings(steps=1, lora=LoraSettings(rank=2, targets=targets))


LLAMA = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize(
    ("architecture", "targets"),
    [
        ("llama", "all-linear"),
        ("llama", LLAMA),
        ("llama", ["embed_tokens"]),
        ("llama", ["lm_head"]),
        ("llama", ["q_proj", "embed_tokens", "lm_head"]),
        ("gpt2", "all-linear"),
        ("gpt2", ["c_attn", "c_proj"]),
        ("gpt2", ["wte"]),
        ("gpt2", ["wpe", "lm_head"]),
    ],
)
def test_what_is_saved_is_what_was_trained(
    architecture: str, targets: list[str] | str, tied: bool, tmp_path: Path
) -> None:
    model = _model(architecture, tied)
    before = model(IDS).logits
    if tied and {"embed_tokens", "lm_head", "wte"} & set(targets):
        with pytest.raises(ConfigError, match=r"training\.lora\.targets .*are one matrix in this model"):
            choose_trainable(model, _settings(targets))
        return
    trained = choose_trainable(model, _settings(targets))
    torch.manual_seed(1)
    with torch.no_grad():
        for name, parameter in trained.named_parameters():
            if "lora_" in name:
                parameter.normal_(std=0.3)
        expected = trained(input_ids=IDS).logits
    assert (expected - before).abs().max() > 0.1
    merge_adapters(trained)
    torch.testing.assert_close(model(IDS).logits, expected, atol=1e-4, rtol=1e-4)
    save_language_model(LanguageModel(model, byte_tokenizer([], vocabulary_size=257)), tmp_path / "m", about={})
    torch.testing.assert_close(load_language_model(tmp_path / "m").model(IDS).logits, expected, atol=1e-4, rtol=1e-4)
