"""Labelling does not depend on how prompts are batched or shared out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from uncollapse.artifacts.parquet import ROW_GROUP
from uncollapse.decoding import label as labelling
from uncollapse.decoding.label import batch_size, label
from uncollapse.jobs.sharding import shard_of
from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.tasks import eigenvalues

GROUP = 256  # prompts a group here; batches are of 128, so that it is a multiple of their size, as ROW_GROUP is


@pytest.fixture(scope="module")
def model(make_model: Callable[..., EncoderDecoder]) -> EncoderDecoder:
    return make_model(eigenvalues.layout(eigenvalues.Settings(matrix_size=1)), seed=1)


@pytest.fixture(scope="module")
def prompts() -> Tensor:
    """Four whole groups and a part of one."""
    return torch.randint(0, 1204, (4 * GROUP + 70, 3), generator=torch.Generator().manual_seed(2))


def _labelled(model: EncoderDecoder, prompts: Tensor, beams: int) -> tuple[Tensor, Tensor]:
    tokens, log_prob = zip(*label(model, prompts, beams=beams), strict=True)
    return torch.cat(tokens), torch.cat(log_prob)


@pytest.mark.parametrize("beams", [1, 5])
@pytest.mark.parametrize("shards", [2, 3, 5, 7])
def test_shards_give_the_same_bits_as_one_job(
    model: EncoderDecoder, prompts: Tensor, monkeypatch: pytest.MonkeyPatch, beams: int, shards: int
) -> None:
    monkeypatch.setattr(labelling, "batch_size", lambda beams, device: 128)
    groups = prompts.split(GROUP)
    whole = _labelled(model, prompts, beams)
    parts = [
        _labelled(model, groups[number], beams)
        for shard in range(1, shards + 1)
        for number in shard_of(len(groups), shard, shards)
    ]
    assert torch.equal(torch.cat([tokens for tokens, _ in parts]), whole[0])
    assert torch.equal(torch.cat([log_prob for _, log_prob in parts]), whole[1])


@pytest.mark.parametrize("beams", [1, 5])
@pytest.mark.parametrize("size", [1, 7, 64])
def test_batch_size_changes_no_token(
    model: EncoderDecoder, prompts: Tensor, monkeypatch: pytest.MonkeyPatch, beams: int, size: int
) -> None:
    prompts = prompts[:150]
    tokens, log_prob = _labelled(model, prompts, beams)
    monkeypatch.setattr(labelling, "batch_size", lambda beams, device: size)
    batches = list(label(model, prompts, beams=beams))
    assert [len(found) for found, _ in batches] == [size] * (150 // size) + [150 % size] * bool(150 % size)
    assert torch.equal(torch.cat([found for found, _ in batches]), tokens)
    torch.testing.assert_close(torch.cat([found for _, found in batches]), log_prob, rtol=0, atol=1e-5)


@given(st.integers(1, 10_000), st.sampled_from(["cpu", "cuda"]))
def test_a_batch_never_crosses_a_row_group(beams: int, device: str) -> None:
    size = batch_size(beams, torch.device(device))
    assert size >= 8
    assert ROW_GROUP % size == 0 or size % ROW_GROUP == 0
    assert batch_size(beams + 1, torch.device(device)) <= size


def test_batches_by_hand() -> None:
    assert [batch_size(beams, torch.device("cpu")) for beams in (1, 16, 17, 50, 100_000)] == [2048, 512, 256, 128, 8]


@given(st.integers(0, 200), st.integers(1, 50))
def test_shards_cover_every_group_once_and_evenly(groups: int, shards: int) -> None:
    parts = [list(shard_of(groups, shard, shards)) for shard in range(1, shards + 1)]
    assert [group for part in parts for group in part] == list(range(groups))
    sizes = [len(part) for part in parts]
    assert max(sizes) - min(sizes) <= 1
