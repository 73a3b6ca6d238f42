"""Every stage of the pretraining experiment, run on the made-up articles of the smoke scale and the smallest models.

Stages run in this process, from the recipes that why.py tells, each with none of the project's modules loaded: what a
recipe says must be all that a stage needs, and what its code names all that it loads.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest
import yaml
from stage_workflow import ROOT, Recorded, other_in_another_world

from uncollapse.artifacts.datasets import TRAINING_TEXTS
from uncollapse.artifacts.edits import EDITS
from uncollapse.artifacts.parquet import read_table, row_account
from uncollapse.artifacts.passages import PASSAGE_TOKENS
from uncollapse.artifacts.tasks import TASK_ITEMS, TASK_SCORES
from uncollapse.config.files import read
from uncollapse.experiments.pretraining.kind import KIND
from uncollapse.planning.plan import Plan
from uncollapse.pretraining.tokens import read_tokenizer
from uncollapse.pretraining.writing_settings import SAMPLED

HARNESS = pytest.mark.skipif(find_spec("lm_eval") is None, reason="lm-evaluation-harness is not installed")
PRETRAINING = {stage.key for stage in KIND.stages.values()} | {"products.draw_figure", "products.check_claims"}
TOKENS = 800  # of every data set of the smoke scale


@pytest.fixture(scope="module")
def workflow(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("collapse")
    overlay = {"results": str(folder / "results"), "theory": None}
    others = ("eigenvalues", "summaries", "self_improvement", "generations", "rejection")
    overlay["experiments"] = dict.fromkeys(others)
    (folder / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    everything = ROOT / "tests/unit/every_product.yaml"
    settings = read(ROOT / "config.yaml", [ROOT / "scales/smoke.yaml", everything, folder / "overlay.yaml"])
    return Recorded(Plan(settings))


@pytest.fixture(scope="module")
def at(workflow: Recorded) -> Path:
    return Path(workflow.plan.root) / "collapse"


def test_a_generation_learns_from_what_the_last_one_wrote(workflow: Recorded, at: Path) -> None:
    for name, human in (("own_1", 0.0), ("mixed_1", 0.5)):
        texts = read_table(workflow.make(f"{at}/datasets/{name}.parquet"), TRAINING_TEXTS).to_pandas()
        tokens = texts["ids"].map(len) + 1
        assert abs(tokens.sum() - TOKENS) <= 2
        assert tokens[texts["corpus"] != SAMPLED].sum() == pytest.approx(human * TOKENS, abs=1)
    samples = read_table(at / "samples/gpt2_synthetic_0.parquet", PASSAGE_TOKENS).to_pandas()
    assert samples["ids"].map(len).max() < 48, "a text ends where the context does"
    assert samples["place"].nunique() == len(samples)


def test_another_world_leaves_the_same_bytes(workflow: Recorded, at: Path, tmp_path: Path) -> None:
    """Of a corpus, its passages and tokens, a model and what it writes; others run after this."""
    workflow.make(f"{at}/datasets/own_1.parquet")
    different, outputs = other_in_another_world(workflow, tmp_path)
    assert different == []
    assert outputs > 8


@pytest.mark.parametrize("how", ["written", "rephrased"])
def test_a_data_set_holds_what_a_base_model_wrote(workflow: Recorded, at: Path, how: str) -> None:
    texts = read_table(workflow.make(f"{at}/datasets/made_up_{how}.parquet"), TRAINING_TEXTS).to_pandas()
    assert abs((texts["ids"].map(len) + 1).sum() - 200) <= 1
    assert set(texts["corpus"]) == {SAMPLED}
    assert set(texts["written_by"]) == {"machine"}
    originals = read_table(workflow.make(f"{at}/datasets/made_up_only.parquet"), TRAINING_TEXTS).to_pandas()
    assert set(originals["passage_id"]) & set(texts["passage_id"]), "they come from the same passages"


def test_a_data_set_edited_by_a_base_model_holds_its_text_in_the_experiment_s_tokens(
    workflow: Recorded, at: Path
) -> None:
    found = read_table(workflow.make(f"{at}/datasets/made_up_toedit.parquet"), TRAINING_TEXTS).to_pandas()
    edits = read_table(at / "edits/made_up_toedit.1.parquet", EDITS).to_pandas()
    before = read_table(at / "datasets/made_up_only.parquet", TRAINING_TEXTS).to_pandas()
    assert found["passage_id"].tolist() == before["passage_id"].tolist() == edits["document_id"].tolist()
    tokenizer = read_tokenizer(at / "tokenizer/tokenizer.json")
    assert [tokenizer.decode(ids) for ids in found["ids"]] == edits["text"].tolist()
    assert edits["changed_tokens"].sum() > 0
    # they were edited in other tokens, of which there are not as many
    assert edits["ids"].map(len).tolist() != before["ids"].map(len).tolist()


@pytest.mark.parametrize("name", ["dsir", "low_perplexity", "educational", "density"])
def test_selections_are_of_their_size(workflow: Recorded, at: Path, name: str) -> None:
    if name not in workflow.plan.block("collapse").datasets:
        pytest.skip(f"{name} is not in the smoke scale")
    texts = read_table(workflow.make(f"{at}/datasets/{name}.parquet"), TRAINING_TEXTS).to_pandas()
    assert abs((texts["ids"].map(len) + 1).sum() - TOKENS) <= 1


@HARNESS
def test_tasks_are_scored_by_the_harness(workflow: Recorded, at: Path) -> None:
    scores = read_table(workflow.make(f"{at}/task_scores/gpt2_synthetic_0-seed0.parquet"), TASK_SCORES).to_pandas()
    items = {
        name: read_table(at / f"task_items/{name}.parquet", TASK_ITEMS)
        for name in ("next_words", "last_word", "word_order")
    }
    accuracy = scores[scores["metric"] == "acc"].set_index("task")
    assert accuracy["items"].to_dict() == {name: len(table) for name, table in items.items()}
    right = accuracy["value"] * accuracy["items"]
    assert right.tolist() == pytest.approx(right.round().tolist()), "a share of the items"
    assert (accuracy["standard_error"] > 0).any()


@HARNESS
def test_all_products_are_made(workflow: Recorded) -> None:
    plan = workflow.plan
    for name in plan.products.of_kind("tables"):
        assert len(pd.read_parquet(workflow.make(f"{plan.root}/tables/{name}.parquet"))), name
    for name in ("zhu2024_figure1", "zhu2024_figure7"):
        assert workflow.make(f"{plan.root}/figures/{name}.png").stat().st_size > 5_000, name
    claims = [workflow.make(f"{plan.root}/claims/{name}.parquet") for name in plan.products.of_kind("claims")]
    found = pd.concat([pd.read_parquet(path) for path in claims])
    assert not found.duplicated(["id", "reading"]).any()


@HARNESS
def test_commands_load_no_module_that_their_code_does_not_name(workflow: Recorded) -> None:
    assert set(workflow.unseen) >= PRETRAINING, "every pretraining command ran in the tests above"
    assert {stage: modules for stage, modules in workflow.unseen.items() if modules} == {}


def test_a_module_that_no_code_names_is_seen(workflow: Recorded) -> None:
    """Otherwise the test above could not fail."""
    recorded = Recorded(workflow.plan)
    recorded.make(f"{workflow.plan.root}/corpora/made_up.parquet")
    assert recorded.unseen.get("sources.prepare_corpus", set()) == set()
    from uncollapse.jobs.stage import Stage

    target = Path(workflow.plan.root) / "again.parquet"
    source = [Path(workflow.plan.root) / "collapse/passages/train.parquet"]
    out = {"tokenizer": target}
    spec = {"tokenizer": {"vocabulary_size": 300, "passages": 100}}
    recorded.run(
        Stage(
            body="uncollapse.experiments.pretraining.stages.train_tokenizer",
            spec=spec,
            code=[],
            inputs={"passages": source},
            outputs=out,
        )
    )
    assert "uncollapse.pretraining.tokens" in recorded.unseen["pretraining.train_tokenizer"]


def test_rows_are_accounted_for(workflow: Recorded, at: Path) -> None:
    for kind in ("passages", "datasets", "samples", "written", "task_items"):
        files = list(at.glob(f"{kind}/*.parquet"))
        assert files, kind
        for path in files:
            account = row_account(path)
            assert account is not None, path
            assert account["rows_in"] == account["kept"] + sum(account["dropped"].values()), path
