"""Frames and values of experiments over generations."""

from typing import Any

from uncollapse.artifacts.artifact import Artifact, File
from uncollapse.experiments.frames import Frame, Value
from uncollapse.experiments.generations.artifacts import (
    EDIT_SHARE_FILES,
    MEASURED_FILES,
    QUALITY_FILES,
    SHOWN_FILES,
    YARDSTICK_FILES,
)
from uncollapse.generations.plugins import MODELS
from uncollapse.settings.finding import load_plugin

_ABOUT = ("run", "generation")


def _of_models(artifact: Artifact) -> Frame:
    def files(e: Any) -> list[File]:
        shards = range(1, e.shards + 1)
        return [
            artifact(run=run, generation=generation, shard=shard, shards=e.shards)
            for run, generation in e.learned()
            for shard in shards
        ]

    return Frame(artifact=artifact, files=files, about=_ABOUT)


def _verified(e: Any) -> list[File]:
    return [
        QUALITY_FILES(run=name, generation=generation, shard=shard, shards=e.shards)
        for name, run in e.runs.items()
        if run.verification is not None
        for generation in range(run.generations)
        for shard in range(1, e.shards + 1)
    ]


def _edited(e: Any) -> list[File]:
    return [
        EDIT_SHARE_FILES(run=run.name, generation=generation, shard=shard, shards=e.shards)
        for run in e.every_run()
        if run.editing is not None
        for generation in range(run.generations)
        for shard in range(1, e.shards + 1)
    ]


FRAMES = {
    "edit_shares": Frame(artifact=EDIT_SHARE_FILES, files=_edited, about=_ABOUT),
    "generation_measures": _of_models(MEASURED_FILES),
    "shown": _of_models(SHOWN_FILES),
    "verified": Frame(artifact=QUALITY_FILES, files=_verified, about=_ABOUT),
    "yardsticks": Frame(
        artifact=YARDSTICK_FILES,
        files=lambda e: [YARDSTICK_FILES(learner=learner) for learner in e.used_learners()],
        about=("learner",),
    ),
}


def _run_rows(e: Any) -> list[dict[str, Any]]:
    """A row for each run; ``real`` and ``synthetic`` are those of a mixture, else -1."""
    rows = []
    for run in e.every_run():
        check, edit = run.verification, run.editing
        rows.append(
            {
                "run": run.name,
                "learner": run.learner,
                "regime": run.regime.kind,
                "generations": run.generations,
                "grid": run.grid,
                "real": getattr(run.regime, "real", -1),
                "synthetic": getattr(run.regime, "synthetic", -1),
                "fresh": bool(getattr(run.regime, "fresh", False)),
                "weight": str(getattr(run.regime, "weight", None) or ""),
                "verifier": check.verifier if check else "",
                "truth": check.truth if check else "",
                "at_random": bool(check and check.at_random),
                "edited_by": (edit.base or edit.verifier) if edit else "",
                "frozen": bool(edit and edit.frozen),
                "edited_written": edit.written if edit else 0,
            }
        )
    return rows


def _learner_rows(e: Any) -> list[dict[str, Any]]:
    """A row for each learner: what it is called, its data and model, how many rows it has, and its loss's unit."""
    found = []
    for name in e.used_learners():
        learner = e.learners[name]
        found.append(
            {
                "learner": name,
                "title": learner.title or name,
                "data": learner.data.name,
                "model": learner.model.name,
                "rows": learner.rows,
                "held_out": learner.held_out,
                "channels": getattr(learner.model, "channels", 1),
                "hydrogens": getattr(learner.model, "hydrogens", ""),
                "unit": load_plugin(learner.model.name, package=MODELS).LOSS.partition(" per ")[0],
            }
        )
    return found


VALUES = {"generation_runs": Value(_run_rows, rows=True), "learners": Value(_learner_rows, rows=True)}
