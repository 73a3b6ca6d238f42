"""One decision of several verifiers, of which some have no verdict."""

import pytest

from uncollapse.verification.combining import Combining, combined
from uncollapse.verifiers.candidate import Verdict

YES, NO, SILENT = Verdict(1.0, True), Verdict(0.0, False), Verdict(None, None, "cannot", failed=True)


@pytest.mark.parametrize(
    ("verdicts", "accepted"),  # accepted: by all, any and majority
    [
        ([YES, YES, YES], (True, True, True)),
        ([YES, YES, NO], (False, True, True)),
        ([YES, NO], (False, True, False)),  # a tie is no majority
        ([YES, SILENT], (False, True, False)),
        ([YES, YES, SILENT], (False, True, True)),
        ([YES, SILENT, SILENT], (False, True, False)),
        ([NO, SILENT], (False, False, False)),
        ([SILENT], (False, False, False)),
    ],
)
def test_a_verifier_without_a_verdict_accepts_in_no_way(
    verdicts: list[Verdict], accepted: tuple[bool, bool, bool]
) -> None:
    named = {str(number): verdict for number, verdict in enumerate(verdicts)}
    found = [combined(Combining(by=by), named) for by in ("all", "any", "majority")]
    assert tuple(one.accepted for one in found) == accepted
    assert {one.score for one in found} == {verdicts.count(YES) / len(verdicts)}


def test_a_mean_needs_all_scores() -> None:
    both, one = {"a": YES, "b": NO}, {"a": YES, "b": SILENT}
    assert combined(Combining(by="mean"), both) == Verdict(0.5, None)
    assert combined(Combining(by="mean", lowest=0.5), both) == Verdict(0.5, True)
    assert combined(Combining(by="mean"), one) == Verdict(None, None)
    assert combined(Combining(by="mean", lowest=0.1), one) == Verdict(None, False)
    assert combined(Combining(by="mean", lowest=0.1, of=["a"]), one) == Verdict(1.0, True)
