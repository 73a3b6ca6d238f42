"""Kept verdicts stand beside a run's own, one row for each scale and claim."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pandas as pd
import pytest

from uncollapse.analysis.claims_table import COLUMNS
from uncollapse.analysis.scale_claims import SCALE_COLUMNS, beside, claims_as_csv, kept_claims
from uncollapse.artifacts.measured_parts import MeasuredPart
from uncollapse.errors import DataError


def row(claim: str, verdict: str, value: float = 1.0, statistic: str = "slope", **changed: str) -> dict[str, object]:
    text = {
        "id": claim, "source": "Paper", "statement": "It \"rises\",\nalways.", "expected": "", "statistic": statistic,
        "verdict": verdict, "explanation": f"{statistic}: {verdict}.", "needed": "", "kind": "confirmatory",
        "reading": "a slope", "limit": "above 0", "limit_set": "2026-01-02", "other_readings": "Read as: any.",
    }  # fmt: skip
    return {**text, "value": value, "low": value - 0.1, "high": value + 0.1, **changed}


def claims(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(COLUMNS))


def part(folder: Path, experiment: str, *rows: dict[str, object], commit: str = "a" * 40) -> MeasuredPart:
    found = MeasuredPart(folder / "evidence" / experiment)
    found.folder.mkdir(parents=True)
    found.claims_file.write_bytes(claims_as_csv(claims(*rows)))
    about = {
        "scale": "evidence", "experiment": experiment, "commit": commit, "date": "2026-11-30", "machine": "two cores",
        "note": "", "overlays": [], "settings": {}, "columns": {}, "trainings": 3, "processor_seconds": 7.0,
    }  # fmt: skip
    found.about_file.write_text(json.dumps(about))
    return found


def test_every_field_of_a_verdict_comes_back(tmp_path: Path) -> None:
    told = claims(row("x-1", "reproduced", 0.1 + 0.2), row("x-2", "not run at this scale", math.nan))
    kept = kept_claims(part(tmp_path, "e", *told.to_dict("records")).claims_file)
    pd.testing.assert_frame_equal(kept, told.astype({name: str(kept[name].dtype) for name in kept}))


def test_a_run_is_followed_by_other_scales(tmp_path: Path) -> None:
    own = claims(row("x-1", "inconclusive", 5.0, kind="exploratory"), row("x-2", "reproduced", kind="exploratory"))
    first = part(tmp_path, "a", row("x-2", "contradicted", -1.0, "drop"), row("x-1", "reproduced", 2.0))
    second = part(tmp_path, "b", row("x-2", "reproduced", 3.0, "rise"), commit="b" * 40)
    found = beside(own, scale="default", parts=[first, second])
    assert tuple(found.columns) == SCALE_COLUMNS
    assert found[["scale", "id", "verdict", "value", "kind", "commit", "date"]].to_numpy().tolist() == [
        ["default", "x-1", "inconclusive", 5.0, "exploratory", "", ""],
        ["default", "x-2", "reproduced", 1.0, "exploratory", "", ""],
        # of two experiments the one on which the verdict hangs
        ["evidence", "x-2", "contradicted", -1.0, "confirmatory", "a" * 40, "2026-11-30"],
        ["evidence", "x-1", "reproduced", 2.0, "confirmatory", "a" * 40, "2026-11-30"],
    ]
    assert found.loc[2, "explanation"] == "drop: contradicted. rise: reproduced."


@pytest.mark.parametrize("told", ["", "Read as: rounds; above 0 (set x): not judged here."], ids=["before", "since"])
def test_a_part_that_judges_another_reading_alone_adds_that(tmp_path: Path, told: str) -> None:
    judged = "Read as: rounds; above 0 (set x): reproduced, 2 [1, 3]."
    once = part(tmp_path, "a", row("x-1", "inconclusive", other_readings=told))
    again = part(tmp_path, "b", row("x-1", "not run at this scale", math.nan, other_readings=judged), commit="b" * 40)
    for parts in ([once, again], [again, once]):
        (found,) = beside(claims(), scale="default", parts=parts).to_dict("records")
        assert (found["verdict"], found["commit"], found["explanation"]) == (
            "inconclusive", "a" * 40, "slope: inconclusive."
        )  # fmt: skip
        assert found["other_readings"] == judged
    unjudged = part(tmp_path, "c", row("x-1", "not run at this scale", math.nan, other_readings=told))
    (found,) = beside(claims(), scale="default", parts=[once, unjudged]).to_dict("records")
    assert found["explanation"].startswith("It is judged by 2 experiments, of which 1 ran")


def test_a_run_alone_has_its_own_rows(tmp_path: Path) -> None:
    own = claims(row("x-1", "inconclusive"))
    found = beside(own, scale="default", parts=[])
    pd.testing.assert_frame_equal(found[list(COLUMNS)], own, check_dtype=False)


def test_other_columns_are_an_error_that_names_the_file(tmp_path: Path) -> None:
    kept = part(tmp_path, "e", row("x-1", "reproduced"))
    kept.claims_file.write_text(kept.claims_file.read_text().replace("verdict", "verdit", 1))
    with pytest.raises(DataError, match=r"claims\.csv: .*verdict.*keep the part anew"):
        kept_claims(kept.claims_file)
