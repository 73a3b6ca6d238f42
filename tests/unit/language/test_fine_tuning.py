"""Fine-tuning learns, resumes to the same bits, and says when it cannot."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from uncollapse.errors import ConfigError, DataError, DivergedError
from uncollapse.jobs.progress import Progress
from uncollapse.language.artifact import LanguageModel, load_language_model, save_language_model
from uncollapse.language.examples import IGNORED, collate, encode_examples
from uncollapse.language.fine_tuning import fine_tune, mean_loss, remove_checkpoints, training_order
from uncollapse.language.settings import FineTuningSettings, LoraSettings
from uncollapse.language.trainable import decoder_layers

PROMPTS = [f"copy {'x' * (i % 5)} {i % 17}" for i in range(60)]
ANSWERS = [str(i % 17) for i in range(60)]
SETTINGS = FineTuningSettings(
    steps=40,
    batch_size=8,
    learning_rate=3e-3,
    block=64,
    loss="answer",
    log_every=5,
    checkpoint_every=10,
    validate_every=20,
)


def run(
    model: LanguageModel, folder: Path, settings: FineTuningSettings = SETTINGS, **other: Any
) -> list[dict[str, Any]]:
    arguments = {"seed": 0, "identity": "a", "validation": (PROMPTS[:9], ANSWERS[:9])} | other
    progress = Progress("test", unit="examples", interval=1e9)
    return fine_tune(model, PROMPTS, ANSWERS, settings, checkpoint_folder=folder, progress=progress, **arguments)


def weights(model: LanguageModel) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in model.model.state_dict().items()}


def equal(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    assert first.keys() == second.keys()
    return all(torch.equal(first[name], second[name]) for name in first)


@pytest.fixture
def fresh(make_language_model: Callable[..., LanguageModel]) -> Callable[..., LanguageModel]:
    return lambda architecture="llama": make_language_model(architecture, scale=1.0)


def test_it_learns_and_its_curve_says_how(
    fresh: Callable[..., LanguageModel], architecture: str, tmp_path: Path
) -> None:
    model = fresh(architecture)
    held_out, _ = encode_examples(model.tokenizer, PROMPTS[:9], ANSWERS[:9], block=64, answer_only=True)
    before = mean_loss(model, held_out)
    curve = run(model, tmp_path)
    assert [row["step"] for row in curve] == list(range(5, 45, 5))
    assert curve[-1]["examples"] == 320
    assert [row["step"] for row in curve if "validation_loss" in row] == [20, 40]
    assert curve[-1]["validation_loss"] == pytest.approx(mean_loss(model, held_out), abs=1e-6)
    assert curve[-1]["validation_loss"] < 0.6 * before
    assert curve[0]["loss"] > curve[-1]["loss"]
    assert curve[0]["learning_rate_factor"] > curve[-1]["learning_rate_factor"] >= 0
    assert not model.model.training
    assert all(parameter.requires_grad for parameter in model.model.parameters())


def test_the_same_seed_gives_the_same_bits_and_another_does_not(
    fresh: Callable[..., LanguageModel], tmp_path: Path
) -> None:
    found = []
    for number, seed in enumerate((0, 0, 1)):
        torch.manual_seed(number)  # whatever came before
        model = fresh()
        run(model, tmp_path / str(number), seed=seed)
        found.append(weights(model))
    assert equal(found[0], found[1])
    assert not equal(found[0], found[2])


@pytest.mark.parametrize("lora", [None, LoraSettings(rank=4, dropout=0.3)])
def test_a_run_resumed_from_a_checkpoint_ends_in_the_same_weights(
    fresh: Callable[..., LanguageModel], tmp_path: Path, lora: LoraSettings | None
) -> None:
    settings = SETTINGS.model_copy(update={"lora": lora})
    whole, resumed = fresh(), fresh()
    curve = run(whole, tmp_path, settings)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-20", "checkpoint-30"]
    (tmp_path / "checkpoint-30" / "complete.json").unlink()  # a kill while it was written
    again = run(resumed, tmp_path, settings)
    assert again == curve
    assert equal(weights(whole), weights(resumed))
    remove_checkpoints(tmp_path)
    assert not tmp_path.exists()


def test_checkpoints_of_another_run_are_not_resumed_from(fresh: Callable[..., LanguageModel], tmp_path: Path) -> None:
    run(fresh(), tmp_path / "a", identity="b", seed=1)
    model, expected = fresh(), fresh()
    assert run(model, tmp_path / "a", identity="a") == run(expected, tmp_path / "b", identity="a")
    assert equal(weights(model), weights(expected))


def test_killed_in_the_middle(fresh: Callable[..., LanguageModel], tmp_path: Path) -> None:
    """kill -9 of a process that trains, after its first checkpoint; the next run goes on from there."""
    save_language_model(fresh(), tmp_path / "base", about={})
    content = (tmp_path / "base").read_bytes()
    program = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
import test_fine_tuning as test
from pathlib import Path
from uncollapse.language import trainer
from uncollapse.language.artifact import load_language_model
log = trainer.Curve.on_log
def slow(*arguments, **named):
    time.sleep(0.3)
    return log(*arguments, **named)
trainer.Curve.on_log = slow
import torch
torch.set_num_threads(1)
test.run(load_language_model(Path({str(tmp_path / "base")!r})), Path({str(tmp_path / "checkpoints")!r}))
"""
    child = subprocess.Popen([sys.executable, "-c", program], env=os.environ | {"OMP_NUM_THREADS": "1"})
    mark, deadline = tmp_path / "checkpoints" / "checkpoint-10" / "complete.json", time.monotonic() + 120
    while not mark.exists() and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert child.poll() is None, "it should still be training"
    child.send_signal(signal.SIGKILL)
    child.wait()
    resumed, undisturbed = (load_language_model(tmp_path / "base") for _ in range(2))
    assert run(resumed, tmp_path / "checkpoints") == run(undisturbed, tmp_path / "other")
    assert equal(weights(resumed), weights(undisturbed))
    assert (tmp_path / "base").read_bytes() == content  # weights that are mapped from a file are trained in memory


@pytest.mark.parametrize(("count", "trained"), [(1, [0]), (-1, [1])])
def test_only_some_layers(
    fresh: Callable[..., LanguageModel], architecture: str, tmp_path: Path, count: int, trained: list[int]
) -> None:
    model, before = fresh(architecture), fresh(architecture)
    run(model, tmp_path, SETTINGS.model_copy(update={"trainable_layers": count, "steps": 5}))
    for number, (now, then) in enumerate(zip(decoder_layers(model.model), decoder_layers(before.model), strict=True)):
        changed = not equal(now.state_dict(), then.state_dict())
        assert changed == (number in trained)
    assert torch.equal(model.model.get_input_embeddings().weight, before.model.get_input_embeddings().weight)
    with pytest.raises(ConfigError, match="2 layers"):
        run(fresh(), tmp_path, SETTINGS.model_copy(update={"trainable_layers": 3}))


def test_adapters_are_merged(fresh: Callable[..., LanguageModel], architecture: str, tmp_path: Path) -> None:
    model, before = fresh(architecture), fresh(architecture)
    run(model, tmp_path / "run", SETTINGS.model_copy(update={"lora": LoraSettings(rank=4), "steps": 10}))
    assert weights(model).keys() == weights(before).keys()
    assert not equal(weights(model), weights(before))
    save_language_model(model, tmp_path / "saved", about={})
    ids = torch.arange(9)[None]
    saved = load_language_model(tmp_path / "saved").model(ids).logits
    torch.testing.assert_close(saved, model.model(ids).logits)  # not to the bit: it was trained with other attention
    with pytest.raises(ConfigError, match=r"lora\.targets"):
        run(fresh(), tmp_path / "run", SETTINGS.model_copy(update={"lora": LoraSettings(targets=["no_such_layer"])}))


def test_accumulated_batches_are_one_large_batch(fresh: Callable[..., LanguageModel], tmp_path: Path) -> None:
    """Up to the order of sums; the mean is taken over tokens of the step, not of each part."""
    found = []
    for size, parts in ((12, 1), (4, 3)):
        model = fresh()
        changed = {"batch_size": size, "gradient_accumulation": parts, "steps": 1, "log_every": 1, "loss": "whole"}
        changed |= {"learning_rate": 1e-2}
        curve = fine_tune(
            model,
            [f"{'a' * (1 + i * 3)}" for i in range(12)],
            ["b"] * 12,
            SETTINGS.model_copy(update=changed),
            seed=0,
            checkpoint_folder=tmp_path / str(parts),
            identity="",
            validation=None,
            progress=Progress("test", unit="examples", interval=1e9),
        )
        found.append((curve[0]["loss"], weights(model)))
    assert found[0][0] == pytest.approx(found[1][0], rel=1e-5)
    for name, tensor in found[0][1].items():
        torch.testing.assert_close(tensor, found[1][1][name], atol=2e-3, rtol=0)


def test_bfloat16_layers_learn_as_float32_does(
    fresh: Callable[..., LanguageModel], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses, types = {}, set()
    forward = torch.nn.Linear.forward

    def watched(layer: torch.nn.Linear, states: torch.Tensor) -> torch.Tensor:
        output = forward(layer, states)
        types.add((layer.training, output.dtype))
        return output

    monkeypatch.setattr(torch.nn.Linear, "forward", watched)
    for dtype in ("float32", "bfloat16"):
        model = fresh()
        losses[dtype] = run(model, tmp_path / dtype, SETTINGS.model_copy(update={"dtype": dtype}))[-1][
            "validation_loss"
        ]
        assert all(parameter.dtype == torch.float32 for parameter in model.model.parameters())
        ids = torch.arange(9)[None]
        states = model.model.base_model(ids).last_hidden_state  # nothing of the training stays in the forward pass
        assert torch.equal(model.model(ids).logits, model.model.get_output_embeddings()(states))
        assert (True, getattr(torch, dtype)) in types
        assert dtype == "bfloat16" or (True, torch.bfloat16) not in types
    assert losses["bfloat16"] == pytest.approx(losses["float32"], rel=0.1)
    assert losses["bfloat16"] != losses["float32"]


def test_a_run_that_diverges_stops(fresh: Callable[..., LanguageModel], tmp_path: Path) -> None:
    with pytest.raises(DivergedError, match=r"at step 5: lower training\.learning_rate"):
        run(fresh(), tmp_path, SETTINGS.model_copy(update={"learning_rate": 1e20, "clip_norm": None}))


def test_a_block_beyond_the_context(fresh: Callable[..., LanguageModel], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"training\.block is 200.*reads 128"):
        run(fresh(), tmp_path, SETTINGS.model_copy(update={"block": 200}))


def test_nothing_to_train_on(fresh: Callable[..., LanguageModel]) -> None:
    with pytest.raises(DataError, match="no examples"):
        encode_examples(fresh().tokenizer, [], [], block=8, answer_only=True)


@pytest.mark.parametrize("schedule", ["cosine", "constant", "warmup_stable_decay"])
def test_schedules(fresh: Callable[..., LanguageModel], tmp_path: Path, schedule: str) -> None:
    changed = {"schedule": schedule, "warmup_steps": 10, "log_every": 1, "checkpoint_every": 99}
    factors = [row["learning_rate_factor"] for row in run(fresh(), tmp_path, SETTINGS.model_copy(update=changed))]
    assert factors[:10] == pytest.approx([step / 10 for step in range(10)])
    middle, end = factors[20], factors[-1]
    assert end == (1.0 if schedule == "constant" else pytest.approx(0, abs=0.07))
    assert middle == (pytest.approx(0.79, abs=0.05) if schedule == "cosine" else 1.0)


def test_epochs_see_every_example_as_often(fresh: Callable[..., LanguageModel], tmp_path: Path) -> None:
    settings = FineTuningSettings(epochs=3, batch_size=8, gradient_accumulation=2, block=64, log_every=1)
    assert settings.total_steps(60) == 12
    curve = run(fresh(), tmp_path, settings, validation=None)
    assert (curve[-1]["step"], curve[-1]["examples"]) == (12, 180)
    order = training_order([len(prompt) for prompt in PROMPTS], total=180, batch_size=8, seed=0)
    assert np.bincount(order).tolist() == [3] * 60


def test_batches_hold_examples_of_similar_length() -> None:
    lengths = np.random.default_rng(0).integers(5, 500, 2000)
    order = training_order(lengths, total=4000, batch_size=16, seed=1)
    batches = lengths[order].reshape(-1, 16)
    padding = 1 - batches.sum() / (batches.max(1) * 16).sum()
    assert padding < 0.05
    shuffled = np.random.default_rng(1).permutation(lengths).reshape(-1, 16)
    assert 1 - shuffled.sum() / (shuffled.max(1) * 16).sum() > 0.4
    assert not np.array_equal(order, training_order(lengths, total=4000, batch_size=16, seed=2))
    assert np.abs(np.corrcoef(batches.mean(1), np.arange(250))[0, 1]) < 0.2


def test_what_is_learned_and_what_is_cut(fresh: Callable[..., LanguageModel]) -> None:
    tokenizer = fresh().tokenizer
    (short, long, full), cut = encode_examples(
        tokenizer, ["ab", "abcdefgh", "a"], ["x", "yz", "1234567890"], block=8, answer_only=True
    )
    assert cut == 2
    assert tokenizer.decode(short.tokens[short.first :]) == " x<|endoftext|>"
    assert tokenizer.decode(long.tokens) == "<|endoftext|>abc yz<|endoftext|>"
    assert tokenizer.decode(full.tokens) == "<|endoftext|> 123456"
    batch = collate([short, long], padding=0)
    assert batch["labels"].tolist()[0] == [IGNORED] * 3 + short.tokens[3:] + [IGNORED] * 2
    (text,), _ = encode_examples(tokenizer, [""], ["xy"], block=8, answer_only=False)
    assert tokenizer.decode(text.tokens) == "<|endoftext|>xy<|endoftext|>"
    assert text.first == 1
