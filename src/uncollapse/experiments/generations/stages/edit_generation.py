"""Edit the texts that a generation learned from, for the next one to learn from (ToEdit)."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

import uncollapse.language.lean_start  # noqa: F401  # isort: skip
from uncollapse.artifacts.parquet import ParquetWriter, arrays_of, read_table, write_rows
from uncollapse.editing.documents import Documents
from uncollapse.editing.edit import Edited, edit, score
from uncollapse.editing.edits import as_edits, with_untouched_texts
from uncollapse.editing.load import load_job_prior
from uncollapse.editing.prior import Prior
from uncollapse.editing.protect import Pieces
from uncollapse.editing.settings import EditSettings
from uncollapse.editing.transformers_prior import TransformersPrior
from uncollapse.experiments.generations.artifacts import EDIT_SHARES, POSITIONS, real_schema, written_schema
from uncollapse.experiments.generations.working import work_of
from uncollapse.generations.gathering import rows_of
from uncollapse.generations.models import language_model
from uncollapse.generations.plugins import VERIFIERS, plugin_of
from uncollapse.generations.real import held_out
from uncollapse.generations.rows import TEXTS
from uncollapse.generations.state import load_states
from uncollapse.jobs.stage import Stage
from uncollapse.language.text import encode_texts

_PART = 1024  # texts that are edited together
_SEEDS_APART = 1000  # seeds of draws between two seeds of models


def run(stage: Stage) -> None:
    """Inputs prior; real and written (rows of generation 0's models, where some are edited) or rows, before and, where
    positions are frozen, first (positions of the generation before and of the first). Outputs rows, positions, shares.

    Spec: editing, share, seeds, generation, number (of rows), synthetic (of them, by generation 0), compute, verifier
    where the prior is one.
    """
    spec = stage.spec
    settings = EditSettings(**spec["editing"])
    prior = _prior(stage)
    if spec["share"] is not None:
        settings = settings.model_copy(update={"threshold": _threshold(stage, prior, direction=settings.direction)})
    pieces, shares = Pieces(prior.tokenizer), []
    progress = stage.progress(unit="texts")
    progress.start(total=len(spec["seeds"]) * spec["number"])
    done = 0
    with (
        ParquetWriter(stage.output("rows"), written_schema(TEXTS)) as rows,
        ParquetWriter(stage.output("positions"), POSITIONS) as positions,
    ):
        for seed in spec["seeds"]:
            own = settings.model_copy(update={"seed": settings.seed + _SEEDS_APART * seed})
            counts = np.zeros(4, dtype=np.int64)
            for texts, documents, frozen in _parts(stage, prior, seed):
                found = edit(documents, prior, own, pieces=pieces, generation=spec["generation"] + 1, frozen=frozen)
                table = with_untouched_texts(as_edits(found, prior.tokenizer), texts)
                about = {"seed": np.full(len(texts), seed), "row_id": documents.document_id}
                rows.write({**about, "text": table["text"]})
                positions.write({**about, "ids": table["new_ids"], "eligible": table["eligible"]})
                for writer in (rows, positions):
                    writer.count(rows_in=len(texts), kept=len(texts))
                counts += _counts(found, settings.threshold)
                done += len(texts)
                progress.update(done)
            tokens, above, eligible, changed = counts.tolist()
            about = {"seed": seed, "threshold": settings.threshold}
            shares.append(about | {"tokens": tokens, "above": above, "eligible": eligible, "changed": changed})
    write_rows(stage.output("shares"), shares, EDIT_SHARES)
    progress.finish()


def _prior(stage: Stage) -> Prior:
    """The model that says how likely tokens are: a base model, or a verifier of config."""
    if "verifier" not in stage.spec:
        return load_job_prior(stage, "prior")
    _, settings = plugin_of(stage.spec["verifier"], package=VERIFIERS)
    state = load_states(stage.input("prior"))[0]
    found = language_model.as_language_model(state, settings.model, device=work_of(stage, unit="texts").device)
    return TransformersPrior(found.model, found.tokenizer)


def _threshold(stage: Stage, prior: Prior, *, direction: str) -> float:
    """The threshold on the side of which the spec's share of the held-out texts' tokens lies."""
    texts = held_out(read_table(stage.input("real"), real_schema(TEXTS))).column("text").to_pylist()
    documents = Documents.of_lists(np.arange(len(texts)), encode_texts(prior.tokenizer, texts))
    share = stage.spec["share"]
    p = score(documents, prior).astype(np.float64)
    return float(np.quantile(p, 1 - share if direction == ">=" else share))


def _parts(stage: Stage, prior: Prior, seed: int) -> Iterator[tuple[list[str], Documents, np.ndarray | None]]:
    """Texts of a seed, their tokens, and which of these may be edited where that is frozen, part by part."""
    if "before" in stage.inputs:
        texts = rows_of([stage.input("rows")], written_schema(TEXTS), seed=seed).column("text").to_pylist()
        ids = arrays_of(rows_of([stage.input("before")], POSITIONS, seed=seed).column("ids"))
    else:
        texts, ids = _first_texts(stage, seed), None
    first = rows_of([stage.input("first")], POSITIONS, seed=seed) if "first" in stage.inputs else None
    for start in range(0, len(texts), _PART):
        some = slice(start, start + _PART)
        tokens = encode_texts(prior.tokenizer, texts[some]) if ids is None else ids[some]
        documents = Documents.of_lists(np.arange(start, start + len(tokens)), tokens)
        frozen = None
        if first is not None:
            flags = first.column("eligible").slice(start, _PART).combine_chunks()
            frozen = flags.flatten().to_numpy(zero_copy_only=False)
        yield texts[some], documents, frozen


def _first_texts(stage: Stage, seed: int) -> list[str]:
    """Real texts, the last of which give way to those of generation 0 where the start is partly synthetic."""
    spec = stage.spec
    numbers = np.arange(spec["number"] - spec["synthetic"])
    parts = [rows_of([stage.input("real")], real_schema(TEXTS), seed=None, numbers=numbers)]
    if spec["synthetic"]:
        written = rows_of([stage.input("written")], written_schema(TEXTS), seed=seed)
        parts.append(written.slice(0, spec["synthetic"]))
    return pa.concat_tables([part.select(["text"]) for part in parts]).column("text").to_pylist()


def _counts(found: Edited, threshold: float) -> np.ndarray:
    """Numbers (4,) of tokens, of those at or above the threshold, eligible and changed."""
    return np.array(
        [len(found.p), (found.p.astype(np.float64) >= threshold).sum(), found.eligible.sum(), found.changed.sum()]
    )
