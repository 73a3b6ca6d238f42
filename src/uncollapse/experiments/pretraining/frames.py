"""Frames and values of experiments with models trained from scratch."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.curves import CURVE_FILES
from uncollapse.artifacts.edits import EDIT_COUNT_FILES
from uncollapse.artifacts.measurements import BUCKET_FILES, DETAIL_FILES, MAP_FILES, MEASUREMENT_FILES
from uncollapse.artifacts.model_names import Model
from uncollapse.artifacts.passages import TOKEN_FILES, TRAIN_PASSAGES
from uncollapse.artifacts.perplexities import PERPLEXITY_FILES
from uncollapse.artifacts.synthesis import COST_FILES, SYNTHESIS_TEXT_FILES
from uncollapse.artifacts.tasks import TASK_SCORE_FILES
from uncollapse.experiments.frames import Frame, Value


def _diagnostics(e: Any) -> list[str]:
    return e.diagnostics.names if e.diagnostics is not None else []


def _priors(e: Any) -> dict[str, Any]:
    return e.diagnostics.priors if e.diagnostics is not None else {}


def _students(e: Any) -> list[str]:
    return [model.name for model in e.students()]


def _each(artifact: Artifact, name: str, values: Callable[[Any], Iterable[str]], about: Sequence[str] = ()) -> Frame:
    """Frame of one file for each value of a name in its path."""
    return Frame(artifact=artifact, files=lambda e: [artifact(**{name: value}) for value in values(e)], about=about)


_MODEL = ("model",)
FRAMES = {
    "diagnostics": _each(MEASUREMENT_FILES, "diagnostic", _diagnostics),
    "buckets": _each(BUCKET_FILES, "diagnostic", lambda e: ["ngrams"] if _diagnostics(e) else []),
    "document_perplexities": _each(DETAIL_FILES, "diagnostic", _priors),
    "embedding_map": _each(MAP_FILES, "diagnostic", lambda e: [n for n in _diagnostics(e) if n == "embeddings"]),
    "task_scores": _each(
        TASK_SCORE_FILES, "model", lambda e: [model.name for model in e.students() if e.has_tasks(model)], _MODEL
    ),
    "perplexities": _each(PERPLEXITY_FILES, "model", _students, _MODEL),
    "pretraining_curves": _each(CURVE_FILES, "model", _students, _MODEL),
    "training_passages": Frame(artifact=TRAIN_PASSAGES, files=lambda e: [TRAIN_PASSAGES()]),
    "training_tokens": Frame(artifact=TOKEN_FILES, files=lambda e: [TOKEN_FILES(split="train")]),
    "synthesis_costs": Frame(artifact=COST_FILES, files=lambda e: [COST_FILES()] if e.synthesis else []),
    "synthesis_texts": Frame(
        artifact=SYNTHESIS_TEXT_FILES, files=lambda e: [SYNTHESIS_TEXT_FILES()] if e.synthesis else []
    ),
    "edit_counts": Frame(
        artifact=EDIT_COUNT_FILES,
        files=lambda e: [
            EDIT_COUNT_FILES(edit=name, generation=generation)
            for name, edit in e.edits.items()
            for generation in range(1, edit.generations + 1)
        ],
        about=("edit", "generation"),
    ),
}


def _edit_rows(e: Any) -> list[dict[str, Any]]:
    return [
        {"edit": name, "threshold": edit.editing.threshold, "share": edit.share, "prior": edit.prior,
         "frozen": edit.frozen,
         "control": edit.editing.positions == "random" or edit.editing.action == "delete",
         "texts": edit.corpus or edit.dataset, "direction": edit.editing.direction,
         "sampling": edit.editing.sampling, "top_k": edit.editing.top_k, "top_p": edit.editing.top_p,
         "positions": edit.editing.positions, "action": edit.editing.action,
         "as_many_as": edit.as_many_as}
        for name, edit in e.edits.items()
    ]  # fmt: skip


def _model_row(e: Any, model: Model) -> dict[str, Any]:
    name, dataset = e.parts_of(model)
    mixture, trained = e.datasets[dataset], e.models[name]
    return {
        "model": model.name,
        "architecture": name,
        "dataset": dataset,
        "seed": model.seed,
        "machine_share_percent": 100 * mixture.machine_share,
        "selection": mixture.select.by if mixture.select else None,
        "edit": mixture.edit,
        "control": mixture.control,
        "part": mixture.part,
        "generator": mixture.generator,
        "how": mixture.how,
        "family": _family(e, name),
        "epochs": trained.training.epochs,
        "tokens": mixture.tokens or e.tokens,
        "context": e.architecture(name).context,
        # the model from which all of an architecture's start; null: from scratch
        "initial": trained.initial and e.first_seed(trained.initial, trained.initial_dataset).name,
        "instructions": e.of_pairs(dataset),
        "domain": e.instructions.corpus if e.of_pairs(dataset) else mixture.corpus,
    }


def _family(e: Any, name: str) -> str:
    """The first of the models from scratch with the same architecture, or itself where it goes on from another."""
    if e.models[name].initial is not None:
        return name
    scratch = [other for other, model in e.models.items() if model.initial is None]
    return next(other for other in scratch if e.architecture(other) == e.architecture(name))


def _iterated(e: Any, name: str) -> dict[str, Any]:
    """Process that a data set came from a model's own texts by, number of rounds, and data set of generation 0."""
    dataset = e.datasets[name]
    edit = e.edits[dataset.edit] if dataset.edit else None
    if dataset.generator_dataset is not None:
        process = "own text" if dataset.machine_share == 1 else "own and human text"
        before = dataset.generator_dataset
    elif edit is not None and edit.dataset == edit.prior_dataset:
        process, before = "edited by the model", edit.dataset or ""
    else:
        return {"process": None, "generation": 0, "root": name}
    earlier = _iterated(e, before)
    return {"process": process, "generation": earlier["generation"] + 1, "root": earlier["root"]}


def _iterations(e: Any) -> list[dict[str, Any]]:
    """Data sets of the iterative setting, and those that they begin with."""
    rows = [{"dataset": name} | _iterated(e, name) for name in e.datasets]
    roots = {row["root"] for row in rows if row["generation"]}
    return [row for row in rows if row["generation"] or row["dataset"] in roots]


VALUES = {
    "subjects": Value(lambda e: ["human", "machine", *(e.diagnostics.datasets if e.diagnostics else [])]),
    "references": Value(lambda e: [name for name, prior in _priors(e).items() if prior.base is not None]),
    "iterations": Value(_iterations, rows=True),
    "trained_models": Value(lambda e: [_model_row(e, model) for model in e.students()], rows=True),
    "edits": Value(_edit_rows, rows=True),
}
