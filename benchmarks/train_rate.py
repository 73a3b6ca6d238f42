"""Examples per second of the real training loop, for the benchmarks beside it."""

from __future__ import annotations

import io
import itertools
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch
from torch.utils.flop_counter import FlopCounterMode

from uncollapse.jobs.progress import Progress
from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.models.settings import ModelSettings
from uncollapse.tasks.sequence_layout import SequenceLayout
from uncollapse.training.checkpoint import Checkpoint
from uncollapse.training.loop import Examples, train
from uncollapse.training.settings import TrainingSettings

ROWS = 8192


def random_examples(layout: SequenceLayout, rows: int, device: torch.device) -> Examples:
    """Prompts and answers of random tokens, each where it may stand."""
    generator = torch.Generator().manual_seed(0)
    prompts = torch.randint(0, layout.vocabulary_size, (rows, layout.prompt_length), generator=generator)
    answers = [torch.randint(start, stop, (rows,), generator=generator) for start, stop in layout.answer_choices]
    return Examples(prompts=prompts.int().to(device), answers=torch.stack(answers, 1).int().to(device))


def operations(layout: SequenceLayout, sizes: ModelSettings) -> float:
    """Floating-point operations of an example, forward and backward: all matrix products, those of attention too.

    Counted without computing them, since on a CPU attention is computed for several examples at once.
    """
    examples = random_examples(layout, 8, torch.device("meta"))
    model = EncoderDecoder(sizes, layout).to("meta")
    with FlopCounterMode(display=False) as counter:
        model.loss(examples.prompts, examples.answers.long()).backward()
    return counter.get_total_flops() / 8


def train_rate(
    layout: SequenceLayout,
    sizes: ModelSettings,
    settings: TrainingSettings,
    *,
    device: torch.device,
    dtype: torch.dtype,
    clock: Callable[[], float],
) -> float:
    """Examples per second by ``clock``, of the best stretch of ``settings.log_every`` steps after the first stretch."""
    torch.manual_seed(0)
    model = EncoderDecoder(sizes, layout).to(device)
    times: list[float] = []

    def note(_: EncoderDecoder) -> dict[str, float]:
        times.append(clock())
        return {}

    with tempfile.TemporaryDirectory() as folder:
        train(
            model,
            random_examples(layout, ROWS, device),
            settings.model_copy(update={"validate_every": settings.log_every, "checkpoint_every": 10**9}),
            seed=0,
            validate=note,
            checkpoint=Checkpoint(Path(folder) / "checkpoint", identity="benchmark"),
            progress=Progress("train", unit="examples", stream=io.StringIO()),
            dtype=dtype,
        )
    stretches = [later - earlier for earlier, later in itertools.pairwise(times)]
    return settings.log_every * settings.batch_size / min(stretches)
