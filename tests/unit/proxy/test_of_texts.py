"""p_* where quality is graded: counted by hand, at the median and over thresholds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from uncollapse.errors import ArtifactError
from uncollapse.proxy.of_texts import measure_texts
from uncollapse.selection.text_settings import TextDatasetSettings

N = 400
RNG = np.random.default_rng(5)
QUALITY = RNG.uniform(size=N).round(3)
JUDGED = QUALITY + 0.4 * RNG.normal(size=N)
TOP = TextDatasetSettings(select="top", decoding="greedy", verifier="weak", share=0.25)
ALL = TextDatasetSettings(select="all", decoding="greedy")


@pytest.fixture
def measured(write_scores: Callable[..., Path]) -> Callable[..., pd.DataFrame]:
    truth = write_scores(QUALITY[:, None], None, name="truth.parquet", groups=[300, 100])
    scores = write_scores(JUDGED[:, None], None, name="scores.parquet", groups=[300, 100])

    def measure(settings: TextDatasetSettings = TOP, **changed: object) -> pd.DataFrame:
        options = {"prompts": N, "threshold": "median", "thresholds": [0.2, 0.8], "resamples": 200} | changed
        return pd.DataFrame(measure_texts([scores], [truth], settings, **options))  # type: ignore[arg-type]

    return measure


def _expected(tau: float) -> dict[str, float]:
    correct = tau < QUALITY
    kept = np.zeros(N, dtype=bool)
    kept[np.argsort(-JUDGED, kind="stable")[: N // 4]] = True
    phi, psi = kept[correct].mean(), kept[~correct].mean()
    return {"p": (~correct).mean(), "phi": phi, "psi": psi, "p_star": 1 / (1 + psi / phi), "kept": kept.sum()}


def test_quantities_at_every_threshold(measured: Callable[..., pd.DataFrame]) -> None:
    found = measured()
    assert found["threshold"].drop_duplicates().tolist() == [float(np.median(QUALITY)), 0.2, 0.8]
    assert found.groupby("threshold", sort=False)["chosen"].all().tolist() == [True, False, False]
    for tau, rows in found.groupby("threshold"):
        values = rows.set_index("quantity")["value"]
        for quantity, value in _expected(float(tau)).items():
            assert values[quantity] == pytest.approx(value), (tau, quantity)


def test_half_of_the_candidates_are_wrong_at_the_median(measured: Callable[..., pd.DataFrame]) -> None:
    rows = measured(thresholds=[])
    assert rows.set_index("quantity").at["p", "value"] == pytest.approx(0.5, abs=0.01)


def test_intervals_hold_the_value_and_no_selection_is_one_half(measured: Callable[..., pd.DataFrame]) -> None:
    stars = measured()[lambda rows: rows["quantity"] == "p_star"]
    assert (stars["low"] <= stars["value"]).all()
    assert (stars["value"] <= stars["high"]).all()
    unselected = measured(ALL).query("quantity == 'p_star'")
    assert unselected["value"].tolist() == [0.5] * 3


def test_a_threshold_of_ones_own_stands_once(measured: Callable[..., pd.DataFrame]) -> None:
    found = measured(threshold=0.2)
    assert found["threshold"].drop_duplicates().tolist() == [0.2, 0.8]
    assert found[found["chosen"]]["threshold"].unique().tolist() == [0.2]


def test_nothing_right_gives_no_number(measured: Callable[..., pd.DataFrame]) -> None:
    rows = measured(threshold=2.0, thresholds=[]).set_index("quantity")
    assert rows.at["p", "value"] == 1.0
    assert pd.isna(rows.at["phi", "value"])
    assert pd.isna(rows.at["p_star", "value"])


def test_every_prompt_is_counted(measured: Callable[..., pd.DataFrame]) -> None:
    told: list[dict] = []
    measured(count=lambda **rows: told.append(rows))
    assert told == [{"rows_in": N, "kept": N // 4, "dropped": {"not kept": N - N // 4}}]


def test_scores_of_other_prompts_are_refused(measured: Callable[..., pd.DataFrame]) -> None:
    with pytest.raises(ArtifactError, match="scores of 400 prompts where 500"):
        measured(prompts=500)
