"""Draws follow the model's distribution and their keys."""

from __future__ import annotations

import pytest
import torch

from uncollapse.language.generation import next_token
from uncollapse.language.settings import SamplingSettings
from uncollapse.randomness.noise import gumbel, uniform

ROWS, VOCABULARY = 12_000, 700  # two whole groups and a part of one


@pytest.fixture(scope="module")
def logits() -> torch.Tensor:
    return torch.randn(VOCABULARY, generator=torch.Generator().manual_seed(1)) * 2.5


def draw(logits: torch.Tensor, rows: int = ROWS, first: int = 0, **settings: float) -> torch.Tensor:
    keys = torch.arange(first, first + rows)
    return next_token(
        logits.expand(rows, -1),
        SamplingSettings(temperature=settings.pop("temperature", 1.0), **settings),
        keys=keys,
        positions=torch.full_like(keys, 7),
    )


def distance(drawn: torch.Tensor, probability: torch.Tensor) -> float:
    """Pearson's chi-squared over its expectation, of tokens expected at least ten times."""
    expected = probability * len(drawn)
    often = expected >= 10
    observed = torch.bincount(drawn, minlength=len(probability))
    return (((observed - expected) ** 2 / expected)[often].sum() / often.sum()).item()


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_draws_follow_the_softmax(logits: torch.Tensor, temperature: float) -> None:
    probability = (logits / temperature).softmax(-1)
    assert distance(draw(logits, temperature=temperature), probability) < 1.6
    assert distance(draw(logits, temperature=temperature), (logits / 1.3 / temperature).softmax(-1)) > 2


def test_top_k_draws_among_the_k_most_probable(logits: torch.Tensor) -> None:
    best = logits.topk(5).indices
    drawn = draw(logits, top_k=5)
    assert set(drawn.tolist()) == set(best.tolist())
    probability = torch.zeros(VOCABULARY).scatter(0, best, logits[best].softmax(-1))
    assert distance(drawn, probability) < 2.5


def test_top_p_draws_among_the_fewest_that_suffice(logits: torch.Tensor) -> None:
    ordered = logits.softmax(-1).sort(descending=True)
    count = int((ordered.values.cumsum(-1) < 0.6).sum()) + 1
    assert set(draw(logits, top_p=0.6).tolist()) == set(ordered.indices[:count].tolist())
    assert draw(logits, rows=10, top_p=1e-6).unique().tolist() == [int(logits.argmax())]


def test_a_draw_is_its_key_and_not_its_batch(logits: torch.Tensor) -> None:
    together = draw(logits, rows=50)
    assert torch.equal(together[17:20], draw(logits, rows=3, first=17))
    assert together.unique().numel() > 10


def test_temperature_zero_takes_the_most_probable(logits: torch.Tensor) -> None:
    keys = torch.arange(3)
    tokens = next_token(logits.expand(3, -1), SamplingSettings(), keys=keys, positions=keys)
    assert tokens.tolist() == [int(logits.argmax())] * 3


def test_noise_is_uniform_and_its_neighbours_are_unrelated() -> None:
    keys, items = torch.arange(300), torch.arange(300)
    for values in (uniform(keys, keys * 0, items), uniform(keys * 0, keys, items), uniform(keys * 0 + 5, keys, keys)):
        assert values.min() > 0
        assert values.max() < 1
        assert values.unique().numel() > 0.999 * values.numel() or values.unique().numel() == 90_000
        assert abs(values.mean() - 0.5) < 0.005
        for shifted in (values.roll(1, 0), values.roll(1, 1)):
            assert abs(torch.corrcoef(torch.stack([values.flatten(), shifted.flatten()]))[0, 1]) < 0.02


def test_gumbel_noise_has_gumbels_moments() -> None:
    values = gumbel(torch.arange(500), torch.zeros(500, dtype=torch.int64), torch.arange(500))
    assert values.mean().item() == pytest.approx(0.5772, abs=0.01)
    assert values.var().item() == pytest.approx(1.6449, abs=0.03)
