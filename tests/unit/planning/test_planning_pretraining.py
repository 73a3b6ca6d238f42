"""What a pretraining experiment means in files and jobs, for a small one that is counted by hand."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from uncollapse.config.load import load
from uncollapse.errors import ConfigError
from uncollapse.planning.plan import Plan
from uncollapse.planning.recipe import recipe_of

ROOT = Path(__file__).parents[3]
SMALL = yaml.safe_load("""
scale: small
results: out
corpora:
  {news: {files: [news.jsonl]}, chat: {files: [chat.jsonl]}, web: {files: [web.jsonl]}, asked: {files: [asked.jsonl]}}
base_models: {big: {folder: models/big}}
experiments:
  toy:
    kind: pretraining
    data: {human: [news], machine: [chat], held_out: [web]}
    tokens: 1000
    datasets:
      human: {machine_share: 0.0}
      half: {machine_share: 0.5, tokens: 500}
      chosen: {machine_share: 1.0, select: {by: perplexity, prior: judge, prior_dataset: other}}
      other: {part: 1}
      new: {edit: redrawn}
      own: {machine_share: 0.5, generator: gpt2, generator_dataset: human}
      again: {machine_share: 1.0, tokens: 700, generator: gpt2, generator_dataset: own}
    edits:
      reading: {corpus: news, passages: 10, prior: big, generations: 3, frozen: true}
      redrawn: {dataset: human, prior: judge, prior_dataset: other}
    models:
      gpt2:
        architecture: &sizes {architecture: gpt2, hidden_size: 16, layers: 1, heads: 2, context: 16}
        training: &training {steps: 10}
        datasets: [human, half, chosen, new, own]
        seeds: [0, 5]
      judge: {architecture: *sizes, training: *training, datasets: [other], seeds: [3]}
    diagnostics: {priors: {large: {base: big}, own: {model: judge, dataset: other}}, datasets: [chosen]}
    instructions: {corpus: asked}
    synthesis: {model: big, corpus: news}
    tasks: {names: [next_words, mine.yaml, piqa], models: [gpt2], datasets: [human]}
tables: {zhu2024_table1: {experiment: toy}, zhu2024_table9: {experiment: toy}}
figures: {zhu2024_figure2: {experiment: toy}, zhu2024_figure3: {experiment: toy}}
claims: {zhu_mixtures: {experiment: toy}, zhu_diagnostics: {experiment: toy}}
""")


def _config(**changes: Any) -> dict[str, Any]:
    """Keys of the experiment, with dots for nesting (two underscores here)."""
    config = copy.deepcopy(SMALL)
    for key, value in changes.items():
        part = config["experiments"]["toy"]
        *parents, last = key.split("__")
        for name in parents:
            part = part.setdefault(name, {})
        part[last] = copy.deepcopy(value)
    return config


def _plan(**changes: Any) -> Plan:
    return Plan(load(_config(**changes)), scripts=ROOT / "scripts")


def test_models_are_named_by_architecture_and_data_set() -> None:
    names = [model.name for model in _plan().downstream("toy")]
    students = [f"gpt2_{name}-seed{seed}" for seed in (0, 5) for name in ("human", "half", "chosen", "new", "own")]
    assert names == [*students, "judge_other-seed3"]


def test_shares_and_sizes_of_mixtures() -> None:
    plan = _plan(data__human=["news", "web"], data__held_out=[])
    half = json.loads(plan.selection_spec("toy", "half"))
    assert half["shares"] == {"news": 0.25, "web": 0.25, "chat": 0.5}
    assert half["tokens"] == 500
    assert json.loads(plan.selection_spec("toy", "other"))["tokens"] == 1000


@pytest.mark.parametrize(
    ("dataset", "inputs"),
    [
        ("human", {"tokens": "out/toy/tokens/train.parquet"}),
        (
            "chosen",
            {
                "tokens": "out/toy/tokens/train.parquet",
                "prior": "out/toy/models/judge_other-seed3.safetensors",
            },
        ),
        (
            "own",
            {"tokens": "out/toy/tokens/train.parquet", "samples": "out/toy/samples/gpt2_human.parquet"},
        ),
        ("new", {"edits": "out/toy/edits/redrawn.1.parquet", "dataset": "out/toy/datasets/human.parquet"}),
    ],
)
def test_what_a_data_set_is_made_from(dataset: str, inputs: dict[str, str]) -> None:
    assert _plan().selection_inputs("toy", dataset) == inputs


def test_later_generations_edit_what_the_one_before_has_made() -> None:
    plan = _plan().pretraining("toy")
    base = "out/base_models/big.safetensors"
    assert plan.edit_inputs("toy", "reading", 1) == {"passages": "out/toy/passages/train.parquet", "prior": base}
    assert plan.edit_inputs("toy", "reading", 3) == {
        "before": "out/toy/edits/reading.2.parquet",
        "first": "out/toy/edits/reading.1.parquet",
        "prior": base,
    }
    own = "out/toy/models/judge_other-seed3.safetensors"
    assert plan.edit_inputs("toy", "redrawn", 1) == {"dataset": "out/toy/datasets/human.parquet", "prior": own}
    with pytest.raises(KeyError):
        plan.edit_inputs("toy", "reading", 4)


FURTHER = {
    "datasets__chats": {"corpus": "chat", "tokens": 100},
    "datasets__pairs": {"instructions": True},
    "datasets__pairs_new": {"edit": "answered"},
    "edits__answered": {"dataset": "pairs", "prior": "judge", "prior_dataset": "other"},
    "edits__control": {"dataset": "human", "prior": "judge", "prior_dataset": "other", "as_many_as": "redrawn"},
    "models__tuned": {
        "initial": "judge", "initial_dataset": "other", "training": {"steps": 5},
        "datasets": ["chats", "pairs", "pairs_new"], "seeds": [7],
    },
}  # fmt: skip


def test_models_go_on_from_the_first_seed_of_another_one() -> None:
    plan = _plan(**FURTHER)
    initial = "out/toy/models/judge_other-seed3.safetensors"
    chats = plan.training_inputs("toy", "tuned_chats-seed7")
    assert (chats["initial"], chats["dataset"]) == (initial, "out/toy/datasets/chats.parquet")
    assert "initial" not in plan.training_inputs("toy", "gpt2_human-seed0")
    assert json.loads(plan.train_spec("toy", "tuned_chats-seed7"))["architecture"]["hidden_size"] == 16
    assert json.loads(plan.selection_spec("toy", "chats"))["shares"] == {"chat": 1.0}
    rows = {row["model"]: row for row in plan.product_values("toy")["trained_models"]}
    assert rows["tuned_pairs_new-seed7"]["initial"] == "judge_other-seed3"
    assert rows["tuned_pairs_new-seed7"]["domain"] == "asked"
    assert rows["tuned_chats-seed7"]["instructions"] is False


def test_instructions_are_edited_learned_and_judged_as_pairs() -> None:
    plan = _plan(**FURTHER)
    mine, pairs = plan.pretraining("toy"), "out/toy/datasets/pairs.parquet"
    assert plan.selection_inputs("toy", "pairs") == {"pairs": "out/toy/instructions/train.parquet"}
    assert plan.selection_inputs("toy", "pairs_new") == {"edits": "out/toy/edits/answered.1.parquet", "pairs": pairs}
    assert mine.edit_inputs("toy", "answered", 1)["pairs"] == pairs
    assert plan.training_inputs("toy", "tuned_pairs-seed7")["pairs"] == pairs
    judged = ["tuned_pairs-seed7", "tuned_pairs_new-seed7", "judge_other-seed3"]  # the last is where they start
    assert all("pairs" in mine.perplexity_inputs("toy", name) for name in judged)
    others = ["tuned_chats-seed7", "gpt2_human-seed0"]
    assert not any("pairs" in mine.perplexity_inputs("toy", name) for name in others)
    assert "out/toy/instructions/test.parquet" in plan.accounted()


WRITTEN = {
    "datasets__reworded": {"corpus": "news", "written_by": "big", "how": "rephrased"},
    "datasets__reworded_more": {"corpus": "news", "written_by": "big", "how": "rephrased", "tokens": 3000},
}


def test_texts_that_a_base_model_writes_suffice_for_the_largest_data_set() -> None:
    plan = _plan(**WRITTEN, writing={"max_new_tokens": 9})
    mine, texts = plan.pretraining("toy"), "out/toy/written/big.rephrased.news.parquet"
    assert (
        plan.selection_inputs("toy", "reworded") == plan.selection_inputs("toy", "reworded_more") == {"tokens": texts}
    )
    assert json.loads(plan.selection_spec("toy", "reworded"))["shares"] == {"sampled text": 1.0}
    recipe = recipe_of(plan, texts)
    assert recipe is not None
    assert recipe.stage == "write_texts"
    assert recipe.inputs == {
        "passages": ["out/toy/passages/train.parquet"],
        "model": ["out/base_models/big.safetensors"],
        "tokenizer": ["out/toy/tokenizer/tokenizer.json"],
    }
    assert (recipe.spec["tokens"], recipe.spec["writing"]["max_new_tokens"]) == (3000, 9)
    assert any(entry.startswith("uncollapse.language.engines.transformers_engine@") for entry in recipe.code)
    assert recipe_of(plan, "out/toy/written/big.synthetic.news.parquet") is None
    with pytest.raises(KeyError):
        mine.writing_inputs("toy", "big", "rephrased", "chat")


def test_a_classifier_that_is_there_is_an_input(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    select = {"by": "educational", "classifier": {"folder": str(tmp_path)}}
    plan = _plan(datasets__chosen__select=select)
    assert plan.selection_inputs("toy", "chosen") == {
        "tokens": "out/toy/tokens/train.parquet",
        "passages": "out/toy/passages/train.parquet",
        "classifier": [str(tmp_path / "config.json")],
    }
    assert "compute" in json.loads(plan.selection_spec("toy", "chosen"))
    hub = {"by": "educational", "classifier": {"hub": {"id": "a/b", "revision": "c"}}}
    assert "classifier" not in _plan(datasets__chosen__select=hub).selection_inputs("toy", "chosen")


def test_a_control_reads_the_edit_that_it_is_matched_with() -> None:
    plan = _plan(**FURTHER).pretraining("toy")
    assert plan.edit_inputs("toy", "control", 1)["like"] == "out/toy/edits/redrawn.1.parquet"
    assert "like" not in plan.edit_inputs("toy", "redrawn", 1)
    shared = _plan(**FURTHER, edits__redrawn__share=0.1).pretraining("toy")
    assert shared.edit_inputs("toy", "redrawn", 1)["validation"] == "out/toy/tokens/validation.parquet"
    with pytest.raises(ConfigError, match=r"edits\.redrawn\.share: the threshold follows from it"):
        _plan(edits__redrawn__share=0.1, edits__redrawn__editing={"threshold": 0.5})


FURTHER_PROBLEMS = [
    ("models__tuned__initial", "tuned", r"models\.tuned\.initial: 'tuned' is not defined; known: gpt2, judge"),
    ("models__tuned__initial_dataset", "human", r"tuned\.initial_dataset: 'human' is not defined; known: other"),
    ("models__tuned__architecture", {"architecture": "gpt2", "hidden_size": 8, "layers": 1, "heads": 2},
     r"models\.tuned\.initial: give architecture for a model from scratch, or initial"),
    ("datasets__chats__corpus", "web", r"datasets\.chats\.corpus: 'web' is not defined; known: news, chat"),
    ("datasets__pairs__part", 1, r"datasets\.pairs\.instructions: all pairs are taken as they are"),
    ("instructions", None, r"toy\.instructions: datasets\.pairs wants pairs"),
    ("instructions", {"corpus": "radio"}, r"toy\.instructions\.corpus: 'radio' is not defined"),
    ("instructions", {"corpus": "asked", "template": "{question}"}, r"toy\.instructions\.template"),
    ("edits__reading__share", 0.1, r"edits\.reading\.share: held-out text is in the tokens of data sets"),
    ("edits__redrawn__share", 0.0, r"edits\.redrawn\.share"),
    ("edits__control__as_many_as", "reading", r"edits\.control\.as_many_as: 'reading' is not defined; known: redrawn"),
    ("edits__control__generations", 2, r"edits\.control\.as_many_as: 'redrawn' is not defined; known: none"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value", "message"), FURTHER_PROBLEMS)
def test_what_does_not_fit_together_in_going_on(key: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load(_config(**FURTHER | {key: value}))


def test_models_that_start_from_each_other_are_an_error() -> None:
    judge = {"initial": "tuned", "initial_dataset": "chats", "architecture": None}
    changes = FURTHER | {f"models__judge__{key}": value for key, value in judge.items()}
    with pytest.raises(ConfigError, match=r"models\.\w+\.initial: starts from itself"):
        load(_config(**changes))


def test_another_models_seeds_change_no_ones_job_but_that_of_who_reads_it() -> None:
    plain, wider = _plan(), _plan(models__judge__seeds=[4])
    assert plain.train_spec("toy", "gpt2_human-seed0") == wider.train_spec("toy", "gpt2_human-seed0")
    assert plain.selection_inputs("toy", "chosen") != wider.selection_inputs("toy", "chosen")
    assert plain.selection_inputs("toy", "human") == wider.selection_inputs("toy", "human")


ARTIFACTS = [
    ("passages/validation.parquet", "cut_passages"),
    ("tokenizer/tokenizer.json", "train_tokenizer"),
    ("instructions/test.parquet", "encode_instructions"),
    ("synthesis/costs.parquet", "compare_synthesis"),
    ("tokens/test.parquet", "encode_passages"),
    ("datasets/half.parquet", "mix_texts"),
    ("models/gpt2_half-seed5.curve.parquet", "pretrain"),
    ("perplexities/judge_other-seed3.parquet", "measure_perplexity"),
    ("samples/gpt2_own.parquet", "sample_texts"),
    ("task_items/next_words.parquet", "make_task_items"),
    ("task_scores/gpt2_human-seed5.parquet", "evaluate_tasks"),
    ("edits/reading.2.counts.parquet", "edit_texts"),
    ("diagnostics/ngrams.parquet", "diagnose_texts"),
    ("diagnostics/own.details.parquet", "diagnose_texts"),
]


@pytest.mark.parametrize(("path", "stage"), ARTIFACTS)
def test_recipes(path: str, stage: str) -> None:
    recipe = recipe_of(_plan(), f"out/toy/{path}")
    assert recipe is not None
    assert recipe.stage == stage
    assert any(entry.startswith(f"scripts/{stage}.py@") for entry in recipe.code)
    assert set(recipe.spec) <= set(recipe.keys) | {
        "generation",
        "seed",
        "shares",
        "diagnostic",
        "encoder",
        "engine",
        "compute",
    }


@pytest.mark.parametrize(
    "path",
    [
        "edits/reading.4.parquet",
        "models/gpt2_other-seed0.safetensors",
        "models/gpt2_human-seed1.safetensors",
        "perplexities/other-seed0.parquet",
        "samples/gpt2_half.parquet",
        "task_items/piqa.parquet",
        "task_scores/gpt2_half-seed0.parquet",
        "diagnostics/embeddings.parquet",
        "datasets/unknown.parquet",
    ],
)
def test_what_the_plan_does_not_make_has_no_recipe(path: str) -> None:
    assert recipe_of(_plan(), f"out/toy/{path}") is None


def test_samples_suffice_for_the_largest_data_set_that_takes_them() -> None:
    plan = _plan().pretraining("toy")
    assert plan.samples_inputs("toy", "gpt2_own") == {"model": "out/toy/models/gpt2_own-seed0.safetensors"}
    assert json.loads(plan.samples_spec("toy", "gpt2_human"))["tokens"] == 502
    assert json.loads(plan.samples_spec("toy", "gpt2_own"))["tokens"] == 702
    assert json.loads(plan.selection_spec("toy", "own"))["shares"] == {"news": 0.5, "sampled text": 0.5}


def test_tasks_come_from_us_from_a_users_file_or_from_the_harness() -> None:
    inputs = _plan().pretraining("toy").task_inputs("toy", "gpt2_human-seed0")
    assert inputs.pop("definition_0").endswith("workflow/tasks/next_words.yaml")
    assert inputs == {
        "model": "out/toy/models/gpt2_human-seed0.safetensors",
        "items_0": "out/toy/task_items/next_words.parquet",
        "definition_1": "mine.yaml",
    }


def test_tasks_are_for_each_models_own_data_sets_among_those_named() -> None:
    plan = _plan(tasks={"names": ["next_words"], "models": ["gpt2", "judge"], "datasets": ["new", "again", "other"]})
    names = [model.name for model in plan.pretraining("toy").evaluated_on_tasks("toy")]
    assert names == ["gpt2_new-seed0", "gpt2_new-seed5", "judge_other-seed3"]


def test_items_may_be_limited_to_some_corpora() -> None:
    tasks = {"names": ["next_words"], "models": ["gpt2"], "datasets": ["human"]}
    assert "corpora" not in json.loads(_plan(tasks=tasks).pretraining("toy").items_spec("toy", "next_words"))
    limited = _plan(tasks=tasks | {"corpora": ["web"]}).pretraining("toy")
    assert json.loads(limited.items_spec("toy", "next_words"))["corpora"] == ["web"]


def test_products_do_without_tasks_but_read_them_where_they_are() -> None:
    for kind, name in (("tables", "zhu2024_edited_training"), ("claims", "zhu_toedit")):
        config = _config()
        config[kind][name] = {"experiment": "toy"}
        assert Plan(load(config), scripts=ROOT / "scripts").product_inputs(kind, name)["task_scores"] == [
            f"out/toy/task_scores/gpt2_human-seed{seed}.parquet" for seed in (0, 5)
        ]
        config["experiments"]["toy"]["tasks"] = None
        alone = Plan(load(config), scripts=ROOT / "scripts")
        assert name in alone.products(kind)
        assert "task_scores" not in alone.product_inputs(kind, name)


def test_generations_are_counted_from_the_first_human_text() -> None:
    rows = {row["dataset"]: row for row in _plan().product_values("toy")["iterations"]}
    assert {name: (row["generation"], row["process"]) for name, row in rows.items()} == {
        "human": (0, None),
        "own": (1, "own and human text"),
        "again": (2, "own text"),
    }


def test_products_read_files_of_this_experiment() -> None:
    plan = _plan()
    assert plan.product_inputs("tables", "zhu2024_table9")["edit_counts"] == [
        f"out/toy/edits/{name}.counts.parquet" for name in ("reading.1", "reading.2", "reading.3", "redrawn.1")
    ]
    assert len(plan.product_inputs("tables", "zhu2024_table1")["perplexities"]) == 11
    assert plan.product_inputs("figures", "zhu2024_figure3")["document_perplexities"] == [
        f"out/toy/diagnostics/{name}.details.parquet" for name in ("large", "own")
    ]
    values = json.loads(plan.product_spec("claims", "zhu_diagnostics"))
    assert values["subjects"] == ["human", "machine", "chosen"]
    assert values["references"] == ["large"]
    assert plan.report_inputs()["proxy.toy"] == []
    assert "out/toy/passages/train.parquet" in plan.accounted()


def test_what_an_experiment_lacks_has_no_products() -> None:
    plan = _plan(diagnostics=None)
    assert "zhu2024_figure3" not in plan.products("figures")
    assert "zhu_diagnostics" not in plan.products("claims")
    assert {"zhu2024_figure2"} <= set(plan.products("figures")) < set(_plan().products("figures"))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("data__human", ["news", "chat"], "a corpus is human, machine or held_out"),
        ("data__held_out", ["radio"], r"experiments\.toy\.data: 'radio' is not defined"),
        ("datasets__half__edit", "redrawn", r"datasets\.half\.edit: an edited data set is what was edited"),
        ("datasets__new__edit", "reading", r"datasets\.new\.edit: 'reading' is not defined; known: redrawn"),
        ("datasets__human__select", {"by": "dsir"}, r"datasets\.human\.select: there is no machine-written part"),
        ("datasets__chosen__select__prior", "radio", r"datasets\.chosen\.select\.prior: 'radio' is not defined"),
        ("edits__redrawn__dataset", "new", r"datasets\.new: is made from itself"),
        ("edits__redrawn__prior", "big", r"edits\.redrawn\.prior: 'big' is not defined; known: gpt2, judge"),
        ("edits__redrawn__prior_dataset", None, r"edits\.redrawn\.prior_dataset: a data set is edited by a model"),
        ("edits__reading__prior", "judge", r"edits\.reading\.prior: 'judge' is not defined; known: big"),
        ("edits__reading__corpus", "web", r"edits\.reading\.corpus: 'web' is not defined; known: news, chat"),
        ("models__gpt2__datasets", ["human", "more"], r"models\.gpt2\.datasets: 'more' is not defined"),
        ("models__gpt2__architecture__heads", 3, "hidden_size 16 is no even multiple of heads 3"),
        ("diagnostics__priors__own__dataset", "human", r"diagnostics\.priors\.own\.dataset: 'human' is not defined"),
        ("diagnostics__datasets", ["human"], r"diagnostics\.datasets: 'human' is not|'human' is taken"),
        (
            "datasets__half__generator",
            "gpt2",
            r"datasets\.half\.generator_dataset: a generator is a model on a data set",
        ),
        ("datasets__own__machine_share", 0.0, r"datasets\.own\.generator: writes the machine-written part"),
        ("datasets__own__generator_dataset", "other", r"datasets\.own\.generator_dataset: 'other' is not defined"),
        ("datasets__own__generator_dataset", "own", r"datasets\.own: is made from itself"),
        ("diagnostics__datasets", ["own"], r"diagnostics\.datasets: 'own' is not defined"),
        ("tasks__datasets", ["plays"], r"tasks\.datasets: 'plays' is not defined; known: human, half"),
        (
            "tasks__datasets",
            ["other"],
            r"tasks\.datasets: tasks\.models are trained on none of them; name some of human,",
        ),
        ("tasks__corpora", ["chat"], r"tasks\.corpora: 'chat' is not defined; known: news, web"),
        ("datasets__human__how", "rephrased", r"datasets\.human\.how: a base model writes in some way"),
        ("datasets__human", {"written_by": "big", "how": "synthetic"}, r"datasets\.human\.written_by: .* give corpus"),
        (
            "datasets__human",
            {"written_by": "small", "how": "synthetic", "corpus": "news"},
            r"datasets\.human\.written_by: 'small' is not defined; known: big",
        ),
        ("datasets__chosen__select", {"by": "educational"}, r"datasets\.chosen\.select: .*give one of them"),
        ("tokens", 0, r"experiments\.toy\.tokens"),
    ],
)
def test_what_does_not_fit_together_is_named_with_its_key(key: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load(_config(**{key: value}))


def test_no_stage_of_other_kinds_runs_anything_of_pretraining() -> None:
    default = Plan(load(yaml.safe_load((ROOT / "config.yaml").read_text())), scripts=ROOT / "scripts")
    for experiment in ("eigenvalues", "summaries"):
        for stage in ("train", "label", "select_data", "evaluate_model"):
            named = default.script(stage, experiment)
            code = default.code(stage if experiment == "summaries" else named, experiment)
            assert not [entry for entry in code if entry.startswith("uncollapse.pretraining")], (stage, experiment)
