"""Numbers with what they count: a noun, or a verb, in the singular where there is one."""

import re

# words that sentences of earlier versions put behind a one
_OF_ONE = {
    "fail": "fails", "hold": "holds", "are": "is", "degrees of freedom": "degree of freedom", "settings": "setting",
    "core-minutes": "core-minute", "processor seconds": "processor second", "further models": "further model",
    "epochs": "epoch",
}  # fmt: skip
_AFTER_ONE = re.compile(rf"(?<![\w.,/%^+\-−–])1 ({'|'.join(_OF_ONE)})\b")


def counted(count: float, one: str, several: str = "") -> str:
    """A whole number and the word behind it; ``several`` where that is not ``one`` with an s.

    >>> counted(1, "cell"), counted(2_000, "cell"), counted(1, "fails", "fail")
    ('1 cell', '2,000 cells', '1 fails')
    """
    number = f"{count:,.0f}"
    return f"{number} {one if number == '1' else several or f'{one}s'}"


def exceeds(part: int, whole: int, share: float) -> bool:
    """Whether a part of a whole is more than a share, written as a decimal number; nothing of nothing is not.

    >>> exceeds(29, 100, 0.29), 29 > 0.29 * 100, exceeds(30, 100, 0.29), exceeds(0, 0, 0.0)
    (False, True, True, False)
    """
    return bool(part) and part / whole > share  # the quotient of what a share allows is the share itself


def degrees_of_freedom(count: float) -> str:
    """1 degree of freedom, and more of them."""
    return counted(count, "degree of freedom", "degrees of freedom")


def in_singular(text: str) -> str:
    """A kept sentence with the words behind a one in the singular.

    >>> in_singular("Of 13 comparisons 10 hold, 1 fail and 11 are open.")
    'Of 13 comparisons 10 hold, 1 fails and 11 are open.'
    """
    return _AFTER_ONE.sub(lambda found: f"1 {_OF_ONE[found[1]]}", text)
