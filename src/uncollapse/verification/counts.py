"""Candidates of each verifier by what became of them, and when too many have no verdict."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from uncollapse.errors import DataError
from uncollapse.statistics.counted import exceeds

_KINDS = 1000  # reasons that are told apart
_CLEARLY = 100  # candidates without a single verdict after which nobody waits for the rest


@dataclass
class Count:
    """Candidates of one verifier by what became of them, and why some have no verdict."""

    accepted: int = 0
    rejected: int = 0
    ranked: int = 0
    failed: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All candidates so far."""
        return self.accepted + self.rejected + self.ranked + self.failed

    def add(self, accepted: bool | None, is_failed: bool, reason: str) -> None:
        """Count a candidate."""
        if is_failed:
            self.failed += 1
            if len(self.reasons) < _KINDS or reason in self.reasons:
                self.reasons[reason] += 1
        elif accepted is None:
            self.ranked += 1
        else:
            self.accepted += accepted
            self.rejected += not accepted


def check_failures(counts: Mapping[str, Count], total: int, most_failed: float) -> None:
    """Check that no verifier failed on more than a share of all candidates, or on every one of a hundred.

    Raises
    ------
    DataError
        With the commonest reasons, and how to go on.
    """
    for name, count in counts.items():
        hopeless = count.failed == count.total >= _CLEARLY and most_failed < 1
        if not exceeds(count.failed, total, most_failed) and not hopeless:
            continue
        told = "; ".join(f"{reason} ({times:,})" for reason, times in count.reasons.most_common(3))
        raise DataError(
            f"verifier {name} has no verdict on {count.failed:,} of the {count.total:,} candidates judged so far, of"
            f" {total:,} in all, which is more than {100 * most_failed:g}%: {told}. Mend this and give the same command"
            " again; with a larger --most-failed it goes on from here"
        )
