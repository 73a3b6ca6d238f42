"""Frames and values of experiments whose answers are tokens."""

from collections.abc import Callable, Iterable
from typing import Any

from uncollapse.artifacts.artifact import File
from uncollapse.artifacts.curves import CURVE_FILES
from uncollapse.artifacts.evaluations import EVALUATION_FILES, OUTCOME_FILES
from uncollapse.artifacts.kept import KEPT_FILES
from uncollapse.artifacts.model_names import GENERATOR
from uncollapse.artifacts.proxies import PROXY_FILES
from uncollapse.experiments.frames import LABELLED, Frame, Value, evaluated

MAIN, GENERATORS, GROUPED = (GENERATOR, "downstream"), (GENERATOR,), ("grouped",)  # roles of models


def _curves(roles: tuple[str, ...]) -> Callable[[Any], Iterable[File]]:
    def files(e: Any) -> Iterable[File]:
        models = [*e.generators(), *e.students(), *e.grouped()]
        return [CURVE_FILES(model=model.name) for model in models if model.role in roles]

    return files


_MODEL, _GROUP = ("model",), ("model", "group")
FRAMES = {
    "curves": Frame(artifact=CURVE_FILES, files=_curves(MAIN), about=_MODEL),
    "group_curves": Frame(artifact=CURVE_FILES, files=_curves(GROUPED), about=_GROUP),
    "proxy": Frame(
        artifact=PROXY_FILES,
        files=lambda e: [PROXY_FILES(dataset=name) for name in e.synthesized()],
        about=("dataset",),
    ),
    "kept": Frame(
        artifact=KEPT_FILES, files=lambda e: [KEPT_FILES(dataset=name) for name in e.pruned()], about=("dataset",)
    ),
    "evaluations": evaluated(EVALUATION_FILES, MAIN),
    "generator_evaluations": evaluated(EVALUATION_FILES, GENERATORS),
    "group_evaluations": evaluated(EVALUATION_FILES, GROUPED, _GROUP),
    "outcomes": evaluated(OUTCOME_FILES, MAIN),
    "group_outcomes": evaluated(OUTCOME_FILES, GROUPED, _GROUP),
}


def _dataset_row(e: Any, name: str) -> dict[str, Any]:
    dataset = e.dataset(name)
    verifier = e.verifiers.get(dataset.verifier or "")
    return {
        "dataset": name,
        "select": dataset.select,
        "beams": e.decodings[dataset.decoding].beams if dataset.decoding else None,
        "verifier": dataset.verifier,
        "verifier_kind": getattr(verifier, "kind", None),
        "tolerance": getattr(verifier, "tolerance", None),
        "rows": dataset.size or e.available(dataset),
    }


def _group_rows(e: Any) -> list[dict[str, Any]]:
    """A row for each data set of each group; ``start`` is null, the name of a model, or of a file."""
    rows = []
    for group, trained in e.groups.items():
        start = e.start(trained.initial) if trained.initial is not None else None
        about = {"group": group, "start": trained.initial if start is None else start.name}
        rows += [about | _dataset_row(e, name) for name in e.trained_datasets(group)]
    return rows


def _length_rows(e: Any) -> list[dict[str, Any]]:
    """A row for ``downstream`` (no name) and each group: its steps of training, null where epochs say how long."""
    blocks = {"": e.downstream, **e.groups}
    return [{"group": group, "steps": block.training.steps} for group, block in blocks.items()]


VALUES = LABELLED | {
    "datasets": Value(lambda e: [_dataset_row(e, name) for name in e.trained_datasets()], rows=True),
    "groups": Value(_group_rows, rows=True),
    "training_examples": Value(lambda e: e.sample.train),
    "lengths": Value(_length_rows, rows=True),
    "matrix_size": Value(lambda e: getattr(e.task, "matrix_size", None)),
}
