"""Edit texts with ToEdit, one generation."""

import shutil

from uncollapse.artifacts.datasets import TRAINING_PAIRS, TRAINING_TEXTS
from uncollapse.artifacts.edits import EDIT_COUNTS
from uncollapse.artifacts.parquet import ParquetWriter
from uncollapse.editing.edit import edit
from uncollapse.editing.edits import as_edits
from uncollapse.editing.load import load_job_prior
from uncollapse.editing.protect import Pieces
from uncollapse.editing.run import Run
from uncollapse.editing.settings import EditSettings
from uncollapse.jobs.stage import Stage
from uncollapse.pretraining.editing import (
    changed_tokens,
    count_rows,
    generations,
    in_tokens_of,
    texts_of_corpus,
    texts_of_dataset,
    threshold_at,
)
from uncollapse.pretraining.tokens import read_tokenizer


def run(stage: Stage) -> None:
    """Inputs passages, dataset, pairs or before (edits), prior; tokenizer, of a data set that the prior reads in tokens
    of its own; first, where positions are frozen; like, for a control that edits as many tokens as those edits have
    changed; validation (tokens), for a threshold from a share. Outputs edits, counts.

    Spec: editing, generation, corpus, passages, share, compute.
    """
    spec = stage.spec
    settings = EditSettings(**spec["editing"])
    prior = load_job_prior(stage, "prior")
    if spec["share"] is not None:
        threshold = threshold_at(spec["share"], stage.input("validation"), prior, direction=settings.direction)
        settings = settings.model_copy(update={"threshold": threshold})
    pieces = Pieces(prior.tokenizer)
    if "before" in stage.inputs:
        parts = list(generations(stage.input("before"), stage.inputs.get("first", [None])[0]))
    elif "passages" in stage.inputs:
        parts = texts_of_corpus(stage.input("passages"), prior.tokenizer, corpus=spec["corpus"], most=spec["passages"])
    else:
        name, schema = ("pairs", TRAINING_PAIRS) if "pairs" in stage.inputs else ("dataset", TRAINING_TEXTS)
        parts = texts_of_dataset(stage.input(name), schema)
        if "tokenizer" in stage.inputs:
            own = read_tokenizer(stage.input("tokenizer"))
            parts = [in_tokens_of(prior.tokenizer, part, own=own) for part in parts]

    like = changed_tokens(stage.input("like")) if "like" in stage.inputs else None

    def work(part: tuple) -> object:
        documents, frozen = part
        found = edit(
            documents,
            prior,
            settings,
            pieces=pieces,
            generation=spec["generation"],
            frozen=frozen,
            numbers=None if like is None else like(documents),
        )
        return as_edits(found, prior.tokenizer)

    run = Run(stage.checkpoint("edits"), {"stage": stage.identity()})
    if not run.finished():
        documents = sum(len(part[0]) for part in parts)
        run.edit(parts, work, documents=documents, progress=stage.progress(unit="documents"))
    shutil.copyfile(run.output, stage.output("edits"))
    with ParquetWriter(stage.output("counts"), EDIT_COUNTS) as writer:
        for columns in count_rows(run.output, threshold=settings.threshold):
            writer.write(columns)
            writer.count(rows_in=len(columns["tokens"]), kept=len(columns["tokens"]))
    run.clear()
