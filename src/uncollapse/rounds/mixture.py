"""Weights of what a round's models are trained on (Lee et al. 2025, appendix)."""

from collections.abc import Sequence


def weights(start: int, rounds: Sequence[int]) -> list[float]:
    """Shares of the initial data and of the labels of each round, the newest last.

    Half is the newest labels; the other half is shared by the initial data and all earlier rounds, by how many
    difficulties each of them has.

    >>> weights(8, [1, 1, 1])
    [0.4, 0.05, 0.05, 0.5]
    >>> weights(8, [])
    [1.0]
    """
    older = [start, *rounds[:-1]]
    if not rounds:
        return [1.0]
    return [0.5 * part / sum(older) for part in older] + [0.5]
