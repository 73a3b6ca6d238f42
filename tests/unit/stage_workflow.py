"""Make artifacts of a plan in this process, from the recipes that why.py tells, with whatever they need."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from inspect import isfunction
from pathlib import Path
from types import ModuleType

from uncollapse.jobs.stage import Stage
from uncollapse.planning.plan import Plan
from uncollapse.planning.recipe import recipe_of

ROOT = Path(__file__).parents[2]
OUTPUTS = {
    "import_model": ("model",),
    "prepare_corpus": ("corpus", "card"),
    "sample_text": ("prompts",),
    "select_text": ("dataset",),
    "train_text": ("weights", "curve"),
    "label_text": ("candidates",),
    "verify_text": ("scores",),
    "estimate_proxy_text": ("proxy",),
    "evaluate_text": ("outcomes", "evaluation"),
    "evaluate_baselines_text": ("baselines",),
    "pick_examples_text": ("examples",),
    "cut_passages": ("train", "validation", "test"),
    "train_tokenizer": ("tokenizer",),
    "encode_passages": ("tokens",),
    "mix_texts": ("dataset",),
    "pretrain": ("weights", "curve"),
    "measure_perplexity": ("perplexities",),
    "sample_texts": ("samples",),
    "make_task_items": ("task_items",),
    "evaluate_tasks": ("scores",),
    "edit_texts": ("edits", "counts"),
    "encode_instructions": ("train", "test"),
    "write_texts": ("texts",),
    "compare_synthesis": ("costs", "texts"),
    "diagnose_texts": ("measurements", "details"),
    "make_table": ("parquet", "csv", "markdown"),
    "draw_figure": ("svg", "png"),
    "check_claims": ("findings",),
}


# how the file of a stage's second output is called after its first, <folder>/<stem>.parquet
_SECOND = {"prepare_corpus": "{stem}.card", "edit_texts": "{stem}.counts", "diagnose_texts": "{stem}.details"}


def outputs_of(stage: str, target: Path) -> dict[str, Path]:
    """All files that a stage writes, from one of them."""
    names = OUTPUTS[stage]
    if stage in ("make_table", "draw_figure"):
        suffixes = {"csv": ".csv", "markdown": ".md", "parquet": ".parquet", "svg": ".svg", "png": ".png"}
        return {name: target.with_suffix(suffixes[name]) for name in names}
    if stage in ("cut_passages", "encode_instructions", "compare_synthesis"):
        return {name: target.with_name(f"{name}.parquet") for name in names}
    if stage in ("train_text", "pretrain"):
        stem = target.name.removesuffix(".curve.parquet").removesuffix(".safetensors")
        return dict(
            zip(names, (target.with_name(stem + end) for end in (".safetensors", ".curve.parquet")), strict=True)
        )
    if stage == "evaluate_text":
        return {
            name: target.parents[1] / folder / target.name
            for name, folder in zip(names, ("outcomes", "evaluations"), strict=True)
        }
    if stage in _SECOND:
        ending = _SECOND[stage].format(stem="")
        stem = target.name.removesuffix(".parquet").removesuffix(ending)
        return dict(zip(names, (target.with_name(f"{stem}{end}.parquet") for end in ("", ending)), strict=True))
    (name,) = names
    return {name: target}


class Workflow:
    """Makes artifacts of a plan with whatever they need, in this process."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.made = plan, []

    def make(self, path: str) -> Path:
        target = Path(path)
        if target.is_file() or not path.startswith(f"{self.plan.root}/"):
            return target
        recipe = recipe_of(self.plan, path)
        assert recipe is not None, path
        inputs = {name: [self.make(other) for other in paths] for name, paths in recipe.inputs.items()}
        outputs = outputs_of(recipe.stage, target)
        stage = Stage(name=recipe.stage, spec=recipe.spec, code=recipe.code, inputs=inputs, outputs=outputs, threads=1)
        self.run(stage)
        self.made.append(recipe.stage)
        return target

    def run(self, stage: Stage) -> None:
        stage.run(work_of(stage.name), None)


class Recorded(Workflow):
    """Runs each command with none of the project's modules loaded, and keeps what it loads beyond its code."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.unseen: dict[str, set[str]] = {}

    def run(self, stage: Stage) -> None:
        before = _of_project()
        for name in before:
            del sys.modules[name]
        try:
            super().run(stage)
            loaded = set(_of_project())
        finally:
            for name in _of_project():
                del sys.modules[name]
            sys.modules.update(before)
        declared = {entry.partition("@")[0] for entry in stage.code if "@" in entry}
        self.unseen.setdefault(stage.name, set()).update(loaded - declared)


def _of_project() -> dict[str, ModuleType]:
    return {name: module for name, module in sys.modules.items() if name.split(".")[0] == "uncollapse"}


def work_of(stage: str):
    path = ROOT / "scripts" / f"{stage}.py"
    spec = importlib.util.spec_from_file_location(f"stage_{stage}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    own = (value for name, value in vars(module).items() if isfunction(value) and not name.startswith("_"))
    (work,) = [value for value in own if value.__module__ == module.__name__]
    return work


_LISTED = """
import json, runpy, sys
packages, script, *sys.argv[1:] = sys.argv[1:]
packages = packages.split(",")
try:
    runpy.run_path(script, run_name="__main__")
finally:
    print(json.dumps([name for name in sys.modules if name.split(".")[0] in packages]))
"""


def unseen(workflow: Workflow, path: str, folder: Path, *, unwanted: str = "") -> set[str]:
    """Modules that the command of an artifact loads, in a process of its own, and its code does not name.

    Those of the package ``unwanted`` count as well.
    """
    workflow.make(path)
    recipe = recipe_of(workflow.plan, path)
    assert recipe is not None
    command = [
        sys.executable,
        "-c",
        _LISTED,
        f"uncollapse,{unwanted}",
        str(ROOT / f"scripts/{recipe.stage}.py"),
        "--spec",
    ]
    command += [json.dumps(recipe.spec)]
    for key, paths in recipe.inputs.items():
        command += ["--input", f"{key}={paths[0]}", *paths[1:]]
    command += [f"--output={key}={folder / key}.out" for key in OUTPUTS[recipe.stage]]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    return loaded - {entry.partition("@")[0] for entry in recipe.code if "@" in entry}
