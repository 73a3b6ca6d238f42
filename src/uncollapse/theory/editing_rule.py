"""The rule that says which labels may be edited in each round."""

from typing import Literal, NamedTuple

#: Never the same twice, a new draw each round, always the same, a new draw whose norm shrinks by eta each round, or all
#: of them (full replacement, eq. 8).
Policy = Literal["disjoint", "fresh", "frozen", "halving", "replace"]


class EditingRule(NamedTuple):
    """A policy, the share of labels edited at first, the shrinkage eta, and how many times to edit."""

    policy: Policy
    share: float
    eta: float
    edits: int


#: What to do about it.
PRACTICAL_RULE = (
    "Fix which positions may be edited once, before the first round, keep them well below a third of the data, and "
    "never touch the others: the untouched labels anchor the fit. A set chosen anew each round is replacement in slow "
    "motion."
)
