"""Data sets of equal size, at the share that is asked for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from uncollapse.errors import DataError
from uncollapse.pretraining.mixtures import END, Pool, budgets, choose, read_pool, rows_of


def _tokens(path: Path, taken: np.ndarray) -> Counter[str]:
    found: Counter[str] = Counter()
    for columns in rows_of(path, taken):
        for corpus, ids in zip(columns["corpus"].to_pylist(), columns["ids"], strict=True):  # type: ignore[attr-defined]
            found[corpus] += len(ids) + END
    return found


@pytest.mark.parametrize("machine", [0.0, 0.25, 1.0])
def test_a_mixture_has_its_tokens_and_its_share(tokens: Path, machine: float) -> None:
    wanted = budgets({"news": 1 - machine, "chat": machine}, 300)
    found = _tokens(tokens, choose(read_pool(tokens), wanted))
    assert abs(found["news"] + found["chat"] - 300) <= 2 * END  # a remainder of one token would be no text
    assert abs(found["chat"] - 300 * machine) <= END


def test_budgets_add_up() -> None:
    shares = dict.fromkeys("abcdefg", 1 / 7)
    assert sum(budgets(shares, 100).values()) == 100
    assert set(budgets(shares, 100).values()) == {14, 15}


def test_parts_share_no_passage_and_begin_where_the_other_ends() -> None:
    pool = Pool(np.array(["a"] * 6), np.array([0.5, 0.1, 0.3, 0.9, 0.2, 0.7]), np.full(6, 10))
    first, second = (choose(pool, {"a": 25}, part=part) for part in (0, 1))
    assert first.tolist() == [0, 10, 5, 0, 10, 0]
    assert second.tolist() == [10, 0, 0, 5, 0, 10]


def test_only_what_is_allowed_is_taken() -> None:
    pool = Pool(np.array(["a", "a", "b"]), np.array([0.1, 0.2, 0.3]), np.full(3, 10))
    assert choose(pool, {"a": 4, "b": 0}, allowed=np.array([False, True, True])).tolist() == [0, 4, 0]


def test_too_few_tokens_are_an_error() -> None:
    pool = Pool(np.array(["a"] * 2), np.array([0.1, 0.2]), np.full(2, 10))
    with pytest.raises(DataError, match=r"a: 21 tokens asked for, 20 there; lower tokens"):
        choose(pool, {"a": 21})
    with pytest.raises(DataError, match=r"b: 1 tokens asked for, 0 there"):
        choose(pool, {"b": 1})
    with pytest.raises(DataError, match=r"a: 15 tokens asked for, 0 there"):
        choose(pool, {"a": 15}, part=1)
