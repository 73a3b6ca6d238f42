"""What tests share: one thread, and small prompts, models, candidates and scores to work on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest
import torch

from uncollapse.artifacts.candidates import CANDIDATES
from uncollapse.artifacts.parquet import ParquetWriter, write_table
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.artifacts.scores import SCORES
from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.models.settings import ModelSettings
from uncollapse.tasks import eigenvalues
from uncollapse.tasks.sequence_layout import SequenceLayout

# the same examples every time, no time limits on a shared machine, nothing written into the repository
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("repeatable")

MakeModel = Callable[..., EncoderDecoder]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first: short ones fill what is left of the time.

    Whole workflows, the one that waits for a cluster before all; whole experiments in one process; what runs the pages.
    """
    early = ("slurm", "workflow", "experiments", "test_page_commands.py")
    items.sort(key=lambda item: [name not in item.path.parts for name in early])


def _as_when_torch_starts() -> None:
    """One thread, and products of float32 numbers in float32."""
    torch.set_num_threads(1)
    torch.set_float32_matmul_precision("highest")


@pytest.fixture(scope="session", autouse=True)
def _torch_as_it_starts_for_all() -> None:
    _as_when_torch_starts()


@pytest.fixture(autouse=True)
def _torch_as_it_starts(_torch_as_it_starts_for_all: None) -> Iterator[None]:
    """Threads and precision the same in every test: a stage sets them for its process, and last bits depend on both."""
    _as_when_torch_starts()
    yield
    _as_when_torch_starts()


@pytest.fixture(scope="session")
def make_model() -> MakeModel:
    """A model whose parameters are all random: a fresh one has residual branches of zero, which would hide mistakes.

    With ``std`` 0.4 its answers are neither certain nor all alike, so that narrow beams do lose good ones.
    """

    def make(
        layout: SequenceLayout, *, seed: int = 0, std: float = 0.4, decoder_layers: int = 2, dimension: int = 8
    ) -> EncoderDecoder:
        settings = ModelSettings(dimension=dimension, encoder_layers=1, decoder_layers=decoder_layers, heads=2)
        model = EncoderDecoder(settings, layout)
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.normal_(std=std, generator=generator)
        return model.eval()

    return make


@pytest.fixture(scope="session")
def small_layout() -> SequenceLayout:
    """Four answer positions of 2, 4, 5 and 2 tokens, whose ranges overlap: 80 answers."""
    return SequenceLayout(
        vocabulary_size=9, start_token=0, prompt_length=3, answer_choices=((1, 3), (3, 7), (2, 7), (5, 7))
    )


@pytest.fixture(scope="session")
def small_prompts() -> torch.Tensor:
    """Six prompts (6, 3) for ``small_layout``."""
    return torch.randint(1, 9, (6, 3), generator=torch.Generator().manual_seed(3))


@pytest.fixture
def write_prompts(tmp_path: Path) -> Callable[..., Path]:
    """Eigenvalue prompts with true answers in row groups of the given sizes."""

    def write(groups: Sequence[int], *, matrix_size: int = 2, name: str = "prompts.parquet", seed: int = 0) -> Path:
        settings = eigenvalues.Settings(matrix_size=matrix_size)
        columns = eigenvalues.draw(settings, count=sum(groups), rng=np.random.default_rng(seed))
        columns["prompt_id"] = np.arange(sum(groups))
        first = 0
        with ParquetWriter(tmp_path / name, prompt_schema(eigenvalues.PROMPT_COLUMNS)) as writer:
            for rows in groups:
                writer.write({key: values[first : first + rows] for key, values in columns.items()})
                writer.count(rows_in=rows, kept=rows)
                first += rows
        return tmp_path / name

    return write


@pytest.fixture
def write_candidates(tmp_path: Path) -> Callable[..., Path]:
    """Candidates from tokens (N, W, T) and log_prob (N, W), in one row group unless ``groups`` are given."""

    def write(
        tokens: Any,
        log_prob: Any,
        *,
        first: int = 0,
        groups: Sequence[int] | None = None,
        name: str = "candidates.parquet",
    ) -> Path:
        tokens, log_prob = np.asarray(tokens, dtype=np.int16), np.asarray(log_prob, dtype=np.float32)
        return _write_per_candidate(
            tmp_path / name, CANDIDATES, {"tokens": tokens, "log_prob": log_prob}, first=first, groups=groups
        )

    return write


@pytest.fixture
def write_scores(tmp_path: Path) -> Callable[..., Path]:
    """Scores (N, W) and verdicts (N, W) or None, laid out like candidates."""

    def write(
        scores: Any,
        accepted: Any,
        *,
        first: int = 0,
        groups: Sequence[int] | None = None,
        name: str = "scores.parquet",
    ) -> Path:
        scores = np.asarray(scores, dtype=np.float64)
        verdict = np.full(scores.shape, None) if accepted is None else np.asarray(accepted, dtype=object)
        return _write_per_candidate(
            tmp_path / name, SCORES, {"score": scores, "accepted": verdict}, first=first, groups=groups
        )

    return write


def _write_per_candidate(
    path: Path, schema: Any, columns: dict[str, Any], *, first: int, groups: Sequence[int] | None
) -> Path:
    rows, width = next(iter(columns.values())).shape[:2]
    done = 0
    parts = []
    for size in groups or [rows]:
        part = {name: values[done : done + size] for name, values in columns.items()}
        parts.append(
            {
                "prompt_id": np.repeat(np.arange(first + done, first + done + size), width),
                "rank": np.tile(np.arange(width, dtype=np.int16), size),
                **{name: values.reshape(size * width, *values.shape[2:]) for name, values in part.items()},
            }
        )
        done += size
    assert done == rows, "groups must cover all rows"
    if len(parts) == 1:
        write_table(path, parts[0], schema)
        return path
    with ParquetWriter(path, schema) as writer:
        for part in parts:
            writer.write(part)
    return path
