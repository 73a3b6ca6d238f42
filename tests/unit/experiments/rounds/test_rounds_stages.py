"""Every stage of an experiment in rounds, on sums of a digit or two and models that learn nothing.

Stages run in this process, from the recipes that why.py tells, each with none of the project's modules loaded: what a
recipe says must be all that a stage needs, and what its code names all that it loads.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from stage_workflow import ROOT, Recorded, other_in_another_world

from uncollapse.artifacts.parquet import read_table, row_account
from uncollapse.config.files import read
from uncollapse.experiments.rounds.artifacts import ANSWERS, FILTERED, LABELS
from uncollapse.experiments.rounds.kind import KIND
from uncollapse.language.artifact import load_language_model
from uncollapse.planning.plan import Plan

TRAINING = {"batch_size": 4, "steps": 3, "log_every": 1}
SUMS = {
    "task": {"name": "addition"},
    "model": {"dimension": 8, "layers": 1, "heads": 2},
    "start": {"up_to": 1, "examples": 12, "training": TRAINING | {"steps": 30}},
    "round": {"questions": 7, "training": TRAINING},
    "test": {"questions": 5, "up_to": 4},
}
BLOCK: dict[str, Any] = {
    "kind": "rounds",
    "seeds": [4, 9],
    "shards": 2,
    "courses": {"sums": SUMS},
    "runs": {
        "plain": {"course": "sums", "rounds": 2},
        "fast": {
            "course": "sums",
            "rounds": 2,
            "schedule": {"kind": "accelerated", "after": 1, "by": "agreement", "threshold": 0.01},
        },
        "strict": {"course": "sums", "rounds": 1, "filters": [{"kind": "oracle"}]},
    },
    "avalanches": {"noise": {"run": "plain", "at": [1], "kinds": ["perturb"], "rates": [0.5], "further": 1}},
}
BLOCK["courses"]["pretrained"] = {
    "task": {"name": "addition", "base": 2},
    "pretrained": {
        "base": "tiny",
        "apart": True,
        "start": {"steps": 3, "batch_size": 4, "block": 64, "log_every": 1, "lora": {"rank": 2}},
        "round": {"epochs": 1, "batch_size": 4, "block": 64, "log_every": 1, "lora": {"rank": 2}},
    },
    "start": {"up_to": 1, "examples": 12},
    "round": {"questions": 6},
    "test": {"questions": 5, "up_to": 2},
}
BLOCK["runs"]["language_models"] = {"course": "pretrained", "rounds": 1}
TINY = {"random": {"architecture": "llama", "hidden_size": 16, "layers": 1, "heads": 2, "context": 64}}
NOISY = "plain-perturb-50at1"


@pytest.fixture(scope="module")
def workflow(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("rounds")
    overlay = {"results": str(folder / "results"), "theory": None}
    overlay["base_models"] = {"tiny": TINY}
    experiments = yaml.safe_load((ROOT / "config.yaml").read_text())["experiments"]
    overlay["experiments"] = dict.fromkeys(experiments) | {"adding": BLOCK}
    (folder / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    return Recorded(Plan(read(ROOT / "config.yaml", [folder / "overlay.yaml"])))


@pytest.fixture(scope="module")
def at(workflow: Recorded) -> Path:
    return Path(workflow.plan.root) / "adding"


def test_every_model_answers_every_question(workflow: Recorded, at: Path) -> None:
    shards = [workflow.make(f"{at}/answers/plain.round1.{shard}of2.parquet") for shard in (1, 2)]
    answers = pd.concat([read_table(path, ANSWERS).to_pandas() for path in shards])
    assert sorted(zip(answers["seed"], answers["question_id"], strict=True)) == [
        (s, n) for s in (4, 9) for n in range(7)
    ]


def test_labels_are_the_answers_that_are_kept(workflow: Recorded, at: Path) -> None:
    labels = read_table(workflow.make(f"{at}/labels/plain.round1.parquet"), LABELS).to_pandas()
    filtered = read_table(at / "filtered/plain.round1.parquet", FILTERED).to_pandas()
    account = row_account(at / "labels/plain.round1.parquet")
    assert account["rows_in"] == 14
    assert account["kept"] == len(labels) == filtered.loc[filtered["difficulty"] == 0, "kept"].sum()
    assert labels["difficulty"].unique().tolist() == [2]


def test_noise_changes_half_of_the_labels_and_nothing_before(workflow: Recorded, at: Path) -> None:
    files = [workflow.make(f"{at}/labels/{run}.round1.parquet") for run in ("plain", NOISY)]
    plain, noisy = (read_table(file, LABELS).to_pandas() for file in files)
    changed = (plain["answer"] != noisy["answer"]).groupby(plain["seed"]).sum()
    assert changed.to_dict() == {4: 4, 9: 4}, "half of seven, rounded to even"
    assert not (at / f"questions/{NOISY}.round1.parquet").exists()


def test_models_go_on_from_the_round_before(workflow: Recorded, at: Path) -> None:
    curve = pd.read_parquet(workflow.make(f"{at}/members/{NOISY}.round2.curve.parquet"))
    assert curve.groupby("seed")["step"].apply(list).to_dict() == {4: [1, 2, 3], 9: [1, 2, 3]}
    assert row_account(at / f"members/{NOISY}.round2.curve.parquet")["rows_in"] > 24


def test_an_accelerated_run_takes_what_all_models_agree_on(workflow: Recorded, at: Path) -> None:
    for number in (1, 2):
        workflow.make(f"{at}/accuracies/fast.round{number}.parquet")
    first, second = (pd.read_parquet(at / f"difficulties/fast.round{number}.parquet") for number in (1, 2))
    assert first["difficulty"].min() == 2
    assert second["difficulty"].min() == min(first["difficulty"].max() + 1, 4)
    tested = pd.read_parquet(at / "accuracies/sums.round0.parquet")
    agreed = tested.groupby("difficulty")[["agreed", "questions"]].sum()
    told = first.set_index("difficulty")["mastery"]
    assert told.loc[2] == agreed.loc[2, "agreed"] / agreed.loc[2, "questions"]


def test_accuracies_are_of_every_difficulty(workflow: Recorded, at: Path) -> None:
    tested = pd.read_parquet(workflow.make(f"{at}/accuracies/plain.round1.parquet"))
    assert tested.groupby("seed")["difficulty"].apply(list).to_dict() == {4: [1, 2, 3, 4], 9: [1, 2, 3, 4]}
    assert (tested["questions"] == 5).all()
    assert (tested["correct"] <= tested["questions"]).all()


def test_a_filter_that_keeps_nothing_names_round_and_filter(workflow: Recorded, at: Path) -> None:
    told = r"strict, round 1: oracle keeps none of 7 answers of seed \d.*What was made stays"
    with pytest.raises(Exception, match=told):  # of a class that is loaded anew
        workflow.make(f"{at}/labels/strict.round1.parquet")
    assert (at / "questions/strict.round1.parquet").exists()


def test_a_pretrained_model_learns_from_its_own_answers(workflow: Recorded, at: Path) -> None:
    tested = pd.read_parquet(workflow.make(f"{at}/accuracies/language_models.round1.parquet"))
    assert tested.groupby("seed")["questions"].sum().to_dict() == {4: 10, 9: 10}
    answers = read_table(at / "answers/language_models.round1.1of2.parquet", ANSWERS).to_pandas()
    assert not answers["answer"].str.contains(" ").any(), "spaces between characters are taken out again"
    first, other, second = (
        load_language_model(at / f"members/{name}.safetensors").model.state_dict()
        for name in ("pretrained.round0.seed4", "pretrained.round0.seed9", "language_models.round1.seed4")
    )
    assert any((first[name] != other[name]).any() for name in first), "a seed each"
    assert any((first[name] != second[name]).any() for name in first), "trained on"
    account = row_account(at / "members/language_models.round1.seed4.curve.parquet")
    labels = read_table(at / "labels/language_models.round1.parquet", LABELS).to_pandas()
    assert account["rows_in"] == 12 + (labels["seed"] == 4).sum()


def test_every_stage_ran_and_loads_what_its_code_names(workflow: Recorded, at: Path) -> None:
    workflow.make(f"{at}/accuracies/{NOISY}.round2.parquet")
    assert {stage.key for stage in KIND.stages.values()} <= set(workflow.made)
    assert {stage: names for stage, names in workflow.unseen.items() if names} == {}


def test_another_world_leaves_the_same_bytes(workflow: Recorded, at: Path, tmp_path: Path) -> None:
    workflow.make(f"{at}/accuracies/{NOISY}.round2.parquet")
    different, outputs = other_in_another_world(workflow, tmp_path)
    assert different == []
    assert outputs > 20
