"""README's short answer: its numbers are those of the tables that are kept of the evidence scale."""

import re
from pathlib import Path

import pandas as pd

from uncollapse.analysis.claims_table import COLUMNS
from uncollapse.report.answers import answers
from uncollapse.report.evidence import Evidence

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "workflow/measured/evidence"
PART = KEPT / "eigenvalues"


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
    ranks = r"p\* ranks students with a correlation of ([\d.]+) \(permutation p ([\d.]+);"
    (ranked,) = re.findall(ranks, claim["explanation"])
    assert "(rank correlation {}, permutation p {})".format(*ranked) in readme
    table = pd.read_csv(PART / "tables/selections_and_students.csv")
    stars = table[table["quantity"] == "p*"].set_index("labels")["ours_mean"]
    assert f"a perplexity filter with p\\* {stars['perplexity filter']:.2f} end" in readme
    assert f"whose p\\* is {stars['all labels']:.2f}." in readme


def test_what_the_answer_says_against_verifiers_and_agreement_has_the_kept_numbers() -> None:
    """A filter by the truth is no gain that could be told, p* explains half, and models can agree on what is wrong."""
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    table = pd.read_csv(PART / "tables/feng2024_table2.csv")
    row = table[(table["selection"] == "data_selection") & (table["evaluation_tolerance_percent"] == 2)].iloc[0]
    assert f"{row['ours_mean']:.1f}% [{row['ours_low']:.1f}, {row['ours_high']:.1f}], not to be told" in readme
    claims = pd.read_csv(PART / "claims.csv").set_index("id")["explanation"].str.replace("−", "-")
    assert "2% filter at 2%: +1.5 points [-0.5, 3.4]" in claims["feng-T2-c"]
    assert "the generator (1.5 points [-0.5, 3.4]), and below a generator of 71%." in readme
    assert "2% filter, generators of 71.2% at 2%: -15.5 points [-20.3, -10.7]" in claims["feng-T2-c"]
    assert "Of the variance of students' ranks p* explains 50%" in claims["fengv2-F4-a"]
    assert "explains half of their order" in readme
    labels = pd.read_csv(KEPT / "self_improvement/tables/lee2025_labels.csv")
    agreed = labels[(labels["task"] == "multiplication") & (labels["quantity"] == "wrong_kept")]
    first = agreed[(agreed["filters"] == "vote (agree 4)") & (agreed["round"] == 1)].iloc[0]
    told = f"{first['ours_mean']:.0f}% [{first['ours_low']:.0f}, {first['ours_high']:.0f}]"
    assert f"on multiplication {told} of what is agreed on in the first round is wrong." in readme


def test_the_answers_on_sums_and_strings_have_the_kept_numbers() -> None:
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    sums = pd.read_csv(KEPT / "arithmetic/claims.csv").set_index("id")
    order = sums.loc["outside-selected-a"]
    assert f"rank correlation {order['value']:.2f} [{order['low']:.2f}, {order['high']:.2f}]" in readme
    open_ones = sums.loc["outside-selected-b", "explanation"].replace("−", "-")
    assert "minus base model: +4.4 points [-6.3, 15.0]" in open_ones[open_ones.index("terse") :]
    assert "cannot be told from the base model (4.4 [-6.3, 15.0])" in readme
    losses = sums.loc["outside-selected-c", "explanation"].replace("−", "-")
    assert "minus base model: -11.4 points [-20.2, -2.5]" in losses[losses.index("wrong") :]
    assert "11.4 points [2.5, 20.2] below the base model" in readme
    gains = pd.read_csv(KEPT / "arithmetic/tables/rejection_sampling.csv")
    best = gains[(gains["selection"] == "truth") & (gains["quantity"] == "over_base")].iloc[0]
    told = f"{best['ours_mean']:.1f} [{best['ours_low']:.1f}, {best['ours_high']:.1f}]"
    assert f"to {told} above it where the truth selects" in readme
    reach = pd.read_csv(KEPT / "self_improvement/tables/lee2025_reach.csv")
    beyond = reach[(reach["task"] == "reverse") & reach["quantity"].str.startswith("accuracy beyond")]
    for run, when in (("vote (agree 4)", "last round"), ("no filter", "last round"), ("no filter", "round 0")):
        row = beyond[(beyond["run"] == run) & (beyond["when"] == when)].iloc[0]
        assert f"{row['ours_mean']:.1f}% [{row['ours_low']:.1f}, {row['ours_high']:.1f}]" in readme


def test_what_readme_calls_exploratory_is_so_in_the_kept_verdicts() -> None:
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    parts = ("eigenvalues", "arithmetic", "self_improvement")
    kind = {part: pd.read_csv(KEPT / part / "claims.csv").set_index("id")["kind"] for part in parts}
    assert "2026-11-29; confirmatory, 95% intervals" in readme
    assert set(kind["eigenvalues"][["feng-T2-a", "feng-T2-d", "fengv2-F4-a"]]) == {"confirmatory"}
    assert "twelve selections, four seeds; confirmatory)" in readme
    assert set(kind["arithmetic"]) == {"confirmatory"}
    assert "(five seeds; exploratory)" in readme
    assert set(kind["self_improvement"][["lee-filter-a", "lee-filter-b"]]) == {"exploratory"}


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
