"""Files that a verifier reads beside the candidates: inputs of its jobs, and part of what is gone on with."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from uncollapse.commands.verify import main
from uncollapse.config.load import load
from uncollapse.planning.plan import Plan
from uncollapse.planning.recipe import Recipe
from uncollapse.verifiers.answers import command, reward_model

DRAWN = {"candidates": 2, "temperature": 1.0, "max_new_tokens": 4}
FAILING = "import sys\nsys.exit(1)\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)  # has a program named python
    Path("short.py").write_text(FAILING)
    Path("rules.json").write_text("{}")
    reward = Path("reward")
    reward.mkdir()
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        (reward / name).write_text("{}")
    return tmp_path


def recipe(own: dict[str, Any], rule: str, **names: Any) -> Recipe:
    block = {
        "kind": "rejection_sampling",
        "seeds": [0],
        "files": {"train": "train.jsonl", "test": "test.jsonl"},
        "base": "tiny",
        "sampling": DRAWN,
        "verifiers": {"own": own},
        "reference": "own",
        "selections": {"own": {"verifier": "own", "n": 2}},
        "training": {"steps": 1},
        "evaluation": DRAWN,
    }
    base = {"random": {"architecture": "llama", "hidden_size": 32, "layers": 2, "heads": 4}}
    nothing = {"scale": "test", "tables": {}, "figures": {}, "claims": {}}
    plan = Plan(load(nothing | {"experiments": {"mine": block}, "base_models": {"tiny": base}}))
    return plan.recipe(rule, experiment="mine", **names)


@pytest.mark.parametrize(
    ("verifier", "files"),
    [
        (
            {"kind": "reward_model", "model": "reward", "lowest": 0},
            ["reward/config.json", "reward/model.safetensors", "reward/tokenizer.json"],
        ),
        ({"kind": "command", "command": "python short.py --rules=rules.json -v"}, ["rules.json", "short.py"]),
    ],
)
def test_files_that_a_verifier_reads_are_inputs_of_its_jobs(verifier: dict[str, Any], files: list[str]) -> None:
    shard = {"verifier": "own", "round": 1, "shard": 1, "shards": 1}
    for found in (
        recipe(verifier, "verify_candidates", **shard),
        recipe(verifier, "score_answers", selection="base", arm="base", seed=0),
    ):
        assert found.inputs["files"] == files
        assert found.outside == set(files)


def test_a_model_of_the_hub_and_a_program_have_no_files() -> None:
    assert reward_model.Settings(model="owner/name").files == []
    assert command.Settings(command=["cat", "-u"]).files == []


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("./none", "there is no such folder, and an id of the hub is a name, or OWNER/NAME"),
        ("~/reward", "~ is read by shells alone"),
        ("https://example.org/a.whl", r"is an address \(https\)"),
        ("none.whl", "there is no such file"),
        ("rules.json", "is a file; give the folder"),
    ],
)
def test_a_reward_model_that_is_nowhere_is_told_before_any_job(model: str, words: str) -> None:
    with pytest.raises(ValidationError, match=f"{model!r}: {words}"):
        reward_model.Settings(model=model)


def test_parts_judged_by_another_state_of_a_script_are_not_gone_on_with(tmp_path: Path) -> None:
    Path("in.jsonl").write_text("".join(json.dumps({"prompt": "a", "text": str(k)}) + "\n" for k in range(4)))
    options = ["in.jsonl", "--verifier", f"command:command={sys.executable} short.py", "--output", "out.jsonl"]
    with pytest.raises(SystemExit, match="no verdict"):
        main([*options, "--most-failed", "0"])
    Path("short.py").write_text("import sys\nfor line in sys.stdin: print('{}')\n")
    with pytest.raises(SystemExit, match="parts of a run with other options"):
        main([*options, "--most-failed", "1"])
