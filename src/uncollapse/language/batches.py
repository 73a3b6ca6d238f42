"""Batches of texts of similar length, so that little of a forward pass is padding."""

from collections.abc import Iterator, Sequence


def length_batches(lengths: Sequence[int], *, tokens: int, rows: int | None = None) -> Iterator[list[int]]:
    """Indices of texts, the longest first (what needs most memory fails at once), in batches of a token budget.

    Parameters
    ----------
    lengths : tokens of each text.
    tokens : longest length times rows of a batch, at most; one text alone may be longer.
    rows : texts of a batch, at most; None: any number.

    >>> list(length_batches([3, 9, 4, 1], tokens=10, rows=2))
    [[1], [2, 0], [3]]
    """
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        longest = lengths[batch[0]] if batch else lengths[index]
        if batch and (len(batch) == rows or longest * (len(batch) + 1) > tokens):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
