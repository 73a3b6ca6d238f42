"""Splits by a hash of the text: a document is in the same split whatever else is in the corpus, and however often."""

import hashlib
from collections.abc import Mapping


def split_of(text: str, shares: Mapping[str, float], *, seed: int = 0) -> str:
    """The split of a document.

    Parameters
    ----------
    shares : of each split, in order; they add up to 1. A split that grows at the end of the order takes from its
        neighbour alone, so documents of the others stay where they are.
    seed : of the hash; another one splits anew.

    >>> split_of("A text.", {"train": 0.5, "test": 0.5})
    'train'
    """
    at, end = position(text, seed=seed), 0.0
    for name, share in shares.items():
        end += share
        if at < end:
            return name
    return name  # shares add up to 1 but for rounding


def position(text: str, *, seed: int = 0) -> float:
    """Place of a text in [0, 1), evenly spread; equal words give equal places, whatever the white space."""
    words = [str(seed), *text.split()] if seed else text.split()
    digest = hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
