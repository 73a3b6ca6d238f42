"""README's short answer: its numbers are those of the tables that are kept of the evidence scale."""

from pathlib import Path

import pandas as pd

from uncollapse.analysis.claims_table import COLUMNS
from uncollapse.report.answers import answers
from uncollapse.report.evidence import Evidence

ROOT = Path(__file__).parents[2]
PART = ROOT / "workflow/measured/evidence/eigenvalues"


def test_the_answer_has_the_numbers_of_the_kept_tables() -> None:
    table = pd.read_csv(PART / "tables/feng2024_table2.csv")
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    at = table[table["evaluation_tolerance_percent"] == 2]
    for selection, beams in (("none", 1), ("generator_itself", 1), ("label_selection", 25)):
        row = at[(at["selection"] == selection) & (at["generation_beam_size"] == beams)].iloc[0]
        assert f"{row['ours_mean']:.1f}% [{row['ours_low']:.1f}, {row['ours_high']:.1f}]" in readme
    claim = pd.read_csv(PART / "claims.csv").set_index("id").loc["fengv2-F4-a"]
    assert claim["statistic"].endswith("perplexity filter (p* 0.67) minus unselected")
    assert f"{-claim['value']:.1f} points [{-claim['high']:.1f}, {-claim['low']:.1f}]" in readme


def test_the_report_gives_the_same_answer() -> None:
    claims = pd.read_csv(PART / "claims.csv")
    rows = {row["id"]: row for row in claims.to_dict("records")}
    tables = {path.stem: pd.read_csv(path) for path in (PART / "tables").glob("*.csv")}
    own = claims.reindex(columns=list(COLUMNS)).fillna({"statement": "", "kind": ""})
    found = answers([Evidence(scale="evidence", tables=tables, claims=rows)], own)
    assert found[0].text.startswith("Not by itself")
    assert "39.6 [34.9, 44.3]" in found[0].text
    assert "72.4 [69.7, 75.1]" in found[2].text
    assert found[3].text.startswith("Not always")
