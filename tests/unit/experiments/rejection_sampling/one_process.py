"""An experiment's files, made one after the other in this process, by the jobs that its kind declares."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from uncollapse.artifacts.artifact import File
from uncollapse.experiments.kind import Kind
from uncollapse.jobs.stage import Stage
from uncollapse.planning.recipe import inputs_of, outputs_of, spec_text
from uncollapse.products.products import made, read_frame

NAME = "chosen"


class OneProcess:
    """A kind with its settings and a folder of results; ``run`` counts the jobs that ran, by stage."""

    def __init__(self, kind: Kind, block: Any, root: Path) -> None:
        self.kind, self.block, self.root = kind, block, root
        self.run: list[str] = []

    def path(self, file: File) -> Path:
        """Where a file lies."""
        return Path(file.below(str(self.root), NAME))

    def make(self, file: File) -> Path:
        """The file, with all that it is made from."""
        path = self.path(file)
        if not path.exists():
            self._job(str(path.relative_to(self.root)))
        return path

    def _job(self, below: str) -> None:
        for stage in self.kind.stages.values():
            for artifact in stage.makes.values():
                names = artifact.names_in(below)
                if names is None:
                    continue
                names.pop("experiment")
                try:
                    job = stage.job(self.block, **names)
                except KeyError:
                    continue
                for read in job.reads.values():
                    for one in [read] if isinstance(read, File | str) else read:
                        if isinstance(one, File):
                            self.make(one)
                inputs, _ = inputs_of(job, str(self.root), NAME)
                outputs = outputs_of(stage, str(self.root), NAME, names)
                Stage(
                    body=stage.body,
                    spec=json.loads(spec_text(job, self.block)),
                    code=[],
                    inputs={name: list(map(Path, paths)) for name, paths in inputs.items()},
                    outputs={name: Path(one) for name, one in outputs.items()},
                ).run(import_module(stage.body).run, None)
                self.run.append(stage.name)
                return
        raise AssertionError(f"no stage makes {below}")

    def frame(self, name: str) -> Any:
        """A frame of the kind, its files made first."""
        frame = self.kind.frames[name]
        return read_frame(name, [self.make(file) for file in frame.files(self.block)], kind=self.kind.name)

    def product(self, group: str, name: str, *frames: str) -> Any:
        """A table, figure or group of claims from some frames and all values."""
        inputs = {one: [self.make(file) for file in self.kind.frames[one].files(self.block)] for one in frames}
        values = {one: {"rows": value.of(self.block)} for one, value in self.kind.values.items()}
        return made(group, name, inputs, frames=dict.fromkeys(frames, self.kind.name), values=values)
