"""The place of a stage's work on generative models, within a job."""

from pathlib import Path

from uncollapse.generations.work import Work
from uncollapse.jobs.device import prepared
from uncollapse.jobs.stage import Stage

_GENERATIONS_AT_MOST = 1000  # tells the seeds of a model's generations apart


def work_of(stage: Stage, *, unit: str, part: str = "", output: str | None = None) -> Work:
    """Device and progress of a stage; with ``output`` a checkpoint beside it, one for each ``part``."""
    device, dtype = prepared(stage)
    checkpoint: Path | None = None
    if output is not None:
        whole = stage.checkpoint(output)
        checkpoint = whole.with_name(f"{whole.name}.{part}") if part else whole
    return Work(
        progress=stage.progress(unit=unit),
        device=device,
        dtype=dtype,
        checkpoint=checkpoint,
        identity=f"{stage.identity()} {part}",
        threads=stage.threads,
    )


def seed_of(seed: int, generation: int) -> int:
    """Seed of a generation's draws: all generations of all seeds differ."""
    return seed * _GENERATIONS_AT_MOST + generation
