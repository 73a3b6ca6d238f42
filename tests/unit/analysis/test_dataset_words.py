"""Words for data sets, whatever config calls them."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

import pandas as pd
import pytest

from uncollapse.analysis.dataset_words import dataset_words, selection_words
from uncollapse.experiments.found import section_of
from uncollapse.experiments.sequence import section as sequence_section
from uncollapse.experiments.text import section as text_section
from uncollapse.report.report_tables import example_groups


def _row(**told: Any) -> dict[str, Any]:
    nothing = {"beams": math.nan, "verifier": None, "verifier_kind": None, "tolerance": math.nan, "rows": 80}
    return nothing | told


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"select": "all", "beams": 1.0}, "all labels"),
        ({"select": "all", "beams": 5}, "all labels, beam 5"),
        ({"select": "random", "beams": 1}, "random labels"),
        ({"select": "labels"}, "true labels"),
        ({"select": "correct", "verifier_kind": "tolerance", "tolerance": 0.07}, "7% filter"),
        ({"select": "correct", "verifier_kind": "noisy", "tolerance": 0.02}, "noisy filter"),
        ({"select": "correct", "verifier": "my_own", "verifier_kind": "my_verifier.py"}, "filter 'my own'"),
        ({"select": "best", "beams": 25, "verifier_kind": "tolerance"}, "best of 25"),
        ({"select": "best", "beams": 25, "verifier": "longest", "verifier_kind": "mine.py"}, "best of 25 by 'longest'"),
    ],
)
def test_words_follow_from_settings(row: dict[str, Any], words: str) -> None:
    assert selection_words(_row(**row)) == words


def test_data_sets_that_are_alike_are_told_apart() -> None:
    noisy = {"select": "correct", "verifier_kind": "noisy"}
    rows = [
        _row(dataset="a_poor", **noisy, verifier="poor"),
        _row(dataset="a_good", **noisy, verifier="good"),
        _row(dataset="few", select="all", rows=20_000),
        _row(dataset="many", select="all", rows=80_000),
        _row(dataset="many_again", select="all", rows=80_000),
        _row(dataset="alone", select="labels"),
    ]
    words = dataset_words([*rows, *rows])
    assert words == {
        "a_poor": "noisy filter 'poor'",
        "a_good": "noisy filter 'good'",
        "few": "all labels, 20,000 examples",
        "many": "all labels, 80,000 examples (many)",
        "many_again": "all labels, 80,000 examples (many again)",
        "alone": "true labels",
    }


def test_the_report_takes_words_from_config() -> None:
    sequence = {
        "datasets": {
            "kept": {"decoding": "greedy", "verifier": "oracle", "select": "correct", "size": 80_000},
            "mine": {"decoding": "beam5", "verifier": "strange", "select": "best", "size": None},
            "truth": {"decoding": None, "verifier": None, "select": "labels", "size": 1_000},
        },
        "verifiers": {"oracle": {"kind": "tolerance", "tolerance": 0.02}, "strange": {"kind": "my_verifier.py"}},
        "decodings": {"greedy": {"beams": 1}, "beam5": {"beams": 5}},
    }
    assert sequence_section.words(sequence) == {
        "kept": "2% filter, 80,000 examples",
        "mine": "best of 5 by 'strange'",
        "truth": "true labels, 1,000 examples",
    }
    text = {
        "datasets": {
            "weak_12": {"select": "top", "verifier": "weak", "share": 0.125},
            "truth": {"select": "labels", "verifier": None, "share": None},
        },
    }
    assert text_section.words(text) == {"weak_12": "weak, 12.5%", "truth": "labels"}
    assert not hasattr(import_module(section_of("pretraining") or ""), "words"), "its data sets are not told in words"


def test_examples_say_who_wrote_them() -> None:
    columns = ["prompt_id", "quantile", "prompt", "answer", "model", "text", "metric", "value", "perplexity"]
    rows = [
        (7, 0.1, "Read.", "Yes.", model, "No.", "rouge1", 0.5, 2.0)
        for model in ("generator-seed0", "weak_12-seed0", "un_known-seed1")
    ]
    (group,) = example_groups(pd.DataFrame(rows, columns=columns), {"weak_12": "weak, 12.5%"})
    assert [line[0] for line in group["lines"]] == [
        "the generator",
        "student of weak, 12.5%",
        "student of un known (seed 1)",
    ]
