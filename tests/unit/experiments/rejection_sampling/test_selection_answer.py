"""What the report's section on rejection sampling says first."""

import pandas as pd
import pytest

from uncollapse.experiments.rejection_sampling import section
from uncollapse.report.page import _answer

JUDGED = {
    "outside-selected-a": ("inconclusive", 0.4, -0.2, 0.9),
    "outside-selected-b": ("contradicted", -1.5, -3.0, -0.1),
    "outside-selected-c": ("not run at this scale", None, None, None),
    "feng-T1-a": ("reproduced", 1.0, 0.5, 1.5),
}
SHOWN = "id,gist,products\n" + "".join(f"{name},x,rejection_sampling\n" for name in JUDGED if name[0] == "o")


@pytest.mark.parametrize(
    ("products", "said"),
    [
        (
            ["rejection_sampling"],
            "Whether p* tells whose students are better stays open (rank correlation 0.4 [−0.2, 0.9]); GO did not"
            " always mean a gain (−1.5 [−3.0, −0.1] points in the least favourable comparison).",
        ),
        (["learning_curves"], ""),
    ],
)
def test_the_answer_is_of_the_claims_that_the_section_shows_and_the_run_judged(tmp_path, products, said) -> None:
    (tmp_path / "shown.csv").write_text(SHOWN + "feng-T1-a,x,feng2024_table1\n", encoding="utf-8")
    claims = pd.DataFrame(
        [(name, *row) for name, row in JUDGED.items()], columns=["id", "verdict", "value", "low", "high"]
    )
    artifacts = [{"name": name} for name in products]
    assert _answer(section, artifacts, tmp_path / "shown.csv", claims) == said


def test_a_kind_without_a_sentence_has_none(tmp_path) -> None:
    assert _answer(None, [], tmp_path / "shown.csv", pd.DataFrame()) == ""
