"""A compact decoder-only transformer, of which several members of one shape are trained and decoded at once.

The architecture is Llama's (root-mean-square norms, gated feed-forward networks, no biases), by default without
positions (NoPE), as Lee et al. (2025) have it: a causal model can tell positions apart without. Shapes are spoken in
letters: M members, N tokens, D dimension, F width inside the feed-forward network, H heads, V vocabulary; every
parameter has M in front, every product is one of M products of a batch, and no member's numbers reach another's.

Residual branches start at zero, so that a fresh model is its embedding and output alone.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from uncollapse.models.characters import Characters
from uncollapse.models.decoder_settings import DecoderSettings

EPSILON = 1e-6  # of the norms
_BASE = 10_000.0  # of rotary positions (Su et al. 2021)

# from queries, keys and values (M, N, H, D/H) of the newest tokens to what each query mixes (M, N, D)
Attend = Callable[[Tensor, Tensor, Tensor], Tensor]


class DecoderLayer(nn.Module):
    """Causal self-attention, then the feed-forward network, each behind a norm and beside a residual path."""

    def __init__(self, settings: DecoderSettings, members: int) -> None:
        super().__init__()
        dimension, inside = settings.dimension, settings.inside
        self.heads = settings.heads
        self.attention_norm = nn.Parameter(torch.ones(members, dimension))
        self.query_key_value = nn.Parameter(torch.empty(members, 3 * dimension, dimension))
        self.output = nn.Parameter(torch.zeros(members, dimension, dimension))
        self.feed_forward_norm = nn.Parameter(torch.ones(members, dimension))
        self.gate = nn.Parameter(torch.empty(members, inside, dimension))
        self.up = nn.Parameter(torch.empty(members, inside, dimension))
        self.down = nn.Parameter(torch.zeros(members, dimension, inside))

    def forward(
        self, x: Tensor, attend: Attend, *, rotation: Tensor | None = None, rows: Tensor | None = None
    ) -> Tensor:
        """(M, N, D) -> (M, N, D), or (M, R, D) of the given rows (R,) alone, which others may still attend to.

        Parameters
        ----------
        rotation : see :func:`rotation`; None for a model without positions.
        """
        members, count, _ = x.shape
        projected = product(normed(x), self.query_key_value, self.attention_norm)
        query, key, value = projected.view(members, count, 3, self.heads, -1).unbind(2)
        if rotation is not None:
            query, key = rotated(query, rotation), rotated(key, rotation)
        mixed = attend(query, key, value)
        if rows is not None:
            x, mixed = x.index_select(1, rows), mixed.index_select(1, rows)
        x = x + product(mixed, self.output)
        inputs = normed(x)
        gate = product(inputs, self.gate, self.feed_forward_norm)
        up = product(inputs, self.up, self.feed_forward_norm)
        return x + product(functional.silu(gate) * up, self.down)


class Decoder(nn.Module):
    """M transformers that go on with a text, character by character.

    Parameters
    ----------
    settings : sizes.
    characters : the alphabet.
    seeds : one a member, which is drawn from its own alone.
    """

    def __init__(self, settings: DecoderSettings, characters: Characters, *, seeds: Sequence[int]) -> None:
        super().__init__()
        if not seeds:
            raise ValueError("a decoder needs at least one member")
        self.settings, self.characters, self.members = settings, characters, len(seeds)
        self.embedding = nn.Parameter(torch.empty(self.members, len(characters), settings.dimension))
        self.layers = nn.ModuleList(DecoderLayer(settings, self.members) for _ in range(settings.layers))
        self.norm = nn.Parameter(torch.ones(self.members, settings.dimension))
        self.output = nn.Parameter(torch.empty(self.members, len(characters), settings.dimension))
        with torch.no_grad():
            for member, seed in enumerate(seeds):
                generator = torch.Generator().manual_seed(seed)
                for parameter in self._drawn():
                    drawn = torch.randn(parameter.shape[1:], generator=generator)
                    parameter[member] = drawn * settings.dimension**-0.5

    def embed(self, tokens: Tensor) -> Tensor:
        """Tokens (M, N) -> (M, N, D)."""
        members = torch.arange(self.members, device=tokens.device).unsqueeze(1)
        return functional.embedding(tokens + members * len(self.characters), self.embedding.flatten(0, 1))

    def logits(self, x: Tensor) -> Tensor:
        """Logits (M, N, V) of the token that comes next, from the last layer's states (M, N, D)."""
        return product(normed(x), self.output, self.norm)

    def rotation(self, positions: Tensor) -> Tensor | None:
        """Rotation of positions (N,) for :meth:`DecoderLayer.forward`; None for a model without positions."""
        if self.settings.positions == "none":
            return None
        return rotation(positions, self.settings.dimension // self.settings.heads)

    def _drawn(self) -> list[Tensor]:
        of_layers = [each for layer in self.layers for each in (layer.query_key_value, layer.gate, layer.up)]
        return [self.embedding, *of_layers, self.output]


def product(x: Tensor, weight: Tensor, gain: Tensor | None = None) -> Tensor:
    """(M, N, in) and weights (M, out, in) -> (M, N, out); a norm's gain (M, in) is taken into the few weights."""
    if gain is not None:
        weight = weight * gain.unsqueeze(1)
    return torch.bmm(x, weight.mT)


def normed(x: Tensor) -> Tensor:
    """Rows (..., D) over their root mean square, without a gain."""
    return functional.rms_norm(x, x.shape[-1:], eps=EPSILON)


def rotation(positions: Tensor, width: int) -> Tensor:
    """Cosines and sines (2, N, width) by which positions (N,) turn queries and keys; pairs are half a head apart."""
    frequencies = _BASE ** (-torch.arange(0, width, 2, device=positions.device, dtype=torch.float32) / width)
    angles = (positions.unsqueeze(-1) * frequencies).repeat(1, 2)
    return torch.stack([angles.cos(), angles.sin()])


def rotated(x: Tensor, by: Tensor) -> Tensor:
    """Queries or keys (M, N, H, D/H) turned by :func:`rotation` of their N positions."""
    cosine, sine = by.to(x.dtype).unsqueeze(2)
    first, second = x.chunk(2, -1)
    return x * cosine + torch.cat([-second, first], -1) * sine
