"""Texts whose characters are set apart by spaces: most tokenizers then have one token for each, joined to none."""


def apart(text: str) -> str:
    """A text without spaces, a space between every two of its characters.

    >>> apart("12+34=")
    '1 2 + 3 4 ='
    """
    return " ".join(text)


def joined(text: str) -> str:
    """The text that :func:`apart` was given.

    >>> joined("4 6")
    '46'
    """
    return text.replace(" ", "")
