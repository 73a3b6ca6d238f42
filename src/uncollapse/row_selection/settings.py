"""Settings of a selection of rows."""

from dataclasses import dataclass

from uncollapse.errors import DataError

NEEDS_NO_VERDICT = ("best", "top")  # rules by score alone


@dataclass(frozen=True, kw_only=True)
class Selecting:
    """A rule with its numbers.

    n : best of the first n; the top n; n accepted within a budget
    at_most : candidates of a prompt
    pass_rates : lowest and highest share of a prompt's candidates that the verifier accepts
    budget : candidates that may be looked at
    seed : of the random twin

    Raises
    ------
    DataError
        For numbers that do not belong to the rule.
    """

    rule: str
    n: int | None = None
    at_most: int | None = None
    pass_rates: tuple[float, float] | None = None
    budget: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.rule in ("top", "budget") and self.n is None:
            raise DataError(f"--rule {self.rule} takes --n: how many are kept")
        if self.n is not None and self.rule not in ("best", "top", "budget"):
            raise DataError(f"--n is of --rule best, top and budget, not of {self.rule}")
        if self.budget is not None and self.rule != "budget":
            raise DataError("--budget is of --rule budget")
        if self.pass_rates is not None and not 0 <= self.pass_rates[0] <= self.pass_rates[1] <= 1:
            raise DataError("--pass-rates takes two shares from 0 to 1, the lower one first")

    @property
    def each(self) -> int:
        """Candidates that are kept of a prompt by rules that keep one unless told otherwise."""
        return self.at_most or 1
