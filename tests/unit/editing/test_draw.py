"""Noise and draws: their distribution, and what they may depend on."""

import brute_force
import numpy as np
import pytest
import torch
from scipy import stats

from uncollapse.editing.draw import draw, gumbel, row_keys, uniform

LOGITS = torch.tensor([4.0, 3.0, 2.5, 1.0, 0.0, -3.0])
NOTHING = torch.empty(0, dtype=torch.int64)


def keys_of(count, *, seed=1):
    ids = torch.arange(count)
    return row_keys(seed=seed, generation=1, document=ids // 50, position=ids % 50)


def draws(count=40_000, **options):
    tokens = torch.arange(len(LOGITS)).expand(count, -1)
    chosen = {"original": torch.zeros(count, dtype=torch.int64), "forbidden": NOTHING, "temperature": 1.0}
    return draw(tokens, LOGITS.expand(count, -1), keys=keys_of(count), **{"exclude_original": False} | chosen | options)


def test_noise_is_the_keyed_hash():
    documents, tokens = torch.tensor([0, -5, 2**62]), torch.tensor([[0, 7, 100_000]])
    keys = row_keys(seed=2**62 + 1, generation=3, document=documents, position=torch.tensor([0, 1, 2**31]))
    found = gumbel(keys, tokens)
    for row, (document, position) in enumerate([(0, 0), (-5, 1), (2**62, 2**31)]):
        for column, token in enumerate([0, 7, 100_000]):
            expected = brute_force.gumbel(2**62 + 1, 3, document, position, token)
            assert found[row, column].item() == pytest.approx(expected, rel=1e-12)


def test_uniform_numbers_are_uniform_and_unrelated():
    found = uniform(keys_of(20_000), torch.tensor([[0, 1]])).numpy()
    assert found.min() > 0
    assert found.max() < 1
    assert stats.kstest(found.ravel(), "uniform").pvalue > 1e-3
    other = uniform(keys_of(20_000, seed=2), torch.tensor([[0, 1]])).numpy()
    for left, right in [(found[:, 0], found[:, 1]), (found[:-1, 0], found[1:, 0]), (found[:, 0], other[:, 0])]:
        assert abs(np.corrcoef(left, right)[0, 1]) < 0.03


@pytest.mark.parametrize(
    ("options", "allowed", "temperature"),
    [
        ({}, [0, 1, 2, 3, 4, 5], 1.0),
        ({"temperature": 1.5}, [0, 1, 2, 3, 4, 5], 1.5),
        ({"limit": 3}, [0, 1, 2], 1.0),
        ({"limit": 2, "exclude_original": True}, [1, 2], 1.0),
        ({"forbidden": torch.tensor([1])}, [0, 2, 3, 4, 5], 1.0),
        ({"top_p": 0.7}, [0, 1], 1.0),
        ({"top_p": 1.0}, [0, 1, 2, 3, 4, 5], 1.0),
    ],
)
def test_draws_follow_the_distribution(options, allowed, temperature):
    counts = np.bincount(draws(**options).numpy(), minlength=len(LOGITS))
    assert set(np.flatnonzero(counts)) <= set(allowed)
    expected = (LOGITS[allowed].double() / temperature).softmax(-1).numpy() * counts.sum()
    assert stats.chisquare(counts[allowed], expected).pvalue > 1e-3


def test_where_nothing_is_left_the_token_stays():
    found = draws(10, top_p=1e-9, exclude_original=True)
    assert (found == 1).all()  # the nucleus is cut after the original has been left out
    found = draws(10, limit=1, forbidden=torch.arange(6), original=torch.full((10,), 4))
    assert (found == 4).all()


def test_share_changed_at_the_threshold():
    """A token of p = 0.99 with one rival changes 1% of the time at temperature 1, and 4.5% at 1.5."""
    logits = torch.tensor([0.99, 0.01]).log().expand(100_000, -1)
    tokens = torch.arange(2).expand(100_000, -1)
    for temperature in (1.0, 1.5):
        found = draw(
            tokens,
            logits,
            original=torch.zeros(100_000, dtype=torch.int64),
            keys=keys_of(100_000),
            forbidden=NOTHING,
            temperature=temperature,
            exclude_original=False,
        )
        odds = 99 ** (1 / temperature)
        assert found.double().mean().item() == pytest.approx(1 / (1 + odds), rel=0.1)
