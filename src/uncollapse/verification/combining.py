"""One decision of several verifiers: all of them, any, the mean of their scores, or more than half.

A verifier that could not judge a candidate accepts it in no way: it counts among all, and among those of whom more than
half have to accept. A tie is no majority. A mean takes the scores of all; where one is missing there is none.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator

from uncollapse.errors import ConfigError
from uncollapse.settings.values import Strict
from uncollapse.verification.named import Named
from uncollapse.verifiers.candidate import Verdict


class Combining(Strict):
    """Rule of a decision."""

    by: Literal["all", "any", "mean", "majority"] = Field(description="who has to accept")
    of: list[str] | None = Field(default=None, min_length=1, description="names of verifiers; default: all")
    lowest: float | None = Field(default=None, description="mean score that is accepted")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.lowest is not None and self.by != "mean":
            raise ValueError("lowest is of a mean")
        return self


def combining(given: Mapping[str, object] | None, verifiers: Sequence[Named]) -> Combining | None:
    """The rule, checked against the verifiers there are; None where no decision is asked for.

    Raises
    ------
    ConfigError
        For another rule, a name that no verifier has, and a vote of one that only ranks.
    """
    if given is None:
        return None
    try:
        rule = Combining.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, ("combine", *first["loc"])))
        raise ConfigError(f"{key}: {first['msg'].removeprefix('Value error, ')}") from None
    names = [verifier.name for verifier in verifiers]
    unknown = [name for name in rule.of or () if name not in names]
    if unknown:
        raise ConfigError(f"combine.of: {unknown[0]!r} is no verifier; there are {', '.join(names)}")
    voting = [verifier for verifier in verifiers if rule.of is None or verifier.name in rule.of]
    silent = [verifier.name for verifier in voting if not verifier.gives_verdict]
    if rule.by != "mean" and silent:
        raise ConfigError(f"combine.by: {silent[0]} only ranks and has no vote; give it a lowest score that it accepts")
    return rule


def combined(rule: Combining, verdicts: Mapping[str, Verdict]) -> Verdict:
    """The decision on one candidate; its score is the mean score, or the share of verifiers that accept.

    >>> votes = {"a": Verdict(1.0, True), "b": Verdict(0.0, False)}
    >>> [combined(Combining(by=by), votes).accepted for by in ("all", "any", "majority")]
    [False, True, False]
    >>> combined(Combining(by="mean", lowest=0.5), votes)
    Verdict(score=0.5, accepted=True, reason='', failed=False)
    """
    members = [verdict for name, verdict in verdicts.items() if rule.of is None or name in rule.of]
    if rule.by == "mean":
        scores = [verdict.score for verdict in members if verdict.score is not None]
        if len(scores) < len(members):
            return Verdict(None, None if rule.lowest is None else False)
        mean = sum(scores) / len(scores)
        return Verdict(mean, None if rule.lowest is None else mean >= rule.lowest)
    accepting = sum(verdict.accepted is True for verdict in members)
    enough = {"all": len(members), "any": 1, "majority": len(members) // 2 + 1}[rule.by]
    return Verdict(accepting / len(members), accepting >= enough)
