"""The text experiment of the smoke scale, through Snakemake: a tiny random model, made-up articles, no network."""

import json
import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from conftest import ROOT

pytestmark = pytest.mark.workflow


def test_the_table_has_every_model_and_baseline(tiny: Path) -> None:
    table = pd.read_parquet(tiny / "tables/feng2024_figure4.parquet")
    rows = table[table["metric"] == "rouge1"]
    expected = ["oracle", "self", "random", "weak", "stronger", "generator", "lead baseline", "random baseline"]
    assert rows["selection"].tolist() == expected
    assert rows["ours_mean"].between(0, 100).all()
    assert "another article" in (tiny / "tables/feng2024_figure4.md").read_text()


def test_the_random_baseline_is_counted_by_hand(tiny: Path) -> None:
    """ROUGE-1 without its stemmer cannot be higher, and hardly differs: shared words of two summaries."""
    found = pq.read_table(tiny / "summaries/baselines/test.parquet").to_pandas()
    ours = found[(found["baseline"] == "random") & (found["metric"] == "rouge1")].set_index("prompt_id")["value"]
    answers = pq.read_table(tiny / "summaries/prompts/test.parquet").column("answer").to_pylist()
    words = [Counter(re.findall(r"[a-z0-9]+", answer.lower())) for answer in answers]

    def overlap(first: Counter, second: Counter) -> float:
        return 2 * (first & second).total() / (first.total() + second.total())

    for index, mine in enumerate(words):
        others = [overlap(mine, other) for place, other in enumerate(words) if place != index]
        assert min(others) - 1e-9 <= ours[index] <= max(others) + 0.15


def test_splits_share_no_prompt_but_the_generators_own(tiny: Path) -> None:
    prompts = {
        split: set(pq.read_table(tiny / f"summaries/prompts/{split}.parquet").column("prompt").to_pylist())
        for split in ("train", "validation", "test", "synthesize")
    }
    assert prompts["train"] < prompts["synthesize"]
    assert not prompts["test"] & (prompts["synthesize"] | prompts["validation"])
    assert not prompts["validation"] & prompts["synthesize"]


def test_the_report_shows_examples_and_the_data_card(tiny: Path) -> None:
    page = (tiny / "report.html").read_text()
    for expected in ("What the models write", "Data card", "News summaries with language models", "the truth"):
        assert expected in page
    prompt = pq.read_table(tiny / "summaries/examples/test.parquet").column("answer").to_pylist()[0]
    assert prompt.split("'")[0] in page


def test_claims_on_summaries_are_judged_or_say_what_they_take(tiny: Path) -> None:
    claims = pd.read_parquet(tiny / "claims.parquet").set_index("id")
    for name in ("feng-F4-c", "feng-F4-e", "feng-F4-f"):
        assert claims.at[name, "verdict"] != "not run at this scale"
    assert "two shares or more" in claims.at["feng-F4-b", "explanation"]


def test_provenance_names_the_text_command_and_its_verifier(tiny: Path) -> None:
    record = json.loads(
        (tiny / "summaries/scores/.provenance/generator-seed0.synthesize.greedy.weak.1of1.parquet.json").read_text()
    )
    assert record["stage"] == "text.verify"
    modules = [entry.partition("@")[0] for entry in record["code"]]
    assert "uncollapse.verifiers.texts.perplexity" in modules
    assert "uncollapse.language.engines.transformers_engine" in modules
    assert not [name for name in modules if name.startswith("uncollapse.tasks")]


def test_made_up_articles_are_in_the_repository() -> None:
    rows = [json.loads(line) for line in (ROOT / "scales/smoke_articles.jsonl").read_text().splitlines()]
    assert len(rows) == 96
    assert all({"title", "lead", "text", "source"} == set(row) for row in rows)
