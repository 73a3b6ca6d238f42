"""A compact encoder-decoder transformer for fixed-length prompts and answers.

Pre-norm layers, learned positions, one embedding shared by prompt, answer and output, no dropout. Shapes are spoken in
letters: B examples, S prompt tokens, T answer tokens, L either, D dimension, H heads, W beams, V vocabulary, and P
examples whose attention is computed together (:mod:`uncollapse.models.packed_attention`).

Residual branches start at zero (their last projection is zero), so that a fresh model is the embedding alone and deep
ones train as readily as shallow ones.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from uncollapse.models.packed_attention import MOST_KEYS, attend, pack, packs, sequences_together
from uncollapse.models.settings import ModelSettings
from uncollapse.tasks.sequence_layout import SequenceLayout

_ROWS = 1024  # of hidden states that fit into a core's cache
Attend = Callable[[Tensor], Tensor]  # what beams (N, ...) attend to (N, D)


class SelfAttention(nn.Module):
    """Multi-head attention of a sequence to itself; causal in the decoder."""

    def __init__(self, dimension: int, heads: int, *, causal: bool) -> None:
        super().__init__()
        self.heads, self.causal = heads, causal
        self.query_key_value = nn.Linear(dimension, 3 * dimension)
        self.output = _zero_linear(dimension, dimension)

    def forward(self, x: Tensor) -> Tensor:
        """(B, L, D) -> (B, L, D)."""
        batch, length, dimension = x.shape
        projected = self.query_key_value(x).view(batch, length, 3, self.heads, -1)
        if packs(projected) and length <= MOST_KEYS:
            together = sequences_together(batch, length)
            query, key, value = pack(projected, together).unbind()
            mixed = attend(query, key, value, together=together, heads=self.heads, causal=self.causal)
            return self.output(mixed)
        if torch.compiler.is_compiling() and x.device.type == "cpu":
            return self.output(_mixed_by_sums(*projected.unbind(2), causal=self.causal).flatten(2))
        heads = projected.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(heads[0], heads[1], heads[2], is_causal=self.causal)
        return self.output(mixed.transpose(1, 2).reshape(batch, length, dimension))


class CrossAttention(nn.Module):
    """Multi-head attention of the answer to the encoded prompt."""

    def __init__(self, dimension: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(dimension, dimension)
        self.key_value = nn.Linear(dimension, 2 * dimension)
        self.output = _zero_linear(dimension, dimension)

    def memory(self, encoded: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values of an encoded prompt (B, S, D), computed once for all steps and beams.

        Each is (B, H, S, D/H), or, where sequences are packed, (B/P * H, P * S, D/H).
        """
        batch, length, _ = encoded.shape
        projected = self.key_value(encoded).view(batch, length, 2, self.heads, -1)
        if packs(projected):
            keys, values = pack(projected, sequences_together(batch, length)).unbind()
        else:
            keys, values = projected.permute(2, 0, 3, 1, 4).unbind()
        return keys, values

    def forward(self, x: Tensor, memory: tuple[Tensor, Tensor]) -> Tensor:
        """x (B, L, D), whose L positions may as well be beams -> (B, L, D)."""
        batch, length, dimension = x.shape
        query = self.query(x).view(batch, length, 1, self.heads, -1)
        keys, values = memory
        if keys.ndim == 4:
            mixed = functional.scaled_dot_product_attention(query.squeeze(2).transpose(1, 2), keys, values)
            return self.output(mixed.transpose(1, 2).reshape(batch, length, dimension))
        together = batch * self.heads // len(keys)
        (packed,) = pack(query, together).unbind()
        return self.output(attend(packed, keys, values, together=together, heads=self.heads, causal=False))


class FeedForward(nn.Module):
    """The position-wise network, four times as wide inside."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.up = nn.Linear(dimension, 4 * dimension)
        self.down = _zero_linear(4 * dimension, dimension)

    def forward(self, x: Tensor) -> Tensor:
        """(..., D) -> (..., D)."""
        return self.down(functional.gelu(self.up(x)))


def _fed_forward(x: Tensor, norm: nn.LayerNorm, feed_forward: FeedForward) -> Tensor:
    """``x + feed_forward(norm(x))``; where nothing is learned on a CPU, in place and for some rows at a time.

    What lies between the two layers is four times as wide as x, and so stays in cache.
    """
    if x.device.type != "cpu" or not torch.is_inference_mode_enabled():
        return x + feed_forward(norm(x))
    for rows in x.flatten(0, -2).split(_ROWS):
        rows += feed_forward(norm(rows))
    return x


class EncoderLayer(nn.Module):
    """Self-attention, then the feed-forward network."""

    def __init__(self, dimension: int, heads: int) -> None:
        super().__init__()
        self.attention_norm, self.attention = nn.LayerNorm(dimension), SelfAttention(dimension, heads, causal=False)
        self.feed_forward_norm, self.feed_forward = nn.LayerNorm(dimension), FeedForward(dimension)

    def forward(self, x: Tensor) -> Tensor:
        """(B, S, D) -> (B, S, D)."""
        x = x + self.attention(self.attention_norm(x))
        return _fed_forward(x, self.feed_forward_norm, self.feed_forward)


class DecoderLayer(nn.Module):
    """Causal self-attention, attention to the prompt, then the feed-forward network."""

    def __init__(self, dimension: int, heads: int) -> None:
        super().__init__()
        self.attention_norm, self.attention = nn.LayerNorm(dimension), SelfAttention(dimension, heads, causal=True)
        self.cross_norm, self.cross = nn.LayerNorm(dimension), CrossAttention(dimension, heads)
        self.feed_forward_norm, self.feed_forward = nn.LayerNorm(dimension), FeedForward(dimension)

    def forward(self, x: Tensor, memory: tuple[Tensor, Tensor]) -> Tensor:
        """(B, T, D) -> (B, T, D)."""
        x = x + self.attention(self.attention_norm(x))
        x = x + self.cross(self.cross_norm(x), memory)
        return _fed_forward(x, self.feed_forward_norm, self.feed_forward)

    def project(self, x: Tensor) -> Tensor:
        """Queries, keys and values (..., 3D) of x (..., D), of each position by itself."""
        return self.attention.query_key_value(self.attention_norm(x))

    def step(self, x: Tensor, projected: Tensor, past: Attend, prompt: Attend) -> Tensor:
        """One position of N beams: x (N, D), what :meth:`project` makes of it, and what attends to other positions."""
        x = x + self.attention.output(past(projected))
        x = x + prompt(self.cross_norm(x))
        return _fed_forward(x, self.feed_forward_norm, self.feed_forward)


class EncoderDecoder(nn.Module):
    """A transformer that reads a prompt of S tokens and writes an answer of T tokens.

    Parameters
    ----------
    settings : sizes.
    layout : lengths, vocabulary and the tokens that may stand at each answer position.
    """

    def __init__(self, settings: ModelSettings, layout: SequenceLayout) -> None:
        super().__init__()
        self.settings, self.layout = settings, layout
        dimension, heads = settings.dimension, settings.heads
        self.embedding = nn.Embedding(layout.vocabulary_size, dimension)
        self.prompt_positions = nn.Parameter(torch.empty(layout.prompt_length, dimension))
        self.answer_positions = nn.Parameter(torch.empty(layout.answer_length, dimension))
        self.encoder = nn.ModuleList(EncoderLayer(dimension, heads) for _ in range(settings.encoder_layers))
        self.decoder = nn.ModuleList(DecoderLayer(dimension, heads) for _ in range(settings.decoder_layers))
        self.encoder_norm, self.decoder_norm = nn.LayerNorm(dimension), nn.LayerNorm(dimension)
        self.output_bias = nn.Parameter(torch.zeros(layout.vocabulary_size))
        for table in (self.embedding.weight, self.prompt_positions, self.answer_positions):
            nn.init.normal_(table, std=dimension**-0.5)
        # indices that lie on the device already: a Python list would be copied there at every step
        for place, positions in enumerate(layout.positions_by_choice().values()):
            self.register_buffer(f"_positions{place}", torch.tensor(positions), persistent=False)

    def encode(self, prompts: Tensor) -> Tensor:
        """Prompts (B, S) of token ids -> states (B, S, D), which the decoder's layers attend to."""
        x = self.embedding(prompts) + self.prompt_positions
        for layer in self.encoder:
            x = layer(x)
        return self.encoder_norm(x)

    def forward(self, prompts: Tensor, answers: Tensor) -> Tensor:
        """Prompts (B, S) and answers (B, T) -> states (B, T, D), state t having seen answer tokens before t."""
        start = answers.new_full((len(answers), 1), self.layout.start_token)
        x = self.embedding(torch.cat([start, answers[:, :-1]], 1)) + self.answer_positions
        encoded = self.encode(prompts)
        for memory, layer in [(layer.cross.memory(encoded), layer) for layer in self.decoder]:
            x = layer(x, memory)
        return self.decoder_norm(x)

    def read_answer(self, tokens: Tensor, position: int, choice: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """Tokens (B, W) of start ... stop - 1, read at one position of the answer.

        Returns the first layer's input (B, W, D) and what :meth:`DecoderLayer.project` makes of it, (B, W, 3D). Both
        depend on the token alone; where fewer may stand there than there are beams, each is computed once.
        """
        start, stop = choice
        first = self.decoder[0]
        if stop - start >= tokens.numel():
            x = self.embedding(tokens) + self.answer_positions[position]
            return x, first.project(x)
        each = self.embedding.weight[start:stop] + self.answer_positions[position]
        return functional.embedding(tokens - start, each), functional.embedding(tokens - start, first.project(each))

    def logits(self, states: Tensor, choice: tuple[int, int]) -> Tensor:
        """States (..., D) -> logits (..., stop - start) of the tokens start ... stop - 1."""
        start, stop = choice
        return functional.linear(states, self.embedding.weight[start:stop], self.output_bias[start:stop])

    def loss(self, prompts: Tensor, answers: Tensor) -> Tensor:
        """Mean cross-entropy of an answer token, in nats, among the tokens that may stand at its position."""
        states = self(prompts, answers)
        total = states.new_zeros((), dtype=torch.float32)
        for place, choice in enumerate(self.layout.positions_by_choice()):
            positions = self.get_buffer(f"_positions{place}")
            logits = self.logits(states.index_select(1, positions), choice)
            target = answers.index_select(1, positions) - choice[0]
            total = total + functional.cross_entropy(logits.flatten(0, 1).float(), target.flatten(), reduction="sum")
        return total / answers.numel()


def _mixed_by_sums(query: Tensor, key: Tensor, value: Tensor, *, causal: bool) -> Tensor:
    """Attention of (B, L, H, D/H) by products and sums, which torch.compile turns into one loop.

    For sequences of a dozen tokens that beats a kernel made for long ones; uncompiled, it is slower.
    """
    scores = ((query * query.shape[-1] ** -0.5).unsqueeze(2) * key.unsqueeze(1)).sum(-1)
    if causal:
        length = query.shape[1]
        later = torch.ones(length, length, dtype=torch.bool, device=query.device).triu(1)
        scores = scores.masked_fill(later[:, :, None], -torch.inf)
    return (scores.softmax(2).unsqueeze(-1) * value.unsqueeze(1)).sum(2)


def _zero_linear(inputs: int, outputs: int) -> nn.Linear:
    linear = nn.Linear(inputs, outputs)
    nn.init.zeros_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear
