"""Training and scoring with small language models on a CPU: our attention beside torch's.

    python benchmarks/attention.py

Tokens per second of processor time on one thread, the best of three rounds in turn, of a GPT-2 of the default scale's
sizes with a batch of 8 blocks; and of one layer's attention at SmolLM2-135M's sizes.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import torch
from transformers import GPT2Config, GPT2LMHeadModel
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from uncollapse.compute.device import prepare
from uncollapse.compute.settings import ComputeSettings
from uncollapse.language.cpu_attention import attention, use_cpu_attention

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
    """The default scale's, with transformers' own settings or with ours."""
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


def main() -> None:
    """Print both."""
    prepare(ComputeSettings(), threads=1)
    torch.manual_seed(0)
    print(f"{'tokens per second':<39} {'torch':>8} {'ours':>8}")
    whole_models()
    one_layer()


if __name__ == "__main__":
    main()
