"""What a pretraining experiment means in files and jobs, for a small one that is counted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from changed_config import changed_toy, frame_paths, planned_toy
from stage_workflow import recipes_of

from uncollapse.config.load import load
from uncollapse.errors import ConfigError
from uncollapse.planning.plan import Plan
from uncollapse.planning.products import STAGES
from uncollapse.planning.recipe import Recipe

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
    return changed_toy(SMALL, changes)


def _plan(**changes: Any) -> Plan:
    return planned_toy(SMALL, changes)


def _recipe(plan: Plan, rule: str, **names: Any) -> Recipe:
    return plan.recipe(rule, experiment="toy", **names)


def _selected(plan: Plan, dataset: str) -> dict[str, list[str]]:
    return _recipe(plan, "select", dataset=dataset).inputs


def _edited(plan: Plan, edit: str, generation: int) -> dict[str, list[str]]:
    return _recipe(plan, "edit_texts", edit=edit, generation=generation).inputs


def _trained(plan: Plan, model: str) -> dict[str, list[str]]:
    return _recipe(plan, "train", model=model).inputs


def _product(plan: Plan, kind: str, name: str) -> Recipe:
    rule, _, wildcard, _ = STAGES[kind]
    return plan.recipe(rule, **{wildcard: name})


def test_models_are_named_by_architecture_and_data_set() -> None:
    names = [model.name for model in _plan().block("toy").students()]
    students = [f"gpt2_{name}-seed{seed}" for seed in (0, 5) for name in ("human", "half", "chosen", "new", "own")]
    assert names == [*students, "judge_other-seed3"]


def test_shares_and_sizes_of_mixtures() -> None:
    plan = _plan(data__human=["news", "web"], data__held_out=[])
    half = _recipe(plan, "select", dataset="half").spec
    assert half["shares"] == {"news": 0.25, "web": 0.25, "chat": 0.5}
    assert half["tokens"] == 500
    assert _recipe(plan, "select", dataset="other").spec["tokens"] == 1000


@pytest.mark.parametrize(
    ("dataset", "inputs"),
    [
        ("human", {"tokens": ["out/toy/tokens/train.parquet"]}),
        (
            "chosen",
            {
                "tokens": ["out/toy/tokens/train.parquet"],
                "prior": ["out/toy/models/judge_other-seed3.safetensors"],
            },
        ),
        (
            "own",
            {"tokens": ["out/toy/tokens/train.parquet"], "samples": ["out/toy/samples/gpt2_human.parquet"]},
        ),
        ("new", {"edits": ["out/toy/edits/redrawn.1.parquet"], "dataset": ["out/toy/datasets/human.parquet"]}),
    ],
)
def test_what_a_data_set_is_made_from(dataset: str, inputs: dict[str, list[str]]) -> None:
    assert _selected(_plan(), dataset) == inputs


def test_later_generations_edit_what_the_one_before_has_made() -> None:
    plan = _plan()
    base = "out/base_models/big.safetensors"
    assert _edited(plan, "reading", 1) == {"passages": ["out/toy/passages/train.parquet"], "prior": [base]}
    assert _edited(plan, "reading", 3) == {
        "before": ["out/toy/edits/reading.2.parquet"],
        "first": ["out/toy/edits/reading.1.parquet"],
        "prior": [base],
    }
    own = "out/toy/models/judge_other-seed3.safetensors"
    assert _edited(plan, "redrawn", 1) == {"dataset": ["out/toy/datasets/human.parquet"], "prior": [own]}
    with pytest.raises(KeyError):
        _edited(plan, "reading", 4)


PRINTED = {
    "edits__printed": {"dataset": "human", "prior": "big", "generations": 2},
    "edits__printed_control": {"dataset": "human", "prior": "big", "generations": 2, "as_many_as": "printed"},
    "datasets__printed_new": {"edit": "printed"},
}


def test_a_base_model_edits_a_data_set_in_tokens_of_its_own() -> None:
    plan = _plan(**PRINTED)
    base, tokenizer = ["out/base_models/big.safetensors"], ["out/toy/tokenizer/tokenizer.json"]
    human = ["out/toy/datasets/human.parquet"]
    assert _edited(plan, "printed", 1) == {"dataset": human, "tokenizer": tokenizer, "prior": base}
    assert _edited(plan, "printed", 2) == {"before": ["out/toy/edits/printed.1.parquet"], "prior": base}
    assert _edited(plan, "printed_control", 2)["like"] == ["out/toy/edits/printed.2.parquet"]
    edits = ["out/toy/edits/printed.2.parquet"]
    assert _selected(plan, "printed_new") == {"edits": edits, "tokenizer": tokenizer, "dataset": human}


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
    chats = _trained(plan, "tuned_chats-seed7")
    assert (chats["initial"], chats["dataset"]) == ([initial], ["out/toy/datasets/chats.parquet"])
    assert "initial" not in _trained(plan, "gpt2_human-seed0")
    assert _recipe(plan, "train", model="tuned_chats-seed7").spec["architecture"]["hidden_size"] == 16
    assert _recipe(plan, "select", dataset="chats").spec["shares"] == {"chat": 1.0}
    rows = {row["model"]: row for row in plan.products.value("toy", "trained_models")["rows"]}
    assert rows["tuned_pairs_new-seed7"]["initial"] == "judge_other-seed3"
    assert rows["tuned_pairs_new-seed7"]["domain"] == "asked"
    assert rows["tuned_chats-seed7"]["instructions"] is False


def test_instructions_are_edited_learned_and_judged_as_pairs() -> None:
    plan = _plan(**FURTHER)
    pairs = ["out/toy/datasets/pairs.parquet"]
    assert _selected(plan, "pairs") == {"pairs": ["out/toy/instructions/train.parquet"]}
    assert _selected(plan, "pairs_new") == {"edits": ["out/toy/edits/answered.1.parquet"], "pairs": pairs}
    assert _edited(plan, "answered", 1)["pairs"] == pairs
    assert _trained(plan, "tuned_pairs-seed7")["pairs"] == pairs
    judged = ["tuned_pairs-seed7", "tuned_pairs_new-seed7", "judge_other-seed3"]  # the last is where they start
    assert all("pairs" in _recipe(plan, "measure_perplexity", model=name).inputs for name in judged)
    others = ["tuned_chats-seed7", "gpt2_human-seed0"]
    assert not any("pairs" in _recipe(plan, "measure_perplexity", model=name).inputs for name in others)
    assert "out/toy/instructions/test.parquet" in plan.accounted()


WRITTEN = {
    "datasets__reworded": {"corpus": "news", "written_by": "big", "how": "rephrased"},
    "datasets__reworded_third": {"corpus": "news", "written_by": "big", "how": "rephrased", "machine_share": 1 / 3},
    "datasets__reworded_more": {"corpus": "news", "written_by": "big", "how": "rephrased", "tokens": 3000},
}


def test_texts_that_a_base_model_writes_suffice_for_the_largest_data_set() -> None:
    plan = _plan(**WRITTEN, writing={"max_new_tokens": 9})
    texts = "out/toy/written/big.rephrased.news.parquet"
    assert _selected(plan, "reworded") == _selected(plan, "reworded_more") == {"tokens": [texts]}
    assert _recipe(plan, "select", dataset="reworded").spec["shares"] == {"sampled text": 1.0}
    assert _selected(plan, "reworded_third") == {"tokens": ["out/toy/tokens/train.parquet"], "samples": [texts]}
    shares = _recipe(plan, "select", dataset="reworded_third").spec["shares"]
    assert shares == {"news": pytest.approx(2 / 3), "sampled text": pytest.approx(1 / 3)}
    recipe = plan.recipe_of(texts)
    assert recipe is not None
    assert recipe.stage == "pretraining.write_texts"
    assert recipe.inputs == {
        "passages": ["out/toy/passages/train.parquet"],
        "model": ["out/base_models/big.safetensors"],
        "tokenizer": ["out/toy/tokenizer/tokenizer.json"],
    }
    assert (recipe.spec["tokens"], recipe.spec["writing"]["max_new_tokens"]) == (3000, 9)
    assert any(entry.startswith("uncollapse.language.engines.transformers_engine@") for entry in recipe.code)
    assert plan.recipe_of("out/toy/written/big.synthetic.news.parquet") is None
    with pytest.raises(KeyError):
        _recipe(plan, "write_texts", writer="big", how="rephrased", corpus="chat")


def test_a_share_of_written_text_takes_as_many_tokens_as_it_is_rounded_to() -> None:
    third = WRITTEN["datasets__reworded_third"]
    plan = _plan(datasets__reworded_third=third | {"tokens": 1000})
    assert _recipe(plan, "write_texts", writer="big", how="rephrased", corpus="news").spec["tokens"] == 335
    with pytest.raises(ConfigError, match=r"datasets\.reworded_third\.corpus: one corpus has no shares"):
        _plan(datasets__reworded_third={"corpus": "news", "machine_share": 0.5})


def test_a_classifier_that_is_there_is_an_input(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    select = {"by": "educational", "classifier": {"folder": str(tmp_path)}}
    plan = _plan(datasets__chosen__select=select)
    assert _selected(plan, "chosen") == {
        "tokens": ["out/toy/tokens/train.parquet"],
        "passages": ["out/toy/passages/train.parquet"],
        "classifier": [str(tmp_path / "config.json")],
    }
    assert "compute" in _recipe(plan, "select", dataset="chosen").spec
    hub = {"by": "educational", "classifier": {"hub": {"id": "a/b", "revision": "c"}}}
    assert "classifier" not in _selected(_plan(datasets__chosen__select=hub), "chosen")


def test_a_control_reads_the_edit_that_it_is_matched_with() -> None:
    plan = _plan(**FURTHER)
    assert _edited(plan, "control", 1)["like"] == ["out/toy/edits/redrawn.1.parquet"]
    assert "like" not in _edited(plan, "redrawn", 1)
    shared = _plan(**FURTHER, edits__redrawn__share=0.1)
    assert _edited(shared, "redrawn", 1)["validation"] == ["out/toy/tokens/validation.parquet"]
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
    ("edits__reading__share", 0.1, r"edits\.reading\.share: held-out text is in the tokens of the"),
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
    texts = [_recipe(plan, "train", model="gpt2_human-seed0").text for plan in (plain, wider)]
    assert texts[0] == texts[1]
    assert _selected(plain, "chosen") != _selected(wider, "chosen")
    assert _selected(plain, "human") == _selected(wider, "human")


ARTIFACTS = [
    ("passages/validation.parquet", "cut_passages"),
    ("tokenizer/tokenizer.json", "train_tokenizer"),
    ("instructions/test.parquet", "encode_instructions"),
    ("synthesis/costs.parquet", "compare_synthesis"),
    ("tokens/test.parquet", "encode_passages"),
    ("datasets/half.parquet", "select"),
    ("models/gpt2_half-seed5.curve.parquet", "train"),
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
    recipe = _plan().recipe_of(f"out/toy/{path}")
    assert recipe is not None
    assert recipe.stage == f"pretraining.{stage}"
    assert f"out/toy/{path}" in recipe.outputs.values()
    assert any(entry.startswith(f"{recipe.body}@") for entry in recipe.code)
    assert any(entry.startswith("scripts/stage.py@") for entry in recipe.code)
    of_names = {"generation", "seed", "shares", "diagnostic", "encoder", "engine", "task", "tokens"}
    assert set(recipe.spec) <= set(recipe.keys) | of_names


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
    assert _plan().recipe_of(f"out/toy/{path}") is None


def test_samples_suffice_for_the_largest_data_set_that_takes_them() -> None:
    plan = _plan()
    recipe = {writer: _recipe(plan, "sample_texts", writer=writer) for writer in ("gpt2_human", "gpt2_own")}
    assert recipe["gpt2_own"].inputs == {"model": ["out/toy/models/gpt2_own-seed0.safetensors"]}
    assert recipe["gpt2_human"].spec["tokens"] == 502
    assert recipe["gpt2_own"].spec["tokens"] == 702
    assert _recipe(plan, "select", dataset="own").spec["shares"] == {"news": 0.5, "sampled text": 0.5}


def test_tasks_come_from_us_from_a_users_file_or_from_the_harness() -> None:
    recipe = _recipe(_plan(), "evaluate_tasks", model="gpt2_human-seed0")
    inputs = dict(recipe.inputs)
    (shipped,) = inputs.pop("definition_0")
    assert shipped.endswith("workflow/tasks/next_words.yaml")
    assert inputs == {
        "model": ["out/toy/models/gpt2_human-seed0.safetensors"],
        "items_0": ["out/toy/task_items/next_words.parquet"],
        "definition_1": ["mine.yaml"],
    }
    assert recipe.outside == {shipped, "mine.yaml"}


def test_data_files_that_a_users_task_names_are_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("data/a.jsonl", "data/b [1].jsonl", "more/c.parquet", "more/.cache/d.parquet"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    files = {"test": ["data/*.jsonl", "data/b [1].jsonl"], "train": "https://a.org/x.jsonl"}
    definition = {"task": "mine", "dataset_path": "json", "dataset_kwargs": {"data_files": files, "data_dir": "more"}}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(definition))
    recipe = _recipe(_plan(), "evaluate_tasks", model="gpt2_human-seed0")
    read = ["data/a.jsonl", "data/b [1].jsonl", "more/c.parquet"]
    assert recipe.inputs["data_1"] == read
    assert recipe.outside >= set(read)


def test_tasks_are_for_each_models_own_data_sets_among_those_named() -> None:
    plan = _plan(tasks={"names": ["next_words"], "models": ["gpt2", "judge"], "datasets": ["new", "again", "other"]})
    toy = plan.block("toy")
    names = [model.name for model in toy.students() if toy.has_tasks(model)]
    scores = [f"out/toy/task_scores/{name}.parquet" for name in names]
    assert frame_paths(plan, "toy", "task_scores") == scores
    assert names == ["gpt2_new-seed0", "gpt2_new-seed5", "judge_other-seed3"]


def test_items_may_be_limited_to_some_corpora() -> None:
    tasks = {"names": ["next_words"], "models": ["gpt2"], "datasets": ["human"]}
    whole = _recipe(_plan(tasks=tasks), "make_task_items", task="next_words")
    assert "corpora" not in whole.spec
    limited = _recipe(_plan(tasks=tasks | {"corpora": ["web"]}), "make_task_items", task="next_words")
    assert limited.spec["corpora"] == ["web"]


def test_products_do_without_tasks_but_read_them_where_they_are() -> None:
    for kind, name in (("tables", "zhu2024_edited_training"), ("claims", "zhu_toedit")):
        config = _config()
        config[kind][name] = {"experiment": "toy"}
        assert _product(Plan(load(config)), kind, name).inputs["task_scores"] == [
            f"out/toy/task_scores/gpt2_human-seed{seed}.parquet" for seed in (0, 5)
        ]
        config["experiments"]["toy"]["tasks"] = None
        alone = Plan(load(config))
        assert name in alone.products.of_kind(kind)
        assert "task_scores" not in _product(alone, kind, name).inputs


def test_generations_are_counted_from_the_first_human_text() -> None:
    rows = {row["dataset"]: row for row in _plan().products.value("toy", "iterations")["rows"]}
    assert {name: (row["generation"], row["process"]) for name, row in rows.items()} == {
        "human": (0, None),
        "own": (1, "own and human text"),
        "again": (2, "own text"),
    }


def test_products_read_files_of_this_experiment() -> None:
    plan = _plan()
    assert _product(plan, "tables", "zhu2024_table9").inputs["edit_counts"] == [
        f"out/toy/edits/{name}.counts.parquet" for name in ("reading.1", "reading.2", "reading.3", "redrawn.1")
    ]
    assert len(_product(plan, "tables", "zhu2024_table1").inputs["perplexities"]) == 11
    assert _product(plan, "figures", "zhu2024_figure3").inputs["document_perplexities"] == [
        f"out/toy/diagnostics/{name}.details.parquet" for name in ("large", "own")
    ]
    values = _product(plan, "claims", "zhu_diagnostics").spec["values"]
    assert values["subjects"] == ["human", "machine", "chosen"]
    assert values["references"] == ["large"]
    report = plan.recipe("write_report")
    assert not [name for name in report.inputs if name.endswith(".toy")], "no frames beside its products"
    assert [section["shows"] for section in report.spec["sections"] if section["experiment"] == "toy"] == [{}]
    assert "out/toy/passages/train.parquet" in plan.accounted()


def test_what_an_experiment_lacks_has_no_products() -> None:
    plan = _plan(diagnostics=None)
    assert "zhu2024_figure3" not in plan.products.of_kind("figures")
    assert "zhu_diagnostics" not in plan.products.of_kind("claims")
    assert {"zhu2024_figure2"} <= set(plan.products.of_kind("figures")) < set(_plan().products.of_kind("figures"))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("data__human", ["news", "chat"], "a corpus is human, machine, held_out or a control"),
        ("data__held_out", ["radio"], r"experiments\.toy\.data\.held_out: 'radio' is not defined"),
        ("datasets__half__edit", "redrawn", r"datasets\.half\.edit: an edited data set is what was edited"),
        ("datasets__new__edit", "reading", r"datasets\.new\.edit: 'reading' is not defined; known: redrawn"),
        ("datasets__human__select", {"by": "dsir"}, r"datasets\.human\.select: there is no machine-written part"),
        ("datasets__chosen__select__prior", "radio", r"datasets\.chosen\.select\.prior: 'radio' is not defined"),
        ("edits__redrawn__dataset", "new", r"datasets\.new: is made from itself"),
        ("edits__redrawn__prior", "big", r"edits\.redrawn\.prior: 'big' is not defined; known: gpt2, judge"),
        ("edits__redrawn__prior_dataset", None, r"edits\.redrawn\.prior_dataset: say what 'judge' was trained on"),
        (
            "edits__reading__prior_dataset",
            "other",
            r"reading\.prior_dataset: a corpus is edited by a base model",
        ),
        ("edits__printed", {"dataset": "human", "prior": "bigger"}, r"edits\.printed\.prior: 'bigger' is not defined"),
        (
            "edits__printed",
            {"dataset": "human", "prior": "big", "as_many_as": "redrawn"},  # which counts other tokens
            r"edits\.printed\.as_many_as: 'redrawn' is not defined",
        ),
        (
            "edits__printed",
            {"dataset": "human", "prior": "big", "share": 0.1},
            r"share: held-out text is in the tokens",
        ),
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
    default = Plan(load(yaml.safe_load((ROOT / "config.yaml").read_text())))
    recipes = [recipe for recipe in recipes_of(default).values() if recipe.stage.startswith(("sequence.", "text."))]
    assert {recipe.stage.partition(".")[0] for recipe in recipes} == {"sequence", "text"}
    for recipe in recipes:
        assert not [entry for entry in recipe.code if entry.startswith("uncollapse.pretraining")], recipe.stage
