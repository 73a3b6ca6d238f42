"""Seconds of processor time until the default scale's generator answers 67% of unseen prompts within 2%, on one thread.

    python benchmarks/time_to_accuracy.py [--seeds 0 1 2] [--budget 330]

Two recipes for the same model and the same examples: config.yaml's, given 680 steps (the default generator is stopped
sooner, on purpose), and the paper's (scales/paper.yaml: Adam, a fixed 5e-5 after 10,000 steps of warm-up, batch 64),
which runs until it is there or has used up the budget; then what is printed is a lower bound. Accuracy is measured on
prompts of the validation split, and that time is not counted.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import torch

from uncollapse.artifacts.parquet import ParquetWriter
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.compute.device import prepare
from uncollapse.compute.settings import ComputeSettings
from uncollapse.config.files import read
from uncollapse.jobs.progress import Progress
from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.models.settings import ModelSettings
from uncollapse.tasks import eigenvalues
from uncollapse.tasks.sampling import sample
from uncollapse.training.checkpoint import Checkpoint
from uncollapse.training.loop import Examples, train
from uncollapse.training.settings import TrainingSettings
from uncollapse.training.validation import Validation

ROOT = Path(__file__).parents[1]
VALIDATION = 2000
TOLERANCE = 0.02
STEPS = 680  # of the fast recipe, whose rate falls to zero at their end


class _Stop(Exception):
    """The goal is reached, or the time is used up."""


def run(
    examples: Examples,
    validation: Validation,
    task: eigenvalues.Settings,
    sizes: ModelSettings,
    settings: TrainingSettings,
    *,
    seed: int,
    goal: float,
    budget: float,
) -> tuple[float, float, float, int]:
    """Seconds used, the best accuracy seen, the last one, and the steps done, until the goal or the budget's end."""
    torch.manual_seed(seed)
    model = EncoderDecoder(sizes, eigenvalues.layout(task))
    seen = [0.0]
    begun, measuring, steps = time.process_time(), 0.0, 0

    def validate(trained: EncoderDecoder) -> dict[str, float]:
        nonlocal measuring, steps
        now = time.process_time()
        used = now - begun - measuring
        steps += settings.validate_every
        seen.append(validation(trained)["validation_accuracy"])
        measuring += time.process_time() - now
        if seen[-1] >= goal or used >= budget:
            raise _Stop
        return {}

    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(_Stop):
        train(
            model,
            examples,
            settings,
            seed=seed,
            validate=validate,
            checkpoint=Checkpoint(Path(folder) / "checkpoint", identity="benchmark"),
            progress=Progress("train", unit="examples", stream=io.StringIO()),
        )
    return time.process_time() - begun - measuring, max(seen), seen[-1], steps


def data(task: eigenvalues.Settings, rows: int, folder: Path) -> tuple[Examples, Validation]:
    """The generator's examples, and unseen prompts to measure on."""
    tables = list(sample(eigenvalues, task, split="train", count=rows, seed=0))
    table = pa.concat_tables(tables)
    examples = Examples(
        prompts=torch.from_numpy(eigenvalues.prompt_tokens(table, task).astype(np.int32)),
        answers=torch.from_numpy(eigenvalues.answer_tokens(table, task).astype(np.int32)),
    )
    path = folder / "validation.parquet"
    with ParquetWriter(path, prompt_schema(eigenvalues.PROMPT_COLUMNS)) as writer:
        for part in sample(eigenvalues, task, split="validation", count=VALIDATION, seed=0):
            writer.write({name: part.column(name) for name in part.column_names})
            writer.count(rows_in=len(part), kept=len(part))
    return examples, Validation(path, eigenvalues, task, tolerance=TOLERANCE, device=torch.device("cpu"))


def main() -> None:
    """Print time and steps of every seed of the fast recipe, and of the paper's."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--goal", type=float, default=0.67)
    parser.add_argument("--budget", type=float, default=330.0, help="seconds of processor time for the paper's recipe")
    options = parser.parse_args()
    prepare(ComputeSettings(device="cpu"), threads=1)
    config = ROOT / "config.yaml"
    default = read(config).experiments["eigenvalues"]
    paper = read(config, [ROOT / "scales" / "paper.yaml"]).experiments["eigenvalues"]
    sizes, task = default.generator.model, default.task
    fast = default.generator.training.model_copy(update={"steps": STEPS, "log_every": 20, "validate_every": 20})
    slow = paper.generator.training.model_copy(
        update={"epochs": None, "steps": 10**7, "log_every": 500, "validate_every": 500, "checkpoint_every": 10**7}
    )
    print(f"seconds of processor time, one thread, to {options.goal:.0%} of {VALIDATION:,} prompts within 2%")
    times = []
    with tempfile.TemporaryDirectory() as folder:
        examples, validation = data(task, default.sample.train, Path(folder))
        for seed in options.seeds:
            found = run(examples, validation, task, sizes, fast, seed=seed, goal=options.goal, budget=float("inf"))
            reached = found[1] >= options.goal
            times += [found[0]] * reached
            end = "" if reached else f"   not reached: {found[1]:.1%} at best"
            print(f"config.yaml's recipe, seed {seed}: {found[0]:7.1f} s, {found[3]:,} steps{end}", flush=True)
        if options.budget:
            seed = options.seeds[0]
            found = run(examples, validation, task, sizes, slow, seed=seed, goal=options.goal, budget=options.budget)
            reached = found[1] >= options.goal
            end = "" if reached else f"   not reached: {found[1]:.1%} at best"
            print(f"the paper's recipe,   seed {seed}: {found[0]:7.1f} s, {found[3]:,} steps{end}")
            if times:
                least = "" if reached else "at least "
                print(
                    f"config.yaml's recipe is there {least}{found[0] / max(times):.1f} times sooner (its slowest seed)"
                )


if __name__ == "__main__":
    main()
