"""Tiny random models of three architectures, made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from uncollapse.language.artifact import LanguageModel, save_language_model
from uncollapse.language.base import from_random
from uncollapse.language.settings import RandomModel

ARCHITECTURES = ("llama", "gpt2", "olmo2")


@pytest.fixture(scope="session")
def make_language_model() -> Callable[..., LanguageModel]:
    """Weights five times as large as fresh ones, so that answers differ and some end by themselves."""

    def make(architecture: str = "llama", *, seed: int = 0, scale: float = 5.0, context: int = 128) -> LanguageModel:
        settings = RandomModel(
            architecture=architecture,
            hidden_size=32,
            layers=2,
            heads=4,
            key_value_heads=None if architecture == "gpt2" else 2,
            context=context,
            seed=seed,
        )
        language_model = from_random(settings)
        with torch.no_grad():
            for parameter in language_model.model.parameters():
                if parameter.ndim == 2:
                    parameter.mul_(scale)
        return language_model

    return make


@pytest.fixture(params=ARCHITECTURES)
def architecture(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def model_file(make_language_model: Callable[..., LanguageModel], architecture: str, tmp_path: Path) -> Path:
    path = tmp_path / f"{architecture}.safetensors"
    save_language_model(make_language_model(architecture), path, about={"seed": 0})
    return path
