"""Counts that would narrow an interval enough."""

from __future__ import annotations

from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.sampled import ITEMS, Sampled, Source, counts, further_models


def test_more_seeds_do_where_seeds_are_what_is_missing() -> None:
    seeds = Source(1.0, 3, "seeds", 4, 2)
    # t of 3 degrees of freedom is 3.182; of 6.75 for nine seeds 2.382, times 2/3; of 6 for eight 2.447, times 0.707
    assert counts([seeds], 0.5) == {"seeds": 9}
    assert further_models([seeds], {"seeds": 9}) == 10


def test_test_prompts_are_asked_for_where_seeds_alone_would_not_do() -> None:
    sources = [Source(0.01, 3, "seeds", 4, 1), Source(1.0, 999, ITEMS, 1000)]
    wanted = counts(sources, 0.5)
    assert wanted is not None
    assert set(wanted) == {"seeds", ITEMS}
    assert counts(sources, 0.01) is None


def test_a_negated_estimate_keeps_its_sources() -> None:
    found = Sampled.of(Estimate(1.0, 0.0, 2.0), [Source(1.0, 2, "seeds", 3), Source(1.0, 2)])
    assert found.negated == (-1.0, -2.0, 0.0)
    assert found.negated.sources == found.sources == (Source(1.0, 2, "seeds", 3),)
