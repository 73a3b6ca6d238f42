"""Training and scoring with small language models on a CPU: our attention beside torch's.

    python benchmarks/attention.py

Tokens per second of processor time on one thread, the best of three rounds in turn, of a GPT-2 of scales/laptop.yaml's
sizes with a batch of 8 blocks; of one layer's attention at SmolLM2-135M's sizes; and of the attention of models that
read and write short sequences, where several share a matrix product.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import torch
from torch.nn import functional
from transformers import GPT2Config, GPT2LMHeadModel
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from uncollapse.compute.device import prepare
from uncollapse.compute.settings import ComputeSettings
from uncollapse.language.cpu_attention import attention, use_cpu_attention
from uncollapse.models.packed_attention import attend, pack, sequences_together

Attention = Callable[..., Any]

ROUNDS, STEPS = 3, 8
BLOCKS, CONTEXT = 8, 128


def best(calls: dict[str, Callable[[], object]], *, repeats: int) -> dict[str, float]:
    """The least processor seconds of a call, each called in turn."""
    found = dict.fromkeys(calls, float("inf"))
    for name in itertools.chain(*[list(calls)] * (ROUNDS + 1)):
        start = time.process_time()
        for _ in range(repeats):
            calls[name]()
        found[name] = min(found[name], (time.process_time() - start) / repeats)
    return found


def gpt2(*, ours: bool) -> GPT2LMHeadModel:
    """scales/laptop.yaml's, with transformers' own settings or with ours."""
    config = GPT2Config(
        vocab_size=4096, n_embd=128, n_layer=3, n_head=4, n_positions=CONTEXT, resid_pdrop=0, embd_pdrop=0, attn_pdrop=0
    )
    if ours:
        config.activation_function = "gelu_pytorch_tanh"
    model = GPT2LMHeadModel(config)
    if ours:
        use_cpu_attention(model)
    return model


def whole_models() -> None:
    """A model's training step, without its optimizer, and its forward pass."""
    tokens = torch.randint(0, 4096, (BLOCKS, CONTEXT), generator=torch.Generator().manual_seed(0))
    models = {"torch": gpt2(ours=False), "ours": gpt2(ours=True)}

    def step(model: GPT2LMHeadModel) -> None:
        model(input_ids=tokens, labels=tokens, use_cache=False).loss.backward()
        model.zero_grad()

    def read(model: GPT2LMHeadModel) -> None:
        with torch.inference_mode():
            model.base_model(input_ids=tokens, use_cache=False)

    for what, call in (("training step", step), ("forward pass without projection", read)):
        seconds = best({name: partial(call, model) for name, model in models.items()}, repeats=STEPS)
        torchs, ours = (BLOCKS * CONTEXT / seconds[name] for name in ("torch", "ours"))
        print(f"GPT-2, {what:<32} {torchs:>8,.0f} {ours:>8,.0f}   {ours / torchs:.1f}x")


def forward(of: Attention, module: object, parts: list[torch.Tensor]) -> None:
    """One layer's attention."""
    with torch.no_grad():
        of(module, *parts, None)


def forward_and_back(of: Attention, module: object, parts: list[torch.Tensor]) -> None:
    """One layer's attention and its gradients."""
    of(module, *parts, None)[0].sum().backward()


def one_layer() -> None:
    """Attention alone: rows, heads, places, width of a head."""
    print("\nmilliseconds of one layer's attention by torch and ours, forward and with gradients")
    module = SimpleNamespace(is_causal=True)
    both: dict[str, Attention] = {"torch": sdpa_attention_forward, "ours": attention}
    for dtype, places in itertools.product((torch.float32, torch.bfloat16), (24, 128, 256, 512)):
        shape = (8, 9, places, 64)
        parts = [torch.randn(shape, dtype=dtype, requires_grad=True) for _ in range(3)]
        cells = []
        for call in (forward, forward_and_back):
            given = [part.detach() for part in parts] if call is forward else parts
            times = best({name: partial(call, of, module, given) for name, of in both.items()}, repeats=3)
            torchs, ours = times["torch"], times["ours"]
            cells.append(f"{torchs * 1e3:>8.2f} {ours * 1e3:>8.2f} {torchs / ours:>5.1f}x")
        print(f"{str(dtype).removeprefix('torch.'):>9} {shape!s:<18}", *cells)


def torchs_over_memory(query: torch.Tensor, memory: torch.Tensor) -> torch.Tensor:
    """Queries (B, L, H, D/H) over keys and values (B, S, 2, H, D/H), as torch does it, for 25 queries at most at
    once: its kernel takes ten times as long for more.
    """
    keys, values = (part.transpose(1, 2) for part in memory.unbind(2))
    parts = query.transpose(1, 2).split(25, 2)
    mixed = torch.cat([functional.scaled_dot_product_attention(part, keys, values) for part in parts], 2)
    return mixed.transpose(1, 2).reshape(*query.shape[:2], -1)


def packed_over_memory(
    query: torch.Tensor, memory: torch.Tensor, packed: tuple[torch.Tensor, torch.Tensor] | None = None
) -> torch.Tensor:
    """The same with several sequences side by side; the memory may have been packed before, as decoding does."""
    together = sequences_together(len(query), memory.shape[1])
    keys, values = pack(memory, together).unbind() if packed is None else packed
    (queries,) = pack(query.unsqueeze(2), together).unbind()
    return attend(queries, keys, values, together=together, heads=query.shape[2], causal=False)


def over_and_back(of: Attention, query: torch.Tensor, memory: torch.Tensor) -> None:
    """The same with gradients."""
    of(query, memory).sum().backward()


def short_sequences() -> None:
    """Examples, queries, keys, heads, width of a head: one token, 25 and 50 beams; layers of an encoder and a
    decoder of the default's width and of twice as many heads; and longer sequences.
    """
    print("\nmilliseconds of attention by torch and ours: decoding, keys laid out once; training, forward and back")
    for examples, queries, keys, heads, width in (
        (512, 1, 9, 4, 16),
        (128, 25, 9, 4, 16),
        (64, 50, 9, 4, 16),
        (256, 9, 9, 2, 16),
        (256, 6, 6, 2, 16),
        (256, 9, 9, 4, 16),
        (256, 24, 24, 4, 16),
    ):
        query = torch.randn(examples, queries, heads, width, requires_grad=True)
        memory = torch.randn(examples, keys, 2, heads, width, requires_grad=True)
        torch.testing.assert_close(torchs_over_memory(query, memory), packed_over_memory(query, memory))
        if queries != keys:
            with torch.no_grad():
                packed = tuple(pack(memory, sequences_together(examples, keys)).unbind())
                calls = {"torch": partial(torchs_over_memory, query, memory)}
                times = best({**calls, "ours": partial(packed_over_memory, query, memory, packed)}, repeats=20)
        else:
            both = {"torch": torchs_over_memory, "ours": packed_over_memory}
            times = best({name: partial(over_and_back, of, query, memory) for name, of in both.items()}, repeats=20)
        torchs, ours = times["torch"], times["ours"]
        print(
            f"{'training' if queries == keys else 'decoding'} {(examples, queries, keys, heads, width)!s:<22}",
            f"{torchs * 1e3:>8.2f} {ours * 1e3:>8.2f} {torchs / ours:>5.1f}x",
        )


def main() -> None:
    """Print all three."""
    prepare(ComputeSettings(), threads=1)
    torch.manual_seed(0)
    print(f"{'tokens per second':<39} {'torch':>8} {'ours':>8}")
    whole_models()
    one_layer()
    short_sequences()


if __name__ == "__main__":
    main()
