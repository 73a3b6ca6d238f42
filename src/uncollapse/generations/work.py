"""The place where a generative model works: device, checkpoint, progress."""

from dataclasses import dataclass, field
from pathlib import Path

import torch

from uncollapse.jobs.progress import Progress


@dataclass(frozen=True, kw_only=True)
class Work:
    """Circumstances of one fit or one sampling, which do not change what comes of it.

    checkpoint : a file for the state of long work; None where nothing is kept.
    identity : what the work is; a checkpoint of another identity is not resumed from.
    dtype : of layers in training.
    """

    progress: Progress
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    dtype: torch.dtype = torch.float32
    checkpoint: Path | None = None
    identity: str = ""
    threads: int = 1
