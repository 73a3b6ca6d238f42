"""Windows over texts longer than a model's context, such that every token is scored exactly once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Window:
    """A run of tokens that a model reads at once.

    tokens : (n,) what is read, the beginning-of-text token and the prompt first; nothing follows the last one
    first : the tokens from here on are scored, each given all before it; those between prefix and here are context
    place : where the first scored token lies in the caller's corpus
    """

    tokens: NDArray[np.int32]
    first: int
    place: int

    @property
    def scored(self) -> int:
        """Number of tokens scored."""
        return len(self.tokens) - self.first


def spans(length: int, *, room: int, overlap: float) -> Iterator[tuple[int, int, int]]:
    """(start, first, stop) of each window: it holds tokens start ... stop - 1 and scores first ... stop - 1.

    All but the first window begin with ``overlap * room`` tokens of context, so that none is scored with less. A
    token lies in several windows and belongs to the earliest, where most stands before it. The last window reaches
    back as far as it can.

    >>> list(spans(10, room=4, overlap=0.5))
    [(0, 0, 4), (2, 4, 6), (4, 6, 8), (6, 8, 10)]
    """
    step = max(1, room - int(overlap * room))
    first, stop = 0, min(room, length)
    while first < length:
        yield max(0, stop - room), first, stop
        first, stop = stop, min(stop + step, length)


def windows(
    tokens: NDArray[np.int32],
    *,
    prompt: Sequence[int] | NDArray[np.int32] = (),
    beginning: int,
    longest: int,
    overlap: float,
    place: int = 0,
) -> Iterator[Window]:
    """Windows that score each of ``tokens`` (n,) once.

    Every window begins with the beginning-of-text token and the prompt, so that the instruction is never out of sight;
    of a prompt longer than half a window, only its end is read.

    Parameters
    ----------
    prompt : what comes before the text and is not scored.
    beginning : id of the beginning-of-text token.
    longest : tokens of a window at most, all included.
    """
    kept = np.asarray(prompt, dtype=np.int32)[-(longest // 2) :] if len(prompt) else np.empty(0, np.int32)
    prefix = np.concatenate([np.asarray([beginning], np.int32), kept])
    for start, first, stop in spans(len(tokens), room=longest - len(prefix), overlap=overlap):
        yield Window(np.concatenate([prefix, tokens[start:stop]]), len(prefix) + first - start, place + first)
