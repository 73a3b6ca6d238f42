"""Eigenvalues of symmetric matrices (Feng et al. 2024, sections 5.1 and 5.2, appendix B).

A prompt is a symmetric n x n matrix with entries from U[-10, 10], an answer its n eigenvalues in falling order, both
written in P1000 (see :mod:`uncollapse.tasks.number_encoding`). With n = 2 and the upper triangle:

    [[2.3, 0.6035], [0.6035, -3.141]]  ->  + 230 E-2  + 604 E-3  - 314 E-2  ->  + 237 E-2  - 321 E-2
"""

from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field, model_validator

from uncollapse.artifacts.parquet import list_column
from uncollapse.errors import ArtifactError
from uncollapse.settings.values import Strict
from uncollapse.tasks import number_encoding
from uncollapse.tasks.sequence_layout import SequenceLayout

PROMPT_COLUMNS = [
    pa.field("entries", pa.list_(pa.float64()), nullable=False, metadata={"unit": "upper triangle, row by row"}),
    pa.field("eigenvalues", pa.list_(pa.float64()), nullable=False, metadata={"unit": "falling order"}),
]


class Settings(Strict):
    """The task's keys in config."""

    name: Literal["eigenvalues"] = "eigenvalues"
    matrix_size: int = Field(default=2, ge=1, le=20, description="n of the n x n matrices; the paper has 5")
    entries: Literal["all", "upper_triangle"] = Field(
        default="upper_triangle",
        description="what the model reads: all n*n entries (the paper), or the n(n+1)/2 of the upper triangle",
    )
    low: float = Field(default=-10.0, ge=-1e90, description="lower end of the uniform distribution of an entry")
    high: float = Field(default=10.0, le=1e90, description="upper end of the uniform distribution of an entry")

    @model_validator(mode="after")
    def _range_is_not_empty(self) -> "Settings":
        if not self.low < self.high:
            raise ValueError(f"low must be below high, got {self.low} and {self.high}")
        if self.high - self.low < 1e-60:
            raise ValueError(f"low and high must be 1e-60 apart, got {self.low} and {self.high}: P1000 ends at E-100")
        return self


def layout(settings: Settings) -> SequenceLayout:
    """Three tokens for every matrix entry read and every eigenvalue written."""
    size = settings.matrix_size
    read = size * size if settings.entries == "all" else size * (size + 1) // 2
    return SequenceLayout(
        vocabulary_size=number_encoding.VOCABULARY_SIZE,
        start_token=number_encoding.START_TOKEN,
        prompt_length=number_encoding.TOKENS_PER_NUMBER * read,
        answer_choices=number_encoding.CHOICES * size,
    )


def draw(settings: Settings, *, count: int, rng: np.random.Generator) -> dict[str, NDArray[np.float64]]:
    """Draw ``count`` matrices: ``entries`` (N, n(n+1)/2) and their true ``eigenvalues`` (N, n)."""
    size = settings.matrix_size
    entries = rng.uniform(settings.low, settings.high, (count, size * (size + 1) // 2))
    eigenvalues = np.linalg.eigvalsh(_matrices(entries, size))[:, ::-1]
    return {"entries": entries, "eigenvalues": np.ascontiguousarray(eigenvalues)}


def prompt_tokens(prompts: pa.Table, settings: Settings) -> NDArray[np.int16]:
    """Tokens (N, S) of the matrices."""
    size = settings.matrix_size
    tokens = number_encoding.encode(_numbers(prompts, "entries", size * (size + 1) // 2))
    if settings.entries == "upper_triangle":
        return tokens
    triplets = tokens.reshape(len(tokens), -1, number_encoding.TOKENS_PER_NUMBER)
    places = _matrices(np.arange(triplets.shape[1])[None], size)[0].astype(np.intp).ravel()
    return triplets[:, places].reshape(len(tokens), -1)


def answer_tokens(prompts: pa.Table, settings: Settings) -> NDArray[np.int16]:
    """Tokens (N, T) of the true eigenvalues."""
    return number_encoding.encode(_eigenvalues(prompts, settings))


def error(tokens: NDArray[np.integer], prompts: pa.Table, settings: Settings) -> NDArray[np.float64]:
    """Relative L1 error of answers (N, W, T) to N prompts, an array (N, W).

    ``sum_i |v_i - p_i| / sum_i |v_i|`` with true eigenvalues v and predicted p (Feng et al. 2024, appendix B: an answer
    is correct within a tolerance tau if this is below tau).

    Raises
    ------
    ArtifactError
        For answers of another length, or with tokens that may not stand where they do.
    """
    truth = _eigenvalues(prompts, settings)[:, None, :]
    if not layout(settings).holds(tokens):
        raise ArtifactError("tokens that are no answer to this task; delete the candidates and rerun labelling")
    return np.abs(number_encoding.decode(tokens) - truth).sum(-1) / np.abs(truth).sum(-1)


def features(prompts: pa.Table, settings: Settings) -> dict[str, NDArray[np.float64]]:
    """Measures of how hard a matrix is: small and cancelling eigenvalues leave little room within a tolerance."""
    eigenvalues = _eigenvalues(prompts, settings)
    magnitude = np.abs(eigenvalues)
    return {
        "sum of |eigenvalues|": magnitude.sum(1),
        "smallest |eigenvalue|": magnitude.min(1),
        "|trace|": np.abs(eigenvalues.sum(1)),
    }


def _eigenvalues(prompts: pa.Table, settings: Settings) -> NDArray[np.float64]:
    return _numbers(prompts, "eigenvalues", settings.matrix_size)


def _numbers(prompts: pa.Table, name: str, width: int) -> NDArray[np.float64]:
    """A column (N, width) of finite numbers."""
    values = list_column(prompts, name)
    if len(values) and values.shape[1] != width:
        raise ArtifactError(
            f"column {name!r}: {values.shape[1]} numbers a prompt where matrix_size asks for {width};"
            " delete the prompts and rerun sampling"
        )
    if not np.isfinite(values).all():
        raise ArtifactError(f"column {name!r}: numbers that are not finite; delete the prompts and rerun sampling")
    return values.reshape(len(values), width)


def _matrices(entries: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Symmetric matrices (N, n, n) from their upper triangles (N, n(n+1)/2)."""
    rows, columns = np.triu_indices(size)
    matrices = np.empty((len(entries), size, size))
    matrices[:, rows, columns] = entries
    matrices[:, columns, rows] = entries
    return matrices
