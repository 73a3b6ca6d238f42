"""Generative models on a GPU and on a CPU: fitting, writing, and the loss of what others wrote."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import torch

from uncollapse.artifacts.parquet import as_table
from uncollapse.generations.models import language_model, vae
from uncollapse.generations.rows import IMAGES, TEXTS
from uncollapse.generations.state import State, load_states, save_states
from uncollapse.generations.work import Work
from uncollapse.jobs.progress import Progress
from uncollapse.molecules.network import EquivariantNetwork

DEVICES = ("cpu", "cuda")
ADAM = {"name": "adam", "learning_rate": 3e-3}
TRAINING = {"steps": 40, "batch_size": 16, "log_every": 5, "checkpoint_every": 10, "optimizer": ADAM}
GPT2 = {"architecture": "gpt2", "hidden_size": 32, "layers": 2, "heads": 2, "context": 24}
TEXT = language_model.Settings.model_validate(
    {"name": "language_model", "architecture": GPT2, "vocabulary_size": 270, "training": TRAINING}
)


def _image(**changes: Any) -> vae.Settings:
    known = {"name": "vae", "latent": 4, "hidden": 32, "sigma": 0.5, "classes": 3, "training": TRAINING}
    return vae.Settings.model_validate(known | changes)


IMAGE_MODELS = [
    _image(),
    _image(channels=3, convolutional=True, classes=0, sigma=None),
    _image(pixel_noise=True, sigma=None),
]


def _work(folder: Path, device: str, *, dtype: torch.dtype = torch.float32) -> Work:
    folder.mkdir(exist_ok=True)
    progress = Progress("t", unit="rows", stream=io.StringIO())
    return Work(
        progress=progress, device=torch.device(device), dtype=dtype, checkpoint=folder / f"{device}-{dtype}",
        identity="x",
    )  # fmt: skip


def _images(settings: vae.Settings, number: int, *, seed: int) -> pa.Table:
    """Images of 16 x 16, each of about one brightness, that of its class."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, max(settings.classes, 1), number)
    noise = rng.integers(0, 60, (number, 16 * 16 * settings.channels))
    return as_table({"pixels": noise + 60 * label[:, None], "label": label.astype(np.int16)}, IMAGES)


def _texts(number: int, *, seed: int) -> pa.Table:
    rng = np.random.default_rng(seed)
    words = ["red", "green", "blue", "dog", "cat"]
    return pa.table({"text": [" ".join(rng.choice(words, 4)) for _ in range(number)]}, schema=TEXTS)


def _through_a_file(state: State, path: Path) -> State:
    save_states({7: state}, path)
    found = load_states(path)[7]
    assert {tensor.device.type for tensor in found.tensors.values()} == {"cpu"}
    return found


@pytest.mark.parametrize("settings", IMAGE_MODELS, ids=["classes", "convolutions", "noise"])
def test_an_autoencoder_is_that_of_a_cpu(tmp_path: Path, settings: vae.Settings) -> None:
    rows, asked = _images(settings, 128, seed=0), _images(settings, 32, seed=1)
    weights = np.linspace(0.5, 1.5, len(rows))
    here, there = (_work(tmp_path, device) for device in DEVICES)
    fitted = [vae.fit(rows, settings, weights=weights, first=None, seed=0, work=work) for work in (here, there)]
    on_cpu, on_gpu = (_through_a_file(state, tmp_path / str(number)) for number, state in enumerate(fitted))
    assert on_gpu.about["labels"] == on_cpu.about["labels"]
    expected = vae.losses(on_cpu, settings, asked, work=here)
    np.testing.assert_allclose(vae.losses(on_cpu, settings, asked, work=there), expected, rtol=1e-4, atol=1e-2)
    # of some 200 to 800 nats
    np.testing.assert_allclose(vae.losses(on_gpu, settings, asked, work=here), expected, rtol=1e-2, atol=1.0)
    one, other = (
        np.concatenate([part["pixels"] for part in vae.sample(on_cpu, settings, rows=1500, seed=3, work=work)])
        for work in (here, there)
    )
    assert one.shape == (1500, 16 * 16 * settings.channels)
    assert np.abs(one.astype(int) - other).max() <= 1


def test_an_autoencoder_learns_in_bfloat16(tmp_path: Path) -> None:
    for number, settings in enumerate(IMAGE_MODELS[:2]):
        rows, folder = _images(settings, 128, seed=0), tmp_path / str(number)
        losses = [
            vae.fit(rows, settings, weights=None, first=None, seed=0, work=work).about["loss"]
            for work in (_work(folder, "cpu"), _work(folder, "cuda", dtype=torch.bfloat16))
        ]
        assert losses[1] == pytest.approx(losses[0], rel=3e-2, abs=3.0)


def test_a_language_model_is_that_of_a_cpu(tmp_path: Path) -> None:
    rows, asked = _texts(150, seed=0), _texts(40, seed=1)
    here, there = (_work(tmp_path, device) for device in DEVICES)
    fitted = [language_model.fit(rows, TEXT, weights=None, first=None, seed=1, work=work) for work in (here, there)]
    on_cpu, on_gpu = (_through_a_file(state, tmp_path / str(number)) for number, state in enumerate(fitted))
    expected = language_model.losses(on_cpu, TEXT, asked, work=here)
    np.testing.assert_allclose(language_model.losses(on_cpu, TEXT, asked, work=there), expected, atol=1e-3)
    np.testing.assert_allclose(language_model.losses(on_gpu, TEXT, asked, work=here), expected, rtol=1e-2)
    one, other = (
        [text for part in language_model.sample(on_cpu, TEXT, rows=60, seed=3, work=work) for text in part["text"]]
        for work in (here, there)
    )
    assert np.mean([a == b for a, b in zip(one, other, strict=True)]) >= 0.8  # near ties; a text is many draws
    coarse = _work(tmp_path, "cuda", dtype=torch.bfloat16)
    again = language_model.fit(rows, TEXT, weights=None, first=on_gpu, seed=1, work=coarse)
    found = language_model.losses(again, TEXT, asked, work=there)
    assert found.mean() == pytest.approx(expected.mean(), rel=5e-2)


def _network() -> tuple[EquivariantNetwork, list[torch.Tensor]]:
    torch.manual_seed(0)
    network = EquivariantNetwork(3, dimension=32, layers=2, gaussians=8, reach=4.0)
    for layer in network.layers:
        torch.nn.init.normal_(layer.move.weight, std=0.2)
        torch.nn.init.normal_(layer.outside.weight, std=0.2)
    present = (torch.arange(9) < torch.tensor([9, 4, 2, 7]).unsqueeze(1)).float()
    return network, [torch.randn(4, 9, 3), torch.randn(4, 9, 3), torch.rand(4), present]


def test_a_network_of_molecules_is_that_of_a_cpu() -> None:
    network, inputs = _network()
    answers, slopes = [], []
    for device in DEVICES:
        network.to(device).zero_grad()
        vectors, numbers = network(*(each.to(device) for each in inputs))
        (vectors.square().sum() + numbers.square().sum()).backward()
        answers.append(torch.cat([vectors, numbers], -1).detach().cpu())
        slopes.append(torch.cat([each.grad.flatten().cpu() for each in network.parameters() if each.grad is not None]))
    assert float(answers[0][..., :3].abs().max()) > 0.1
    torch.testing.assert_close(answers[1], answers[0], rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(slopes[1], slopes[0], rtol=1e-2, atol=1e-3 * float(slopes[0].abs().max()))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_diffusion_of_molecules_is_that_of_a_cpu(tmp_path: Path, dtype: torch.dtype) -> None:
    pytest.importorskip("diffusers")
    from uncollapse.molecules.diffusion import Diffusion, Scales
    from uncollapse.molecules.examples import Molecules, keyed
    from uncollapse.molecules.padded import Padded
    from uncollapse.molecules.settings import NetworkSettings, NoiseSettings
    from uncollapse.training.checkpoint import Checkpoint
    from uncollapse.training.loop import train
    from uncollapse.training.settings import TrainingSettings

    rng = np.random.default_rng(0)
    sizes = rng.integers(2, 7, 64)
    present = np.arange(6) < sizes[:, None]
    places = (np.cumsum(rng.normal(1, 0.1, (64, 6, 3)), 1) * present[..., None]).astype(np.float32)
    known = Padded(np.where(present, rng.choice([6, 7, 8], (64, 6)), 0), places)
    curves, written = [], []
    for device in DEVICES:
        torch.manual_seed(0)
        model = Diffusion(NetworkSettings(dimension=16, layers=2), NoiseSettings(steps=30), Scales([6, 7, 8], 2.0))
        untrained = model.to(device).write(torch.from_numpy(sizes), keyed(5))
        written.append(untrained)
        curve = train(
            model, Molecules(known, model, weights=None, seed=2), TrainingSettings.model_validate(TRAINING), seed=0,
            validate=lambda _: {}, checkpoint=Checkpoint(tmp_path / device, identity="a"),
            progress=Progress("t", unit="molecules", stream=io.StringIO()),
            dtype=dtype if device == "cuda" else torch.float32,
        )  # fmt: skip
        curves.append([row["loss"] for row in curve])
    np.testing.assert_allclose(curves[1], curves[0], rtol=2e-3 if dtype == torch.float32 else 5e-2)
    np.testing.assert_allclose(written[1].positions, written[0].positions, rtol=1e-2, atol=1e-2)
    assert (written[1].elements == written[0].elements).mean() > 0.97
