"""Rows that each regime gives a generation."""

import numpy as np
import pytest
from pydantic import TypeAdapter

from uncollapse.generations.regimes import REAL, Regime, choose, origins, real_rows, real_share, synthetic_rows

ROWS = 5


def regime(kind: str, **keys):
    return TypeAdapter(Regime).validate_python({"kind": kind, **keys})


def counted(which, generation: int, extra: int = 3) -> dict[int, list[int]]:
    """Numbers of rows by origin, from generations that wrote more rows than are needed, every other one kept."""
    written = {k: 2 * np.arange(synthetic_rows(which, k, rows=ROWS) + extra) for k in origins(which, generation)}
    chosen = choose(which, generation, rows=ROWS, written=written, seed=0)
    return {int(k): chosen.numbers[chosen.origins == k].tolist() for k in np.unique(chosen.origins)}


@pytest.mark.parametrize("kind", ["replace", "accumulate", "accumulate_subsample", "replace_multiple"])
def test_generation_0_learns_from_the_real_rows(kind: str) -> None:
    assert counted(regime(kind), 0) == {REAL: [0, 1, 2, 3, 4]}


def test_replace_takes_the_generation_before() -> None:
    assert counted(regime("replace"), 3) == {2: [0, 2, 4, 6, 8]}


def test_accumulate_takes_everything() -> None:
    assert counted(regime("accumulate"), 2) == {REAL: [0, 1, 2, 3, 4], 0: [0, 2, 4, 6, 8], 1: [0, 2, 4, 6, 8]}


def test_replace_multiple_has_as_many_rows_as_accumulate() -> None:
    for generation in (1, 2, 5):
        many = counted(regime("replace_multiple"), generation)
        accumulated = counted(regime("accumulate"), generation)
        assert list(many) == [generation - 1]
        assert len(many[generation - 1]) == sum(map(len, accumulated.values()))


def test_a_subsample_has_generation_0s_size_and_is_of_every_origin_in_the_long_run() -> None:
    which, seen = regime("accumulate_subsample"), {}
    written = {k: np.arange(ROWS) for k in range(3)}
    for seed in range(400):
        chosen = choose(which, 3, rows=ROWS, written=written, seed=seed)
        pairs = list(zip(chosen.origins.tolist(), chosen.numbers.tolist(), strict=True))
        assert len(set(pairs)) == ROWS
        for pair in pairs:
            seen[pair] = seen.get(pair, 0) + 1
    # each of 20 rows with probability 1/4: 100 times, give or take 8.7
    assert len(seen) == 20
    assert max(abs(times - 100) for times in seen.values()) < 40


def test_a_mixture_has_the_same_real_rows_or_fresh_ones() -> None:
    assert counted(regime("mixed", real=2, synthetic=3), 2) == {REAL: [0, 1], 1: [0, 2, 4]}
    fresh = regime("mixed", real=2, synthetic=3, fresh=True)
    assert counted(fresh, 2) == {REAL: [4, 5], 1: [0, 2, 4]}
    assert [real_rows(fresh, k, rows=ROWS) for k in range(3)] == [5, 4, 6]


def test_weights_give_the_real_rows_their_share_of_the_loss() -> None:
    # of eight rows asked for a verifier may have kept four, which is what weights then go by
    for weight, share, asked in ((0.25, 0.25, 4), ("golden", (5**0.5 - 1) / 2, 4), ("golden", (5**0.5 - 1) / 2, 8)):
        which = regime("mixed", real=4, synthetic=asked, weight=weight)
        chosen = choose(which, 1, rows=ROWS, written={0: np.arange(4)}, seed=0)
        assert chosen.weights.mean() == pytest.approx(1)
        assert chosen.weights[chosen.origins == REAL].sum() / chosen.weights.sum() == pytest.approx(share)


@pytest.mark.parametrize(("real", "synthetic"), [(10, 10), (5, 20), (40, 10)])
def test_the_best_share_minimises_the_variance_in_the_long_run(real: int, synthetic: int) -> None:
    shares = np.linspace(0.001, 0.999, 9999)
    variances = (shares**2 / real + (1 - shares) ** 2 / synthetic) / (1 - (1 - shares) ** 2)
    assert real_share(real, synthetic) == pytest.approx(shares[variances.argmin()], abs=2e-4)


def test_nothing_is_read_that_is_not_needed() -> None:
    assert [origins(regime(kind), 3) for kind in ("replace", "replace_multiple", "accumulate")] == [[2], [2], [0, 1, 2]]
    assert [real_rows(regime(kind), 3, rows=ROWS) for kind in ("replace", "accumulate_subsample")] == [0, 5]
