"""The decoder against transformers' Llama, and its members against each other."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from pydantic import ValidationError
from tiny_decoders import ALPHABET, decoder
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM

from uncollapse.decoding.cached_attention import CachedAttention
from uncollapse.models.characters import Characters
from uncollapse.models.decoder import Decoder
from uncollapse.models.decoder_settings import DecoderSettings
from uncollapse.models.decoder_weights import load_members, save_members
from uncollapse.models.tensor_file import WeightsError, load_tensors, save_tensors

TOKENS = torch.tensor([[1, 4, 2, 2, 8, 3, 1], [5, 5, 7, 1, 8, 6, 2]])


@torch.no_grad()
def logits(model: Decoder, tokens: Tensor) -> Tensor:
    """Logits (M, B, L, V) of whole texts (B, L)."""
    batch, length = tokens.shape
    attention = CachedAttention(model, torch.zeros(batch, dtype=torch.int64), room=length)
    flat = tokens.flatten().expand(model.members, -1)
    x = model.states(flat, attention.of_layer, model.matrices(), positions=attention.read(length).repeat(batch))
    return model.logits(x).view(model.members, batch, length, -1)


def llama(model: Decoder, member: int = 0) -> LlamaForCausalLM:
    """The same model as transformers has it, with the rotary positions that it always has."""
    sizes = model.settings
    config = LlamaConfig(
        vocab_size=len(model.characters),
        hidden_size=sizes.dimension,
        intermediate_size=sizes.inside,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        bos_token_id=None,
        eos_token_id=0,
    )
    state = {"model.embed_tokens": model.embedding, "lm_head": model.output, "model.norm": model.norm}
    for place, layer in enumerate(model.layers):
        parts = zip("qkv", layer.query_key_value[member].chunk(3), strict=True)
        of_layer = {f"self_attn.{name}_proj": part.unsqueeze(0).expand(member + 1, -1, -1) for name, part in parts}
        of_layer |= dict(zip(("mlp.gate_proj", "mlp.up_proj"), layer.gate_up.chunk(2, 1), strict=True))
        of_layer["self_attn.o_proj"] = layer.output
        of_layer |= {"mlp.down_proj": layer.down, "input_layernorm": layer.attention_norm}
        of_layer["post_attention_layernorm"] = layer.feed_forward_norm
        state |= {f"model.layers.{place}.{name}": tensor for name, tensor in of_layer.items()}
    made = LlamaForCausalLM(config)
    made.load_state_dict({f"{name}.weight": tensor[member] for name, tensor in state.items()})
    return made.eval()


@torch.no_grad()
def test_with_rotary_positions_it_is_a_llama() -> None:
    model = decoder([3, 4], positions="rotary")
    found = logits(model, TOKENS)
    for member in range(2):
        torch.testing.assert_close(found[member], llama(model, member)(TOKENS).logits, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_without_positions_it_is_a_llama_that_turns_nothing() -> None:
    model = decoder([5])
    other = llama(model)
    turn = other.model.rotary_emb.forward
    other.model.rotary_emb.forward = lambda x, position_ids: turn(x, torch.zeros_like(position_ids))
    torch.testing.assert_close(logits(model, TOKENS)[0], other(TOKENS).logits, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_rotary_positions_count_from_anywhere() -> None:
    model = decoder([1], positions="rotary")
    shifted = torch.cat([torch.zeros(2, 3, dtype=torch.int64), TOKENS], 1)
    attention = CachedAttention(model, torch.tensor([3, 3]), room=10)
    positions = attention.read(10).repeat(2)
    x = model.states(shifted.view(1, -1), attention.of_layer, model.matrices(), positions=positions)
    found = model.logits(x).view(1, 2, 10, -1)[:, :, 3:]
    torch.testing.assert_close(found, logits(model, TOKENS), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("positions", ["none", "rotary"])
def test_a_member_is_what_it_is_alone(positions: str) -> None:
    together = logits(decoder([7, 8, 9], positions=positions), TOKENS)
    for member, seed in enumerate([7, 8, 9]):
        alone = logits(decoder([seed], positions=positions), TOKENS)[0]
        torch.testing.assert_close(together[member], alone, rtol=1e-5, atol=1e-5)


def test_a_fresh_member_follows_its_seed_alone() -> None:
    sizes, characters = DecoderSettings(dimension=8, heads=2, layers=1), Characters(ALPHABET)
    one, several = Decoder(sizes, characters, seeds=[5]), Decoder(sizes, characters, seeds=[4, 5])
    for name, tensor in one.state_dict().items():
        assert torch.equal(several.state_dict()[name][1], tensor[0]), name
    assert not torch.equal(several.embedding[0], several.embedding[1])


def test_members_are_saved_alone_and_loaded_together(tmp_path: Path) -> None:
    model = decoder([1, 2], positions="rotary")
    for member in range(2):
        save_members(model, tmp_path / str(member), members=[member], about={"seed": member})
    loaded = load_members([tmp_path / "1", tmp_path / "0"])
    assert (loaded.settings, loaded.characters.alphabet) == (model.settings, ALPHABET)
    for name, tensor in model.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], tensor.flip(0)), name
    assert load_tensors(tmp_path / "1")[1]["about"] == {"seed": 1}
    save_members(model, tmp_path / "both", about={})
    three = load_members([tmp_path / "both", tmp_path / "0"])
    assert torch.equal(three.output, model.output[[0, 1, 0]])


def test_files_that_are_no_ensemble(tmp_path: Path) -> None:
    save_members(decoder([1]), tmp_path / "a", about={})
    save_members(decoder([1], layers=1), tmp_path / "b", about={})
    with pytest.raises(WeightsError, match="b: of other sizes"):
        load_members([tmp_path / "a", tmp_path / "b"])
    tensors, header = load_tensors(tmp_path / "a")
    save_tensors(tensors | {"norm": tensors["norm"] * float("nan")}, tmp_path / "nan", header=header)
    with pytest.raises(WeightsError, match="nan: NaN or infinity in norm"):
        load_members([tmp_path / "nan"])
    save_tensors({"norm": tensors["norm"]}, tmp_path / "less", header=header)
    with pytest.raises(WeightsError, match="do not fit"):
        load_members([tmp_path / "less"])
    save_tensors(tensors, tmp_path / "other", header=header | {"model": {"encoder_layers": 2}})
    with pytest.raises(WeightsError, match="describes no model"):
        load_members([tmp_path / "other"])


@pytest.mark.parametrize(
    "settings", [{"heads": 3}, {"dimension": 0}, {"layers": 0}, {"dimension": 12, "positions": "rotary"}]
)
def test_impossible_sizes_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DecoderSettings(**{"dimension": 64, "heads": 4, **settings})
