"""A selection's rule from its block in config."""

from collections.abc import Mapping
from typing import Any

from uncollapse.row_selection.settings import Selecting


def selecting(block: Mapping[str, Any], *, seed: int) -> Selecting:
    """The rule with its numbers, as a block of config names them.

    >>> selecting({"verifier": "math", "rule": "first", "n": None, "at_most": 2, "pass_rates": [0.1, 0.9]}, seed=0)
    Selecting(rule='first', n=None, at_most=2, pass_rates=(0.1, 0.9), budget=None, seed=0)

    Raises
    ------
    DataError
        For numbers that do not belong to the rule.
    """
    rates = block["pass_rates"]
    return Selecting(
        rule=block["rule"],
        n=block["n"],
        at_most=block["at_most"],
        pass_rates=None if rates is None else (rates[0], rates[1]),
        seed=seed,
    )
