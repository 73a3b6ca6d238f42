"""Language models on a GPU and on a CPU: writing, scoring, fine-tuning, training from scratch, editing."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from random_language_model import random_language_model
from uncollapse.editing.documents import Documents
from uncollapse.editing.edit import edit, log_probs, score
from uncollapse.editing.load import load_prior
from uncollapse.editing.protect import Pieces
from uncollapse.editing.settings import EditSettings
from uncollapse.jobs.progress import Progress
from uncollapse.language.artifact import load_language_model, save_language_model
from uncollapse.language.engines.choose import load_engine
from uncollapse.language.fine_tuning import fine_tune
from uncollapse.language.settings import EngineSettings, FineTuningSettings, SamplingSettings
from uncollapse.pretraining.examples import Blocks
from uncollapse.training.checkpoint import Checkpoint
from uncollapse.training.loop import train
from uncollapse.training.settings import TrainingSettings

DEVICES = ("cpu", "cuda")
LENGTHS = (3, 17, 9, 8, 1, 30, 9)
PROMPTS = [torch.randint(1, 257, (n,), generator=torch.Generator().manual_seed(n)).tolist() for n in LENGTHS]


@pytest.fixture(params=["llama", "gpt2", "olmo2"])
def model_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    save_language_model(random_language_model(request.param), tmp_path / "model.safetensors", about={})
    return tmp_path / "model.safetensors"


def _engine(model_file: Path, device: str) -> Any:
    return load_engine(model_file, EngineSettings(name="transformers", device=device, dtype="float32"), threads=1)


@pytest.mark.parametrize("sampling", [{}, {"temperature": 1.2, "candidates": 3}])
def test_answers_are_those_of_a_cpu(model_file: Path, sampling: dict[str, Any]) -> None:
    settings = SamplingSettings(max_new_tokens=16, **sampling)
    first, second = (
        _engine(model_file, device).generate(PROMPTS, settings, keys=range(len(PROMPTS))) for device in DEVICES
    )
    pairs = [(a, b) for one, other in zip(first, second, strict=True) for a, b in zip(one, other, strict=True)]
    alike = [a.tokens.tolist() == b.tokens.tolist() for a, b in pairs]
    assert np.mean(alike) >= 0.9  # near ties may fall the other way
    for same, (a, b) in zip(alike, pairs, strict=True):
        if same:
            assert a.log_prob == pytest.approx(b.log_prob, abs=2e-3)


def test_scores_are_those_of_a_cpu(model_file: Path) -> None:
    continuations = [[5, 6, 7], [], [8], PROMPTS[1], [9] * 20, [4], [3, 3]]
    expected, found = (_engine(model_file, device).score(PROMPTS, continuations) for device in DEVICES)
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_allclose(other, one, atol=2e-4)


@pytest.mark.parametrize("lora", [None, {"rank": 4}])
def test_fine_tuning_follows_that_of_a_cpu(tmp_path: Path, lora: dict[str, Any] | None) -> None:
    prompts = [f"copy {'x' * (i % 5)} {i % 17}" for i in range(60)]
    answers = [str(i % 17) for i in range(60)]
    settings = FineTuningSettings(
        steps=20, batch_size=8, learning_rate=1e-3, block=64, loss="answer", log_every=5, checkpoint_every=10,
        validate_every=10, dtype="float32", lora=lora,
    )  # fmt: skip
    losses = []
    for number, device in enumerate(DEVICES):
        made = random_language_model("llama", scale=1.0)
        made.model.to(device)
        curve = fine_tune(
            made, prompts, answers, settings, seed=0, checkpoint_folder=tmp_path / str(number), identity="a",
            validation=(prompts[:9], answers[:9]), progress=Progress("t", unit="examples", stream=io.StringIO()),
        )  # fmt: skip
        losses.append([row["loss"] for row in curve] + [curve[-1]["validation_loss"]])
        assert made.model.device.type == device
    np.testing.assert_allclose(losses[1], losses[0], rtol=5e-3)


@pytest.mark.parametrize("architecture", ["gpt2", "olmo2"])
def test_training_from_scratch_follows_that_of_a_cpu(tmp_path: Path, architecture: str) -> None:
    ids = torch.randint(1, 200, (256, 33), generator=torch.Generator().manual_seed(0)).int()
    settings = TrainingSettings(
        batch_size=16, steps=30, log_every=5, validate_every=1000, optimizer={"name": "adam", "learning_rate": 1e-3}
    )
    losses = []
    for number, device in enumerate(DEVICES):
        model = random_language_model(architecture, scale=1.0).model.to(device)
        curve = train(
            model, Blocks(ids.to(device)), settings, seed=0, validate=lambda _: {},
            checkpoint=Checkpoint(tmp_path / str(number), identity="a"),
            progress=Progress("t", unit="blocks", stream=io.StringIO()),
        )  # fmt: skip
        losses.append([row["loss"] for row in curve])
    np.testing.assert_allclose(losses[1], losses[0], rtol=5e-3)


@pytest.mark.parametrize(
    "changes",
    [{}, {"sampling": "top_p", "top_p": 0.8}, {"sampling": "full"}, {"direction": "<="}, {"positions": "random"}],
)  # fmt: skip
def test_edits_are_those_of_a_cpu(model_file: Path, changes: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    rows = [rng.integers(1, 257, size) for size in (0, 1, 5, 127, 128, 129, 300)]
    documents = Documents.of_lists(np.arange(len(rows)), rows)
    p = score(documents, load_prior(str(model_file)))
    settings = EditSettings(**{"threshold": float(np.quantile(p, 0.8)), "temperature": 2.0, "seed": 3} | changes)
    edited = []
    for device in DEVICES:
        prior = load_prior(str(model_file), device=torch.device(device), dtype=torch.float32)
        edited.append(edit(documents, prior, settings, pieces=Pieces(prior.tokenizer)))
    on_cpu, on_gpu = edited
    np.testing.assert_allclose(on_gpu.p, on_cpu.p, atol=1e-4)
    assert on_cpu.changed.any()
    # a token flips where p lies at the threshold, or where two candidates of one draw are level
    assert (on_gpu.eligible == on_cpu.eligible).mean() > 0.995
    assert (on_gpu.new.tokens == on_cpu.new.tokens).mean() > 0.99


def test_perplexity_is_that_of_a_cpu(model_file: Path) -> None:
    rng = np.random.default_rng(1)
    documents = Documents.of_lists(np.arange(4), [rng.integers(1, 257, size) for size in (10, 40, 127, 260)])
    found = [
        log_probs(documents, load_prior(str(model_file), device=torch.device(device), dtype=torch.float32))
        for device in DEVICES
    ]
    np.testing.assert_allclose(found[1], found[0], atol=3e-4)


def test_a_model_is_saved_from_a_gpu_as_from_a_cpu(model_file: Path, tmp_path: Path) -> None:
    made = load_language_model(model_file, device="cuda")
    save_language_model(made, tmp_path / "again.safetensors", about={})
    assert (tmp_path / "again.safetensors").read_bytes() == model_file.read_bytes()
