"""Images per second of training an autoencoder of digits: the workflow's loop beside the usual PyTorch loop.

    python benchmarks/autoencoder.py

Same model, sizes, batches and optimizer (Adam); the usual loop shuffles with a DataLoader. Each runs at torch's default
precision of products, highest, and at compute.matmul_precision's, medium. One thread; rates of processor time, best of
several rounds in turn.
"""

from __future__ import annotations

import io
import itertools
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

from uncollapse.compute.device import prepare
from uncollapse.compute.settings import ComputeSettings
from uncollapse.generations.data import digits
from uncollapse.generations.variational import Images, Shape, VariationalAutoencoder
from uncollapse.jobs.progress import Progress
from uncollapse.training.checkpoint import Checkpoint
from uncollapse.training.loop import train
from uncollapse.training.settings import OptimizerSettings, ScheduleSettings, TrainingSettings

ROUNDS, EPOCHS, BATCH, RATE = 5, 12, 64, 3e-3
ROWS, LATENT = 600, 8
SHAPE = Shape(side=8, channels=1, classes=10, hidden=96, latent=LATENT, convolutional=False)


def rows() -> tuple[torch.Tensor, torch.Tensor]:
    """Pixels (N, 64) in [0, 1] and labels (N,)."""
    (part,) = digits.read(digits.Settings(name="digits"), {}, numbers=np.arange(ROWS), seed=0)
    return torch.from_numpy(part["pixels"]).float() / 255, torch.from_numpy(part["label"].astype(np.int64))


def plain(pixels: torch.Tensor, labels: torch.Tensor) -> int:
    """The usual loop; how many images it has seen."""
    model = VariationalAutoencoder(SHAPE, sigma=0.2)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    loader = DataLoader(TensorDataset(pixels, labels), batch_size=BATCH, shuffle=True, drop_last=True)
    seen = 0
    for _ in range(EPOCHS):
        for images, classes in loader:
            optimizer.zero_grad()
            loss = model.bound(images, classes, torch.randn(len(images), LATENT)).mean()
            loss.backward()
            optimizer.step()
            loss.item()
            seen += len(images)
    return seen


def ours(pixels: torch.Tensor, labels: torch.Tensor) -> int:
    """The workflow's loop; how many images it has seen."""
    settings = TrainingSettings(
        batch_size=BATCH,
        epochs=EPOCHS,
        optimizer=OptimizerSettings(name="adam", learning_rate=RATE),
        schedule=ScheduleSettings(warmup_steps=10),
    )
    with tempfile.TemporaryDirectory() as folder:
        curve = train(
            VariationalAutoencoder(SHAPE, sigma=0.2),
            Images(pixels=pixels, labels=labels, weights=None, latent=LATENT, seed=0),
            settings,
            seed=0,
            validate=lambda _: {},
            checkpoint=Checkpoint(Path(folder) / "checkpoint", identity=""),
            progress=Progress("train", unit="images", stream=io.StringIO()),
        )
    return curve[-1]["examples"]


def rate(work: Callable[[torch.Tensor, torch.Tensor], int]) -> float:
    """Images per second of processor time."""
    pixels, labels = rows()
    torch.manual_seed(0)
    begun = time.process_time()
    return work(pixels, labels) / (time.process_time() - begun)


def main() -> None:
    """Print the rates and their ratios to the usual loop at torch's default precision."""
    prepare(ComputeSettings(device="cpu"), threads=1)
    ways = {"plain loop": plain, "ours": ours}
    best = dict.fromkeys(itertools.product(ways, ("highest", "medium")), 0.0)
    for _ in range(ROUNDS):
        for name, precision in best:
            torch.set_float32_matmul_precision(precision)
            best[name, precision] = max(best[name, precision], rate(ways[name]))
    print(f"images per second of processor time, one thread, best of {ROUNDS} rounds; {ROWS} digits, batch {BATCH}")
    for (name, precision), found in best.items():
        print(f"{name:<12}{precision:<8}{found:>10,.0f}   {found / best['plain loop', 'highest']:.2f}x")


if __name__ == "__main__":
    main()
