"""A checkpoint gives back exactly what was saved, and is never trusted where it is another run's or damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.tasks.sequence_layout import SequenceLayout
from uncollapse.training.checkpoint import Checkpoint
from uncollapse.training.optimizer import Optimizers
from uncollapse.training.settings import OptimizerSettings

MakeRun = Callable[[int], tuple[EncoderDecoder, Optimizers]]
CURVE = [{"step": 5, "loss": 0.1 + 0.2}, {"step": 10, "loss": 1 / 3, "validation_loss": 0.7}]


@pytest.fixture(params=["muon", "adam"])
def make_run(
    request: pytest.FixtureRequest, make_model: Callable[..., EncoderDecoder], small_layout: SequenceLayout
) -> MakeRun:
    """A model after some steps, with its optimizers."""

    def make(steps: int) -> tuple[EncoderDecoder, Optimizers]:
        model = make_model(small_layout)
        optimizers = Optimizers(model, OptimizerSettings(name=request.param))
        for step in range(steps):
            generator = torch.Generator().manual_seed(step)
            model.loss(torch.randint(1, 9, (4, 3), generator=generator), torch.tensor([[1, 3, 2, 5]] * 4)).backward()
            optimizers.step(1.0)
        return model, optimizers

    return make


def _content(model: EncoderDecoder, optimizers: Optimizers) -> dict[str, torch.Tensor]:
    return {
        **{f"model.{name}": tensor.clone() for name, tensor in model.state_dict().items()},
        **optimizers.state_tensors(),
    }


def _equal(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(tensor, second[name]) for name, tensor in first.items())


def test_round_trip(make_run: MakeRun, tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "deep" / "run.safetensors", identity="abc")
    saved = make_run(3)
    checkpoint.save(*saved, step=10, curve=CURVE)
    resumed = make_run(0)
    assert not _equal(_content(*resumed), _content(*saved))
    assert Checkpoint(checkpoint.path, identity="abc").resume(*resumed) == (10, CURVE)
    assert _equal(_content(*resumed), _content(*saved))


def test_a_save_replaces_the_one_before_and_leaves_nothing_else(make_run: MakeRun, tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "run.safetensors", identity="abc")
    for step in (5, 10):
        checkpoint.save(*make_run(1), step=step, curve=[])
    assert [path.name for path in tmp_path.iterdir()] == ["run.safetensors"]
    assert checkpoint.resume(*make_run(0))[0] == 10


def _starts_afresh(checkpoint: Checkpoint, make_run: MakeRun) -> None:
    run = make_run(1)
    before = _content(*run)
    assert checkpoint.resume(*run) == (0, [])
    assert _equal(_content(*run), before)


def test_another_runs_checkpoint_is_left_alone(make_run: MakeRun, tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    Checkpoint(path, identity="abc").save(*make_run(3), step=10, curve=CURVE)
    _starts_afresh(Checkpoint(path, identity="abd"), make_run)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
def test_a_truncated_checkpoint_is_left_alone(make_run: MakeRun, tmp_path: Path, share: float) -> None:
    checkpoint = Checkpoint(tmp_path / "run.safetensors", identity="abc")
    checkpoint.save(*make_run(3), step=10, curve=CURVE)
    whole = checkpoint.path.read_bytes()
    checkpoint.path.write_bytes(whole[: int(len(whole) * share)])
    _starts_afresh(checkpoint, make_run)


def test_a_partial_save_does_not_hurt_the_whole_one(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while writing the second checkpoint, a run resumes from the first."""
    checkpoint = Checkpoint(tmp_path / "run.safetensors", identity="abc")
    checkpoint.save(*make_run(1), step=5, curve=[])

    def killed(tensors: object, path: Path, *, header: object) -> None:
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr("uncollapse.training.checkpoint.save_tensors", killed)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.save(*make_run(2), step=10, curve=[])
    assert checkpoint.resume(*make_run(0))[0] == 5
