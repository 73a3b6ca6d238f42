"""A compact decoder-only transformer, of which several members of one shape are trained and decoded at once.

The architecture is Llama's (root-mean-square norms, gated feed-forward networks, no biases), by default without
positions (NoPE), as Lee et al. (2025) have it: a causal model can tell positions apart without. Shapes are spoken in
letters: M members, N tokens, D dimension, F width inside the feed-forward network, H heads, V vocabulary; every
parameter has M in front, every product is one of M products of a batch, and no member's numbers reach another's.

Residual branches start at zero, so that a fresh model is its embedding and output alone.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from uncollapse.models.characters import Characters
from uncollapse.models.decoder_settings import DecoderSettings

EPSILON = 1e-6  # of the norms
_AT_ONCE = 1024  # tokens of a feed-forward network without gradients
_BASE = 10_000.0  # of rotary positions (Su et al. 2021)

# from queries, keys and values of the newest tokens (M, N, 3, H, D/H) to what each query mixes (M, N, D), or those of
# some rows (M, R) alone (M, R, D)
Attend = Callable[[Tensor, Tensor | None], Tensor]


class Matrices(NamedTuple):
    """A layer's matrices (M, out, in), into which its norms' gains are taken: products need none of their own."""

    query_key_value: Tensor
    output: Tensor
    gate_up: Tensor
    down: Tensor


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
        self.gate_up = nn.Parameter(torch.empty(members, 2 * inside, dimension))
        self.down = nn.Parameter(torch.zeros(members, dimension, inside))

    def matrices(self) -> Matrices:
        """Matrices for :meth:`forward`, which stay the same until the parameters change."""
        return Matrices(
            self.query_key_value * self.attention_norm.unsqueeze(1),
            self.output,
            self.gate_up * self.feed_forward_norm.unsqueeze(1),
            self.down,
        )

    def forward(
        self,
        x: Tensor,
        attend: Attend,
        matrices: Matrices,
        *,
        projected: Tensor | None = None,
        rotation: Tensor | None = None,
        rows: Tensor | None = None,
    ) -> Tensor:
        """(M, N, D) -> (M, N, D), or (M, R, D) of the given rows (M, R) alone, which others may still attend to.

        Parameters
        ----------
        projected : queries, keys and values (M, N, 3D) of x, where they are known.
        rotation : see :func:`rotation`; None for a model without positions.
        """
        if projected is None:
            projected = product(normed(x), matrices.query_key_value)
        members, count, _ = x.shape
        projected = projected.view(members, count, 3, self.heads, -1)
        if rotation is not None:
            projected = torch.cat([rotated(projected[:, :, :2], rotation), projected[:, :, 2:]], 2)
        mixed = attend(projected, rows)
        if rows is not None:
            x = chosen(x, rows)
        x = x + product(mixed, matrices.output)
        inputs = normed(x)
        # what is inside is wide: without gradients, which keep all of it, no more is made than stays in cache
        parts = (inputs,) if torch.is_grad_enabled() else inputs.split(_AT_ONCE, 1)
        found = [product(gated(product(part, matrices.gate_up)), matrices.down) for part in parts]
        return x + (torch.cat(found, 1) if len(found) > 1 else found[0])


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

    def matrices(self) -> list[Matrices]:
        """Every layer's, for :meth:`states`."""
        return [layer.matrices() for layer in self.layers]

    def states(
        self,
        tokens: Tensor,
        attend: Callable[[int], Attend],
        matrices: Sequence[Matrices],
        *,
        positions: Tensor,
        rows: Tensor | None = None,
    ) -> Tensor:
        """Tokens (M, N) at positions (N,) or (M, N) -> states (M, N, D) of the last layer, or of some rows (M, R).

        The first layer's queries, keys and values follow from the token alone: each is computed once.

        Parameters
        ----------
        attend : attention of a layer by its number.
        """
        places = tokens + torch.arange(self.members, device=tokens.device).unsqueeze(1) * len(self.characters)
        x = functional.embedding(places, self.embedding.flatten(0, 1))
        each = product(normed(self.embedding), matrices[0].query_key_value)
        projected = functional.embedding(places, each.flatten(0, 1))
        turn = None
        if self.settings.positions == "rotary":
            turn = rotation(positions, self.settings.dimension // self.settings.heads)
        for number, layer in enumerate(self.layers):
            final = number + 1 == len(self.layers)
            x = layer(
                x,
                attend(number),
                matrices[number],
                projected=None if number else projected,
                rotation=turn,
                rows=rows if final else None,
            )
        return x

    def logits(self, x: Tensor) -> Tensor:
        """Logits (M, N, V) of the token that comes next, from the last layer's states (M, N, D)."""
        return product(normed(x), self.output * self.norm.unsqueeze(1))

    def _drawn(self) -> list[Tensor]:
        of_layers = [each for layer in self.layers for each in (layer.query_key_value, layer.gate_up)]
        return [self.embedding, *of_layers, self.output]


def product(x: Tensor, weight: Tensor) -> Tensor:
    """(M, N, in) and weights (M, out, in) -> (M, N, out)."""
    return torch.bmm(x, weight.mT)


def chosen(x: Tensor, rows: Tensor) -> Tensor:
    """Rows (M, R) of (M, N, D) -> (M, R, D)."""
    members, count, _ = x.shape
    places = rows + torch.arange(members, device=rows.device).unsqueeze(1) * count
    return x.flatten(0, 1).index_select(0, places.flatten()).view(members, rows.shape[1], -1)


def normed(x: Tensor) -> Tensor:
    """Rows (..., D) over their root mean square, without a gain."""
    return _Normed.apply(x)


def gated(x: Tensor) -> Tensor:
    """Gates and values (..., 2F) side by side -> silu(gate) * value (..., F)."""
    if torch.is_grad_enabled():
        return _Gated.apply(x)
    gate, value = x.chunk(2, -1)
    return functional.silu(gate).mul_(value)


class _Normed(torch.autograd.Function):
    """Fewer passes over memory than autograd takes: a third of the time, forward and backward."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        scale = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32)
        scale = scale.square_().div_(x.shape[-1]).add_(EPSILON).rsqrt_().to(x.dtype)
        found = x * scale
        ctx.save_for_backward(found, scale)
        return found

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (gradient,) = gradients
        found, scale = ctx.saved_tensors
        along = (gradient * found).mean(-1, keepdim=True)
        return torch.addcmul(gradient, found, along, value=-1).mul_(scale)


class _Gated(torch.autograd.Function):
    """The gradient is written where it belongs, rather than in halves that are put together."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        gate, value = x.chunk(2, -1)
        share = gate.sigmoid()
        opened = gate * share
        ctx.save_for_backward(x, share, opened)
        return opened * value

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (gradient,) = gradients
        x, share, opened = ctx.saved_tensors
        found = torch.empty_like(x)
        of_gate, of_value = found.chunk(2, -1)
        torch.mul(opened, gradient, out=of_value)
        slope = torch.addcmul(share, opened, share, value=-1).add_(opened)  # of silu
        torch.mul(slope.mul_(x.chunk(2, -1)[1]), gradient, out=of_gate)
        return found


def rotation(positions: Tensor, width: int) -> Tensor:
    """Cosines and sines (2, ..., width) by which positions (...) turn queries and keys; pairs are half a head apart."""
    frequencies = _BASE ** (-torch.arange(0, width, 2, device=positions.device, dtype=torch.float32) / width)
    angles = positions.unsqueeze(-1) * torch.cat([frequencies, frequencies])
    return torch.stack([angles.cos(), angles.sin()])


def rotated(x: Tensor, by: Tensor) -> Tensor:
    """Queries and keys (M, N, 2, H, D/H) turned by :func:`rotation` of their N positions."""
    cosine, sine = by.to(x.dtype)[..., None, None, :]
    first, second = x.chunk(2, -1)
    return x * cosine + torch.cat([-second, first], -1) * sine
