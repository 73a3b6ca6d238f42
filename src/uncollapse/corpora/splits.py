"""Splits by a hash of the text: a document is in the same split whatever else is in the corpus, and however often."""

import hashlib
from collections.abc import Mapping


def split_of(text: str, shares: Mapping[str, float]) -> str:
    """The split of a document.

    Parameters
    ----------
    shares : of each split, in order; they add up to 1. A split that grows at the end of the order takes from its
        neighbour alone, so documents of the others stay where they are.

    >>> split_of("A text.", {"train": 0.5, "test": 0.5})
    'train'
    """
    at, end = position(text), 0.0
    for name, share in shares.items():
        end += share
        if at < end:
            return name
    return name  # shares add up to 1 but for rounding


def position(text: str) -> float:
    """Place of a text in [0, 1), evenly spread; equal words give equal places, whatever the white space."""
    digest = hashlib.blake2b(" ".join(text.split()).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
