"""Self-improvement's model layer on one thread, in processor time: answers, training, five members together.

    python benchmarks/rounds.py [--rounds 2]

Answers: 1,000 sums, greedy, beside ``generate`` of transformers on a Llama of the same shape and weights whose rotary
positions turn nothing; tokens must be equal. Its attention is torch's kernel, which is its default ("kernel"), or
written out ("eager"). "16 digits" is a round's work; "1 to 16" is an evaluation's, whose questions differ in length and
are padded by the other side. The ceiling is what the products of the linear layers alone would take at the rate of a
large one.

Training: beside a loop as nanoGPT has it, batches padded to their longest, with torch's attention kernel and with
attention written out, on the same model, sums of 1 to 16 digits, batch and optimizer; losses must be equal.

Members: five at once beside one after another, training and answering.

Work is done in turn, round by round, so that a busy machine disturbs all sides; the best of the rounds counts.
"""

from __future__ import annotations

import argparse
import io
import itertools
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
from plain_decoder import PlainDecoder, llama_like
from torch import Tensor
from torch.profiler import ProfilerActivity, profile

from uncollapse.compute.device import prepare
from uncollapse.compute.settings import ComputeSettings
from uncollapse.decoding.greedy import generate, padded_left
from uncollapse.jobs.progress import Progress
from uncollapse.models.characters import Characters
from uncollapse.models.decoder import Decoder
from uncollapse.models.decoder_settings import DecoderSettings
from uncollapse.training.checkpoint import Checkpoint
from uncollapse.training.member_data import Draws, Examples, Source
from uncollapse.training.member_loop import train_members
from uncollapse.training.member_loss import losses
from uncollapse.training.member_settings import MemberTrainingSettings
from uncollapse.training.packing import pack

SHAPES = {"d=64, 2 layers": DecoderSettings(dimension=64, layers=2), "d=128, 4 layers": DecoderSettings()}
CHARACTERS = Characters("0123456789+=")
QUESTIONS, MOST = 1000, 18
BATCH, STEPS = 128, 8
ADAMW = {"name": "adamw", "learning_rate": 1e-3}
OTHERS = {"kernel": "sdpa", "eager": "eager"}  # how the other sides compute attention
CPU = torch.device("cpu")


def sums(count: int, shortest: int, longest: int) -> Source:
    """Sums of two numbers of equally many digits, the answer's least digit first."""
    rng = np.random.default_rng(0)
    questions, answers = [], []
    for digits in rng.integers(shortest, longest + 1, count).tolist():
        first, second = (int("".join(map(str, rng.integers(0, 10, digits)))) for _ in range(2))
        questions.append(f"{first:0{digits}}+{second:0{digits}}=")
        answers.append(f"{first + second:0{digits + 1}}"[::-1])
    return Source(questions=questions, answers=answers)


def random_model(settings: DecoderSettings, members: int = 1) -> Decoder:
    """Weights that write all sorts of things and never stop."""
    model = Decoder(settings, CHARACTERS, seeds=range(members))
    with torch.no_grad():
        for layer in model.layers:
            for matrix in (layer.output, layer.down):
                matrix.normal_(std=0.1, generator=torch.Generator().manual_seed(matrix.numel()))
        model.output[:, 0] = 0.0
    return model.eval()


@torch.inference_mode()
def others(model: torch.nn.Module, questions: list[str]) -> Tensor:
    """Tokens (N, MOST) that transformers writes, all questions in one batch."""
    tokens, padding = padded_left(CHARACTERS.encode(questions), np.arange(len(questions)))
    seen = (torch.arange(tokens.shape[1]) >= padding.unsqueeze(1)).long()
    written = model.generate(tokens, attention_mask=seen, do_sample=False, max_new_tokens=MOST)
    return written[:, tokens.shape[1] :]


def answering(rounds: int) -> None:
    """Print answers per second."""
    print(f"{'answers per second':34} {'ours':>8} {'kernel':>8} {'ratio':>6} {'eager':>8} {'ratio':>6} {'ceiling':>8}")
    for name, settings in SHAPES.items():
        model = random_model(settings)
        other = llama_like(model)
        for kind, shortest in (("16 digits", 16), ("1 to 16", 1)):
            questions = list(sums(QUESTIONS, shortest, 16).questions)
            times: dict[str, list[float]] = {}
            for _ in range(rounds):
                (written,) = timed(times, "ours", partial(generate, model, questions, most_tokens=MOST))
                for side, attention in OTHERS.items():
                    other.set_attn_implementation(attention)
                    theirs = timed(times, side, partial(others, other, questions))
                    texts = [CHARACTERS.decode(each.numpy()) for each in theirs]
                    if texts != written.texts:
                        sys.exit(f"{name}, {kind}: the answers differ")
            read = sum(map(len, questions)) + QUESTIONS * (MOST - 1)
            ours, ceiling = min(times["ours"]), read * operations(settings) / peak()
            row = f"{f'{name}, {kind}':34} {QUESTIONS / ours:8,.0f}"
            for side in OTHERS:
                row += f" {QUESTIONS / min(times[side]):8,.0f} {min(times[side]) / ours:5.1f}x"
            print(f"{row} {ceiling / ours:8.0%}", flush=True)


def padded(draws: Draws) -> tuple[Tensor, Tensor]:
    """What one would make of the draws first: tokens and targets (B, L), padded to the longest."""
    width = int(draws.lengths.max())
    tokens = np.zeros((len(draws.lengths), width), dtype=np.int64)
    targets = np.full_like(tokens, -1)
    ends = np.cumsum(draws.lengths)
    for row, (end, length, asked) in enumerate(zip(ends, draws.lengths, draws.questions, strict=True)):
        tokens[row, :length] = draws.tokens[0, end - length : end]
        targets[row, asked - 1 : length - 1] = tokens[row, asked:length]
    return torch.from_numpy(tokens[:, :-1]), torch.from_numpy(targets[:, :-1])


def training(rounds: int) -> None:
    """Print examples per second of training."""
    source = sums(4096, 1, 16)
    heading = f"{'examples per second, training':34} {'ours':>8} {'kernel':>8} {'ratio':>6} {'eager':>8} {'ratio':>6}"
    print(f"\n{heading}  padding")
    for name, settings in SHAPES.items():
        examples = Examples([source], CHARACTERS, batch_size=BATCH, seeds=[0])
        draws = list(itertools.islice(examples.steps(0), STEPS))
        batches = [padded(each) for each in draws]
        model = random_model(settings)
        plain = {
            side: PlainDecoder(settings, len(CHARACTERS), written_out=side == "eager").like(model) for side in OTHERS
        }
        packed = pack(draws[:1], device=CPU)
        for side in plain.values():
            if abs(losses(model, packed).item() - side(*batches[0]).item()) > 1e-4:
                sys.exit(f"{name}: the losses differ")
        times: dict[str, list[float]] = {}
        for _ in range(rounds):
            timed(times, "ours", partial(train, model, source))
            for side, each in plain.items():
                timed(times, side, partial(train_plain, each, batches))
        count, read = BATCH * STEPS, (draws[0].lengths - 1).sum()
        row = f"{name:34} {count / min(times['ours']):8,.0f}"
        for side in OTHERS:
            row += f" {count / min(times[side]):8,.0f} {min(times[side]) / min(times['ours']):5.1f}x"
        empty = (1 - read / packed.tokens.shape[1], 1 - read / batches[0][0].numel())
        print(f"{row}  ours {empty[0]:.0%}, theirs {empty[1]:.0%}", flush=True)


def train_plain(model: PlainDecoder, batches: list[tuple[Tensor, Tensor]]) -> None:
    """As one would write it."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    for tokens, targets in batches:
        loss = model(tokens, targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()


def train(model: Decoder, source: Source, *, steps: int = STEPS, optimizer: dict[str, object] = ADAMW) -> None:
    """Some steps of the real loop."""
    settings = MemberTrainingSettings(batch_size=BATCH, steps=steps, optimizer=optimizer, log_every=steps)
    with tempfile.TemporaryDirectory() as folder:
        train_members(
            model,
            [source],
            settings,
            seeds=range(model.members),
            checkpoint=Checkpoint(Path(folder) / "none", identity=""),
            progress=Progress("train", unit="examples", stream=io.StringIO()),
        )


def members(rounds: int) -> None:
    """Print the time of five members at once in that of five one after another."""
    source = sums(4096, 1, 16)
    questions = list(sums(250, 16, 16).questions)
    print(f"\n{'five members at once / in turn':34} {'training':>9} {'answers':>9}")
    for name, settings in SHAPES.items():
        one, five = random_model(settings), random_model(settings, 5)
        times: dict[str, list[float]] = {}
        for _ in range(rounds):
            timed(times, "train five", partial(train, five, source, steps=4, optimizer={}))
            timed(times, "train one", partial(train, one, source, steps=4, optimizer={}))
            timed(times, "five", partial(generate, five, questions, most_tokens=MOST))
            timed(times, "one", partial(generate, one, questions, most_tokens=MOST))
        shares = (min(times[f"{work}five"]) / min(times[f"{work}one"]) / 5 for work in ("train ", ""))
        print(f"{name:34} " + " ".join(f"{share:9.2f}" for share in shares), flush=True)


def operations(settings: DecoderSettings) -> int:
    """Floating-point operations of a token's linear layers."""
    return 2 * settings.layers * settings.dimension * (4 * settings.dimension + 3 * settings.inside)


def peak(size: int = 1024) -> float:
    """Operations per second of a large product."""
    left, right = torch.randn(2, size, size)
    times: dict[str, list[float]] = {}
    for _ in range(5):
        timed(times, "", lambda: left @ right)
    return 2 * size**3 / min(times[""])


def shares(title: str, work: Callable[[], object]) -> None:
    """Print where the time of some work goes."""
    with profile(activities=[ProfilerActivity.CPU]) as found:
        work()
    spent = {event.key: event.self_cpu_time_total for event in found.key_averages()}
    products = sum(spent.get(f"aten::{name}", 0) for name in ("bmm", "mm", "baddbmm"))
    total = sum(spent.values())
    rest = sorted(((time, name) for name, time in spent.items() if "mm" not in name), reverse=True)[:5]
    named = ", ".join(f"{name.removeprefix('aten::')} {time / total:.0%}" for time, name in rest)
    print(f"{title}: products {products / total:.0%}, {named}", flush=True)


def timed(times: dict[str, list[float]], name: str, work: Callable[[], object]) -> object:
    """What the work gives; its processor time joins the others of its name."""
    begun = time.process_time()
    result = work()
    times.setdefault(name, []).append(time.process_time() - begun)
    return result


def main() -> None:
    """Print all three comparisons, and where our time goes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    prepare(ComputeSettings(device="cpu"), threads=1)
    torch.manual_seed(0)
    print("processor time, one thread, best of the rounds")
    answering(options.rounds)
    training(options.rounds)
    members(options.rounds)
    print()
    source, questions = sums(4096, 1, 16), list(sums(250, 16, 16).questions)
    for name, settings in SHAPES.items():
        model = random_model(settings)
        shares(f"answers, {name}", partial(generate, model, questions, most_tokens=MOST))
        shares(f"training, {name}", partial(train, model, source))


if __name__ == "__main__":
    main()
