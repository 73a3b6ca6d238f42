"""Training on a GPU at the paper's size (5 x 5 matrices, d = 512, 4 + 1 layers): the share of its peak bfloat16 rate.

    python benchmarks/gpu.py [--batches 64 256 1024] [--only compiled] [--peak 989]

Floating-point operations are counted, not estimated; the peak is that of a large bfloat16 product measured in the same
run, or the maker's figure in TFLOP/s where --peak gives it. Training runs with torch set to stop at any host
synchronisation within a stretch of steps. Where there is no GPU, it says so and measures nothing.
"""

from __future__ import annotations

import argparse
import time

import torch
from train_rate import operations, random_examples, train_rate

from uncollapse.compute.device import prepare
from uncollapse.compute.settings import ComputeSettings
from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.models.settings import ModelSettings
from uncollapse.tasks import eigenvalues
from uncollapse.training.optimizer import Optimizers
from uncollapse.training.settings import OptimizerSettings, TrainingSettings

TASK = eigenvalues.Settings(matrix_size=5, entries="all")
SIZES = ModelSettings(dimension=512, encoder_layers=4, decoder_layers=1, heads=8)
HOW = ("plain", "compiled")
ADAM = OptimizerSettings(name="adam", learning_rate=5e-5, beta2=0.999, clip_norm=5.0)


def measured_peak(device: torch.device, size: int = 8192, rounds: int = 20) -> float:
    """Operations per second of a large bfloat16 product."""
    left, right = torch.randn(2, size, size, device=device, dtype=torch.bfloat16)
    best = float("inf")
    for _ in range(rounds):
        torch.cuda.synchronize()
        begun = time.perf_counter()
        left @ right
        torch.cuda.synchronize()
        best = min(best, time.perf_counter() - begun)
    return 2 * size**3 / best


def check_no_synchronisation(device: torch.device) -> None:
    """Take some steps while torch turns every wait of the host for the device into an error."""
    layout = eigenvalues.layout(TASK)
    examples = random_examples(layout, 256, device)
    model = EncoderDecoder(SIZES, layout).to(device)
    optimizers = Optimizers(model, ADAM)
    for step in range(6):
        torch.cuda.set_sync_debug_mode("error" if step > 2 else "default")
        with torch.autocast("cuda", torch.bfloat16):
            loss = model.loss(examples.prompts, examples.answers.long())
        loss.backward()
        optimizers.step(1.0)
    torch.cuda.set_sync_debug_mode("default")


def main() -> None:
    """Print examples per second and the share of the peak, by batch size, plain and compiled."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", type=int, nargs="+", default=[64, 256, 1024])
    parser.add_argument("--only", choices=HOW, help="how to run the steps (default: both)")
    parser.add_argument("--peak", type=float, help="TFLOP/s in bfloat16 that the maker promises")
    options = parser.parse_args()
    per_example = operations(eigenvalues.layout(TASK), SIZES)
    if not torch.cuda.is_available():
        print(f"no GPU here, nothing measured; an example is {per_example / 1e9:.2f} GFLOP, forward and backward")
        return
    device, dtype = prepare(ComputeSettings(device="cuda"), threads=1)
    check_no_synchronisation(device)
    peak = options.peak * 1e12 if options.peak else measured_peak(device)
    print(f"{torch.cuda.get_device_name(device)}, peak {peak / 1e12:.0f} TFLOP/s in bfloat16")
    for batch in options.batches:
        for how in [options.only] if options.only else HOW:
            settings = TrainingSettings(
                batch_size=batch, steps=160, optimizer=ADAM, log_every=40, compile=how == "compiled", schedule={}
            )
            rate = train_rate(
                eigenvalues.layout(TASK), SIZES, settings, device=device, dtype=dtype, clock=time.perf_counter
            )
            print(
                f"batch {batch:5} {how:9}{rate:10,.0f} examples/s {rate * per_example / peak:7.1%} of the peak",
                flush=True,
            )


if __name__ == "__main__":
    main()
