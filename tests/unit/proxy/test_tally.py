"""Candidates counted by prompt, against counting one by one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncollapse.errors import DataError
from uncollapse.proxy.of_table import CandidateTable
from uncollapse.proxy.tally import Candidates, nested, tally


def by_hand(candidates: Candidates) -> Counter:
    """How many prompts have which four counts of labelled candidates."""
    number = len(candidates.kept)
    prompts = range(number) if candidates.prompts is None else candidates.prompts.tolist()
    found: dict[int, list[float]] = {}
    for place, prompt in enumerate(prompts):
        if candidates.labelled is None or candidates.labelled[place]:
            weight = 1 if candidates.weight is None else float(candidates.weight[place])
            kind = 2 * int(candidates.kept[place]) + int(candidates.right[place])
            found.setdefault(prompt, [0, 0, 0, 0])[kind] += weight
    return Counter(tuple(counts) for counts in found.values())


def as_counter(counts) -> Counter:
    return Counter({tuple(row): int(n) for row, n in zip(counts.patterns.tolist(), counts.prompts, strict=True)})


def drawn(seed: int, number: int, prompts: int, *, labels: bool, weights: bool) -> Candidates:
    rng = np.random.default_rng(seed)
    return Candidates(
        rng.random(number) < 0.4,
        rng.random(number) < 0.6,
        rng.random(number) < 0.7 if labels else None,
        rng.integers(0, prompts, number) if prompts else None,
        rng.integers(1, 4, number).astype(float) if weights else None,
    )


@given(st.integers(0, 2**32), st.integers(1, 60), st.integers(0, 20), st.booleans(), st.booleans())
def test_counts_are_those_of_counting(seed: int, number: int, prompts: int, labels: bool, weights: bool) -> None:
    candidates = drawn(seed, number, prompts, labels=labels, weights=weights)
    counts = tally(candidates)
    assert as_counter(counts) == by_hand(candidates)
    weight = np.ones(number) if candidates.weight is None else candidates.weight
    assert counts.kept == pytest.approx(weight[candidates.kept].sum())
    assert counts.kept + counts.dropped == pytest.approx(weight.sum())
    assert counts.most == max((sum(row) for row in by_hand(candidates)), default=0)


@given(st.integers(0, 2**32), st.integers(1, 60), st.integers(0, 20), st.booleans(), st.booleans())
def test_nested_selections_are_tallied_like_each_by_itself(
    seed: int, number: int, prompts: int, labels: bool, weights: bool
) -> None:
    candidates = drawn(seed, number, prompts, labels=labels, weights=weights)
    level = np.random.default_rng(seed + 1).integers(0, 5, number)  # level 4 is never kept
    for step, counts in enumerate(nested(candidates, level, 4)):
        whole = Candidates(level <= step, candidates.right, candidates.labelled, candidates.prompts, candidates.weight)
        alone = tally(whole)
        assert as_counter(counts) == as_counter(alone)
        assert (counts.kept, counts.dropped) == (pytest.approx(alone.kept), pytest.approx(alone.dropped))
        assert counts.most == alone.most or not len(alone.patterns)


def test_many_candidates_of_one_prompt_are_counted_without_overflow() -> None:
    number = 300_000
    counts = tally(Candidates(np.ones(number, bool), np.arange(number) % 3 == 0, prompts=np.zeros(number, np.int64)))
    assert counts.patterns.tolist() == [[0, 0, 200_000, 100_000]]


@pytest.mark.parametrize(
    "ids", [[3, 3, 5, 9, 9], [5, 3, 3, 5, 1], [-(2**63), 0, 2**62], ["b", "b", "a"], [2.5, 2.5, 1]]
)
def test_places_of_prompts_are_those_of_their_values(ids: list) -> None:
    table = CandidateTable(Path("table"), ["id"], {"id": "--prompt"}, {"id": pa.array(ids)})
    places, values = table.groups("id")
    assert [values[place] for place in places] == ids
    assert table.places("id").tolist() == places.tolist()
    with pytest.raises(DataError, match="missing values"):
        CandidateTable(Path("table"), ["id"], {"id": "--prompt"}, {"id": pa.array([*ids, None])}).places("id")
