"""Artifacts of a plan made in this process, from the recipes that why.py tells, with whatever they need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from uncollapse.jobs.stage import Stage
from uncollapse.planning.plan import SCRIPT, Plan
from uncollapse.planning.recipe import Recipe

ROOT = Path(__file__).parents[2]


def recipes_of(plan: Plan) -> dict[str, Recipe]:
    """Every job that the report needs, by its first output."""
    found: dict[str, Recipe] = {}
    seen: set[str] = set()
    waiting = [*plan.recipe("write_report").outputs.values()]
    while waiting:
        path = waiting.pop()
        if path in seen or (recipe := plan.recipe_of(path)) is None:
            continue
        found[next(iter(recipe.outputs.values()))] = recipe
        seen.update(recipe.outputs.values())
        waiting += [other for paths in recipe.inputs.values() for other in paths]
    return found


class Workflow:
    """Makes artifacts of a plan with whatever they need, in this process."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.made = plan, []
        self.jobs: list[Stage] = []

    def make(self, path: str) -> Path:
        target = Path(path)
        if target.is_file() or not path.startswith(f"{self.plan.root}/"):
            return target
        recipe = self.plan.recipe_of(path)
        assert recipe is not None, path
        inputs = {name: [self.make(other) for other in paths] for name, paths in recipe.inputs.items()}
        outputs = {name: Path(output) for name, output in recipe.outputs.items()}
        self.run(Stage(body=recipe.body, spec=recipe.spec, code=recipe.code, inputs=inputs, outputs=outputs))
        self.made.append(recipe.stage)
        self.jobs.append(Stage(body=recipe.body, spec=recipe.spec, code=recipe.code, inputs=inputs, outputs=outputs))
        return target

    def run(self, stage: Stage) -> None:
        stage.run(lambda job: import_module(job.body).run(job), None)


class Recorded(Workflow):
    """Runs each command with none of the project's modules loaded, and keeps what it loads beyond its code.

    A command of the same code whose spec says the same words, numbers apart, finds the modules loaded: it would load
    the same ones, which takes most of the time.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.unseen: dict[str, set[str]] = {}
        self._seen: set[tuple[str, tuple[str, ...], frozenset[str]]] = set()

    def run(self, stage: Stage) -> None:
        alike = (stage.name, tuple(stage.code), frozenset(_words(stage.spec)))
        if alike in self._seen:
            super().run(stage)
            return
        self._seen.add(alike)
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


def _words(value: Any) -> Iterator[str]:
    """Keys, texts, truth values and nulls within a JSON value."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from (key, *_words(part))
    elif isinstance(value, list):
        for part in value:
            yield from _words(part)
    elif value is None or isinstance(value, str | bool):
        yield repr(value)


def _of_project() -> dict[str, ModuleType]:
    return {name: module for name, module in sys.modules.items() if name.split(".")[0] == "uncollapse"}


def unseen_here(workflow: Workflow, path: str, folder: Path) -> set[str]:
    """Modules of the project that an artifact's body loads and its code does not name; it is made again in a folder."""
    workflow.make(path)
    recipe = workflow.plan.recipe_of(path)
    assert recipe is not None
    inputs = {name: list(map(Path, paths)) for name, paths in recipe.inputs.items()}
    outputs = {name: folder / f"{name}.out" for name in recipe.outputs}
    recorded = Recorded(workflow.plan)
    recorded.run(Stage(body=recipe.body, spec=recipe.spec, code=recipe.code, inputs=inputs, outputs=outputs))
    return recorded.unseen[recipe.stage]


_ELSEWHERE = """
import json, sys, time
from importlib import import_module
from pathlib import Path

now = time.time
time.time = lambda: now() + 10 * 365 * 86400.0
from uncollapse.jobs.stage import Stage

told = json.load(sys.stdin)
for place, value in told["constants"].items():
    module, _, name = place.rpartition(".")
    setattr(import_module(module), name, value)
for job in told["jobs"]:
    inputs = {name: list(map(Path, paths)) for name, paths in job["inputs"].items()}
    outputs = {name: Path(path) for name, path in job["outputs"].items()}
    stage = Stage(body=job["body"], spec=job["spec"], code=job["code"], inputs=inputs, outputs=outputs)
    stage.run(lambda one: import_module(one.body).run(one), None)
"""
_WORLD = {"PYTHONHASHSEED": "7", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "OMP_NUM_THREADS": "2"}


def other_in_another_world(
    workflow: Workflow, folder: Path, *, constants: Mapping[str, Any] | None = None
) -> tuple[list[str], int]:
    """Outputs with other bytes under another hash seed, clock, time zone, locale and folder; and of how many.

    Each job that the workflow has made is done once more, from the same inputs, in one process of another world, the
    last one first. A job sets its threads itself: two are there, and one is what it asked for. ``constants`` of
    modules, by their dotted names, are those that the caller has changed here.
    """
    assert workflow.jobs
    pairs: list[tuple[Path, Path]] = []
    told = []
    for number, job in enumerate(reversed(workflow.jobs)):
        outputs = {name: folder / str(number) / name / path.name for name, path in job.outputs.items()}
        pairs += [(job.outputs[name].absolute(), outputs[name]) for name in outputs]
        inputs = {name: [str(path.absolute()) for path in paths] for name, paths in job.inputs.items()}
        told.append({"body": job.body, "spec": job.spec, "code": job.code, "inputs": inputs,
                     "outputs": {name: str(path) for name, path in outputs.items()}})  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE],
        input=json.dumps({"jobs": told, "constants": constants or {}}),
        capture_output=True, text=True, cwd=folder, env=os.environ | _WORLD,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return [str(here) for here, there in pairs if here.read_bytes() != there.read_bytes()], len(pairs)


_LISTED = """
import json, runpy, sys
packages, script, *sys.argv[1:] = sys.argv[1:]
packages = packages.split(",")
try:
    runpy.run_path(script, run_name="__main__")
finally:
    print(json.dumps([name for name in sys.modules if name.split(".")[0] in packages]))
"""


def unseen(workflow: Workflow, path: str, folder: Path, *, unwanted: str) -> set[str]:
    """Modules that the command of an artifact loads, in a process of its own, and its code does not name.

    Those of the package ``unwanted`` count as well, for which alone the process is its own.
    """
    workflow.make(path)
    recipe = workflow.plan.recipe_of(path)
    assert recipe is not None
    command = [sys.executable, "-c", _LISTED, f"uncollapse,{unwanted}", str(ROOT / SCRIPT), recipe.body]
    command += ["--spec", recipe.text]
    for key, paths in recipe.inputs.items():
        command += ["--input", f"{key}={paths[0]}", *paths[1:]]
    command += [f"--output={key}={folder / key}.out" for key in recipe.outputs]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    return loaded - {entry.partition("@")[0] for entry in recipe.code if "@" in entry}
