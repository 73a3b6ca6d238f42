"""Tiny random models of three architectures, made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from random_language_model import random_language_model
from uncollapse.language.artifact import LanguageModel, save_language_model

ARCHITECTURES = ("llama", "gpt2", "olmo2")


@pytest.fixture(scope="session")
def make_language_model() -> Callable[..., LanguageModel]:
    return random_language_model


@pytest.fixture(params=ARCHITECTURES)
def architecture(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def model_file(make_language_model: Callable[..., LanguageModel], architecture: str, tmp_path: Path) -> Path:
    path = tmp_path / f"{architecture}.safetensors"
    save_language_model(make_language_model(architecture), path, about={"seed": 0})
    return path
