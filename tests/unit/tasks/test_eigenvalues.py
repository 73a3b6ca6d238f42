"""The eigenvalue task against numpy and by hand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from pydantic import ValidationError

from uncollapse.artifacts.parquet import as_table
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.tasks import eigenvalues, number_encoding
from uncollapse.tasks.eigenvalues import Settings


def _prompts(settings: Settings, count: int, seed: int = 0) -> pa.Table:
    columns = eigenvalues.draw(settings, count=count, rng=np.random.default_rng(seed))
    return as_table({"prompt_id": np.arange(count), **columns}, prompt_schema(eigenvalues.PROMPT_COLUMNS))


def _given(entries: list[list[float]], values: list[list[float]]) -> pa.Table:
    columns = {"prompt_id": np.arange(len(entries)), "entries": np.array(entries), "eigenvalues": np.array(values)}
    return as_table(columns, prompt_schema(eigenvalues.PROMPT_COLUMNS))


@pytest.mark.parametrize("size", [1, 2, 5])
def test_truth_is_what_numpy_finds_for_each_matrix(size: int) -> None:
    drawn = eigenvalues.draw(Settings(matrix_size=size), count=20, rng=np.random.default_rng(1))
    assert drawn["entries"].shape == (20, size * (size + 1) // 2)
    assert drawn["eigenvalues"].shape == (20, size)
    for entries, values in zip(drawn["entries"], drawn["eigenvalues"], strict=True):
        matrix, left = np.zeros((size, size)), list(entries)
        for row in range(size):
            for column in range(row, size):
                matrix[row, column] = matrix[column, row] = left.pop(0)
        # the general solver, which knows nothing of symmetry
        expected = np.sort(np.linalg.eigvals(matrix).real)[::-1]
        np.testing.assert_allclose(values, expected, atol=1e-9)


def test_two_by_two_truth_by_hand() -> None:
    """[[a, b], [b, d]] has eigenvalues (a + d)/2 +- sqrt(((a - d)/2)^2 + b^2)."""
    drawn = eigenvalues.draw(Settings(matrix_size=2), count=50, rng=np.random.default_rng(2))
    a, b, d = drawn["entries"].T
    root = np.sqrt(((a - d) / 2) ** 2 + b**2)
    np.testing.assert_allclose(drawn["eigenvalues"], np.stack([(a + d) / 2 + root, (a + d) / 2 - root], 1), atol=1e-12)


def test_entries_fill_the_configured_range() -> None:
    entries = eigenvalues.draw(Settings(low=2.0, high=3.0), count=2000, rng=np.random.default_rng(0))["entries"]
    assert entries.min() >= 2.0
    assert entries.max() < 3.0
    assert entries.min() < 2.01
    assert entries.max() > 2.99


def test_tokens_of_the_upper_triangle() -> None:
    """The example of the module's docstring."""
    prompts = _given([[2.3, 0.6035, -3.141]], [[2.366, -3.207]])
    settings = Settings(matrix_size=2, entries="upper_triangle")
    tokens = eigenvalues.prompt_tokens(prompts, settings)
    assert number_encoding.decode(tokens[0]).tolist() == [2.3, 0.604, -3.14]
    assert number_encoding.decode(eigenvalues.answer_tokens(prompts, settings)[0]).tolist() == [2.37, -3.21]


def test_tokens_of_all_entries_repeat_the_mirrored_ones() -> None:
    prompts = _given([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]], [[1.0, 1.0, 1.0]])
    tokens = eigenvalues.prompt_tokens(prompts, Settings(matrix_size=3, entries="all"))
    assert number_encoding.decode(tokens)[0].tolist() == [1.0, 2.0, 3.0, 2.0, 4.0, 5.0, 3.0, 5.0, 6.0]


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("entries", ["all", "upper_triangle"])
def test_layout_fits_the_tokens(size: int, entries: str) -> None:
    settings = Settings(matrix_size=size, entries=entries)
    layout = eigenvalues.layout(settings)
    prompts = _prompts(settings, 30)
    read, written = eigenvalues.prompt_tokens(prompts, settings), eigenvalues.answer_tokens(prompts, settings)
    assert read.shape == (30, layout.prompt_length)
    assert layout.prompt_length == 3 * (size * size if entries == "all" else size * (size + 1) // 2)
    assert written.shape == (30, layout.answer_length)
    assert max(read.max(), written.max()) < layout.vocabulary_size
    for position, (start, stop) in enumerate(layout.answer_choices):
        assert ((written[:, position] >= start) & (written[:, position] < stop)).all()


def test_error_is_the_relative_l1_distance() -> None:
    """Feng et al. 2024, appendix B, by hand: (|4 - 3| + |-1 - -1|) / (|4| + |-1|) = 0.2."""
    prompts = _given([[0.0, 0.0, 0.0]] * 2, [[4.0, -1.0], [10.0, 5.0]])
    guesses = np.array([[[3.0, -1.0], [4.0, -1.0]], [[10.0, 5.0], [-5.0, 5.0]]])
    error = eigenvalues.error(number_encoding.encode(guesses), prompts, Settings())
    np.testing.assert_allclose(error, [[0.2, 0.0], [0.0, 1.0]], atol=1e-15)


def test_error_of_the_true_answer_is_the_rounding_alone() -> None:
    settings = Settings(matrix_size=5)
    prompts = _prompts(settings, 200)
    error = eigenvalues.error(eigenvalues.answer_tokens(prompts, settings)[:, None], prompts, settings)
    assert error.shape == (200, 1)
    assert (error <= 0.005).all()
    assert (error > 0).all()


def test_error_does_not_depend_on_the_company_of_other_candidates() -> None:
    settings = Settings()
    prompts = _prompts(settings, 6)
    rng = np.random.default_rng(0)
    tokens = number_encoding.encode(rng.uniform(-10, 10, (6, 4, 2)))
    together = eigenvalues.error(tokens, prompts, settings)
    for number in range(6):
        alone = eigenvalues.error(tokens[number : number + 1, 2:3], prompts.slice(number, 1), settings)
        assert alone[0, 0] == together[number, 2]


def test_features_by_hand() -> None:
    found = eigenvalues.features(_given([[0.0, 0.0, 0.0]], [[4.0, -1.5]]), Settings())
    assert {name: values.tolist() for name, values in found.items()} == {
        "sum of |eigenvalues|": [5.5],
        "smallest |eigenvalue|": [1.5],
        "|trace|": [2.5],
    }


@pytest.mark.parametrize(
    "settings",
    [
        {"matrix_size": 0},
        {"matrix_size": -1},
        {"entries": "lower"},
        {"low": 1.0, "high": 1.0},
        {"low": float("nan")},
        {"n": 2},
    ],
)
def test_impossible_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings(**settings)
