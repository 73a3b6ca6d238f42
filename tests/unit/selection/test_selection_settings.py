"""Which combinations of selector, decoding and verifier make sense."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from uncollapse.selection.settings import DatasetSettings


@pytest.mark.parametrize(
    "settings",
    [
        {"select": "all", "decoding": "greedy"},
        {"select": "correct", "decoding": "greedy", "verifier": "oracle", "size": 5},
        {"select": "best", "decoding": "beam5", "verifier": "oracle"},
        {"select": "random", "decoding": "greedy", "size": 5, "seed": 3},
        {"select": "labels", "size": 5},
        {"select": "labels", "split": "train"},
        {"select": "labels", "skip": 7, "size": 5},
    ],
)
def test_sensible_data_sets(settings: dict[str, object]) -> None:
    assert DatasetSettings(**settings).model_dump(exclude_unset=True) == settings


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"select": "all"}, "needs a decoding"),
        ({"select": "all", "decoding": "greedy", "verifier": "oracle"}, "takes no verifier"),
        ({"select": "correct", "decoding": "greedy"}, "needs a verifier"),
        ({"select": "best", "decoding": "beam5"}, "needs a verifier"),
        ({"select": "best", "verifier": "oracle"}, "needs a decoding"),
        ({"select": "random", "decoding": "greedy"}, "needs a size"),
        ({"select": "labels", "decoding": "greedy"}, "takes no decoding"),
        ({"select": "labels", "verifier": "oracle"}, "takes no verifier"),
        ({"select": "random", "decoding": "greedy", "size": 5, "skip": 1}, "takes no skip"),
        ({"select": "worst", "decoding": "greedy"}, "select"),
        ({"select": "all", "decoding": "greedy", "size": 0}, "size"),
        ({"select": "labels", "split": "test"}, "split"),
    ],
)
def test_senseless_data_sets_say_what_is_missing_or_too_much(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        DatasetSettings(**settings)
