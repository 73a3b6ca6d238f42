"""Decoders of several members on a GPU and on a CPU: training, going on, answering."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny_decoders import ALPHABET, decoder

from uncollapse.decoding import greedy
from uncollapse.decoding.greedy import generate
from uncollapse.jobs.progress import Progress
from uncollapse.models.decoder import Decoder
from uncollapse.models.decoder_weights import load_members, save_members
from uncollapse.training import member_loop
from uncollapse.training.checkpoint import Checkpoint
from uncollapse.training.member_data import Source
from uncollapse.training.member_loop import Trained, train_members
from uncollapse.training.member_settings import MemberTrainingSettings
from uncollapse.training.member_states import load_states, save_states
from uncollapse.training.packing import pack

DEVICES = ("cpu", "cuda")
SEEDS = [3, 4, 5]
ADAMW = {"name": "adamw", "learning_rate": 3e-3, "clip_norm": 1.0}


def _copies(count: int, *, seed: int = 0) -> Source:
    """Answers that repeat a question of one to six letters."""
    rng = np.random.default_rng(seed)
    texts = ["".join(rng.choice(list(ALPHABET[:-1]), rng.integers(1, 7))) for _ in range(count)]
    return Source(questions=[f"{text}=" for text in texts], answers=texts)


SOURCES = [_copies(400)]


def _model(**settings: Any) -> Decoder:
    return decoder(SEEDS, spread=0.3, **{"dimension": 64, "heads": 4, "feed_forward": 96} | settings)


def _train(model: Decoder, path: Path, *, sources: Any = SOURCES, **changes: Any) -> Trained:
    options = {name: changes.pop(name) for name in ("dtype", "states") if name in changes}
    known = {"batch_size": 64, "steps": 40, "schedule": {"warmup_steps": 5}, "log_every": 5, "checkpoint_every": 10}
    return train_members(
        model, sources, MemberTrainingSettings(**known | {"optimizer": ADAMW} | changes), seeds=SEEDS,
        checkpoint=Checkpoint(path, identity="run"),
        progress=Progress("train", unit="examples", stream=io.StringIO()), **options,
    )  # fmt: skip


def _losses(trained: Trained) -> np.ndarray:
    return np.array([[row["loss"] for row in curve] for curve in trained.curves])


@pytest.mark.parametrize(
    ("optimizer", "positions", "tolerance"),
    [(ADAMW, "none", 1e-3), (ADAMW, "rotary", 1e-3), ({"name": "muon"}, "none", 2e-2)],
)
def test_members_learn_as_on_a_cpu(tmp_path: Path, optimizer: dict[str, Any], positions: str, tolerance: float) -> None:
    """Muon orthogonalises in bfloat16, whose rounding differs between devices, so its curves part a little."""
    expected, found = (
        _losses(_train(_model(positions=positions).to(device), tmp_path / device, optimizer=optimizer))
        for device in DEVICES
    )
    assert expected[:, -1].max() < 0.9 * expected[:, 0].min()
    np.testing.assert_allclose(found, expected, rtol=tolerance)


def test_members_with_sources_of_their_own_learn_as_on_a_cpu(tmp_path: Path) -> None:
    own = [[_copies(150, seed=seed)] for seed in SEEDS]
    expected, found = (_losses(_train(_model().to(device), tmp_path / device, sources=own)) for device in DEVICES)
    np.testing.assert_allclose(found, expected, rtol=1e-3)


def test_bfloat16_learns_as_float32_does(tmp_path: Path) -> None:
    expected = _losses(_train(_model(), tmp_path / "cpu"))
    model = _model().to("cuda")
    found = _losses(_train(model, tmp_path / "cuda", dtype=torch.bfloat16))
    assert model.embedding.dtype == torch.float32
    assert not np.allclose(found, expected, rtol=1e-6)
    np.testing.assert_allclose(found, expected, rtol=4e-2)


class _Killed(Exception):
    pass


def test_killed_training_goes_on_from_its_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _model().to("cuda")
    expected = _losses(_train(whole, tmp_path / "whole"))
    packed: list[int] = []

    def counted(*arguments: Any, **options: Any) -> Any:
        packed.append(1)
        if len(packed) == 28:
            raise _Killed
        return pack(*arguments, **options)

    monkeypatch.setattr(member_loop, "pack", counted)
    with pytest.raises(_Killed):
        _train(_model().to("cuda"), tmp_path / "c")
    resumed = decoder([0] * 3, dimension=64, heads=4, feed_forward=96).to("cuda")
    found = _losses(_train(resumed, tmp_path / "c"))
    assert len(packed) == 28 + 20, "the last checkpoint was that of step 20 of 40"
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    for name, tensor in whole.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], tensor, rtol=1e-4, atol=1e-5, msg=name)


@pytest.mark.parametrize(("optimizer", "tolerance"), [(ADAMW, 1e-3), ({"name": "muon"}, 2e-2)])
def test_a_round_goes_on_with_files_of_the_other_device(
    tmp_path: Path, optimizer: dict[str, Any], tolerance: float
) -> None:
    curves = []
    for number, (first, second) in enumerate([("cpu", "cpu"), ("cpu", "cuda"), ("cuda", "cpu")]):
        folder = tmp_path / str(number)
        folder.mkdir()
        model = _model().to(first)
        trained = _train(model, folder / "a", steps=20, optimizer=optimizer)
        save_members(model, folder / "members", about={})
        save_states(trained.states, folder / "states")
        on = load_members([folder / "members"], device=second)
        assert on.embedding.device.type == second
        further = _train(on, folder / "b", steps=20, optimizer=optimizer, states=load_states(folder / "states"))
        curves.append(_losses(further))
    for found in curves[1:]:
        np.testing.assert_allclose(found, curves[0], rtol=tolerance)


@pytest.mark.parametrize(("precision", "alike"), [("highest", 0.98), ("medium", 0.8)])
@pytest.mark.parametrize("positions", ["none", "rotary"])
def test_answers_are_those_of_a_cpu(
    monkeypatch: pytest.MonkeyPatch, precision: str, alike: float, positions: str
) -> None:
    """Several batches, the last of one question; medium is what stages use, where near ties are less near."""
    model = decoder(SEEDS, dimension=32, feed_forward=48, positions=positions)
    rng = np.random.default_rng(1)
    asked = ["".join(rng.choice(list(ALPHABET), rng.integers(1, 20))) for _ in range(301)]
    expected = generate(model, asked, most_tokens=12)
    monkeypatch.setitem(greedy._AT_ONCE, "cuda", 100)
    torch.set_float32_matmul_precision(precision)
    found = generate(model.to("cuda"), asked, most_tokens=12)
    ended = np.concatenate([one.finished for one in expected])
    assert 0.05 < ended.mean() < 0.95
    same = [a == b for one, two in zip(found, expected, strict=True) for a, b in zip(one.texts, two.texts, strict=True)]
    assert np.mean(same) >= alike


def test_a_batch_fits_into_its_share_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    model = decoder(SEEDS, dimension=64, heads=4, feed_forward=96).to("cuda")
    asked = _copies(300).questions
    expected = generate(model, asked, most_tokens=60)
    monkeypatch.setattr(greedy, "_CACHE", 8 << 20)
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    found = generate(model, asked, most_tokens=60)
    assert torch.cuda.max_memory_allocated() - before < 40 << 20  # all at once, it is 60 MB
    assert np.mean([a == b for a, b in zip(found[0].texts, expected[0].texts, strict=True)]) > 0.95
