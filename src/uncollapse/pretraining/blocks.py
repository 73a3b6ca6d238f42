"""Training texts as one stream of tokens, cut into blocks of the model's context."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from uncollapse.artifacts.datasets import TRAINING_TEXTS
from uncollapse.artifacts.parquet import read_row_groups
from uncollapse.errors import DataError


@dataclass(frozen=True)
class Blocks:
    """Blocks (N, T + 1) of token ids, int32, on the device that trains; neighbours share one token.

    In each, the first T tokens are read and the last T predicted. An end of text stands before every passage.
    """

    tokens: Tensor

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def device(self) -> torch.device:
        """Device on which the blocks lie."""
        return self.tokens.device

    def batch(self, rows: Tensor) -> tuple[Tensor]:
        """Blocks (B, T + 1), int64."""
        return (self.tokens[rows].long(),)

    def loss_of(self, model: nn.Module) -> Callable[..., Tensor]:
        """Mean negative log-likelihood of a batch's tokens, in nats."""

        def loss(tokens: Tensor) -> Tensor:
            logits = model(input_ids=tokens[:, :-1], use_cache=False).logits
            return nn.functional.cross_entropy(logits.flatten(0, 1).float(), tokens[:, 1:].flatten())

        return loss


def load_blocks(path: Path, *, context: int, end: int, device: torch.device) -> Blocks:
    """All texts of a data set, in the order of the file."""
    groups = read_row_groups(path, TRAINING_TEXTS)
    return blocks((ids for group in groups for ids in rows_of_ids(group)), context=context, end=end, device=device)


def blocks(texts: Iterable[np.ndarray], *, context: int, end: int, device: torch.device) -> Blocks:
    """The stream end, text, end, text, ..., end in blocks; what does not fill a block at its end is left out.

    Raises
    ------
    DataError
        Where it does not fill one.
    """
    parts = [part for ids in texts for part in (np.asarray([end], np.int32), np.asarray(ids, np.int32))]
    stream = np.concatenate([*parts, np.asarray([end], np.int32)])
    number = (len(stream) - 1) // context
    if number == 0:
        raise DataError(f"{len(stream):,} tokens do not fill one block of {context}; raise tokens, or lower context")
    starts = context * np.arange(number)[:, None]
    return Blocks(torch.from_numpy(stream[starts + np.arange(context + 1)]).to(device))


def rows_of_ids(table: object) -> list[np.ndarray]:
    """The lists of a column ``ids``, as arrays; none of an empty table."""
    column = table.column("ids").combine_chunks()
    lengths = column.value_lengths().to_numpy()
    return np.split(column.flatten().to_numpy(), np.cumsum(lengths)[:-1]) if len(lengths) else []
