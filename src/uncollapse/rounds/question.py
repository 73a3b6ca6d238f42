"""A question with its true answer."""

from typing import NamedTuple


class Question(NamedTuple):
    """Text that a model reads, and the true answer; ``about`` is what a scorer needs beside them."""

    text: str
    answer: str
    about: str = ""
