"""Candidates that a selector keeps of each group of prompts, and the other prompts, counted by why they are dropped."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidates.judged import Scores
from uncollapse.errors import DataError
from uncollapse.selection.settings import SelectionSettings

BEYOND_THE_SIZE = "beyond the size"
Group = TypeVar("Group", bound=Scores)


@dataclass(frozen=True, kw_only=True)
class Choice(Generic[Group]):
    """``rank`` (N,) of the candidate that is kept of each prompt of a group, below 0 where none is; who was dropped."""

    group: Group
    rank: NDArray[np.int64]
    dropped: dict[str, int]

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Mask (N,) of the prompts that are kept."""
        return self.rank >= 0


def chosen(
    groups: Iterable[Group], settings: SelectionSettings, *, prompts: int, size: int | None = None
) -> Iterator[Choice[Group]]:
    """Choices of the selector that ``settings`` name from each group, of the first ``size`` prompts at most.

    Raises
    ------
    DataError
        Where the selector needs a verdict and there is none, or does not return what it must.
    """
    selector = settings.selector
    reasons = (*selector.REASONS, BEYOND_THE_SIZE)
    done = 0
    mine, read = itertools.tee(groups)  # a selector reads a group, then answers: no more than one is held
    for group, answer in itertools.zip_longest(
        mine, selector.choose(_with_verdicts(read, selector, settings.select), settings=settings, prompts=prompts)
    ):
        rank = _checked(answer, group, selector, settings.select)
        if size is not None:
            kept = rank >= 0
            rank = np.where(kept & (done + np.cumsum(kept) > size), ~len(selector.REASONS), rank)
        done += int((rank >= 0).sum())
        counts = np.bincount(~rank[rank < 0], minlength=len(reasons)).tolist()
        yield Choice(group=group, rank=rank, dropped=dict(zip(reasons, counts, strict=True)))


def _with_verdicts(groups: Iterable[Group], selector: ModuleType, name: str) -> Iterator[Group]:
    for group in groups:
        if selector.READS == "verdicts" and group.accepted is None:
            raise DataError(
                f"the verifier gave no verdict (accepted is null), and select: {name} needs one; name a verifier that"
                " accepts or rejects"
            )
        yield group


def _checked(answer: Any, group: Scores | None, selector: ModuleType, name: str) -> NDArray[np.int64]:
    """Ranks (N,) as they must be; users write selectors too."""
    if answer is None or group is None:
        number = "more" if group is None else "fewer"
        raise DataError(f"selector {name}: choose must yield one array for each group, it yields {number}")
    rank = np.asarray(answer)
    if rank.shape != group.prompt_id.shape or not np.issubdtype(rank.dtype, np.integer):
        raise DataError(
            f"selector {name}: choose must yield integers of shape {group.prompt_id.shape}, one for each prompt, got"
            f" {rank.dtype} {rank.shape}"
        )
    lowest, width = -len(selector.REASONS), 1 if selector.POOL == "first" else group.scores.shape[1]
    if len(rank) and not lowest <= rank.min() <= rank.max() < width:
        raise DataError(
            f"selector {name}: choose yields ranks below {width} (POOL is {selector.POOL!r}) and reasons down to"
            f" {lowest} (REASONS has {-lowest}), got {rank.min()} to {rank.max()}"
        )
    return rank.astype(np.int64)
