"""DSIR of two lists: the weights of the streaming form, and values by hand."""

import numpy as np
import pytest

from uncollapse.errors import DataError
from uncollapse.passage_selection.dsir import SMOOTHING, chunks, importance
from uncollapse.passage_selection.in_memory import dsir_log_weights

WORDS = ["cat", "dog", "the", "a", "sat", "ran", "mat", "house", "on", "under", "stocks", "bonds", "fell", "rose"]


def test_weights_are_those_of_the_streaming_form(tmp_path):
    rng = np.random.default_rng(0)
    raw, target = ([" ".join(rng.choice(WORDS, size)) for size in rng.integers(1, 30, 50)] for _ in range(2))
    streamed = importance(chunks(raw, 7), chunks(target, 7), folder=tmp_path)
    assert np.array_equal(dsir_log_weights(raw, target), streamed.log_weights)


def test_by_hand():
    """The raw corpus is "x" and "y", the target "x": three buckets, no pairs."""
    inside, outside = np.log(1 + SMOOTHING) - np.log(0.5 + SMOOTHING), np.log(SMOOTHING) - np.log(0.5 + SMOOTHING)
    assert dsir_log_weights(["x", "y"], ["x"]) == pytest.approx([inside, outside])


@pytest.mark.parametrize(
    ("raw", "target", "message"),
    [
        ([], ["a"], "the raw corpus has no words"),
        (["a"], [" "], "the target corpus has no words"),
        ("a text", ["a"], "the raw corpus is one text, not a list"),
        (["a"], ["a", None], "the target corpus is a NoneType at 1"),
    ],
)
def test_mistakes(raw, target, message):
    with pytest.raises(DataError, match=message):
        dsir_log_weights(raw, target)
