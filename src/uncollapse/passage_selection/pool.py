"""The passages that a selector chooses from, and all that it may ask."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa
    import torch

    from uncollapse.editing.prior import Prior


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Machine-written passages (N rows), and human ones to hold them against.

    Tables have the columns of PASSAGES where the selector reads texts, else those of PASSAGE_TOKENS.

    size : how many of the machine-written ones are kept.
    prior, encoder : a language model, and a sentence encoder's package file, where the selector reads them.
    device : where an encoder or a classifier runs.
    folder : for temporary files.
    """

    machine: pa.Table
    human: pa.Table
    size: int
    prior: Prior | None
    encoder: Path | None
    device: torch.device
    folder: Path

    @property
    def texts(self) -> list[str]:
        """The machine-written passages."""
        return self.machine.column("text").to_pylist()

    @property
    def human_texts(self) -> list[str]:
        """The human ones."""
        return self.human.column("text").to_pylist()

    def highest(self, values: NDArray[np.floating]) -> NDArray[np.int64]:
        """Rows (rising) of the ``size`` highest of values (N,), of equal ones the first."""
        return np.sort(np.argsort(-values, kind="stable")[: self.size])
