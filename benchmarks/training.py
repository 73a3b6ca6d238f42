"""Training examples per second of processor time, on one thread, as ratios within one run.

    python benchmarks/training.py [--compile]

Beside ours stands what one would write first for the same task and sizes (d = 64, 2 + 1 layers, 8 heads, 2 x 2
matrices, all entries, batch 64, Adam, gradient clipping): torch.nn.Transformer with a softmax over the whole
vocabulary. It is written here, from the papers' description, since the public reference code (facebookresearch/LAWT)
is not at hand; that code did 2,350 examples/s on one idle core of the kind in RESULTS.md. "As it comes" is the same in
a process of its own, which our settings of torch and of the allocator do not reach.

The ceiling is what the model's floating-point operations would take at the rate of a large float32 matrix product.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.profiler import ProfilerActivity, profile
from train_rate import operations, random_examples, train_rate

from uncollapse.compute.device import prepare
from uncollapse.compute.settings import ComputeSettings
from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.models.settings import ModelSettings
from uncollapse.tasks import eigenvalues
from uncollapse.tasks.sequence_layout import SequenceLayout
from uncollapse.training.optimizer import Optimizers
from uncollapse.training.settings import OptimizerSettings, TrainingSettings

ROUNDS, PLAIN_STEPS = 3, 24
CPU = torch.device("cpu")
ATTENTION = ("aten::bmm", "aten::baddbmm", "aten::_softmax", "aten::_softmax_backward_data")
ADAM = OptimizerSettings(name="adam", learning_rate=5e-5, beta2=0.999, clip_norm=5.0)
# entries read, heads, batch, optimizer
OURS = {
    "ours, the same recipe": ("all", 8, 64, ADAM),
    "ours, batch 256, Muon": ("all", 4, 256, OptimizerSettings()),
    "ours, upper triangle": ("upper_triangle", 4, 256, OptimizerSettings()),
}


class PlainTransformer(nn.Module):
    """The ordinary way: torch's own transformer, every logit of the vocabulary at every position."""

    def __init__(self, layout: SequenceLayout, dimension: int = 64, heads: int = 8) -> None:
        super().__init__()
        self.start = layout.start_token
        self.embedding = nn.Embedding(layout.vocabulary_size, dimension)
        self.read_positions = nn.Embedding(layout.prompt_length, dimension)
        self.written_positions = nn.Embedding(layout.answer_length, dimension)
        self.transformer = nn.Transformer(dimension, heads, 2, 1, 4 * dimension, dropout=0.0, batch_first=True)
        self.output = nn.Linear(dimension, layout.vocabulary_size)

    def forward(self, prompts: Tensor, answers: Tensor) -> Tensor:
        """Logits (B, T, V) of the answers, each given those before it."""
        written = functional.pad(answers[:, :-1], (1, 0), value=self.start)
        mask = nn.Transformer.generate_square_subsequent_mask(written.shape[1])
        states = self.transformer(
            self.embedding(prompts) + self.read_positions.weight,
            self.embedding(written) + self.written_positions.weight,
            tgt_mask=mask,
            tgt_is_causal=True,
        )
        return self.output(states)


def plain_rate(steps: int = PLAIN_STEPS, batch: int = 64) -> float:
    """Examples per second of the best half of the steps of an ordinary loop."""
    layout = eigenvalues.layout(eigenvalues.Settings(entries="all"))
    examples = random_examples(layout, 1024, CPU)
    model = PlainTransformer(layout)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-5)
    times = []
    for step in range(steps):
        begun = time.process_time()
        rows = torch.arange(step * batch, (step + 1) * batch) % 1024
        prompts, answers = examples.prompts[rows].long(), examples.answers[rows].long()
        loss = functional.cross_entropy(model(prompts, answers).flatten(0, 1), answers.flatten())
        if loss.item() != loss.item():
            sys.exit("the plain model diverged")
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        times.append(time.process_time() - begun)
    best = sorted(times)[: steps // 2]
    return batch * len(best) / sum(best)


def our_rate(name: str, *, compiled: bool = False) -> float:
    """Examples per second of one of OURS, by the real loop."""
    entries, heads, batch, optimizer = OURS[name]
    settings = TrainingSettings(
        batch_size=batch, steps=3 * 1280 // batch * 2, optimizer=optimizer, log_every=1280 // batch, compile=compiled
    )
    layout = eigenvalues.layout(eigenvalues.Settings(entries=entries))
    sizes = ModelSettings(heads=heads)
    return train_rate(layout, sizes, settings, device=CPU, dtype=torch.float32, clock=time.process_time)


def peak(size: int = 1024, rounds: int = 5) -> float:
    """Operations per second of a large product of float32 matrices, by the kernels that training uses."""
    left, right = torch.randn(2, size, size)
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        left @ right
        times.append(time.process_time() - begun)
    return 2 * size**3 / min(times)


def shares(steps: int = 10) -> dict[str, float]:
    """Where a step's time goes, by kind of operation, at the size of the model compared."""
    layout = eigenvalues.layout(eigenvalues.Settings())
    examples = random_examples(layout, 256, CPU)
    model = EncoderDecoder(ModelSettings(), layout)
    optimizers = Optimizers(model, OptimizerSettings())
    found = []
    for whole in (True, False):  # the optimizer's products have the names of attention's
        with profile(activities=[ProfilerActivity.CPU]) as profiled:
            for _ in range(steps):
                model.loss(examples.prompts, examples.answers.long()).backward()
                if whole:
                    optimizers.step(1.0)
        found.append({row.key: row for row in profiled.key_averages()})
    rows, without_optimizer = found
    total = sum(row.self_cpu_time_total for row in rows.values())
    optimizer = sum(row.cpu_time_total for key, row in rows.items() if key.startswith("Optimizer.step"))
    attention = sum(row.self_cpu_time_total for key, row in without_optimizer.items() if key in ATTENTION)
    products = sum(row.cpu_time_total for key, row in rows.items() if key in ("aten::addmm", "AddmmBackward0"))
    named = {"linear layers": products, "attention": attention, "optimizer": optimizer}
    return {name: time / total for name, time in named.items()} | {"the rest": 1 - sum(named.values()) / total}


def main() -> None:
    """Alternate all, so that a busy machine disturbs them alike; print the best rates and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compile", action="store_true", help="also compile the step (minutes of processor time)")
    parser.add_argument("--plain", action="store_true", help="print the rate of the plain way alone")
    options = parser.parse_args()
    if options.plain:
        torch.set_num_threads(1)
        print(plain_rate())
        return
    prepare(ComputeSettings(device="cpu"), threads=1)
    rates: dict[str, list[float]] = {}
    peaks = []
    for _ in range(ROUNDS):
        child = subprocess.run([sys.executable, __file__, "--plain"], capture_output=True, text=True, check=True)
        rates.setdefault("plain, as it comes", []).append(float(child.stdout))
        rates.setdefault("plain, our settings of torch", []).append(plain_rate())
        for name in OURS:
            rates.setdefault(name, []).append(our_rate(name))
        peaks.append(peak())
    if options.compile:
        rates["ours, upper triangle, compiled"] = [our_rate("ours, upper triangle", compiled=True)]
    base = max(rates["plain, as it comes"])
    print(f"examples per second of processor time, one thread, best of {ROUNDS} rounds; ratio to plain, as it comes;")
    print(f"share of the ceiling, a float32 matrix product at {max(peaks) / 1e9:.0f} GFLOP/s")
    for name, found in rates.items():
        line = f"{name:32}{max(found):8,.0f}{max(found) / base:7.2f}x"
        if (known := name.removesuffix(", compiled")) in OURS:
            entries, heads, _, _ = OURS[known]
            layout = eigenvalues.layout(eigenvalues.Settings(entries=entries))
            line += f"{max(found) * operations(layout, ModelSettings(heads=heads)) / max(peaks):8.0%}"
        print(line)
    parts = ", ".join(f"{name} {share:.0%}" for name, share in shares().items())
    print(f"time of a step (upper triangle, batch 256, Muon): {parts}")


if __name__ == "__main__":
    main()
