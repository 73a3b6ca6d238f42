"""Every stage of the papers' text experiment, run on a tiny random Llama and a few articles that the test makes.

The plan is that of scales/paper.yaml; an overlay puts the model and the articles in place of those of the hub, and
makes it small. Stages run in this process, from the recipes that why.py tells: what a recipe says must be all a stage
needs.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from stage_workflow import Workflow, other_in_another_world, unseen, unseen_here
from transformers import LlamaConfig, LlamaForCausalLM

from uncollapse.artifacts.candidates import TEXT_CANDIDATES
from uncollapse.artifacts.datasets import TEXT_DATASET
from uncollapse.artifacts.evaluations import TEXT_EVALUATION, TEXT_OUTCOMES
from uncollapse.artifacts.parquet import read_table, row_account, row_count
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.artifacts.scores import SCORES
from uncollapse.config.files import read
from uncollapse.experiments.text import prompts as sampling
from uncollapse.experiments.text.stages import label
from uncollapse.jobs.stage import Stage
from uncollapse.language.byte_tokenizer import byte_tokenizer
from uncollapse.language.engines.transformers_engine import TransformersEngine
from uncollapse.planning.plan import Plan

ROOT = Path(__file__).parents[4]
TRAINING = {"batch_size": 2, "gradient_accumulation": 2, "block": 256, "log_every": 1, "validate_every": 2}


@pytest.fixture(scope="module")
def workflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workflow]:
    folder = tmp_path_factory.mktemp("paper")
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=257, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=1024, bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder / "llama")
    byte_tokenizer([], vocabulary_size=257).save_pretrained(folder / "llama")
    rows = [json.loads(line) for line in (ROOT / "scales/smoke_articles.jsonl").read_text().splitlines()]
    articles = folder / "articles.jsonl"
    articles.write_text("".join(json.dumps({"summary": row.pop("lead"), **row}) + "\n" for row in rows))
    llama = {"hub": None, "folder": str(folder / "llama")}
    overlay = {
        "results": str(folder / "results"),
        "theory": None,
        "corpora": {"xlsum": {"hub": None, "config": None, "revision": None, "files": [str(articles)]}},
        "base_models": {"llama2": llama, "llama3": llama},
        "experiments": {
            "eigenvalues": None,
            "collapse": None,
            "self_improvement": None,
            "summaries": {
                "data": {"prompt_words": 6},
                "sample": {"test": 6, "validation": 3, "pool": 24},
                "shards": 2,
                "generator": {"training": TRAINING},
                "downstream": {"training": TRAINING},
                "decodings": {"greedy": {"max_new_tokens": 6}},
                "proxy": {"resamples": 100},
            },
        },
    }
    file = folder / "small.yaml"
    file.write_text(yaml.safe_dump(overlay))
    settings = read(ROOT / "config.yaml", [ROOT / "scales/paper.yaml", file])
    patch = pytest.MonkeyPatch()
    for module in (sampling, label):
        patch.setattr(module, "ROW_GROUP", 8)  # so that two shards have something to share
    yield Workflow(Plan(settings))
    patch.undo()


@pytest.fixture(scope="module")
def at(workflow: Workflow) -> Path:
    return Path(workflow.plan.root) / "summaries"


def test_the_chain_from_articles_to_the_students_rouge(workflow: Workflow, at: Path) -> None:
    path = workflow.make(f"{at}/evaluations/weak_12-seed0.greedy.parquet")
    found = read_table(path, TEXT_EVALUATION).to_pandas()
    assert found["metric"].tolist() == ["rouge1", "rouge2", "rougeL"]
    assert (found["prompts"] == 6).all()
    assert found["value"].between(0, 1).all()
    outcomes = read_table(at / "outcomes/weak_12-seed0.greedy.parquet", TEXT_OUTCOMES).to_pandas()
    assert outcomes.groupby("metric")["value"].mean().round(12).to_dict() == dict(
        zip(found["metric"], found["value"].round(12), strict=True)
    )
    stages = set(workflow.made)
    assert stages >= {"sources.import_model", "sources.prepare_corpus"} | {
        f"text.{body}" for body in ("sample", "select", "train", "label", "verify", "evaluate")
    }


def test_shards_hold_all_prompts_once_in_order(workflow: Workflow, at: Path) -> None:
    files = [workflow.make(f"{at}/candidates/generator-seed0.synthesize.greedy.{shard}of2.parquet") for shard in (1, 2)]
    assert [row_count(path) for path in files] == [8, 16]
    rows = read_table(files, TEXT_CANDIDATES)
    assert rows.column("prompt_id").to_pylist() == list(range(24))
    whole = at / "whole.parquet"
    recipe = workflow.plan.recipe_of(str(files[0]))
    assert recipe is not None
    inputs = {name: [Path(path) for path in paths] for name, paths in recipe.inputs.items()}
    spec = recipe.spec | {"shard": 1, "shards": 1}
    stage = Stage(body=recipe.body, spec=spec, code=[], inputs=inputs, outputs={"candidates": whole})
    stage.run(label.run, None)
    assert read_table(whole, TEXT_CANDIDATES).equals(rows), "the number of shards changes no byte of an answer"


def test_a_kill_while_labelling_costs_one_shard(workflow: Workflow, at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGKILL after the first of two row groups: the other shard stays, and this one is made again, byte for byte."""
    files = [workflow.make(f"{at}/candidates/generator-seed0.synthesize.greedy.{shard}of2.parquet") for shard in (1, 2)]
    expected = [path.read_bytes() for path in files]
    files[1].unlink()
    answer, calls = TransformersEngine.generate, []

    def killed(engine: TransformersEngine, *arguments: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer(engine, *arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(TransformersEngine, "generate", killed)
        child = multiprocessing.get_context("fork").Process(target=workflow.make, args=(str(files[1]),))
        child.start()
        child.join(120)
    assert child.exitcode == -signal.SIGKILL
    assert not files[1].exists()
    assert files[0].read_bytes() == expected[0]
    assert list(files[1].parent.glob(".*2of2*partial*")), "it was killed while writing"
    workflow.make(str(files[1]))
    assert [path.read_bytes() for path in files] == expected
    assert not list(files[1].parent.glob(".*partial*"))


def test_the_oracles_top_share_is_what_students_of_the_oracle_learn(workflow: Workflow, at: Path) -> None:
    dataset = read_table(workflow.make(f"{at}/datasets/weak_25.parquet"), TEXT_DATASET).to_pandas()
    scores = [
        workflow.make(f"{at}/scores/generator-seed0.synthesize.greedy.weak.{shard}of2.parquet") for shard in (1, 2)
    ]
    values = read_table(scores, SCORES).column("score").to_numpy()
    assert sorted(dataset["prompt_id"]) == sorted(np.argsort(-values, kind="stable")[:6])
    assert (values < 0).all(), "minus perplexities"


def test_generators_see_true_answers_of_their_share_alone(workflow: Workflow, at: Path) -> None:
    dataset = read_table(workflow.make(f"{at}/datasets/train.parquet"), TEXT_DATASET).to_pandas()
    prompts = read_table(workflow.make(f"{at}/prompts/train.parquet"), TEXT_PROMPTS).to_pandas()
    assert len(dataset) == 3
    assert dataset["answer"].tolist() == prompts["answer"].tolist()
    assert (dataset["rank"] == -1).all()


def test_breakdown_points_and_baselines(workflow: Workflow, at: Path) -> None:
    proxy = pd.read_parquet(workflow.make(f"{at}/proxy/random_12.parquet"))
    assert proxy[proxy["chosen"]]["quantity"].tolist()[:2] == ["candidates", "kept"]
    assert proxy[proxy["chosen"] & (proxy["quantity"] == "kept")]["value"].tolist() == [3.0]
    baselines = pd.read_parquet(workflow.make(f"{at}/baselines/test.parquet"))
    assert len(baselines) == 2 * 3 * 6
    lead = baselines[(baselines["baseline"] == "lead") & (baselines["metric"] == "rouge1")]["value"].mean()
    assert 0.1 < lead < 0.9, "articles of the test begin much like their summaries"


def test_all_products_are_made(workflow: Workflow, at: Path) -> None:
    root = workflow.plan.root
    table = pd.read_parquet(workflow.make(f"{root}/tables/feng2024_figure4.parquet"))
    assert set(table["selection"]) >= {"oracle", "weak", "self", "random", "stronger", "original", "generator"}
    assert table["paper"].isna().all()
    claims = pd.read_parquet(workflow.make(f"{root}/claims/feng_summaries.parquet"))
    assert len(claims) == 13
    for name in ("feng2024_summaries", "summary_thresholds"):
        assert workflow.make(f"{root}/figures/{name}.png").stat().st_size > 10_000
    examples = pd.read_parquet(workflow.make(f"{at}/examples/test.parquet"))
    assert examples.groupby("prompt_id").size().nunique() == 1
    assert examples["quantile"].drop_duplicates().tolist() == [0.1, 0.5, 0.9]


def test_another_world_leaves_the_same_bytes(workflow: Workflow, at: Path, tmp_path: Path) -> None:
    """Of every job so far: corpora, prompts, what language models write and learn, scores and products."""
    workflow.make(f"{at}/evaluations/weak_12-seed0.greedy.parquet")
    row_groups = {f"{module.__name__}.ROW_GROUP": 8 for module in (sampling, label)}
    different, outputs = other_in_another_world(workflow, tmp_path, constants=row_groups)
    assert different == []
    assert outputs > 20


def test_rows_are_accounted_for(workflow: Workflow, at: Path) -> None:
    for kind in ("prompts", "candidates", "scores", "datasets", "proxy", "outcomes"):
        files = list(at.glob(f"{kind}/*.parquet"))
        assert files
        for path in files:
            account = row_account(path)
            assert account is not None, path
            assert account["rows_in"] == account["kept"] + sum(account["dropped"].values()), path


def test_nothing_is_left_behind(workflow: Workflow, at: Path) -> None:
    assert not [path for path in at.rglob("*") if "partial" in path.name]
    assert not list(at.rglob(".checkpoints/*"))


@pytest.mark.parametrize(
    "name",
    [
        "prompts/test.parquet",
        "datasets/weak_12.parquet",
        "proxy/weak_12.parquet",
        "outcomes/weak_12-seed0.greedy.parquet",
        "models/weak_12-seed0.safetensors",
    ],
)
def test_bodies_load_no_module_that_their_code_does_not_name(
    workflow: Workflow, at: Path, name: str, tmp_path: Path
) -> None:
    assert unseen_here(workflow, f"{at}/{name}", tmp_path) == set()


@pytest.mark.parametrize(
    "name",
    [
        "scores/generator-seed0.synthesize.greedy.weak.1of2.parquet",
        "candidates/weak_12-seed0.test.greedy.1of1.parquet",
    ],
)
def test_commands_load_no_module_that_their_code_does_not_name(
    workflow: Workflow, at: Path, name: str, tmp_path: Path
) -> None:
    workflow.make(f"{at}/{name}")
    # slow to start: see uncollapse.language.lean_start
    assert unseen(workflow, f"{at}/{name}", tmp_path, unwanted="sklearn") == set()
