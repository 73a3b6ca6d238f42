"""A tiny language model of random weights, for tests of what is done with one."""

import torch

from uncollapse.language.artifact import LanguageModel
from uncollapse.language.base import from_random
from uncollapse.language.settings import RandomModel


def random_language_model(
    architecture: str = "llama", *, seed: int = 0, scale: float = 5.0, context: int = 128
) -> LanguageModel:
    """By default weights five times as large as fresh ones, so that answers differ and some end by themselves."""
    settings = RandomModel(
        architecture=architecture,
        hidden_size=32,
        layers=2,
        heads=4,
        key_value_heads=None if architecture == "gpt2" else 2,
        context=context,
        seed=seed,
    )
    made = from_random(settings)
    with torch.no_grad():
        for parameter in made.model.parameters():
            if parameter.ndim == 2:
                parameter.mul_(scale)
    return made
