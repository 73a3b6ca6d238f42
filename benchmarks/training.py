"""Training examples per second at the default scale's size, on one thread, as ratios within one run.

Compares optimizers and matrix-product precision: python benchmarks/training.py
"""

import statistics
import time

import torch

from uncollapse.compute.device import prepare
from uncollapse.compute.settings import ComputeSettings
from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.models.settings import ModelSettings
from uncollapse.tasks import eigenvalues
from uncollapse.training.optimizer import Optimizers
from uncollapse.training.settings import OptimizerSettings

BATCH, ROUNDS, STEPS = 256, 5, 20
VARIANTS = {
    "muon, precision highest": ("muon", "highest"),
    "muon, precision medium": ("muon", "medium"),
    "adam, precision medium": ("adam", "medium"),
}


def main() -> None:
    """Alternate the variants, so that a noisy machine disturbs all of them alike; print medians."""
    layout = eigenvalues.layout(eigenvalues.Settings())
    prompts = torch.randint(3, 1003, (BATCH, layout.prompt_length))
    answers = torch.stack([torch.randint(start, stop, (BATCH,)) for start, stop in layout.answer_choices], 1)
    rates: dict[str, list[float]] = {name: [] for name in VARIANTS}
    for _ in range(ROUNDS):
        for name, (optimizer, precision) in VARIANTS.items():
            prepare(ComputeSettings(matmul_precision=precision), threads=1)
            model = EncoderDecoder(ModelSettings(), layout)
            optimizers = Optimizers(model, OptimizerSettings(name=optimizer))
            for step in range(STEPS + 3):
                if step == 3:
                    begun = time.perf_counter()
                model.loss(prompts, answers).backward()
                optimizers.step(1.0)
            rates[name].append(STEPS * BATCH / (time.perf_counter() - begun))
    base = statistics.median(rates["muon, precision highest"])
    for name, measured in rates.items():
        rate = statistics.median(measured)
        print(f"{name:26} {rate:8,.0f} examples/s   {rate / base:.2f}x")


if __name__ == "__main__":
    main()
