"""docs/stages.md says what kinds of experiments declare."""

import re
from pathlib import Path

import pytest

from uncollapse.config.files import read
from uncollapse.experiments.found import kinds
from uncollapse.planning import stages
from uncollapse.planning.plan import Plan

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def page() -> str:
    return stages.page()


def test_the_file_is_up_to_date(page: str) -> None:
    """``make docs`` writes it."""
    assert (ROOT / "docs/stages.md").read_text(encoding="utf-8") == page


def test_every_stage_has_a_row_with_what_it_asks_for(page: str) -> None:
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `")]
    found = [(name.strip("`"), memory, minutes, gpu.strip()) for name, _, _, _, memory, minutes, gpu, *_ in rows]
    declared = [stage for kind in kinds().values() for stage in kind.stages.values()]
    assert found[: len(declared)] == [
        (stage.name, f"{stage.memory:,}", f"{stage.minutes:,}", "yes" if stage.gpu else "") for stage in declared
    ]
    made_of_all = [
        "make_table",
        "draw_figure",
        "check_claims",
        "gather_claims",
        "write_report",
        "gather_part",
        "write_part",
    ]
    assert [name for name, *_ in found[len(declared) :]] == made_of_all


def test_each_stage_has_an_example_that_its_rule_makes(page: str) -> None:
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `")]
    examples = [(row[0].strip("`"), *row[8].strip(" |`").split(" --configfile ")) for row in rows if len(row) > 8]
    assert len(examples) > 60
    plan = Plan(read(ROOT / "config.yaml"))
    for name, example, *overlay in examples:
        if not overlay:
            found = plan.rule_of(example)
            assert found is not None, example
            assert found.name == name


def test_inputs_are_those_of_jobs(page: str) -> None:
    text = page[page.index("\n## text\n") :]
    for expected in (
        "| `label` | Answers of a language model to the prompts of a split, one shard of them. "
        "| `prompts` (sample, sample_pool), `initial` (import_model), `weights` (train) |",
        "[`model` (import_model)], [`changed` (train)], `prompts` (sample, sample_pool), `candidates` (label) "
        "| `scores/",
    ):
        assert expected in text
    assert "| `corpus_*` (prepare_corpus) |" in page


def test_links_lead_to_files(page: str) -> None:
    links = re.findall(r"\]\(\.\./([^)]+)\)", page)
    assert len(links) > 40
    assert [link for link in links if not (ROOT / link).is_file()] == []
