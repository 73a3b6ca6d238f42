"""What a configuration means in files and jobs, for a small one that is counted by hand."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from uncollapse.analysis.table import NOTE
from uncollapse.artifacts.model_names import Model
from uncollapse.config.files import read
from uncollapse.config.load import load
from uncollapse.decoding.settings import DecodingSettings
from uncollapse.errors import ConfigError
from uncollapse.models.settings import ModelSettings
from uncollapse.planning.plan import Plan
from uncollapse.report.page import STAGES
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
    """Keys of the experiment, with dots for nesting (two underscores here)."""
    config = copy.deepcopy(SMALL)
    for key, value in changes.items():
        part = config["experiments"]["toy"]
        *parents, last = key.split("__")
        for name in parents:
            part = part.setdefault(name, {})
        part[last] = value
    return Plan(load(config), scripts=ROOT / "scripts")


def test_models_and_their_evaluations() -> None:
    plan = _plan()
    assert [model.name for model in plan.generators("toy")] == ["generator-seed3", "generator-seed4"]
    downstream = [model.name for model in plan.downstream("toy")]
    assert downstream == [f"{name}-seed{seed}" for seed in (0, 1) for name in ("every", "good", "best", "clean")]
    evaluations = [(model.name, decoding) for model, decoding in plan.evaluations("toy")]
    assert len(evaluations) == len(set(evaluations)) == 2 * 2 + 8
    assert ("generator-seed4", "wide") in evaluations
    assert ("best-seed1", "greedy") in evaluations
    assert ("best-seed1", "wide") not in evaluations


def test_downstream_models_of_chosen_data_sets() -> None:
    plan = _plan(downstream__datasets=["clean"], downstream__seeds=[5])
    assert [model.name for model in plan.downstream("toy")] == ["clean-seed5"]


def test_only_the_synthesize_split_is_sharded() -> None:
    plan = _plan()
    model = Model("train", 3)
    assert plan.candidates("toy", model, "synthesize", "wide") == [f"{G}.wide.1of2.parquet", f"{G}.wide.2of2.parquet"]
    assert plan.candidates("toy", model, "test", "wide") == [
        "out/toy/candidates/generator-seed3.test.wide.1of1.parquet"
    ]


def test_what_data_sets_are_selected_from() -> None:
    """By the generator of the first seed; the oracle's scores only where asked for."""
    plan = _plan()
    candidates = [f"{G}.greedy.1of2.parquet", f"{G}.greedy.2of2.parquet"]
    wide = [f"{G}.wide.1of2.parquet", f"{G}.wide.2of2.parquet"]
    prompts = "out/toy/prompts/synthesize.parquet"

    def scores(decoding: str, verifier: str) -> list[str]:
        return [
            f"out/toy/scores/generator-seed3.synthesize.{decoding}.{verifier}.{shard}of2.parquet" for shard in (1, 2)
        ]

    assert plan.selection_inputs("toy", "every") == {"prompts": prompts, "candidates": candidates}
    assert plan.selection_inputs("toy", "every", with_truth=True) == {
        "prompts": prompts,
        "candidates": candidates,
        "truth": scores("greedy", "oracle"),
    }
    assert plan.selection_inputs("toy", "best", with_truth=True) == {
        "prompts": prompts,
        "candidates": wide,
        "scores": scores("wide", "self"),
        "truth": scores("wide", "oracle"),
    }
    assert plan.selection_inputs("toy", "clean") == {"prompts": prompts}
    assert plan.selection_inputs("toy", "train") == {"prompts": "out/toy/prompts/train.parquet"}


@pytest.mark.parametrize(
    ("initial", "expected"),
    [
        (None, None),
        ("generator", "out/toy/models/generator-seed3.safetensors"),
        ("mine/w.safetensors", "mine/w.safetensors"),
    ],
)
def test_where_downstream_models_start(initial: str | None, expected: str | None) -> None:
    plan = _plan(downstream__initial=initial)
    found = plan.training_inputs("toy", "good-seed1")
    assert found["dataset"] == "out/toy/datasets/good.parquet"
    assert found["validation"] == "out/toy/prompts/validation.parquet"
    assert found.get("initial") == expected
    generator = plan.training_inputs("toy", "generator-seed3")
    assert generator["dataset"] == "out/toy/datasets/train.parquet"
    assert "initial" not in generator


GROUPS = {
    "other": {"datasets": ["clean"], "seeds": [7, 8], "training": {"steps": 3}},
    "tuned": {"datasets": ["every", "good"], "seeds": [0], "initial": "other", "training": {"steps": 2}},
    "itself": {"datasets": ["good"], "seeds": [0], "initial": "generator", "training": {"steps": 2}},
}


def test_models_of_groups_are_told_apart_and_evaluated() -> None:
    plan = _plan(groups=GROUPS)
    assert [model.name for model in plan.grouped("toy")] == [
        *("clean-other-seed7", "clean-other-seed8", "every-tuned-seed0", "good-tuned-seed0", "good-itself-seed0"),
    ]
    assert len(plan.downstream("toy")) == 8
    assert ("good-tuned-seed0", "greedy") in [(model.name, decoding) for model, decoding in plan.evaluations("toy")]


def test_a_group_starts_where_it_says_and_is_trained_as_it_says() -> None:
    plan = _plan(groups=GROUPS)
    found = plan.training_inputs("toy", "good-tuned-seed0")
    assert found["initial"] == "out/toy/models/clean-other-seed7.safetensors"
    assert found["dataset"] == "out/toy/datasets/good.parquet"
    itself = plan.training_inputs("toy", "good-itself-seed0")
    assert itself["initial"] == "out/toy/models/generator-seed3.safetensors"
    assert "initial" not in plan.training_inputs("toy", "clean-other-seed8")
    assert json.loads(plan.train_spec("toy", "clean-other-seed8"))["training"]["steps"] == 3
    assert json.loads(plan.train_spec("toy", "good-seed0"))["training"]["steps"] == 7


def test_frames_of_groups_are_apart_from_the_others() -> None:
    plan = _plan(groups=GROUPS)
    frames = {name: plan._frame("toy", name) for name in ("evaluations", "outcomes", "curves")}
    grouped = {name: plan._frame("toy", f"group_{name}") for name in frames}
    assert frames == {name: _plan()._frame("toy", name) for name in frames}
    assert [len(files) for files in grouped.values()] == [5, 5, 5]
    assert "out/toy/models/good-itself-seed0.curve.parquet" in grouped["curves"]


def test_rows_on_groups_say_what_they_start_from() -> None:
    plan = _plan(groups=GROUPS)
    rows = plan._value("toy", "groups")
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
    train = json.loads(plan.train_spec("toy", "good-seed1"))
    assert train["seed"] == 1
    assert TrainingSettings(**train["training"]).steps == 7
    assert ModelSettings(**train["model"]) == ModelSettings()
    assert TrainingSettings(**json.loads(plan.train_spec("toy", "generator-seed4"))["training"]).steps == 5
    assert DatasetSettings(**json.loads(plan.selection_spec("toy", "good"))["dataset"]).size == 50
    assert DatasetSettings(**json.loads(plan.selection_spec("toy", "train"))["dataset"]).select == "labels"
    assert json.loads(plan.sample_spec("toy", "test")) == {
        "count": 20,
        "seed": 0,
        "split": "test",
        "task": plan.experiment("toy").task.model_dump(),
    }


def test_how_many_prompts_are_labelled() -> None:
    plan = _plan()

    def prompts(split: str, decoding: str) -> int:
        return json.loads(plan.label_spec("toy", split, decoding, 1))["prompts"]

    assert (prompts("synthesize", "greedy"), prompts("synthesize", "wide"), prompts("test", "wide")) == (300, 200, 20)
    available = {
        name: json.loads(plan.selection_spec("toy", name))["available"]
        for name in SMALL["experiments"]["toy"]["datasets"]
    }
    assert available == {"every": 300, "good": 300, "best": 200, "clean": 300}
    assert json.loads(plan.selection_spec("toy", "train"))["available"] == 100


def test_downstream_models_have_the_generators_sizes_or_their_own() -> None:
    own = ModelSettings(dimension=32, heads=2).model_dump()
    plan = _plan(generator__model=own)
    assert json.loads(plan.train_spec("toy", "good-seed1"))["model"] == own
    plan = _plan(downstream__model=own)
    assert json.loads(plan.train_spec("toy", "good-seed1"))["model"] == own
    assert json.loads(plan.train_spec("toy", "generator-seed3"))["model"] == ModelSettings().model_dump()


def _specs(plan: Plan) -> dict[str, str]:
    return {
        "sample": plan.sample_spec("toy", "test"),
        "train generator": plan.train_spec("toy", "generator-seed3"),
        "train downstream": plan.train_spec("toy", "good-seed0"),
        "label": plan.label_spec("toy", "synthesize", "wide", 1),
        "label test": plan.label_spec("toy", "test", "greedy", 1),
        "verify": plan.verify_spec("toy", "oracle"),
        "select": plan.selection_spec("toy", "good"),
        "proxy": plan.proxy_spec("toy", "good"),
        "evaluate": plan.evaluate_spec("toy", "greedy"),
    }


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
    assert _specs(Plan(load(config), scripts=ROOT / "scripts")) == _specs(_plan())


# code


def test_code_brings_the_task_and_the_verifier_that_config_names(tmp_path: Path) -> None:
    plan = _plan()

    def modules(code: list[str]) -> set[str]:
        return {entry.partition("@")[0] for entry in code if "@" in entry}

    assert "uncollapse.tasks.eigenvalues" in modules(plan.code("sample", "toy"))
    verify = modules(plan.code("verify", "toy", verifier="self"))
    assert "uncollapse.verifiers.perplexity" in verify
    assert "uncollapse.verifiers.tolerance" not in verify


def test_code_of_a_users_verifier(tmp_path: Path) -> None:
    own = tmp_path / "mine.py"
    own.write_text("from pydantic import BaseModel\nclass Settings(BaseModel):\n    kind: str\n\n\ndef score(): ...\n")
    plan = _plan(verifiers__mine={"kind": str(own)})
    before = plan.code("verify", "toy", verifier="mine")
    assert any(entry.startswith(f"{own}@") for entry in before)
    own.write_text(own.read_text() + "VALUE = 1\n")
    assert plan.code("verify", "toy", verifier="mine") != before


# products


@pytest.mark.parametrize("kind", ["tables", "figures", "claims"])
def test_every_product_names_files_and_values_that_there_are(kind: str) -> None:
    plan = _plan()
    assert plan.products(kind)
    for name in plan.products(kind):
        spec = json.loads(plan.product_spec(kind, name))
        assert name in spec.values()
        for frame, files in plan.product_inputs(kind, name).items():
            assert files, frame
            assert len(files) == len(set(files))
            comes_with_us = frame in ("reported", "measured")
            assert all(Path(file).is_file() if comes_with_us else file.startswith("out/") for file in files)


def test_a_table_measured_elsewhere_comes_with_how_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table, about = tmp_path / "feng2024_table1.csv", tmp_path / "feng2024_table1.json"
    monkeypatch.setattr(Plan, "measured", lambda _, name: str(table) if name == table.stem else None)
    plan = _plan()
    assert plan.product_inputs("tables", table.stem)["measured"] == [str(table)]
    with pytest.raises(ConfigError, match=r"feng2024_table1\.json: does not say how .*copy both"):
        plan.product_spec("tables", table.stem)
    about.write_text('{"settings": {}}')
    assert json.loads(plan.product_spec("tables", table.stem))[NOTE] == ""
    about.write_text('{"settings": {}, "note": "In half the time."}')
    assert json.loads(plan.product_spec("tables", table.stem))[NOTE] == "In half the time."
    assert NOTE not in json.loads(plan.product_spec("tables", "feng2024_table2"))


def test_files_of_evaluations() -> None:
    plan = _plan()
    frames = {
        f: files
        for kind in ("tables", "claims")
        for n in plan.products(kind)
        for f, files in plan.product_inputs(kind, n).items()
    }
    assert len(frames["evaluations"]) == 12
    assert "out/toy/evaluations/generator-seed4.wide.parquet" in frames["evaluations"]


def test_data_sets_with_a_breakdown_point_and_those_that_drop_prompts() -> None:
    plan = _plan()
    assert plan.proxy_datasets("toy") == ["every", "good", "best"]
    assert plan.kept_datasets("toy") == ["good"]


@pytest.mark.parametrize("overlays", [[], ["smoke.yaml"], ["paper.yaml"]])
def test_the_report_has_a_word_for_whatever_accounts_for_its_rows(overlays: list[str]) -> None:
    settings = read(ROOT / "config.yaml", [ROOT / "scales" / name for name in overlays])
    folders = {Path(path).parent.name for path in Plan(settings, scripts=ROOT / "scripts").accounted()}
    assert {"theory", "passages", "instructions"} <= folders <= set(STAGES)


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
    beams = json.loads(plan.evaluate_spec("toy", "wide"))["beams"]
    assert beams == plan.experiment("toy").decodings["wide"].beams == DecodingSettings(beams=5).beams


def test_each_experiment_and_each_paper_is_a_target() -> None:
    plan = Plan(read(ROOT / "config.yaml"), scripts=ROOT / "scripts")
    found = plan.targets()
    assert {"eigenvalues", "summaries", "collapse", "feng2024", "zhu2024", "dohmatob2024", "gerstgrasser2024"} == set(
        found
    )
    assert "results/tables/feng2024_figure4.md" in found["summaries"]
    assert "results/claims/feng_summaries.parquet" in found["summaries"]
    assert not any("zhu" in path for path in found["feng2024"] + found["eigenvalues"])
    assert "results/figures/zhu2024_editing.svg" in found["zhu2024"]


def test_an_experiment_without_products_is_no_target() -> None:
    config = copy.deepcopy(SMALL) | {"tables": {}, "figures": {}, "claims": {}}
    assert Plan(load(config), scripts=ROOT / "scripts").targets() == {}
