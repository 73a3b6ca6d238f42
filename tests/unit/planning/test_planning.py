"""What a configuration means in files and jobs, for a small one that is counted by hand."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from changed_config import frame_paths, planned_toy

from uncollapse.analysis.table import NOTE
from uncollapse.artifacts.model_names import Model
from uncollapse.config.files import read
from uncollapse.config.load import load
from uncollapse.decoding.settings import DecodingSettings
from uncollapse.errors import ConfigError
from uncollapse.experiments.kind import Job
from uncollapse.experiments.labelled import candidates
from uncollapse.models.settings import ModelSettings
from uncollapse.planning import products
from uncollapse.planning.plan import Plan
from uncollapse.planning.products import STAGES
from uncollapse.planning.recipe import Recipe
from uncollapse.products.needs import needed, optional
from uncollapse.selection.settings import DatasetSettings
from uncollapse.training.settings import TrainingSettings

ROOT = Path(__file__).parents[3]
SMALL = yaml.safe_load("""
scale: small
results: out
experiments:
  toy:
    task: {name: eigenvalues, matrix_size: 2}
    sample: {train: 100, validation: 10, test: 20, synthesize: 300}
    shards: 2
    generator: {training: {steps: 5}, seeds: [3, 4]}
    decodings: {greedy: {beams: 1}, wide: {beams: 5, prompts: 200}}
    verifiers: {oracle: {kind: tolerance, tolerance: 0.02}, self: {kind: perplexity}}
    datasets:
      every: {decoding: greedy, select: all}
      good: {decoding: greedy, verifier: oracle, select: correct, size: 50}
      best: {decoding: wide, verifier: self, select: best}
      clean: {select: labels, size: 60}
    proxy: {oracle: oracle}
    downstream: {training: {steps: 7}, seeds: [0, 1]}
    evaluation: {generator: [greedy, wide], downstream: [greedy]}
tables: {feng2024_table1: {experiment: toy}, feng2024_table2: {experiment: toy}}
figures: {learning_curves: {experiment: toy}}
claims: {feng_eigenvalues: {experiment: toy}}
""")
G = "out/toy/candidates/generator-seed3.synthesize"


def _plan(**changes: Any) -> Plan:
    return planned_toy(SMALL, changes)


def _spec(plan: Plan, rule: str, **names: Any) -> dict[str, Any]:
    return plan.recipe(rule, experiment="toy", **names).spec


def _label_spec(plan: Plan, split: str, decoding: str) -> dict[str, Any]:
    """Of the first shard of the labelling generator's candidates."""
    shards = len(plan.block("toy").shards_of(split))
    names = {"model": "generator-seed3", "split": split, "decoding": decoding}
    return _spec(plan, "label", **names, shard=1, shards=shards)


def _product(plan: Plan, kind: str, name: str) -> Recipe:
    rule, _, wildcard, _ = STAGES[kind]
    return plan.recipe(rule, **{wildcard: name})


def test_models_and_their_evaluations() -> None:
    toy = _plan().block("toy")
    assert [model.name for model in toy.generators()] == ["generator-seed3", "generator-seed4"]
    downstream = [model.name for model in toy.students()]
    assert downstream == [f"{name}-seed{seed}" for seed in (0, 1) for name in ("every", "good", "best", "clean")]
    evaluations = [(model.name, decoding) for model, decoding in toy.evaluated()]
    assert len(evaluations) == len(set(evaluations)) == 2 * 2 + 8
    assert ("generator-seed4", "wide") in evaluations
    assert ("best-seed1", "greedy") in evaluations
    assert ("best-seed1", "wide") not in evaluations


def test_downstream_models_of_chosen_data_sets() -> None:
    toy = _plan(downstream__datasets=["clean"], downstream__seeds=[5]).block("toy")
    assert [model.name for model in toy.students()] == ["clean-seed5"]


def test_only_the_synthesize_split_is_sharded() -> None:
    plan, model = _plan(), Model("train", 3)

    def written(split: str) -> list[str]:
        return plan.paths("toy", candidates(plan.block("toy"), model, split, "wide"))

    assert written("synthesize") == [f"{G}.wide.1of2.parquet", f"{G}.wide.2of2.parquet"]
    assert written("test") == ["out/toy/candidates/generator-seed3.test.wide.1of1.parquet"]
    names = {"experiment": "toy", "model": "generator-seed3", "decoding": "wide", "shard": 1}
    with pytest.raises(KeyError):
        plan.recipe("label", split="test", shards=2, **names)


def test_what_data_sets_are_selected_from() -> None:
    """By the generator of the first seed; the oracle's scores only where asked for."""
    plan = _plan()
    greedy = [f"{G}.greedy.1of2.parquet", f"{G}.greedy.2of2.parquet"]
    wide = [f"{G}.wide.1of2.parquet", f"{G}.wide.2of2.parquet"]
    prompts = ["out/toy/prompts/synthesize.parquet"]

    def scores(decoding: str, verifier: str) -> list[str]:
        return [
            f"out/toy/scores/generator-seed3.synthesize.{decoding}.{verifier}.{shard}of2.parquet" for shard in (1, 2)
        ]

    def read(rule: str, dataset: str) -> dict[str, list[str]]:
        return plan.recipe(rule, experiment="toy", dataset=dataset).inputs

    assert read("select", "every") == {"prompts": prompts, "candidates": greedy}
    assert read("proxy", "every") == {"prompts": prompts, "candidates": greedy, "truth": scores("greedy", "oracle")}
    assert read("proxy", "best") == {
        "prompts": prompts,
        "candidates": wide,
        "scores": scores("wide", "self"),
        "truth": scores("wide", "oracle"),
    }
    assert read("select", "clean") == {"prompts": prompts}
    assert read("select", "train") == {"prompts": ["out/toy/prompts/train.parquet"]}


@pytest.mark.parametrize(
    ("initial", "expected"),
    [
        (None, None),
        ("generator", ["out/toy/models/generator-seed3.safetensors"]),
        ("mine/w.safetensors", ["mine/w.safetensors"]),
    ],
)
def test_where_downstream_models_start(initial: str | None, expected: list[str] | None) -> None:
    plan = _plan(downstream__initial=initial)
    found = plan.recipe("train", experiment="toy", model="good-seed1")
    assert found.inputs["dataset"] == ["out/toy/datasets/good.parquet"]
    assert found.inputs["validation"] == ["out/toy/prompts/validation.parquet"]
    assert found.inputs.get("initial") == expected
    assert found.outside == (set(expected) if initial == "mine/w.safetensors" else set())
    generator = plan.recipe("train", experiment="toy", model="generator-seed3").inputs
    assert generator["dataset"] == ["out/toy/datasets/train.parquet"]
    assert "initial" not in generator


GROUPS = {
    "other": {"datasets": ["clean"], "seeds": [7, 8], "training": {"steps": 3}},
    "tuned": {"datasets": ["every", "good"], "seeds": [0], "initial": "other", "training": {"steps": 2}},
    "itself": {"datasets": ["good"], "seeds": [0], "initial": "generator", "training": {"steps": 2}},
}


def test_models_of_groups_are_told_apart_and_evaluated() -> None:
    toy = _plan(groups=GROUPS).block("toy")
    assert [model.name for model in toy.grouped()] == [
        *("clean-other-seed7", "clean-other-seed8", "every-tuned-seed0", "good-tuned-seed0", "good-itself-seed0"),
    ]
    assert len(toy.students()) == 8
    assert ("good-tuned-seed0", "greedy") in [(model.name, decoding) for model, decoding in toy.evaluated()]


def test_a_group_starts_where_it_says_and_is_trained_as_it_says() -> None:
    plan = _plan(groups=GROUPS)

    def read(model: str) -> dict[str, list[str]]:
        return plan.recipe("train", experiment="toy", model=model).inputs

    found = read("good-tuned-seed0")
    assert found["initial"] == ["out/toy/models/clean-other-seed7.safetensors"]
    assert found["dataset"] == ["out/toy/datasets/good.parquet"]
    assert read("good-itself-seed0")["initial"] == ["out/toy/models/generator-seed3.safetensors"]
    assert "initial" not in read("clean-other-seed8")
    assert _spec(plan, "train", model="clean-other-seed8")["training"]["steps"] == 3
    assert _spec(plan, "train", model="good-seed0")["training"]["steps"] == 7


def test_frames_of_groups_are_apart_from_the_others() -> None:
    plan = _plan(groups=GROUPS)
    frames = {name: frame_paths(plan, "toy", name) for name in ("evaluations", "outcomes", "curves")}
    grouped = {name: frame_paths(plan, "toy", f"group_{name}") for name in frames}
    assert frames == {name: frame_paths(_plan(), "toy", name) for name in frames}
    assert [len(files) for files in grouped.values()] == [5, 5, 5]
    assert "out/toy/models/good-itself-seed0.curve.parquet" in grouped["curves"]


def test_rows_on_groups_say_what_they_start_from() -> None:
    plan = _plan(groups=GROUPS)
    rows = plan.products.value("toy", "groups")["rows"]
    assert [(row["group"], row["dataset"], row["start"]) for row in rows] == [
        ("other", "clean", None),
        ("tuned", "every", "clean-other-seed7"),
        ("tuned", "good", "clean-other-seed7"),
        ("itself", "good", "generator-seed3"),
    ]
    assert (rows[2]["verifier_kind"], rows[2]["tolerance"], rows[2]["rows"]) == ("tolerance", 0.02, 50)


# specs


def test_specs_are_what_the_commands_validate() -> None:
    plan = _plan()
    train = _spec(plan, "train", model="good-seed1")
    assert train["seed"] == 1
    assert TrainingSettings(**train["training"]).steps == 7
    assert ModelSettings(**train["model"]) == ModelSettings()
    assert TrainingSettings(**_spec(plan, "train", model="generator-seed4")["training"]).steps == 5
    assert DatasetSettings(**_spec(plan, "select", dataset="good")["dataset"]).size == 50
    assert DatasetSettings(**_spec(plan, "select", dataset="train")["dataset"]).select == "labels"
    assert _spec(plan, "sample", split="test") == {
        "count": 20,
        "seed": 0,
        "split": "test",
        "task": plan.block("toy").task.model_dump(),
    }


def test_how_many_prompts_are_labelled() -> None:
    plan = _plan()

    def prompts(split: str, decoding: str) -> int:
        return _label_spec(plan, split, decoding)["prompts"]

    assert (prompts("synthesize", "greedy"), prompts("synthesize", "wide"), prompts("test", "wide")) == (300, 200, 20)
    available = {
        name: _spec(plan, "select", dataset=name)["available"] for name in SMALL["experiments"]["toy"]["datasets"]
    }
    assert available == {"every": 300, "good": 300, "best": 200, "clean": 300}
    assert _spec(plan, "select", dataset="train")["available"] == 100


def test_downstream_models_have_the_generators_sizes_or_their_own() -> None:
    own = ModelSettings(dimension=32, heads=2).model_dump()
    plan = _plan(generator__model=own)
    assert _spec(plan, "train", model="good-seed1")["model"] == own
    plan = _plan(downstream__model=own)
    assert _spec(plan, "train", model="good-seed1")["model"] == own
    assert _spec(plan, "train", model="generator-seed3")["model"] == ModelSettings().model_dump()


def _specs(plan: Plan) -> dict[str, str]:
    shards, written = plan.block("toy").shards, {"model": "generator-seed3", "shard": 1}
    jobs: dict[str, tuple[str, dict[str, Any]]] = {
        "sample": ("sample", {"split": "test"}),
        "train generator": ("train", {"model": "generator-seed3"}),
        "train downstream": ("train", {"model": "good-seed0"}),
        "label": ("label", {**written, "split": "synthesize", "decoding": "wide", "shards": shards}),
        "label test": ("label", {**written, "split": "test", "decoding": "greedy", "shards": 1}),
        "verify": ("verify", {**written, "decoding": "greedy", "verifier": "oracle", "shards": shards}),
        "select": ("select", {"dataset": "good"}),
        "proxy": ("proxy", {"dataset": "good"}),
        "evaluate": ("evaluate", {"model": "good-seed0", "decoding": "greedy"}),
    }
    return {name: plan.recipe(rule, experiment="toy", **names).text for name, (rule, names) in jobs.items()}


TRAIN = {"train generator", "train downstream"}


@pytest.mark.parametrize(
    ("change", "affected"),
    [
        ({"sample__test": 21}, {"sample", "label test"}),
        ({"sample__seed": 1}, {"sample"}),
        ({"generator__training": {"steps": 6}}, {"train generator"}),
        ({"downstream__training": {"steps": 6}}, {"train downstream"}),
        ({"generator__model": {"dimension": 32}}, TRAIN),
        ({"compute__dtype": "float32"}, {*TRAIN, "label", "label test"}),
        ({"evaluation__validation_tolerance": 0.05}, TRAIN),  # of the accuracy in learning curves
        ({"proxy__resamples": 500}, {"proxy"}),
        ({"decodings__wide__beams": 6}, {"label"}),
        ({"decodings__wide__prompts": 150}, {"label"}),
        ({"verifiers__oracle__tolerance": 0.03}, {"verify"}),
        ({"datasets__good__size": 40}, {"select", "proxy"}),
        ({"evaluation__tolerances": [0.1]}, {"evaluate"}),
        ({"shards": 3}, {"label"}),
        ({"title": "Toy", "about": "..."}, set()),
        ({"generator__seeds": [3, 4, 5], "downstream__seeds": [0]}, set()),
        ({"datasets__more": {"select": "labels"}}, set()),
        ({"groups": {"more": {"datasets": ["clean"], "seeds": [0], "training": {"steps": 3}}}}, set()),
    ],
)
def test_a_change_reaches_the_jobs_it_concerns_and_no_others(change: dict[str, Any], affected: set[str]) -> None:
    before, after = _specs(_plan()), _specs(_plan(**change))
    assert {name for name in before if before[name] != after[name]} == affected


def test_the_order_of_keys_changes_nothing() -> None:
    config = copy.deepcopy(SMALL)
    toy = config["experiments"]["toy"]
    config["experiments"]["toy"] = dict(reversed([(key, value) for key, value in toy.items()]))
    assert _specs(Plan(load(config))) == _specs(_plan())


# code


def _verify_code(plan: Plan, verifier: str) -> list[str]:
    names = {"model": "generator-seed3", "decoding": "greedy", "verifier": verifier, "shard": 1, "shards": 2}
    return plan.recipe("verify", experiment="toy", **names).code


def test_code_brings_the_task_and_the_verifier_that_config_names(tmp_path: Path) -> None:
    plan = _plan()

    def modules(code: list[str]) -> set[str]:
        return {entry.partition("@")[0] for entry in code if "@" in entry}

    assert "uncollapse.tasks.eigenvalues" in modules(plan.recipe("sample", experiment="toy", split="test").code)
    verify = modules(_verify_code(plan, "self"))
    assert "uncollapse.verifiers.sequences.perplexity" in verify
    assert "uncollapse.verifiers.sequences.tolerance" not in verify


def test_code_of_a_users_verifier(tmp_path: Path) -> None:
    own = tmp_path / "mine.py"
    own.write_text("from pydantic import BaseModel\nclass Settings(BaseModel):\n    kind: str\n\n\ndef score(): ...\n")
    before = _verify_code(_plan(verifiers__mine={"kind": str(own)}), "mine")
    assert any(entry.startswith(f"{own}@") for entry in before)
    own.write_text(own.read_text() + "VALUE = 1\n")
    assert _verify_code(_plan(verifiers__mine={"kind": str(own)}), "mine") != before


# products


@pytest.mark.parametrize("kind", ["tables", "figures", "claims"])
def test_every_product_names_files_and_values_that_there_are(kind: str) -> None:
    plan = _plan()
    assert plan.products.of_kind(kind)
    for name in plan.products.of_kind(kind):
        recipe = _product(plan, kind, name)
        assert recipe.spec["product"] == name
        assert set(recipe.spec["values"]) | set(recipe.inputs) >= set(needed(kind, name)) - optional(kind, name)
        for frame, files in recipe.inputs.items():
            assert files, frame
            assert len(files) == len(set(files))
            comes_with_us = frame in ("reported", "measured")
            assert all(Path(file).is_file() if comes_with_us else file.startswith("out/") for file in files)


def test_a_table_measured_elsewhere_comes_with_how_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table, about = tmp_path / "feng2024_table1.csv", tmp_path / "feng2024_table1.json"
    reported, found = products._csv, {table.stem: str(table)}
    monkeypatch.setattr(products, "_csv", lambda at, name: found.get(name) if at == "measured" else reported(at, name))
    plan = _plan()

    def job(name: str) -> Job:
        return plan.products.job("tables", name)

    with pytest.raises(ConfigError, match=r"feng2024_table1\.json: does not say how .*copy both"):
        job(table.stem)
    about.write_text('{"settings": {}}')
    assert job(table.stem).reads["measured"] == str(table)
    assert job(table.stem).values[NOTE] == ""
    about.write_text('{"settings": {}, "note": "In half the time."}')
    assert job(table.stem).values[NOTE] == "In half the time."
    assert NOTE not in job("feng2024_table2").values


def test_files_of_evaluations() -> None:
    plan = _plan()
    frames = {
        f: files
        for kind in ("tables", "claims")
        for n in plan.products.of_kind(kind)
        for f, files in _product(plan, kind, n).inputs.items()
    }
    assert len(frames["evaluations"]) == 12
    assert "out/toy/evaluations/generator-seed4.wide.parquet" in frames["evaluations"]


def test_data_sets_with_a_breakdown_point_and_those_that_drop_prompts() -> None:
    toy = _plan().block("toy")
    assert toy.synthesized() == ["every", "good", "best"]
    assert toy.pruned() == ["good"]


@pytest.mark.parametrize("overlays", [[], ["smoke.yaml"], ["paper.yaml"]])
def test_the_report_has_a_word_for_whatever_accounts_for_its_rows(overlays: list[str]) -> None:
    plan = Plan(read(ROOT / "config.yaml", [ROOT / "scales" / name for name in overlays]))
    folders = {Path(path).parent.name for path in plan.accounted()}
    assert {"theory", "passages", "instructions"} <= folders <= set(plan.counted_as())


def test_every_accounted_artifact_is_listed_once() -> None:
    found = _plan().accounted()
    assert len(found) == len(set(found))
    by_kind: dict[str, int] = {}
    for path in found:
        by_kind[path.split("/")[2]] = by_kind.get(path.split("/")[2], 0) + 1
    # four splits; two decodings and two verifications in two shards each; four data sets and the generators'
    assert by_kind == {"prompts": 4, "candidates": 4, "scores": 4, "datasets": 5}


def test_a_decoding_in_a_spec_is_that_of_config() -> None:
    plan = _plan()
    beams = _spec(plan, "evaluate", model="good-seed0", decoding="wide")["beams"]
    assert beams == plan.block("toy").decodings["wide"].beams == DecodingSettings(beams=5).beams


def test_each_experiment_and_each_paper_is_a_target() -> None:
    found = Plan(read(ROOT / "config.yaml")).products.targets()
    experiments = {"eigenvalues", "summaries", "collapse", "arithmetic", "self_improvement", "generations"}
    assert experiments | {"feng2024", "zhu2024", "dohmatob2024", "gerstgrasser2024", "lee2025"} == set(found)
    assert "results/tables/feng2024_figure4.md" in found["summaries"]
    assert "results/claims/feng_summaries.parquet" in found["summaries"]
    assert not any("zhu" in path for path in found["feng2024"] + found["eigenvalues"])
    assert "results/figures/zhu2024_editing.svg" in found["zhu2024"]


def test_an_experiment_without_products_is_no_target() -> None:
    config = copy.deepcopy(SMALL) | {"tables": {}, "figures": {}, "claims": {}}
    assert Plan(load(config)).products.targets() == {}
