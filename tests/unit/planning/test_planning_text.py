"""What a text experiment means in files and jobs, for a small one that is counted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from changed_config import planned_toy

from uncollapse.artifacts.model_names import Model
from uncollapse.config.load import load
from uncollapse.experiments.labelled import candidates
from uncollapse.planning.plan import Plan
from uncollapse.planning.products import STAGES
from uncollapse.planning.recipe import Recipe
from uncollapse.selection.text_settings import TextDatasetSettings

ROOT = Path(__file__).parents[3]
MODELS = "out/toy/models"
SMALL = yaml.safe_load("""
scale: small
results: out
corpora: {news: {files: [news.jsonl]}}
base_models:
  tiny: {random: {architecture: llama, hidden_size: 16, layers: 1, heads: 1}}
  big: {folder: models/big}
experiments:
  toy:
    kind: text
    data: {corpus: news}
    sample: {test: 20, validation: 5, pool: 100}
    shards: 2
    base: tiny
    generator: {training: {epochs: 1}, seeds: [3, 4], pools: shared}
    models: {stronger: {train_share: 0.5, base: big, training: {epochs: 2}, seed: 7}, original: {train_share: 1.0}}
    decodings: {greedy: {max_new_tokens: 8}}
    verifiers:
      oracle: {kind: rouge}
      weak: {kind: perplexity, model: stronger}
      self: {kind: perplexity, model: generator}
      first: {kind: perplexity, model: base}
      both: {kind: ensemble, members: {weak: 1.0, self: 1.0}}
    datasets:
      best: {decoding: greedy, verifier: oracle, select: top, share: 0.25}
      joint: {decoding: greedy, verifier: both, select: top, share: 0.25}
      chance: {decoding: greedy, select: random, share: 0.25}
      clean: {select: labels}
    proxy: {oracle: oracle}
    downstream: {training: {epochs: 1, learning_rate: 2.0e-5}, seeds: [0, 1]}
    evaluation: {decoding: greedy}
tables: {feng2024_figure4: {experiment: toy}}
figures: {feng2024_summaries: {experiment: toy}, summary_thresholds: {experiment: toy}}
claims: {feng_summaries: {experiment: toy}}
""")


def _plan(**changes: Any) -> Plan:
    return planned_toy(SMALL, changes)


WRITTEN = {"model": "generator-seed3", "decoding": "greedy", "shard": 1}  # the labelling generator's first shard
STAGES_OF_CHAIN = {
    "sample": {"split": "test"},
    "train": {"model": "generator-seed3"},
    "label": {**WRITTEN, "split": "synthesize", "shards": 2},
    "verify": {**WRITTEN, "verifier": "oracle", "shards": 2},
    "select": {"dataset": "best"},
    "proxy": {"dataset": "best"},
    "evaluate": {"model": "best-seed0", "decoding": "greedy"},
}


def _recipe(plan: Plan, rule: str, **names: Any) -> Recipe:
    return plan.recipe(rule, experiment="toy", **names)


def _product(plan: Plan, kind: str, name: str) -> Recipe:
    rule, _, wildcard, _ = STAGES[kind]
    return plan.recipe(rule, **{wildcard: name})


def test_models_and_their_evaluations() -> None:
    names = [model.name for model, _ in _plan().block("toy").evaluated()]
    students = [f"{name}-seed{seed}" for seed in (0, 1) for name in ("best", "joint", "chance", "clean")]
    assert names == ["generator-seed3", "generator-seed4", "stronger-seed7", "original-seed0", *students]


@pytest.mark.parametrize("rule", STAGES_OF_CHAIN)
def test_bodies_of_a_text_experiment(rule: str) -> None:
    recipe = _recipe(_plan(), rule, **STAGES_OF_CHAIN[rule])
    assert recipe.body.startswith("uncollapse.experiments.text.stages.")
    assert (ROOT / "src" / recipe.body.replace(".", "/")).with_suffix(".py").is_file()


@pytest.mark.parametrize(
    ("model", "dataset", "base"),
    [
        ("generator-seed4", "train", "tiny"),
        ("stronger-seed7", "stronger", "big"),
        ("original-seed0", "original", "tiny"),
        ("best-seed1", "best", "tiny"),
    ],
)
def test_what_models_are_trained_on_and_where_they_start(model: str, dataset: str, base: str) -> None:
    assert _recipe(_plan(), "train", model=model).inputs == {
        "dataset": [f"out/toy/datasets/{dataset}.parquet"],
        "validation": ["out/toy/prompts/validation.parquet"],
        "initial": [f"out/base_models/{base}.safetensors"],
    }
    answers = _recipe(_plan(), "label", model=model, split="test", decoding="greedy", shard=1, shards=1)
    assert answers.inputs["initial"] == [f"out/base_models/{base}.safetensors"], "which its file says what changed of"


def test_training_of_generators_further_models_and_students() -> None:
    plan = _plan()

    def training(model: str) -> tuple[int, float, int]:
        spec = _recipe(plan, "train", model=model).spec
        return spec["training"]["epochs"], spec["training"]["learning_rate"], spec["seed"]

    assert training("generator-seed4") == (*training("original-seed0")[:2], 4)
    assert training("stronger-seed7")[0] == 2
    assert training("stronger-seed7")[2] == 7
    assert training("best-seed1") == (1, 2e-5, 1)


def test_data_sets_of_generators_and_further_models() -> None:
    plan = _plan()
    toy = plan.block("toy")
    assert toy.dataset("train") == TextDatasetSettings(select="labels", split="train")
    assert toy.dataset("stronger") == TextDatasetSettings(select="labels", share=0.5)
    assert _recipe(plan, "select", dataset="stronger").spec["dataset"] == toy.dataset("stronger").model_dump()
    prompts = {split: {"prompts": [f"out/toy/prompts/{split}.parquet"]} for split in ("synthesize", "train")}
    assert _recipe(plan, "select", dataset="stronger").inputs == prompts["synthesize"]
    assert _recipe(plan, "select", dataset="train").inputs == prompts["train"]


def _beside(verifier: str) -> dict[str, list[str]]:
    """What a verifier reads beside the prompts and the candidates that it judges."""
    inputs = dict(_recipe(_plan(), "verify", **WRITTEN, verifier=verifier, shards=2).inputs)
    assert inputs.pop("prompts") == ["out/toy/prompts/synthesize.parquet"]
    assert inputs.pop("candidates") == ["out/toy/candidates/generator-seed3.synthesize.greedy.1of2.parquet"]
    return inputs


@pytest.mark.parametrize(
    ("verifier", "files"),
    [
        ("oracle", {}),
        ("weak", {"model": ["out/base_models/big.safetensors"], "changed": [f"{MODELS}/stronger-seed7.safetensors"]}),
        ("self", {"model": ["out/base_models/tiny.safetensors"], "changed": [f"{MODELS}/generator-seed3.safetensors"]}),
        ("first", {"model": ["out/base_models/tiny.safetensors"]}),
    ],
)
def test_what_verifiers_read(verifier: str, files: dict[str, list[str]]) -> None:
    assert _beside(verifier) == files


def test_which_verifiers_ask_a_model_and_so_want_a_gpu() -> None:
    assert _plan().block("toy").judged_by_models() == ["weak", "self", "first"]
    assert _plan().only("verify_by_model") == {"experiment": ["toy"], "verifier": ["first", "self", "weak"]}
    assert _plan(verifiers={"oracle": {"kind": "rouge"}}, datasets={}).only("verify_by_model") == {
        "experiment": [],
        "verifier": [],
    }


def test_an_ensemble_reads_all_shards_of_its_members() -> None:
    stem = "out/toy/scores/generator-seed3.synthesize.greedy"
    assert _beside("both") == {
        f"member_{name}": [f"{stem}.{name}.{shard}of2.parquet" for shard in (1, 2)] for name in ("weak", "self")
    }


def test_code_brings_the_verifier_and_the_engine_where_a_model_is_asked() -> None:
    plan = _plan()

    def modules(rule: str, **names: Any) -> set[str]:
        return {entry.partition("@")[0] for entry in _recipe(plan, rule, **STAGES_OF_CHAIN[rule] | names).code}

    engine = "uncollapse.language.engines.transformers_engine"
    assert engine in modules("label")
    assert {engine, "uncollapse.verifiers.texts.perplexity"} <= modules("verify", verifier="weak")
    assert engine not in modules("verify", verifier="oracle")
    assert "uncollapse.verifiers.texts.perplexity" not in modules("verify", verifier="oracle")


@pytest.mark.parametrize("stage", STAGES_OF_CHAIN)
def test_stages_of_sequences_run_nothing_of_the_language_layer(stage: str) -> None:
    default = Plan(load(yaml.safe_load((ROOT / "config.yaml").read_text())))
    toy = default.block("eigenvalues")
    written = {"model": toy.labeller().name, "decoding": toy.evaluation.generator[0], "shard": 1, "shards": toy.shards}
    names = {
        "sample": {"split": "test"},
        "train": {"model": toy.labeller().name},
        "label": {**written, "split": "synthesize"},
        "verify": {**written, "verifier": "oracle"},
        "select": {"dataset": toy.synthesized()[0]},
        "proxy": {"dataset": toy.synthesized()[0]},
        "evaluate": {"model": toy.labeller().name, "decoding": toy.evaluation.generator[0]},
    }
    code = default.recipe(stage, experiment="eigenvalues", **names[stage]).code
    modules = {entry.partition("@")[0] for entry in code if "@" in entry}
    assert not [name for name in modules if "language" in name or "text" in name or "corpora" in name]
    libraries = {entry.partition("==")[0] for entry in code if "==" in entry}
    assert not libraries & {"transformers", "tokenizers", "datasets", "accelerate", "peft"}


def _specs(plan: Plan) -> dict[str, str]:
    shards = {"shards": plan.block("toy").shards}
    jobs: dict[str, tuple[str, dict[str, Any]]] = {
        "sample": ("sample", {"split": "test"}),
        "train generator": ("train", {"model": "generator-seed3"}),
        "train further": ("train", {"model": "original-seed0"}),
        "train student": ("train", {"model": "best-seed0"}),
        "label": ("label", {**WRITTEN, "split": "synthesize", **shards}),
        "label test": ("label", {**WRITTEN, "split": "test", "shards": 1}),
        "verify": ("verify", {**WRITTEN, "verifier": "weak", **shards}),
        "select": ("select", {"dataset": "best"}),
        "proxy": ("proxy", {"dataset": "best"}),
        "evaluate": ("evaluate", {"model": "best-seed0", "decoding": "greedy"}),
        "baselines": ("evaluate_baselines", {}),
        "examples": ("pick_examples", {}),
    }
    return {name: _recipe(plan, rule, **names).text for name, (rule, names) in jobs.items()}


@pytest.mark.parametrize(
    ("change", "affected"),
    [
        ({"sample__pool": 90}, {"sample"}),
        ({"data__prompt_words": 9}, {"sample"}),
        # what a template ends with is never cut from a prompt
        (
            {"data__template": "{prompt} TL;DR"},
            {"sample", "baselines", "train generator", "train further", "train student", "label", "label test"},
        ),
        ({"generator__training": {"epochs": 3}}, {"train generator", "train further"}),
        ({"downstream__training": {"epochs": 3}}, {"train student"}),
        ({"decodings__greedy__max_new_tokens": 9}, {"label", "label test"}),
        ({"engine": {"batch_rows": 4}}, {"label", "label test", "verify"}),
        ({"verifiers__weak__highest": 9.0}, {"verify"}),
        ({"datasets__best__share": 0.5}, {"select", "proxy"}),
        ({"proxy__threshold": 0.3}, {"proxy"}),
        ({"evaluation__metrics": ["rouge2"]}, {"evaluate", "baselines", "examples"}),
        ({"evaluation__lead_words": 9}, {"baselines"}),
        ({"shards": 3}, {"label"}),
        ({"title": "Toy", "generator__seeds": [3], "downstream__seeds": [5]}, set()),
    ],
)
def test_a_change_reaches_the_jobs_it_concerns_and_no_others(change: dict[str, Any], affected: set[str]) -> None:
    before, after = _specs(_plan()), _specs(_plan(**change))
    assert {name for name in before if before[name] != after[name]} == affected


@pytest.mark.parametrize("kind", ["tables", "figures", "claims"])
def test_products_name_files_and_values_that_there_are(kind: str) -> None:
    plan = _plan()
    assert plan.products.of_kind(kind)
    for name in plan.products.of_kind(kind):
        recipe = _product(plan, kind, name)
        for frame, files in recipe.inputs.items():
            assert files, frame
            assert all(file in recipe.outside or file.startswith("out/") for file in files)
        assert recipe.spec["product"] == name


def test_values_that_products_ask_of_config() -> None:
    values = _product(_plan(), "claims", "feng_summaries").spec["values"]
    rows = {row["dataset"]: row for row in values["text_datasets"]["rows"]}
    assert (rows["best"]["verifier_kind"], rows["best"]["share"]) == ("rouge", 0.25)
    assert rows["chance"]["verifier"] is None
    assert {row["name"]: row["same_base"] for row in values["further_models"]["rows"]} == {
        "stronger": False,
        "original": True,
    }
    assert values["labellers"]["rows"] == [{"labeller": "", "model": "generator-seed3", "group": ""}]
    assert values["train_share"] == 0.125


@pytest.mark.parametrize(
    ("path", "stage"),
    [
        ("out/base_models/tiny.safetensors", "sources.import_model"),
        ("out/toy/prompts/train.parquet", "text.sample"),
        ("out/toy/models/stronger-seed7.safetensors", "text.train"),
        ("out/toy/candidates/generator-seed3.synthesize.greedy.2of2.parquet", "text.label"),
        ("out/toy/scores/generator-seed3.synthesize.greedy.both.1of2.parquet", "text.verify"),
        ("out/toy/datasets/original.parquet", "text.select"),
        ("out/toy/proxy/best.parquet", "text.proxy"),
        ("out/toy/evaluations/best-seed1.greedy.parquet", "text.evaluate"),
        ("out/toy/baselines/test.parquet", "text.evaluate_baselines"),
        ("out/toy/examples/test.parquet", "text.pick_examples"),
    ],
)
def test_how_each_artifact_is_made_is_found_from_its_path(path: str, stage: str) -> None:
    recipe = _plan().recipe_of(path)
    assert recipe is not None
    assert recipe.stage == stage
    assert path in recipe.outputs.values()
    kind, _, body = stage.partition(".")
    assert recipe.body == f"uncollapse.experiments.{kind}.stages.{body}"
    assert any(entry.startswith(f"{recipe.body}@") for entry in recipe.code)
    assert any(entry.startswith("scripts/stage.py@") for entry in recipe.code)


def test_every_artifact_that_accounts_for_rows_is_listed_once() -> None:
    plan = _plan()
    found = plan.accounted()
    assert len(found) == len(set(found))
    kinds = [path.split("/")[2] for path in found]
    # four splits; one decoding and two verifiers in two shards each; four data sets and three of true answers
    assert {kind: kinds.count(kind) for kind in kinds} == {"prompts": 4, "candidates": 2, "scores": 4, "datasets": 7}


def test_the_synthesize_split_is_labelled_by_the_first_generator() -> None:
    plan = _plan()
    files = plan.paths("toy", candidates(plan.block("toy"), Model("train", 3), "synthesize", "greedy"))
    assert len(files) == 2
    assert _recipe(plan, "select", dataset="best").inputs["candidates"] == files


def _drawn() -> Plan:
    """The same where each of the two generators has a pool of its own."""
    return _plan(generator__pools="own")


def test_every_draw_has_models_of_its_own() -> None:
    names = [model.name for model, _ in _drawn().block("toy").evaluated()]
    assert names[:6] == [
        "generator-seed3",
        "generator-seed4",
        "stronger-seed7",
        "original-seed0",
        "stronger.by4-seed7",
        "original.by4-seed0",
    ]
    students = [f"{name}{draw}-seed0" for draw in ("", ".by4") for name in ("best", "joint", "chance", "clean")]
    assert names[6:14] == students


def test_a_further_draw_is_made_from_its_own_pool() -> None:
    plan, root = _drawn(), "out/toy"
    pool, part = f"{root}/prompts/synthesize.by4.parquet", f"{root}/prompts/train.by4.parquet"

    def reads(rule: str, **names: Any) -> dict[str, list[str]]:
        return dict(_recipe(plan, rule, **names).inputs)

    assert reads("train", model="generator-seed4")["dataset"] == [f"{root}/datasets/train.by4.parquet"]
    assert reads("train", model="generator-seed3")["dataset"] == [f"{root}/datasets/train.parquet"]
    assert reads("select", dataset="train.by4") == {"prompts": [part]}
    assert reads("select", dataset="stronger.by4") == {"prompts": [pool]}
    written = WRITTEN | {"model": "generator-seed4", "shards": 2}
    assert reads("label", **written, split="synthesize")["prompts"] == [pool]
    assert reads("label", **written | {"shards": 1}, split="test")["prompts"] == [f"{root}/prompts/test.parquet"]
    judge = reads("verify", **written, verifier="weak")
    assert (judge["prompts"], judge["changed"]) == ([pool], [f"{root}/models/stronger.by4-seed7.safetensors"])
    assert reads("verify", **written, verifier="self")["changed"] == [f"{root}/models/generator-seed4.safetensors"]
    chosen = reads("select", dataset="best.by4")
    assert chosen["prompts"] == [pool]
    assert all("generator-seed4.synthesize" in path for path in [*chosen["candidates"], *chosen["scores"]])
    assert reads("proxy", dataset="best.by4")["prompts"] == [pool]
    assert reads("train", model="best.by4-seed1")["dataset"] == [f"{root}/datasets/best.by4.parquet"]


def test_pools_of_further_draws_are_sampled_by_their_seed() -> None:
    plan = _drawn()
    first, further = _recipe(plan, "sample", split="train"), _recipe(plan, "sample_pool", split="train", draw=4)
    assert {**first.spec, "draw": 4} == further.spec
    found = plan.recipe_of("out/toy/prompts/synthesize.by4.parquet")
    assert found is not None
    assert (found.stage, found.spec["draw"], found.spec["split"]) == ("text.sample_pool", 4, "synthesize")


@pytest.mark.parametrize("draw", [3, 5])
def test_a_draw_that_config_lacks_has_no_pool(draw: int) -> None:
    with pytest.raises(KeyError):
        _recipe(_drawn(), "sample_pool", split="train", draw=draw)
    with pytest.raises(KeyError):
        _recipe(_plan(), "sample_pool", split="train", draw=4)
    with pytest.raises(KeyError):
        _recipe(_drawn(), "select", dataset=f"best.by{draw}")
    with pytest.raises(KeyError):
        _recipe(_plan(), "verify", **WRITTEN | {"model": "generator-seed4"}, verifier="oracle", shards=2)


def test_pools_and_data_sets_of_every_draw_account_for_rows() -> None:
    found = _drawn().accounted()
    assert len(found) == len(set(found))
    kinds = [path.split("/")[2] for path in found]
    # one draw's, but that two of four splits are its own
    assert {kind: kinds.count(kind) for kind in kinds} == {"prompts": 6, "candidates": 4, "scores": 8, "datasets": 14}
