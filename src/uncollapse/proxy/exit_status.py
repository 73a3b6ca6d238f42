"""Exit status of a decision, for programs."""

from uncollapse.proxy.decision import GO, GO_BUT, NO_GO

_STATUS = {GO: 0, NO_GO: 1, GO_BUT: 3}
_UNDECIDED = 2  # and whatever else is neither yes nor no


def exit_status(word: str) -> int:
    """The status of a decision's word.

    >>> [exit_status(word) for word in ("GO", "NO-GO", "UNDECIDED", "GO-BUT")]
    [0, 1, 2, 3]
    """
    return _STATUS.get(word, _UNDECIDED)
