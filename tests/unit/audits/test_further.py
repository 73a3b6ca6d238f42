"""Labels that decide an audit do so as often as is said."""

import numpy as np
import pytest

from uncollapse.audits.further import allocated, further, wanted_labels
from uncollapse.audits.intervals import Verdict, verdict_interval
from uncollapse.proxy.audit import audit
from uncollapse.proxy.decision import GO, NO_GO, UNDECIDED
from uncollapse.proxy.tally import Candidates


def decided(precision, rest, labels, *, runs=80, seed=0):
    """Share of audits with so many labels of kept and of dropped candidates whose decision is each word."""
    rng = np.random.default_rng(seed)
    words = []
    for _ in range(runs):
        kept = np.repeat([True, False], [labels[0], max(labels[1], 6)])
        right = rng.random(len(kept)) < np.where(kept, precision, rest)
        words.append(audit(Candidates(kept, right), population=(1e5, 1e5), resamples=100).decision.word)
    return {word: words.count(word) / runs for word in (GO, NO_GO)}


def test_a_go_is_decided_with_the_chance_that_is_said():
    assert decided(0.7, 0.4, wanted_labels(0.7, 0.4, least=0.5))[GO] == pytest.approx(0.85, abs=0.1)


def test_a_no_go_is_decided_with_the_chance_that_is_said():
    labels = wanted_labels(0.3, 0.2, least=0.5)
    assert labels[1] == 0
    assert decided(0.3, 0.2, labels)[NO_GO] == pytest.approx(0.84, abs=0.1)


def test_what_is_there_counts():
    kept, dropped = Verdict(5000, 20, 0.7, 20.0), Verdict(5000, 50, 0.4, 50.0)
    found = further(UNDECIDED, kept, dropped, least=0.5)
    assert (found.kept, found.dropped) == (65 - 20, 56 - 50)
    assert found.sentence.startswith(
        "51 more labels, 45 of kept and 6 of dropped candidates, decide with a chance of 80%"
    )
    low, high = verdict_interval(kept)
    assert wanted_labels(low, low - 0.01, least=0.5)[0] > 5000
    assert wanted_labels(high, 0.4, least=0.5)[0] < 20
    ends = f"4,980 more of the kept at {low:.2f} and 0 more of the kept at {high:.2f}."
    assert found.sentence.endswith(f"At the ends of its interval: {ends}")


def test_no_more_than_there_are():
    found = further(UNDECIDED, Verdict(30, 10, 0.6, 10.0), Verdict(500, 10, 0.4, 10.0), least=0.5)
    assert found.kept == 20
    assert "(all that there are)" in found.sentence


def test_decided_needs_none_and_hopeless_says_so():
    kept, dropped = Verdict(5000, 20, 0.5, 20.0), Verdict(5000, 20, 0.5, 20.0)
    assert further(GO, kept, dropped, least=0.5).total == 0
    assert "too close to 0.5" in further(UNDECIDED, kept, dropped, least=0.5).sentence


def test_where_they_go():
    strata = [
        {"verdict": "kept", "low": 0.5, "high": 1.0, "population": 60, "drawn": 10},
        {"verdict": "kept", "low": 1.5, "high": 2.0, "population": 40, "drawn": 10},
        {"verdict": "dropped", "low": None, "high": None, "population": 200, "drawn": 5},
    ]
    more = further(UNDECIDED, Verdict(100, 20, 0.7, 20.0), Verdict(200, 5, 0.4, 5.0), least=0.5)
    where = dict(allocated(more, strata, [10, 10, 5]))
    assert where == {
        "kept, score 0.5 to 1": round(more.kept * 50 / 80),
        "kept, score 1.5 to 2": round(more.kept * 30 / 80),
        "dropped": more.dropped,
    }
