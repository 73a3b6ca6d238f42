"""Several models of config.yaml's sizes trained as one batched ensemble, beside the same models one after the other.

    python benchmarks/ensemble.py [--members 3 6 12] [--batch 256] [--compile]

Members differ in weights and in batches, and share every call: stacked weights and one product for all (baddbmm), one
call of attention, one Newton-Schulz iteration of Muon. In turn is the real model with the real optimizers, a step as
the training loop makes it. Both compute the same losses, which is checked. Processor time, one thread, the least of
the steps in turn; ``--compile`` says besides what compilation took, child processes included.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode
from train_rate import operations, random_examples
from training import peak

from uncollapse.compute.device import prepare
from uncollapse.compute.settings import ComputeSettings
from uncollapse.models.encoder_decoder import EncoderDecoder, _mixed_by_sums
from uncollapse.models.packed_attention import attend, pack, packs, sequences_together
from uncollapse.models.settings import ModelSettings
from uncollapse.tasks import eigenvalues
from uncollapse.training.loop import Examples
from uncollapse.training.member_optimizer import MemberOptimizers
from uncollapse.training.member_settings import MemberOptimizerSettings
from uncollapse.training.optimizer import Optimizers
from uncollapse.training.settings import OptimizerSettings

SIZES = ModelSettings(dimension=32, encoder_layers=2, decoder_layers=1, heads=2)
RATE = 2e-2  # config.yaml's
STEPS, WARM = 6, 2


class Ensemble(nn.Module):
    """The encoder-decoders of M members, whose parameters are stacked; x is (M, N, D) throughout."""

    def __init__(self, models: Sequence[EncoderDecoder]) -> None:
        super().__init__()
        self.members, self.model = len(models), models[0]
        states = [dict(model.named_parameters()) for model in models]
        stacked = {_key(name): torch.stack([state[name].detach() for state in states]) for name in states[0]}
        of_layers = {key for key in stacked if key.startswith(("encoder-", "decoder-"))}
        self.layers = nn.ParameterDict({key: stacked[key] for key in stacked if key in of_layers})
        self.others = nn.ParameterDict({key: stacked[key] for key in stacked if key not in of_layers})
        vocabulary = self.model.layout.vocabulary_size
        self.register_buffer("first", torch.arange(self.members).view(-1, 1, 1) * vocabulary)

    def loss(self, prompts: Tensor, answers: Tensor) -> Tensor:
        """Prompts (M, B, S) and answers (M, B, T) -> the sum of the members' losses."""
        layout, others = self.model.layout, self.others
        x = self._read(prompts) + others["prompt_positions"].unsqueeze(1)
        for number in range(len(self.model.encoder)):
            layer = f"encoder-{number}-"
            x = x + self._to_itself(self._norm(x, f"{layer}attention_norm"), f"{layer}attention-", causal=False)
            x = x + self._feed_forward(self._norm(x, f"{layer}feed_forward_norm"), f"{layer}feed_forward-")
        encoded = self._norm(x, "encoder_norm")
        start = answers.new_full((*answers.shape[:2], 1), layout.start_token)
        x = self._read(torch.cat([start, answers[..., :-1]], -1)) + others["answer_positions"].unsqueeze(1)
        for number in range(len(self.model.decoder)):
            layer = f"decoder-{number}-"
            x = x + self._to_itself(self._norm(x, f"{layer}attention_norm"), f"{layer}attention-", causal=True)
            x = x + self._to_prompt(self._norm(x, f"{layer}cross_norm"), encoded, f"{layer}cross-")
            x = x + self._feed_forward(self._norm(x, f"{layer}feed_forward_norm"), f"{layer}feed_forward-")
        states = self._norm(x, "decoder_norm")
        total = states.new_zeros(())
        for (begin, end), positions in layout.positions_by_choice().items():
            some = states[:, :, positions].flatten(1, 2)
            table, bias = others["embedding-weight"][:, begin:end], others["output_bias"][:, None, begin:end]
            logits = torch.baddbmm(bias, some, table.mT).flatten(0, 1)
            total = total + functional.cross_entropy(
                logits, (answers[:, :, positions] - begin).flatten(), reduction="sum"
            )
        return total / answers[0].numel()

    def _parameter(self, name: str) -> Tensor:
        return self.layers[name] if name in self.layers else self.others[name]

    def _read(self, tokens: Tensor) -> Tensor:
        return functional.embedding(tokens + self.first, self.others["embedding-weight"].flatten(0, 1))

    def _norm(self, x: Tensor, name: str) -> Tensor:
        weight, bias = (self._parameter(f"{name}-{part}")[:, None, None] for part in ("weight", "bias"))
        return torch.addcmul(bias, functional.layer_norm(x, x.shape[-1:]), weight)

    def _linear(self, x: Tensor, name: str) -> Tensor:
        weight, bias = self._parameter(f"{name}-weight"), self._parameter(f"{name}-bias")
        return torch.baddbmm(bias.unsqueeze(1), x.flatten(1, 2), weight.mT).view(*x.shape[:3], -1)

    def _feed_forward(self, x: Tensor, name: str) -> Tensor:
        return self._linear(functional.gelu(self._linear(x, f"{name}up")), f"{name}down")

    def _to_itself(self, x: Tensor, name: str, *, causal: bool) -> Tensor:
        heads = self.model.settings.heads
        projected = self._linear(x, f"{name}query_key_value").flatten(0, 1).unflatten(-1, (3, heads, -1))
        if packs(projected):
            together = sequences_together(*projected.shape[:2])
            query, key, value = pack(projected, together).unbind()
            mixed = attend(query, key, value, together=together, heads=heads, causal=causal)
        else:
            mixed = _mixed_by_sums(*projected.unbind(2), causal=causal).flatten(2)
        return self._linear(mixed.view(x.shape), f"{name}output")

    def _to_prompt(self, x: Tensor, encoded: Tensor, name: str) -> Tensor:
        heads = self.model.settings.heads
        query = self._linear(x, f"{name}query").flatten(0, 1).unflatten(-1, (1, heads, -1))
        projected = self._linear(encoded, f"{name}key_value").flatten(0, 1).unflatten(-1, (2, heads, -1))
        if packs(projected):
            together = sequences_together(*projected.shape[:2])
            (packed,), (key, value) = pack(query, together), pack(projected, together)
            mixed = attend(packed, key, value, together=together, heads=heads, causal=False)
        else:
            mixed = _mixed_by_sums(query.squeeze(2), *projected.unbind(2), causal=False).flatten(2)
        return self._linear(mixed.view(x.shape), f"{name}output")


def _key(name: str) -> str:
    return name.replace(".", "-")


def in_turn(models: Sequence[EncoderDecoder], batches: Tensor, examples: Examples, *, compiled: bool) -> Callable:
    """A step of each model, and the losses before it."""
    optimizers = [Optimizers(model, OptimizerSettings(learning_rate=RATE, muon_learning_rate=RATE)) for model in models]
    losses = [torch.compile(model.loss) if compiled else model.loss for model in models]

    def step() -> list[float]:
        found = []
        for loss_of, rows, optimizer in zip(losses, batches, optimizers, strict=True):
            loss = loss_of(*examples.batch(rows))
            loss.backward()
            optimizer.step(1.0)
            found.append(loss.item())
        return found

    return step


def at_once(models: Sequence[EncoderDecoder], batches: Tensor, examples: Examples, *, compiled: bool) -> Callable:
    """A step of all models as one ensemble, and the sum of their losses before it."""
    ensemble = Ensemble(models)
    settings = MemberOptimizerSettings(learning_rate=RATE, muon_learning_rate=RATE, clip_norm=None)
    optimizers = MemberOptimizers(ensemble, settings)
    loss_of = torch.compile(ensemble.loss) if compiled else ensemble.loss

    def step() -> list[float]:
        loss = loss_of(*examples.batch(batches))
        loss.backward()
        optimizers.step(1.0)
        return [loss.item()]

    return step


def _seconds() -> float:
    """Processor time of this process and of its children that have ended."""
    return sum(os.times()[:4])


def measure(members: int, batch: int, *, compiled: bool) -> dict[str, float]:
    """Least seconds of a step of all members by way, and seconds of what came before the first."""
    layout = eigenvalues.layout(eigenvalues.Settings(matrix_size=2, entries="upper_triangle"))
    examples = random_examples(layout, 8192, torch.device("cpu"))
    batches = torch.randint(0, 8192, (members, batch))
    steps, found = {}, {}
    for way in (in_turn, at_once):
        torch.manual_seed(0)
        models = [EncoderDecoder(SIZES, layout) for _ in range(members)]
        steps[way.__name__] = way(models, batches, examples, compiled=compiled)
    losses: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(WARM + STEPS):
        for name, step in steps.items():
            begun, begun_all = time.process_time(), _seconds()
            losses[name].append(sum(step()))
            taken = time.process_time() - begun
            if number == 0:
                found[f"{name}, first"] = _seconds() - begun_all
            elif number >= WARM:
                found[name] = min(found.get(name, taken), taken)
    ours, theirs = (torch.tensor(each) / members for each in losses.values())
    if not torch.allclose(ours, theirs, rtol=1e-2):
        raise SystemExit(f"losses differ: {losses}")
    return found


class _Timed(TorchDispatchMode):
    """Processor time of every call of an operator, in the order of the calls."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, int]] = []

    def __torch_dispatch__(self, operator: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        begun = time.thread_time_ns()
        result = operator(*args, **(kwargs or {}))
        self.calls.append((operator.overloadpacket.__name__, time.thread_time_ns() - begun))
        return result


def shares(batch: int) -> str:
    """What a single model's step is made of: operators by their least processor time of several steps."""
    layout = eigenvalues.layout(eigenvalues.Settings(matrix_size=2, entries="upper_triangle"))
    examples = random_examples(layout, 8192, torch.device("cpu"))
    step = in_turn([EncoderDecoder(SIZES, layout)], torch.randint(0, 8192, (1, batch)), examples, compiled=False)
    step()
    runs = []
    for _ in range(STEPS):
        with _Timed() as timed:
            step()
        runs.append(timed.calls)
    least = [min(taken for _, taken in calls) for calls in zip(*runs, strict=True)]
    by_name: Counter[str] = Counter()
    for (name, _), taken in zip(runs[0], least, strict=True):
        by_name[name] += taken
    named = (f"{name} {taken / sum(least):.0%}" for name, taken in by_name.most_common(16))
    return f"{', '.join(named)}; {len(least):,} calls that take {sum(least) / 1e6:.1f} ms"


def main() -> None:
    """Print each number of members' ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, nargs="+", default=[3, 6, 12])
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--compile", action="store_true", help="compile both (minutes of processor time)")
    options = parser.parse_args()
    prepare(ComputeSettings(device="cpu"), threads=1)
    layout = eigenvalues.layout(eigenvalues.Settings(matrix_size=2, entries="upper_triangle"))
    of_example, rate = operations(layout, SIZES), peak()
    print(
        f"width 32, batch {options.batch}, Muon; {of_example / 1e6:.2f} MFLOP an example, peak {rate / 1e9:.0f} GFLOP/s"
    )
    print(f"{'members':>7} {'in turn, ms':>12} {'of peak':>8} {'at once, ms':>12} {'of peak':>8} {'ratio':>6}")
    for members in options.members:
        found = measure(members, options.batch, compiled=options.compile)
        least = members * options.batch * of_example / rate
        row = f"{members:7}"
        for name in ("in_turn", "at_once"):
            row += f" {1e3 * found[name]:12.1f} {least / found[name]:8.0%}"
        row += f" {found['in_turn'] / found['at_once']:5.2f}x"
        if options.compile:
            row += f"; first step {found['in_turn, first']:.0f} s and {found['at_once, first']:.0f} s"
        print(row, flush=True)
    if not options.compile:
        print(f"a step of one model: {shares(options.batch)}")


if __name__ == "__main__":
    main()
