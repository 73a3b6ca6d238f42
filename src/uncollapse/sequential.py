"""Make a plan's artifacts one after another in one process tree: for machines without Snakemake, such as a lent GPU.

Each job is the command that Snakemake would run. What is up to date, by the record beside it, is left as it is; so a
run that was stopped, or killed, goes on where it was, and a half-trained model goes on from its checkpoint.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from uncollapse.changes import changes, read_record
from uncollapse.errors import UncollapseError
from uncollapse.partial import remove_abandoned
from uncollapse.planning import Plan
from uncollapse.recipe import Recipe, recipe_of
from uncollapse.stage import provenance_path
from uncollapse.store import content_hash

_OUTPUTS = {"sample": "prompts", "label": "candidates", "verify": "scores", "select_data": "dataset"}
_OUTPUTS |= {"estimate_proxy": "proxy", "compare_kept": "kept"}


class JobError(UncollapseError):
    """A job that ended with an error; what it printed says why."""


class Jobs:
    """The jobs that a plan's targets still need, in an order in which they can be run.

    ``seconds`` holds, by first output below the plan's folder, how long each job has run, added to what a former run
    spent on it.
    """

    def __init__(self, plan: Plan, *, seconds: dict[str, float] | None = None) -> None:
        self.plan, self.seconds = plan, seconds if seconds is not None else {}
        self._hashes: dict[tuple[str, int, int], str] = {}
        self._settled: set[str] = set()

    def waiting(self, target: str) -> Iterator[tuple[str, Recipe]]:
        """Each job for ``target`` that is not up to date when its turn comes; run it before asking for the next."""
        if target in self._settled:
            return
        recipe = recipe_of(self.plan, target)
        if recipe is not None:  # else a file that comes with the project, or a user's
            for paths in recipe.inputs.values():
                for path in paths:
                    yield from self.waiting(path)
            if not self._is_current(target, recipe):
                yield target, recipe
        self._settled.add(target)

    def run(self, target: str, *, deadline: float, threads: int) -> bool:
        """Make ``target`` and all it needs; False where ``deadline`` (of time.monotonic) came first.

        Raises
        ------
        JobError
            Where a job fails.
        """
        for path, recipe in self.waiting(target):
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return False
            begun = time.monotonic()
            command = self.command(path, recipe, threads=threads)
            for output in outputs(recipe.stage, path).values():
                Path(output).parent.mkdir(parents=True, exist_ok=True)
            with subprocess.Popen(command, env=_environment()) as process:
                try:
                    status = process.wait(timeout=remaining)
                except subprocess.TimeoutExpired:
                    process.kill()
                    status = None
                finally:
                    name = path.removeprefix(f"{self.plan.root}/")
                    self.seconds[name] = round(self.seconds.get(name, 0.0) + time.monotonic() - begun, 1)
            if status is None:
                for output in map(Path, outputs(recipe.stage, path).values()):
                    remove_abandoned(output)
                    remove_abandoned(output.parent / ".checkpoints" / output.name)
                return False
            if status:
                raise JobError(f"{recipe.stage} ended with status {status}; {path} is not made")
        return True

    def command(self, path: str, recipe: Recipe, *, threads: int) -> list[str]:
        """The command line that makes ``path``."""
        line = [sys.executable, str(self.plan.scripts / f"{recipe.stage}.py"), "--threads", str(threads)]
        line += ["--spec", json.dumps(recipe.spec, sort_keys=True), "--code", *recipe.code]
        for name, (first, *others) in recipe.inputs.items():
            line += ["--input", f"{name}={first}", *others]
        for name, output in outputs(recipe.stage, path).items():
            line += ["--output", f"{name}={output}"]
        return line

    def _is_current(self, path: str, recipe: Recipe) -> bool:
        record = read_record(provenance_path(Path(path)))
        if record is None or not Path(path).is_file() or changes(record, recipe):
            return False
        return all(
            self._hash(other) == digest for paths in record["inputs"].values() for other, digest in paths.items()
        )

    def _hash(self, path: str) -> str:
        stat = Path(path).stat()
        key = (path, stat.st_mtime_ns, stat.st_size)
        if key not in self._hashes:
            self._hashes[key] = content_hash(Path(path))
        return self._hashes[key]


def outputs(stage: str, path: str) -> dict[str, str]:
    """All outputs of the job that makes ``path``, by the names that its command gives them.

    >>> outputs("train", "results/e/models/clean-seed0.curve.parquet")["weights"]
    'results/e/models/clean-seed0.safetensors'
    """
    if stage in _OUTPUTS:
        return {_OUTPUTS[stage]: path}
    folder, name = os.path.split(path)
    if stage == "train":
        stem = os.path.join(folder, name.removesuffix(".safetensors").removesuffix(".curve.parquet"))
        return {"weights": f"{stem}.safetensors", "curve": f"{stem}.curve.parquet"}
    if stage == "evaluate_model":
        above = os.path.dirname(folder)
        return {"outcomes": f"{above}/outcomes/{name}", "evaluation": f"{above}/evaluations/{name}"}
    raise LookupError(f"{path}: made by {stage}, which is Snakemake's part")


def _environment() -> dict[str, str]:
    source = str(Path(__file__).parents[1])
    parts: Sequence[str] = [source, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {name: value for name, value in os.environ.items() if name != "UNCOLLAPSE_STORE"} | {
        "PYTHONPATH": os.pathsep.join(parts)
    }
