"""Token ids to train on: texts as one stream in blocks of the model's context, or instructions with their answers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from uncollapse.artifacts.datasets import TRAINING_PAIRS, TRAINING_TEXTS
from uncollapse.artifacts.parquet import arrays_of, read_row_groups, read_table
from uncollapse.errors import DataError


@dataclass(frozen=True)
class Rows:
    """Rows (N, T + 1) of token ids, int32, on the device that trains."""

    tokens: Tensor

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def device(self) -> torch.device:
        """Device on which the rows lie."""
        return self.tokens.device


class Blocks(Rows):
    """Blocks (N, T + 1) whose neighbours share one token.

    In each, the first T tokens are read and the last T predicted. An end of text stands before every passage.
    """

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
    texts = (ids for group in groups for ids in arrays_of(group.column("ids")))
    return blocks(texts, context=context, end=end, device=device)


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


@dataclass(frozen=True)
class Pairs(Rows):
    """End of text, instruction, answer, end of text, and padding up to the longest (N, T + 1).

    Of row i the tokens from ``first[i]`` to before ``stop[i]`` are learned: the answer and the end of text behind it.
    """

    first: Tensor
    stop: Tensor

    def batch(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Rows (B, L + 1), int64, as long as the longest of them, and which of the last L tokens are learned (B, L)."""
        width = int(self.stop[rows].max())
        place = torch.arange(1, width, device=self.device)
        learned = (place >= self.first[rows, None]) & (place < self.stop[rows, None])
        return self.tokens[rows, :width].long(), learned

    def loss_of(self, model: nn.Module) -> Callable[..., Tensor]:
        """Mean negative log-likelihood of a batch's learned tokens, in nats."""

        def loss(tokens: Tensor, learned: Tensor) -> Tensor:
            logits = model(input_ids=tokens[:, :-1], use_cache=False).logits
            return nn.functional.cross_entropy(logits[learned].float(), tokens[:, 1:][learned])

        return loss


def load_pairs(path: Path, *, context: int, end: int, device: torch.device) -> Pairs:
    """All pairs of a data set, in the order of the file.

    Raises
    ------
    DataError
        Where there is none, or one that does not fit the model's context.
    """
    table = read_table(path, TRAINING_PAIRS)
    prompts, answers = (table.column(name).to_pylist() for name in ("prompt_ids", "ids"))
    rows = [[end, *prompt, *answer, end] for prompt, answer in zip(prompts, answers, strict=True)]
    longest = max(map(len, rows), default=0)
    if not 0 < longest <= context + 1:
        what = f"a pair of {longest} tokens" if rows else "no pairs"
        raise DataError(f"{path}: {what} for a context of {context}; lower instructions.longest, or raise context")
    tokens = torch.tensor([row + [end] * (longest - len(row)) for row in rows], dtype=torch.int32, device=device)
    first = torch.tensor([1 + len(prompt) for prompt in prompts], device=device)
    return Pairs(tokens, first, torch.tensor([len(row) for row in rows], device=device))


class HumanLoss:
    """Mean negative log-likelihood of held-out human text in nats per token, in blocks of the model's context."""

    def __init__(self, blocks: Blocks, *, batch_size: int) -> None:
        self.blocks, self.batch_size = blocks, batch_size

    @torch.inference_mode()
    def __call__(self, model: nn.Module) -> dict[str, float]:
        total = 0.0
        for rows in torch.arange(len(self.blocks), device=self.blocks.device).split(self.batch_size):
            total += self.blocks.loss_of(model)(*self.blocks.batch(rows)).item() * len(rows)
        return {"validation_loss": total / len(self.blocks)}
