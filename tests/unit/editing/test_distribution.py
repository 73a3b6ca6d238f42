"""Distribution of token probabilities."""

import numpy as np
import pytest

from uncollapse.editing.distribution import TokenProbabilities


def test_parts_add_up():
    p = np.random.default_rng(0).beta(0.3, 0.3, 5000).astype(np.float32)
    whole, parts = TokenProbabilities(0.9), TokenProbabilities(0.9)
    whole.add(p)
    for part in np.array_split(p, 7):
        parts.add(part)
    assert np.array_equal(whole.counts, parts.counts)
    assert np.array_equal(whole.counts, np.histogram(p.astype(float), bins=np.arange(11) / 10)[0])
    assert whole.above == (p >= 0.9).mean()
    assert parts.perplexity == pytest.approx(np.exp(-np.log(p.astype(float)).mean()), rel=1e-9)
    shares = whole.counts / 5000
    assert whole.entropy == pytest.approx(-(shares * np.log(shares)).sum())


def test_flat_and_sharp():
    flat, sharp = TokenProbabilities(), TokenProbabilities()
    flat.add(np.arange(10) / 10 + 0.05)
    sharp.add(np.ones(10))
    assert flat.entropy == pytest.approx(np.log(10))
    assert (sharp.entropy, sharp.above, sharp.perplexity) == (0.0, 1.0, 1.0)
    assert str(sharp.entropy) == "0.0"  # not -0.0


def test_nothing_counted():
    assert TokenProbabilities().above == 0
