"""Training, resuming, compiling and beam search of the encoder-decoder, on a GPU and on a CPU."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import torch

from uncollapse.compute.settings import ComputeSettings
from uncollapse.decoding.label import label
from uncollapse.jobs.progress import Progress
from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.models.settings import ModelSettings
from uncollapse.tasks import eigenvalues
from uncollapse.training.checkpoint import Checkpoint
from uncollapse.training.loop import Examples, train
from uncollapse.training.settings import TrainingSettings

TASK = eigenvalues.Settings(matrix_size=2)
LAYOUT = eigenvalues.layout(TASK)


@pytest.fixture(scope="module")
def examples() -> Examples:
    """2,048 matrices with their eigenvalues, on the CPU."""
    columns = eigenvalues.draw(TASK, count=2048, rng=np.random.default_rng(0))
    table = pa.table({name: list(values) for name, values in columns.items()})
    prompts, answers = eigenvalues.prompt_tokens(table, TASK), eigenvalues.answer_tokens(table, TASK)
    return Examples(
        prompts=torch.from_numpy(prompts.astype(np.int32)), answers=torch.from_numpy(answers.astype(np.int32))
    )


def _train(
    examples: Examples, folder: Path, device: str, *, dtype: torch.dtype = torch.float32, **changes: Any
) -> tuple[EncoderDecoder, list[float]]:
    torch.manual_seed(0)
    model = EncoderDecoder(ModelSettings(dimension=64, encoder_layers=2, decoder_layers=1, heads=4), LAYOUT).to(device)
    settings = TrainingSettings(
        **{"batch_size": 128, "steps": 60, "log_every": 10, "validate_every": 1000, "checkpoint_every": 20} | changes
    )
    curve = train(
        model,
        Examples(prompts=examples.prompts.to(device), answers=examples.answers.to(device)),
        settings,
        seed=0,
        validate=lambda _: {},
        checkpoint=Checkpoint(folder / device, identity="run"),
        progress=Progress("train", unit="examples", stream=io.StringIO()),
        dtype=dtype,
    )
    return model, [row["loss"] for row in curve]


@pytest.mark.parametrize("optimizer", [{"name": "adam", "learning_rate": 1e-3, "clip_norm": 5.0}, {"name": "muon"}])
def test_losses_are_those_of_a_cpu(examples: Examples, tmp_path: Path, optimizer: dict[str, Any]) -> None:
    """Muon orthogonalises in bfloat16, whose rounding differs between devices, so its curves part a little."""
    (_, expected), (_, found) = (_train(examples, tmp_path, device, optimizer=optimizer) for device in ("cpu", "cuda"))
    np.testing.assert_allclose(found, expected, rtol=2e-2 if optimizer["name"] == "muon" else 1e-3)


@pytest.mark.parametrize("compiled", [False, True])
def test_bfloat16_learns_as_float32_does(examples: Examples, tmp_path: Path, compiled: bool) -> None:
    _, expected = _train(examples, tmp_path, "cpu")
    _, found = _train(examples, tmp_path, "cuda", dtype=torch.bfloat16, compile=compiled)
    np.testing.assert_allclose(found, expected, rtol=3e-2)


class _Killed(Exception):
    pass


def test_a_run_goes_on_from_its_checkpoint(examples: Examples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, expected = _train(examples, tmp_path / "whole", "cuda")
    taken: list[int] = []
    batch = Examples.batch

    def counted(self: Examples, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        taken.append(len(rows))
        if len(taken) == 46:
            raise _Killed
        return batch(self, rows)

    monkeypatch.setattr(Examples, "batch", counted)
    with pytest.raises(_Killed):
        _train(examples, tmp_path, "cuda")
    resumed, found = _train(examples, tmp_path, "cuda")
    assert len(taken) == 46 + 20, "the last checkpoint was that of step 40 of 60"
    assert found == expected
    for name, tensor in whole.state_dict().items():
        assert torch.equal(tensor, resumed.state_dict()[name]), name


@pytest.mark.parametrize("beams", [1, 5, 25])
def test_candidates_are_those_of_a_cpu(
    make_model: Callable[..., EncoderDecoder], examples: Examples, beams: int
) -> None:
    model, prompts = make_model(LAYOUT, dimension=32, decoder_layers=1), examples.prompts[:300].long()
    on_cpu = [torch.cat(parts) for parts in zip(*label(model, prompts, beams=beams), strict=True)]
    on_gpu = [torch.cat(parts) for parts in zip(*label(model.cuda(), prompts.cuda(), beams=beams), strict=True)]
    torch.testing.assert_close(on_gpu[1], on_cpu[1], rtol=0, atol=2e-4)
    # near ties may change places
    assert (on_gpu[0] == on_cpu[0]).all(-1).float().mean() > 0.98
    model.cpu()


def test_config_finds_the_gpu() -> None:
    from uncollapse.compute.device import prepare

    assert prepare(ComputeSettings(), threads=1) == (torch.device("cuda"), torch.bfloat16)
