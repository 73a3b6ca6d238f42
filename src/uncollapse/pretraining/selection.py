"""Which machine-written training passages a selector keeps (Zhu et al. 2024, Table 13)."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import torch
from numpy.typing import NDArray

from uncollapse.artifacts.parquet import read_table
from uncollapse.artifacts.passages import PASSAGE_TOKENS, PASSAGES
from uncollapse.diagnostics import density_responses
from uncollapse.diagnostics.sentence_embeddings import embed
from uncollapse.editing.documents import Documents
from uncollapse.editing.edit import log_probs
from uncollapse.editing.prior import Prior
from uncollapse.passage_selection import density, dsir, educational, perplexity_filter
from uncollapse.passage_selection.classifier import scores
from uncollapse.passage_selection.settings import TextSelectionSettings
from uncollapse.passage_selection.without_replacement import sample_rows


def kept(
    settings: TextSelectionSettings,
    *,
    tokens: Path,
    passages: Path | None,
    prior: Prior | None,
    encoder: Path | None,
    device: torch.device,
    machine: list[str],
    folder: Path,
) -> NDArray[np.bool_]:
    """(N,) of all training passages: the human ones, and of the machine-written ones those that the selector keeps.

    Parameters
    ----------
    passages : their texts, for dsir, educational and density.
    prior : for perplexity.
    encoder : package file of a sentence encoder, for density.
    device : where an encoder or a classifier runs.
    machine : corpora written by models.
    folder : where DSIR may keep its features.
    """
    path, schema = (tokens, PASSAGE_TOKENS) if passages is None else (passages, PASSAGES)
    table = read_table(path, schema)
    synthetic = _of(table, machine)
    looked_at = _first(table, synthetic, settings.candidates)
    chosen = table.take(pa.array(looked_at))
    human = table.filter(pa.array(~synthetic))
    size = round(settings.share * len(chosen))
    if settings.by == "random":
        found = sample_rows(np.zeros(len(chosen)), size=size, seed=settings.seed, stage="random selection")
    elif settings.by == "perplexity":
        assert prior is not None
        found = _by_perplexity(chosen, prior, settings, size)
    elif settings.by == "dsir":
        found = _by_dsir(_texts(chosen), _texts(human), settings, size, folder)
    elif settings.classifier is not None:
        found = _highest(np.concatenate([*scores(_texts(chosen), settings.classifier, device=device)]), size)
    elif settings.by == "educational":
        teaching = _of(human, [settings.educational or ""])
        teachers, others = (_texts(human.filter(pa.array(mine))) for mine in (teaching, ~teaching))
        found = _by_teaching(_texts(chosen), teachers, others, settings, size)
    else:
        assert encoder is not None
        found = _by_density(_texts(chosen), encoder, device, settings, size)
    keep = ~synthetic
    keep[looked_at[found]] = True
    return keep


def _first(table: pa.Table, synthetic: NDArray[np.bool_], most: int | None) -> NDArray[np.int64]:
    """Rows (rising) of the machine-written passages that come first by their hash."""
    rows = np.flatnonzero(synthetic)
    return np.sort(rows[np.argsort(table.column("place").to_numpy()[rows], kind="stable")][:most])


def _texts(table: pa.Table) -> list[str]:
    return table.column("text").to_pylist()


def _of(table: pa.Table, corpora: list[str]) -> NDArray[np.bool_]:
    return np.isin(np.asarray(table.column("corpus").to_pylist()), corpora)


def _by_dsir(
    texts: list[str], human: list[str], settings: TextSelectionSettings, size: int, folder: Path
) -> NDArray[np.int64]:
    weighed = dsir.importance(dsir.chunks(texts), dsir.chunks(human), folder=folder)
    return dsir.select(weighed, size=size, seed=settings.seed, shortest=1)  # all passages have one length


def _by_teaching(
    texts: list[str], teaching: list[str], others: list[str], settings: TextSelectionSettings, size: int
) -> NDArray[np.int64]:
    classifier = educational.train(teaching, others, seed=settings.seed).classifier
    return _highest(classifier.scores(texts), size)


def _highest(values: NDArray[np.floating], size: int) -> NDArray[np.int64]:
    """Rows (rising) of the highest values, of equal ones the first."""
    return np.sort(np.argsort(-values, kind="stable")[:size])


def _by_perplexity(table: pa.Table, prior: Prior, settings: TextSelectionSettings, size: int) -> NDArray[np.int64]:
    documents = Documents.of_lists(table.column("passage_id").to_numpy(), table.column("ids").to_pylist())
    sums = np.bincount(documents.owner, weights=log_probs(documents, prior), minlength=len(documents))
    values = np.exp(-sums / np.diff(documents.offsets))
    return perplexity_filter.keep(values, size=size, region=settings.region)


def _by_density(
    texts: list[str], encoder: Path, device: torch.device, settings: TextSelectionSettings, size: int
) -> NDArray[np.int64]:
    embeddings = {"machine": embed(texts, encoder=str(encoder), device=device)}
    found = density_responses.responses(embeddings, seed=settings.seed)["machine"]
    return density.inverse_density_sample(found, size=size, seed=settings.seed)
