"""Several generators that label: which files there are, and what each is made from."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from test_planning import SMALL

from uncollapse.artifacts.datasets import DATASET_FILES
from uncollapse.artifacts.model_names import Model, labelled_by, split_labeller
from uncollapse.config.load import load
from uncollapse.errors import ConfigError
from uncollapse.experiments.frames import Frame
from uncollapse.planning.plan import Plan

LABELLERS = ["generator-seed4", "generator-seed3", "train-longer-seed1"]


def planned(**changes: Any) -> Plan:
    """The small experiment with three labellers, the last of them of a group that trains longer."""
    config = copy.deepcopy(SMALL)
    toy = config["experiments"]["toy"]
    toy["generator"]["labellers"] = LABELLERS
    toy["groups"] = {
        "longer": {"datasets": ["train"], "training": {"steps": 9}, "seeds": [1]},
        "tuned": {"initial": "generator", "datasets": ["good"], "training": {"steps": 2}, "seeds": [0]},
        "some": {"datasets": ["best", "clean"], "labellers": LABELLERS[1:2], "training": {"steps": 3}, "seeds": [0]},
    } | changes.pop("groups", {})
    for key, value in changes.items():
        toy[key] = toy[key] | value if isinstance(value, dict) else value
    return Plan(load(config))


def reads(plan: Plan, rule: str, **names: Any) -> dict[str, list[str]]:
    return {name: list(paths) for name, paths in plan.recipe(rule, experiment="toy", **names).inputs.items()}


def test_names_of_data_sets_tell_their_labeller_but_for_the_first() -> None:
    for labeller in (Model("train", 3), Model("train", 1, "longer")):
        assert split_labeller(labelled_by("best", labeller)) == ("best", labeller)
    assert split_labeller("best") == ("best", None)
    assert DATASET_FILES.names_in("toy/datasets/best.by1_longer.parquet") == {
        "experiment": "toy",
        "dataset": "best.by1_longer",
    }
    model = Model("best.by1_longer", 0, "some")
    assert Model.parse(model.name) == model == Model.parse("best.by1_longer-some-seed0")


def test_each_labeller_has_students_of_its_own_and_true_labels_stand_once() -> None:
    toy = planned().block("toy")
    names = [model.name for model in toy.students() if model.seed == 0]
    assert names == [
        *(f"{name}-seed0" for name in ("every", "good", "best", "clean")),
        *(f"{name}.by3-seed0" for name in ("every", "good", "best")),
        *(f"{name}.by1_longer-seed0" for name in ("every", "good", "best")),
    ]
    grouped = {model.name for model in toy.grouped()}
    assert {"train-longer-seed1", "best.by3-some-seed0", "clean-some-seed0", "good.by1_longer-tuned-seed0"} <= grouped
    assert "best-some-seed0" not in grouped


def test_a_data_set_is_made_from_its_labeller_s_candidates_and_scores() -> None:
    plan = planned()
    assert all("generator-seed4." in path for path in reads(plan, "select", dataset="good")["candidates"])
    chosen = reads(plan, "select", dataset="good.by1_longer")
    assert all("train-longer-seed1.synthesize" in path for path in [*chosen["candidates"], *chosen["scores"]])
    truth = reads(plan, "proxy", dataset="best.by3")["truth"]
    assert all("generator-seed3.synthesize" in path for path in truth)
    assert plan.recipe("select", experiment="toy", dataset="good.by3").spec["dataset"]["size"] == 50
    trained = reads(plan, "train", model="good.by3-tuned-seed0")
    assert [path.rpartition("/")[2] for path in trained["initial"]] == ["generator-seed3.safetensors"]
    assert [path.rpartition("/")[2] for path in trained["dataset"]] == ["good.by3.parquet"]


@pytest.mark.parametrize("dataset", ["good.by9", "clean.by3", "good.by4", "good.by3_longer"])
def test_a_labeller_that_config_lacks_has_no_files(dataset: str) -> None:
    with pytest.raises(KeyError):
        planned().block("toy").labeller(dataset) and planned().block("toy").dataset(dataset)


def test_frames_tell_data_set_and_labeller_apart() -> None:
    plan = planned()
    frame: Frame = plan.kind_of("toy").frames["proxy"]
    files = plan.paths("toy", [*frame.files(plan.block("toy"))])
    assert "out/toy/proxy/good.by1_longer.parquet" in files
    from pathlib import Path

    assert frame.columns(Path("out/toy/proxy/good.by1_longer.parquet")) == {"dataset": "good", "labeller": "by1_longer"}
    rows = plan.products.value("toy", "labellers")["rows"]
    assert [(row["labeller"], row["model"], row["group"]) for row in rows] == [
        ("", "generator-seed4", ""),
        ("by3", "generator-seed3", ""),
        ("by1_longer", "train-longer-seed1", "longer"),
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"generator": {"labellers": ["generator-seed9"]}}, r"generator\.labellers\.0.*generator-seed9"),
        ({"generator": {"labellers": ["train-longer-seed1"]}}, r"generator\.labellers\.0.*begin with a generator"),
        ({"generator": {"labellers": ["generator-seed3", "generator-seed3"]}}, "labellers"),
        ({"generator": {"labellers": ["Generator 3"]}}, "labellers"),
        ({"downstream": {"labellers": ["generator-seed5"]}}, r"downstream\.labellers\.0.*generator-seed5"),
    ],
)
def test_labellers_that_are_not_there_are_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        planned(**changes)
