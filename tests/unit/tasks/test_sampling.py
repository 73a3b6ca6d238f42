"""Splits never share a prompt, and follow the task's distribution."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest

from uncollapse.artifacts.parquet import ROW_GROUP, list_column
from uncollapse.errors import DataError
from uncollapse.tasks import eigenvalues
from uncollapse.tasks.eigenvalues import Settings
from uncollapse.tasks.sampling import SPLITS, sample

PLAIN = Settings()
COARSE = Settings(matrix_size=1)  # a few thousand distinct prompts, so that independent splits would share many


def _drawn(split: str, count: int, *, settings: Settings = PLAIN, seed: int = 0) -> pa.Table:
    return pa.concat_tables(sample(eigenvalues, settings, split=split, count=count, seed=seed))


def _token_rows(table: pa.Table, settings: Settings) -> set[tuple[int, ...]]:
    return set(map(tuple, eigenvalues.prompt_tokens(table, settings).tolist()))


def test_splits_share_no_prompt() -> None:
    rows = {split: _token_rows(_drawn(split, 4000, settings=COARSE), COARSE) for split in SPLITS}
    for split, found in rows.items():
        for other in SPLITS:
            if other != split:
                assert not found & rows[other], (split, other)
    assert min(map(len, rows.values())) > 200


def test_splits_share_no_prompt_across_seeds() -> None:
    """Another seed draws other prompts, yet from the same shares: no test prompt of one run trains another."""
    train = _token_rows(_drawn("train", 3000, settings=COARSE, seed=1), COARSE)
    test = _token_rows(_drawn("test", 3000, settings=COARSE, seed=2), COARSE)
    assert not train & test


def test_the_splits_cover_the_hash_space_once() -> None:
    shares = sorted(SPLITS.values())
    assert shares[0][0] == 0
    assert shares[-1][1] == 8
    assert [stop for _, stop in shares[:-1]] == [start for start, _ in shares[1:]]


@pytest.mark.parametrize("count", [1, 1000, ROW_GROUP, ROW_GROUP + 1, 20_000])
def test_exact_count_numbered_from_zero_in_full_row_groups(count: int) -> None:
    tables = list(sample(eigenvalues, Settings(), split="synthesize", count=count, seed=0))
    whole, rest = divmod(count, ROW_GROUP)
    assert [len(table) for table in tables] == [ROW_GROUP] * whole + [rest] * bool(rest)
    assert pa.concat_tables(tables).column("prompt_id").to_pylist() == list(range(count))


@pytest.mark.parametrize("split", ["train", "synthesize"])
def test_several_threads_draw_what_one_draws(split: str) -> None:
    one, three = (list(sample(eigenvalues, PLAIN, split=split, count=40_000, seed=1, threads=n)) for n in (1, 3))
    assert [table.to_pydict() for table in three] == [table.to_pydict() for table in one]


def test_memory_does_not_grow_with_the_count() -> None:
    """The first row group comes before the rest is drawn."""

    class Counting:
        PROMPT_COLUMNS = eigenvalues.PROMPT_COLUMNS
        prompt_tokens = staticmethod(eigenvalues.prompt_tokens)
        drawn = 0

        @classmethod
        def draw(cls, settings: Settings, *, count: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
            cls.drawn += count
            return eigenvalues.draw(settings, count=count, rng=rng)

    tables: Iterator[pa.Table] = sample(Counting, Settings(), split="synthesize", count=10**9, seed=0)  # type: ignore[arg-type]
    assert len(next(tables)) == ROW_GROUP
    assert Counting.drawn <= 4 * ROW_GROUP


def test_a_longer_split_begins_with_the_shorter_one() -> None:
    short, long = _drawn("test", 700), _drawn("test", 2500)
    assert long.slice(0, 700).equals(short)


def test_same_seed_same_prompts_other_seed_other_prompts() -> None:
    first = _drawn("validation", 500, seed=5)
    assert first.equals(_drawn("validation", 500, seed=5))
    other = _drawn("validation", 500, seed=6)
    assert not (list_column(first, "entries") == list_column(other, "entries")).any()


@pytest.mark.parametrize("split", list(SPLITS))
def test_each_split_has_the_tasks_own_distribution(split: str) -> None:
    """U[-10, 10] has mean 0 and variance 100/3; five standard errors of 3 x 4000 entries."""
    entries = list_column(_drawn(split, 4000), "entries").ravel()
    variance = 100 / 3
    assert abs(entries.mean()) < 5 * np.sqrt(variance / entries.size)
    # the variance of (x^2) is E x^4 - (E x^2)^2 = 10^4 / 5 - 10^4 / 9
    assert abs(entries.var() - variance) < 5 * np.sqrt((1e4 / 5 - 1e4 / 9) / entries.size)
    deciles = np.histogram(entries, bins=10, range=(-10, 10))[0] / entries.size
    assert np.abs(deciles - 0.1).max() < 5 * np.sqrt(0.09 / entries.size)


def test_truth_belongs_to_its_prompt() -> None:
    table = _drawn("train", 300)
    a, b, d = list_column(table, "entries").T
    np.testing.assert_allclose(list_column(table, "eigenvalues").sum(1), a + d, atol=1e-9)
    np.testing.assert_allclose(list_column(table, "eigenvalues").prod(1), a * d - b**2, atol=1e-9)


def test_a_task_with_too_few_prompts_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """All its prompts look alike, so they fall to one split and the others wait for ever."""
    alike = eigenvalues.Settings(matrix_size=1, low=1.0, high=1.001)
    monkeypatch.setattr("uncollapse.tasks.sampling.ROW_GROUP", 64)
    home = [split for split in SPLITS if _ends(alike, split)]
    assert len(home) == 1
    other = next(split for split in SPLITS if split not in home)
    with pytest.raises(DataError, match=f"{other}.*too few different prompts"):
        list(sample(eigenvalues, alike, split=other, count=10, seed=0))


def _ends(settings: Settings, split: str) -> bool:
    try:
        return bool(list(sample(eigenvalues, settings, split=split, count=10, seed=0)))
    except DataError:
        return False
