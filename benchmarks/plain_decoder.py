"""A decoder-only transformer as one would write it first, and transformers' own: what rounds.py measures against."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import LlamaConfig, LlamaForCausalLM

from uncollapse.models.decoder import EPSILON, Decoder
from uncollapse.models.decoder_settings import DecoderSettings


class PlainLayer(nn.Module):
    """Attention, by torch's kernel or written out, then the gated feed-forward network."""

    def __init__(self, settings: DecoderSettings, *, written_out: bool) -> None:
        super().__init__()
        self.written_out = written_out
        dimension, inside = settings.dimension, settings.inside
        self.heads = settings.heads
        self.attention_norm = nn.RMSNorm(dimension, eps=EPSILON)
        self.query_key_value = nn.Linear(dimension, 3 * dimension, bias=False)
        self.output = nn.Linear(dimension, dimension, bias=False)
        self.feed_forward_norm = nn.RMSNorm(dimension, eps=EPSILON)
        self.gate = nn.Linear(dimension, inside, bias=False)
        self.up = nn.Linear(dimension, inside, bias=False)
        self.down = nn.Linear(inside, dimension, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, L, D) -> (B, L, D)."""
        batch, length, dimension = x.shape
        parts = self.query_key_value(self.attention_norm(x)).split(dimension, 2)
        query, key, value = (part.view(batch, length, self.heads, -1).transpose(1, 2) for part in parts)
        if self.written_out:
            later = torch.ones(length, length, dtype=torch.bool).triu(1)
            scores = (query @ key.mT * key.shape[-1] ** -0.5).masked_fill(later, -torch.inf)
            mixed = scores.softmax(-1) @ value
        else:
            mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.output(mixed.transpose(1, 2).contiguous().view(batch, length, dimension))
        inputs = self.feed_forward_norm(x)
        return x + self.down(functional.silu(self.gate(inputs)) * self.up(inputs))


class PlainDecoder(nn.Module):
    """Every logit of every position, as nanoGPT computes them; places that are not to be learned are ignored."""

    def __init__(self, settings: DecoderSettings, vocabulary: int, *, written_out: bool) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, settings.dimension)
        self.layers = nn.ModuleList(PlainLayer(settings, written_out=written_out) for _ in range(settings.layers))
        self.norm = nn.RMSNorm(settings.dimension, eps=EPSILON)
        self.output = nn.Linear(settings.dimension, vocabulary, bias=False)

    def forward(self, tokens: Tensor, targets: Tensor) -> Tensor:
        """Tokens and targets (B, L), -1 where there is none -> mean loss."""
        x = self.embedding(tokens)
        for layer in self.layers:
            x = layer(x)
        logits = self.output(self.norm(x))
        return functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)

    @torch.no_grad()
    def like(self, model: Decoder) -> PlainDecoder:
        """The same weights as a model of one member."""
        self.embedding.weight.copy_(model.embedding[0])
        self.norm.weight.copy_(model.norm[0])
        self.output.weight.copy_(model.output[0])
        for plain, layer in zip(self.layers, model.layers, strict=True):
            gate, up = layer.gate_up[0].chunk(2)
            plain.attention_norm.weight.copy_(layer.attention_norm[0])
            plain.query_key_value.weight.copy_(layer.query_key_value[0])
            plain.output.weight.copy_(layer.output[0])
            plain.feed_forward_norm.weight.copy_(layer.feed_forward_norm[0])
            plain.gate.weight.copy_(gate)
            plain.up.weight.copy_(up)
            plain.down.weight.copy_(layer.down[0])
        return self


def llama_like(model: Decoder) -> LlamaForCausalLM:
    """transformers' model with the weights of one of a single member, its rotary positions made to turn nothing."""
    settings = model.settings
    config = LlamaConfig(
        vocab_size=len(model.characters),
        hidden_size=settings.dimension,
        intermediate_size=settings.inside,
        num_hidden_layers=settings.layers,
        num_attention_heads=settings.heads,
        max_position_embeddings=512,
        rms_norm_eps=EPSILON,
        bos_token_id=None,
        eos_token_id=0,
        pad_token_id=0,
    )
    made = LlamaForCausalLM(config).eval()
    turn = made.model.rotary_emb.forward
    made.model.rotary_emb.forward = lambda x, position_ids: turn(x, torch.zeros_like(position_ids))
    state = {"model.embed_tokens": model.embedding, "model.norm": model.norm, "lm_head": model.output}
    for place, layer in enumerate(model.layers):
        of_layer = dict(zip(("q_proj", "k_proj", "v_proj"), layer.query_key_value.chunk(3, 1), strict=True))
        of_layer = {f"self_attn.{name}": matrix for name, matrix in of_layer.items()}
        of_layer |= dict(zip(("mlp.gate_proj", "mlp.up_proj"), layer.gate_up.chunk(2, 1), strict=True))
        of_layer |= {"self_attn.o_proj": layer.output, "mlp.down_proj": layer.down}
        of_layer |= {"input_layernorm": layer.attention_norm, "post_attention_layernorm": layer.feed_forward_norm}
        state |= {f"model.layers.{place}.{name}": matrix for name, matrix in of_layer.items()}
    made.load_state_dict({f"{name}.weight": tensor[0] for name, tensor in state.items()})
    return made
