"""Stages of experiments in rounds and over generations on the device that config names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from stage_workflow import ROOT, Workflow

from uncollapse.config.files import read
from uncollapse.planning.plan import Plan

TRAINING = {"batch_size": 8, "steps": 6, "log_every": 1}
TUNING = {"batch_size": 4, "block": 64, "log_every": 1, "learning_rate": 1e-3, "dtype": "float32", "lora": {"rank": 2}}
ADDING: dict[str, Any] = {
    "kind": "rounds",
    "seeds": [4, 9],
    "shards": 1,
    "courses": {
        "sums": {
            "task": {"name": "addition"},
            "model": {"dimension": 16, "layers": 2, "heads": 2},
            "start": {"up_to": 2, "examples": 64, "training": TRAINING | {"steps": 20}},
            "round": {"questions": 7, "training": TRAINING},
            "test": {"questions": 5, "up_to": 3},
        },
    },
    "runs": {"plain": {"course": "sums", "rounds": 1}, "language_models": {"course": "pretrained", "rounds": 1}},
}
PRETRAINED: dict[str, Any] = {
    "task": {"name": "addition", "base": 2},
    "start": {"up_to": 1, "examples": 12},
    "round": {"questions": 6},
    "test": {"questions": 5, "up_to": 2},
}
VAE = {"name": "vae", "classes": 10, "hidden": 16, "latent": 2, "training": {"steps": 20, "batch_size": 16}}
IMAGES: dict[str, Any] = {
    "kind": "generations",
    "seeds": [3, 5],
    "shards": 1,
    "learners": {
        "digits": {
            "data": {"name": "digits"},
            "model": VAE,
            "rows": 60,
            "held_out": 40,
        }
    },
    "verifiers": {"truth": {"kind": "neighbours", "held_out": True, "threshold": 0.1}},
    "runs": {"replace": {"learner": "digits", "regime": {"kind": "replace"}, "generations": 1}},
}
TINY = {"random": {"architecture": "llama", "hidden_size": 16, "layers": 1, "heads": 2, "context": 64}}


def _workflow(folder: Path, device: str) -> Workflow:
    experiments = yaml.safe_load((ROOT / "config.yaml").read_text())["experiments"]
    compute = {"device": device, "dtype": "float32", "matmul_precision": "highest"}
    pretrained = {
        "base": "tiny",
        "apart": True,
        "engine": {"name": "transformers", "device": device},
        "start": TUNING | {"steps": 8},
        "round": TUNING | {"epochs": 1},
    }
    courses = ADDING["courses"] | {"pretrained": PRETRAINED | {"pretrained": pretrained}}
    overlay = {
        "results": str(folder / device),
        "theory": None,
        "base_models": {"tiny": TINY},
        "experiments": dict.fromkeys(experiments)
        | {"adding": ADDING | {"compute": compute, "courses": courses}, "images": IMAGES | {"compute": compute}},
    }
    (folder / f"{device}.yaml").write_text(yaml.safe_dump(overlay))
    return Workflow(Plan(read(ROOT / "config.yaml", [folder / f"{device}.yaml"])))


@pytest.fixture(scope="module")
def workflows(tmp_path_factory: pytest.TempPathFactory) -> list[Workflow]:
    folder = tmp_path_factory.mktemp("stages")
    return [_workflow(folder, device) for device in ("cpu", "cuda")]


def _made(workflow: Workflow, path: str) -> Path:
    return workflow.make(f"{workflow.plan.root}/{path}")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("adding/members/sums.round0.curve.parquet", "adding/accuracies/plain.round1.parquet"),
        ("adding/members/pretrained.round0.seed4.curve.parquet", "adding/accuracies/language_models.round1.parquet"),
    ],
)
def test_rounds_are_made_on_the_device_of_config(workflows: list[Workflow], first: str, last: str) -> None:
    paths = [_made(workflow, first) for workflow in workflows]
    expected, found = (pd.read_parquet(path)["loss"].to_numpy() for path in paths)
    np.testing.assert_allclose(found, expected, rtol=3e-2)
    records = [json.loads((path.parent / ".provenance" / f"{path.name}.json").read_text()) for path in paths]
    assert [record["computed_on"].split()[0] for record in records] == ["cpu", "cuda"]
    expected, found = (pd.read_parquet(_made(workflow, last)) for workflow in workflows)
    # answers of models that know little may differ, and all later rounds with them
    assert found[["seed", "difficulty", "questions"]].equals(expected[["seed", "difficulty", "questions"]])


def test_generations_are_made_on_the_device_of_config(workflows: list[Workflow]) -> None:
    pytest.importorskip("sklearn")
    paths = [_made(workflow, "images/models/replace.generation1.1of1.safetensors") for workflow in workflows]
    records = [json.loads((path.parent / ".provenance" / f"{path.name}.json").read_text()) for path in paths]
    assert [record["computed_on"].split()[0] for record in records] == ["cpu", "cuda"]
    expected, found = (
        pd.read_parquet(_made(workflow, "images/measured/replace.generation1.1of1.parquet")) for workflow in workflows
    )
    assert found[["seed", "quantity"]].equals(expected[["seed", "quantity"]])
    assert np.isfinite(found["value"]).all()
