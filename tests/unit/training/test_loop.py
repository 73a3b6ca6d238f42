"""The loop learns, resumes to the same bits, and stops where it diverges."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from uncollapse.errors import DivergedError
from uncollapse.jobs.progress import Progress
from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.models.settings import ModelSettings
from uncollapse.tasks.sequence_layout import SequenceLayout
from uncollapse.training.checkpoint import Checkpoint
from uncollapse.training.loop import Examples, train
from uncollapse.training.settings import TrainingSettings

COPY = SequenceLayout(vocabulary_size=7, start_token=0, prompt_length=3, answer_choices=((1, 7),) * 3)


def _copy_examples(rows: int, *, seed: int = 0) -> Examples:
    """Answers that repeat the prompt."""
    tokens = torch.randint(1, 7, (rows, 3), generator=torch.Generator().manual_seed(seed), dtype=torch.int32)
    return Examples(prompts=tokens, answers=tokens.clone())


def _fresh_model(*, dimension: int = 16) -> EncoderDecoder:
    torch.manual_seed(11)
    return EncoderDecoder(ModelSettings(dimension=dimension, encoder_layers=1, decoder_layers=1, heads=2), COPY)


def _settings(**changes: Any) -> TrainingSettings:
    known = {
        "batch_size": 16,
        "steps": 40,
        "schedule": {"warmup_steps": 5},
        "log_every": 5,
        "validate_every": 10,
        "checkpoint_every": 10,
    }
    return TrainingSettings(**{**known, **changes})


def _validated(model: EncoderDecoder) -> dict[str, float]:
    examples = _copy_examples(50, seed=1)
    with torch.no_grad():
        return {"validation_loss": float(model.loss(examples.prompts, examples.answers.long()))}


def _train(
    model: EncoderDecoder,
    path: Path,
    settings: TrainingSettings,
    *,
    examples: Examples | None = None,
    validate: Callable[[EncoderDecoder], dict[str, float]] = _validated,
    identity: str = "run",
    seed: int = 0,
    **options: Any,
) -> list[dict[str, Any]]:
    return train(
        model,
        examples or _copy_examples(100),
        settings,
        seed=seed,
        validate=validate,
        checkpoint=Checkpoint(path, identity=identity),
        progress=Progress("train", unit="examples", stream=io.StringIO()),
        **options,
    )


def _bits(model: EncoderDecoder) -> dict[str, bytes]:
    return {name: tensor.numpy().tobytes() for name, tensor in model.state_dict().items()}


class _Killed(Exception):
    """Stands for a kill between two checkpoints."""


def _killed_at(step: int) -> Callable[[EncoderDecoder], dict[str, float]]:
    """A validation that is the ``step / validate_every``-th to be asked, and does not come back."""
    calls = 0

    def validate(model: EncoderDecoder) -> dict[str, float]:
        nonlocal calls
        calls += 1
        if calls * 10 == step:
            raise _Killed
        return _validated(model)

    return validate


@pytest.mark.parametrize("kind", ["muon", "adam"])
def test_a_small_model_learns_to_copy(tmp_path: Path, kind: str) -> None:
    """From chance, a loss of ln 6, to all answers of a set that it never saw."""
    model = _fresh_model(dimension=32)
    settings = _settings(steps=300, batch_size=64, optimizer={"name": kind, "learning_rate": 0.01}, log_every=20)
    curve = _train(model, tmp_path / "c", settings, examples=_copy_examples(150))
    assert curve[0]["loss"] > 0.5
    assert curve[-1]["loss"] < 0.02
    assert curve[-1]["validation_loss"] < 0.1


@pytest.mark.parametrize("optimizer", ["muon", "adam"])
@pytest.mark.parametrize("killed_at", [20, 30])
def test_a_killed_run_ends_in_the_same_bits_and_the_same_curve(tmp_path: Path, optimizer: str, killed_at: int) -> None:
    """Killed right before a checkpoint is written, when steps have been taken that it does not hold."""
    settings = _settings(optimizer={"name": optimizer, "clip_norm": 1.0, "weight_decay": 0.01})
    undisturbed = _fresh_model()
    expected = _train(undisturbed, tmp_path / "undisturbed", settings)

    path = tmp_path / "disturbed"
    with pytest.raises(_Killed):
        _train(_fresh_model(), path, settings, validate=_killed_at(killed_at))
    resumed = _fresh_model()
    steps_left: list[torch.Tensor] = []
    resumed.register_forward_hook(lambda *_: steps_left.append(torch.empty(0)))
    curve = _train(resumed, path, settings)
    assert curve == expected
    assert _bits(resumed) == _bits(undisturbed)
    # it did resume: one forward for each step after the checkpoint, and those of three or two validations
    assert len(steps_left) == 40 - (killed_at - 10) + (5 - killed_at // 10)


def test_a_process_that_dies_is_resumed_by_another(tmp_path: Path) -> None:
    path = tmp_path / "killed"
    script = f"""
        import os, sys
        from pathlib import Path
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        import torch
        import test_loop

        def die_after_the_first_checkpoint(model):
            if path.exists():
                os._exit(9)
            return test_loop._validated(model)

        torch.set_num_threads(1)
        path = Path({str(path)!r})
        test_loop._train(test_loop._fresh_model(), path, test_loop._settings(), validate=die_after_the_first_checkpoint)
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 9, done.stderr
    undisturbed, resumed = _fresh_model(), _fresh_model()
    assert _train(resumed, path, _settings()) == _train(undisturbed, tmp_path / "other", _settings())
    assert _bits(resumed) == _bits(undisturbed)


def test_a_checkpoint_of_another_run_is_ignored(tmp_path: Path) -> None:
    settings = _settings()
    path = tmp_path / "c"
    with pytest.raises(_Killed):
        _train(_fresh_model(), path, settings, identity="other data", seed=1, validate=_killed_at(30))
    assert path.exists()
    model, undisturbed = _fresh_model(), _fresh_model()
    curve = _train(model, path, settings, identity="this data")
    assert curve == _train(undisturbed, tmp_path / "none", settings, identity="this data")
    assert _bits(model) == _bits(undisturbed)


def test_a_truncated_checkpoint_is_ignored(tmp_path: Path) -> None:
    settings = _settings()
    path = tmp_path / "c"
    with pytest.raises(_Killed):
        _train(_fresh_model(), path, settings, validate=_killed_at(30))
    path.write_bytes(path.read_bytes()[:-100])
    model, undisturbed = _fresh_model(), _fresh_model()
    assert _train(model, path, settings) == _train(undisturbed, tmp_path / "none", settings)
    assert _bits(model) == _bits(undisturbed)


def test_the_curve(tmp_path: Path) -> None:
    """A row every log_every steps and one at the end, validated where due; the last row is always validated."""
    curve = _train(_fresh_model(), tmp_path / "c", _settings(steps=23))
    assert [row["step"] for row in curve] == [5, 10, 15, 20, 23]
    assert [row["examples"] for row in curve] == [80, 160, 240, 320, 368]
    assert [row["step"] for row in curve if "validation_loss" in row] == [10, 20, 23]
    assert curve[0]["learning_rate_factor"] == 1.0
    assert curve[-1]["learning_rate_factor"] == pytest.approx(1 / 9.2)


def test_a_rows_loss_is_the_mean_since_the_row_before(tmp_path: Path) -> None:
    """Against a row for every step."""
    coarse = _train(_fresh_model(), tmp_path / "c", _settings(steps=12, log_every=5))
    fine = [row["loss"] for row in _train(_fresh_model(), tmp_path / "d", _settings(steps=12, log_every=1))]
    means = [sum(fine[:5]) / 5, sum(fine[5:10]) / 5, sum(fine[10:]) / 2]
    assert [row["loss"] for row in coarse] == pytest.approx(means, rel=1e-5)


def test_the_first_loss_is_the_models_own(tmp_path: Path) -> None:
    examples = _copy_examples(16)
    with torch.no_grad():
        expected = float(_fresh_model().loss(examples.prompts, examples.answers.long()))
    curve = _train(_fresh_model(), tmp_path / "c", _settings(steps=1, log_every=1), examples=examples)
    assert curve[0]["loss"] == pytest.approx(expected, rel=1e-5)


def test_logging_and_validating_do_not_change_what_is_learned(tmp_path: Path) -> None:
    rare, often = _fresh_model(), _fresh_model()
    _train(rare, tmp_path / "c", _settings(log_every=40, validate_every=40))
    _train(often, tmp_path / "d", _settings(log_every=1, validate_every=1, checkpoint_every=1))
    assert _bits(rare) == _bits(often)


def test_the_seed_orders_the_examples(tmp_path: Path) -> None:
    first, same, other = _fresh_model(), _fresh_model(), _fresh_model()
    for number, (model, seed) in enumerate(((first, 3), (same, 3), (other, 4))):
        _train(model, tmp_path / str(number), _settings(steps=5), seed=seed)
    assert _bits(first) == _bits(same)
    assert _bits(first) != _bits(other)


def test_the_schedule_scales_every_step(tmp_path: Path) -> None:
    """Adam's first step is the rate itself, here a hundredth of the full one."""
    model = _fresh_model()
    before = model.output_bias.detach().clone()
    settings = _settings(
        steps=1, schedule={"warmup_steps": 100, "decay_share": 0.0}, optimizer={"name": "adam", "learning_rate": 0.1}
    )
    curve = _train(model, tmp_path / "c", settings)
    assert curve[0]["learning_rate_factor"] == pytest.approx(0.01)
    assert float((model.output_bias.detach() - before).abs().max()) == pytest.approx(0.001, rel=1e-3)


@pytest.mark.parametrize("where", ["weights", "rate"])
def test_a_loss_that_is_not_finite_ends_the_run_and_leaves_no_checkpoint(tmp_path: Path, where: str) -> None:
    model = _fresh_model()
    settings = _settings(checkpoint_every=1, log_every=1)
    if where == "weights":
        with torch.no_grad():
            model.output_bias[2] = float("nan")
    else:
        settings = _settings(log_every=10, optimizer={"name": "adam", "learning_rate": 1e30})
    with pytest.raises(DivergedError, match="learning_rate"):
        _train(model, tmp_path / "c", settings)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_diverges_late_ends_at_the_next_row(tmp_path: Path) -> None:
    def poison(model: EncoderDecoder) -> dict[str, float]:
        with torch.no_grad():
            model.output_bias[2] = float("inf")
        return {}

    with pytest.raises(DivergedError, match="step 15"):
        _train(_fresh_model(), tmp_path / "c", _settings(), validate=poison)


def test_bfloat16_runs_the_layers_and_keeps_parameters_in_float32(tmp_path: Path) -> None:
    model = _fresh_model()
    seen: set[torch.dtype] = set()
    model.encoder[0].feed_forward.register_forward_hook(lambda module, inputs, output: seen.add(output.dtype))
    curve = _train(model, tmp_path / "c", _settings(steps=10), validate=lambda model: {}, dtype=torch.bfloat16)
    plain = _train(_fresh_model(), tmp_path / "d", _settings(steps=10), validate=lambda model: {})
    assert seen == {torch.bfloat16}
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert curve[-1]["loss"] == pytest.approx(plain[-1]["loss"], rel=0.05)
    assert curve[-1]["loss"] != plain[-1]["loss"]


def test_the_model_is_left_in_evaluation_mode(tmp_path: Path) -> None:
    model = _fresh_model()
    _train(model, tmp_path / "c", _settings(steps=3))
    assert not model.training
