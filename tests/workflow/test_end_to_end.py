"""The whole chain, from sampling to the report, through Snakemake."""

import html
import json
import re
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from safetensors.torch import load_file

from conftest import ROOT, snakemake, tiny_arguments
from uncollapse.analysis.verdict import VERDICTS
from uncollapse.artifacts.parquet import row_account

pytestmark = pytest.mark.workflow


def test_tables_stand_beside_the_papers_numbers(tiny: Path) -> None:
    for name in ("feng2024_table1", "feng2024_table2", "feng2024_table3"):
        table = pd.read_parquet(tiny / f"tables/{name}.parquet")
        reported = pd.read_csv(ROOT / f"workflow/reported/{name}.csv", keep_default_na=False, na_values=[""])
        keys = [column for column in reported.columns if column != "accuracy_percent"]
        about = ROOT / f"workflow/measured/{name}.json"
        ours = ["ours_mean", "ours_low", "ours_high", "ours_best", "seeds"]
        assert list(table.columns) == [*keys, *ours, "paper", *(["measured"] if about.is_file() else [])]
        assert table["paper"].dropna().tolist() == reported["accuracy_percent"].tolist()
        assert (tiny / f"tables/{name}.csv").read_text().startswith(",".join(table.columns))
        shown = (tiny / f"tables/{name}.md").read_text()
        assert "paper" in shown
        if about.is_file():
            known = f"On a GPU: {json.loads(about.read_text())['note']}"
            assert shown.endswith(f"{known}\n")
            assert known in html.unescape((tiny / "report.html").read_text())


def test_table1_counts_what_the_candidates_hold(tiny: Path) -> None:
    """Recompute one cell from the candidates and the truth, by hand."""
    table = pd.read_parquet(tiny / "tables/feng2024_table1.parquet")
    cell = table[(table.beam_size == 5) & (table.selection == "verify_all") & (table.tolerance_percent == 5)].iloc[0]
    truth = pq.read_table(tiny / "eigenvalues/prompts/test.parquet").to_pandas().set_index("prompt_id").eigenvalues
    accuracies = []
    for seed in (3, 4):
        path = tiny / f"eigenvalues/candidates/generator-seed{seed}.test.beam5.1of1.parquet"
        solved: dict[int, bool] = {}
        for row in pq.read_table(path).to_pylist():
            numbers = [
                (1 if sign == 1 else -1) * (mantissa - 3) * 10.0 ** (exponent - 1103)
                for sign, mantissa, exponent in zip(*(row["tokens"][start::3] for start in range(3)), strict=True)
            ]
            true = truth[row["prompt_id"]]
            error = sum(abs(a - b) for a, b in zip(numbers, true, strict=True)) / sum(map(abs, true))
            solved[row["prompt_id"]] = solved.get(row["prompt_id"], False) or error < 0.05
        accuracies.append(100 * sum(solved.values()) / len(truth))
    assert cell.ours_mean == pytest.approx(sum(accuracies) / 2)
    assert cell.ours_best == pytest.approx(max(accuracies))
    assert cell.seeds == 2


def test_every_claim_has_a_verdict(tiny: Path) -> None:
    claims = pd.read_parquet(tiny / "claims.parquet")
    listed = pd.read_csv(ROOT / "workflow/reported/claims.csv")
    assert claims["id"].tolist() == listed["id"].tolist()
    assert set(claims["verdict"]) <= set(VERDICTS)
    checked = claims[claims["verdict"] != "not run at this scale"]
    assert {"feng-T1-a", "feng-T1-b", "feng-T2-a", "feng-T4-e", "feng-S1-a"} <= set(checked["id"])


def test_report_is_one_self_contained_page(tiny: Path) -> None:
    page = (tiny / "report.html").read_text()
    assert not re.search(r'(src|href)="(?!data:|#|https?://)', page), "the page refers to another file"
    assert not re.search(r'src="https?://', page), "the page loads something from the web"
    assert not re.search(r"<script[^>]+src", page), "its script is within"
    for expected in ("feng2024_table1", "feng2024_table2", "learning_curves", "snakemake --cores", "p*"):
        assert expected in page


def test_rows_are_accounted_for(tiny: Path) -> None:
    files = [
        path for kind in ("prompts", "candidates", "scores", "datasets") for path in tiny.rglob(f"{kind}/*.parquet")
    ]
    assert len(files) > 15
    for path in files:
        account = row_account(path)
        assert account is not None, path
        assert account["rows_in"] == account["kept"] + sum(account["dropped"].values()), path
    account = row_account(tiny / "eigenvalues/datasets/some_correct.parquet")
    assert account is not None
    assert account["kept"] == 20
    assert sum(account["dropped"].values()) == 380


def test_splits_share_no_prompt(tiny: Path) -> None:
    seen: dict[tuple[float, ...], str] = {}
    for path in sorted((tiny / "eigenvalues/prompts").glob("*.parquet")):
        for entries in pq.read_table(path).column("entries").to_pylist():
            rounded = tuple(float(f"{entry:.2e}") for entry in entries)
            assert seen.setdefault(rounded, path.stem) == path.stem


def test_provenance_names_code_and_spec(tiny: Path) -> None:
    record = json.loads((tiny / "eigenvalues/datasets/.provenance/best_of_5.parquet.json").read_text())
    assert record["stage"] == "sequence.select"
    assert any(entry.startswith("uncollapse.selection.choose@") for entry in record["code"])
    assert record["spec"]["dataset"]["select"] == "best"


def test_a_second_run_has_nothing_to_do(tiny: Path) -> None:
    assert "Nothing to be done" in snakemake(*tiny_arguments(tiny)).stderr


def test_snakemakes_own_report_works(tiny: Path, tmp_path: Path) -> None:
    snakemake(*tiny_arguments(tiny), "--report", str(tmp_path / "snakemake.html"))
    assert (tmp_path / "snakemake.html").stat().st_size > 10_000


def test_no_leftovers(tiny: Path) -> None:
    assert not [path for path in tiny.rglob("*") if "partial" in path.name]
    assert not list(tiny.rglob(".checkpoints/*"))


def test_downstream_models_can_start_from_the_generator(tiny: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text("experiments: {eigenvalues: {downstream: {initial: generator, training: {steps: 1}}}}\n")
    arguments = tiny_arguments(tiny)
    arguments.insert(arguments.index("--config"), str(overlay))
    results = tmp_path / "results"
    arguments[-2] = f"results={results}"
    snakemake(f"{results}/eigenvalues/models/clean-seed0.safetensors", *arguments)
    models = results / "eigenvalues/models"
    tuned, generator = (load_file(models / f"{name}.safetensors") for name in ("clean-seed0", "generator-seed3"))
    moved = max(float((tuned[name] - generator[name]).abs().max()) for name in generator)
    assert 0 < moved < 0.05, "one step away from the generator, not from a fresh model"


def test_models_of_groups_start_where_the_config_says(tiny: Path) -> None:
    models = tiny / "eigenvalues/models"
    record = json.loads((models / ".provenance/best_of_5-model_a-seed0.safetensors.json").read_text())
    assert [*record["inputs"]["initial"]] == [str(models / "generator-seed3.safetensors")]
    record = json.loads((models / ".provenance/no_selection-model_b-seed0.safetensors.json").read_text())
    assert [*record["inputs"]["initial"]] == [str(models / "little_other_truth-as_good-seed0.safetensors")]
    table = pd.read_parquet(tiny / "tables/feng2024_table4.parquet")
    ran = table[table["seeds"] > 0]
    assert set(zip(ran["row_label"], ran["starting_model"], strict=True)) == {
        *((("before_fine_tuning", model)) for model in ("model_a", "model_b")),
        *(("beam_5", model) for model in ("model_a", "from_scratch")),
        *(("beam_1", model) for model in ("model_b", "from_scratch")),
    }
