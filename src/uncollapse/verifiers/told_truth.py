"""The word of another verifier, as a column of the table holds it."""

from uncollapse.candidate_tables.values import verdict_of
from uncollapse.verifiers.candidate import Candidate


def truth_of(candidate: Candidate, column: str) -> bool | None:
    """Whether a column says that a candidate is right; None where it says nothing.

    >>> truth_of(Candidate("7", columns={"math.accepted": "yes"}), "math.accepted")
    True

    Raises
    ------
    ValueError
        For a value that is neither true nor false.
    """
    return verdict_of(candidate.columns.get(column))
