"""Which machine-written training passages a selector keeps (Zhu et al. 2024, Table 13)."""

from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.artifacts import read_table
from uncollapse.editing.documents import Documents
from uncollapse.editing.edit import log_probs
from uncollapse.editing.prior import Prior
from uncollapse.schemas_pretraining import PASSAGE_TOKENS, PASSAGES
from uncollapse.text_selection import dsir, educational, perplexity_filter
from uncollapse.text_selection.settings import TextSelectionSettings
from uncollapse.text_selection.without_replacement import sample_rows


def kept(
    settings: TextSelectionSettings,
    *,
    tokens: Path,
    passages: Path | None,
    prior: Prior | None,
    machine: list[str],
    folder: Path,
) -> NDArray[np.bool_]:
    """(N,) of all training passages: the human ones, and of the machine-written ones those that the selector keeps.

    Parameters
    ----------
    passages : their texts, for dsir and educational.
    prior : for perplexity.
    machine : corpora written by models.
    folder : where DSIR may keep its features.
    """
    if settings.by == "perplexity":
        assert prior is not None
        table = read_table(tokens, PASSAGE_TOKENS)
        synthetic = _of(table, machine)
        found = _by_perplexity(table.filter(synthetic), prior, settings)
    elif settings.by == "random":
        synthetic = _of(read_table(tokens, PASSAGE_TOKENS), machine)
        count = int(synthetic.sum())
        size = round(settings.share * count)
        found = sample_rows(np.zeros(count), size=size, seed=settings.seed, stage="random selection")
    else:
        assert passages is not None
        table = read_table(passages, PASSAGES)
        synthetic = _of(table, machine)
        texts = table.column("text").filter(pa.array(synthetic)).to_pylist()
        human = table.column("text").filter(pa.array(~synthetic)).to_pylist()
        if settings.by == "dsir":
            found = _by_dsir(texts, human, settings, folder)
        else:
            teaching = _of(table, [settings.educational or ""])
            others = table.column("text").filter(pa.array(~synthetic & ~teaching)).to_pylist()
            found = _by_teaching(texts, table.column("text").filter(pa.array(teaching)).to_pylist(), others, settings)
    keep = ~synthetic
    keep[np.flatnonzero(synthetic)[found]] = True
    return keep


def _of(table: pa.Table, corpora: list[str]) -> NDArray[np.bool_]:
    return np.isin(np.asarray(table.column("corpus").to_pylist()), corpora)


def _by_dsir(texts: list[str], human: list[str], settings: TextSelectionSettings, folder: Path) -> NDArray[np.int64]:
    weighed = dsir.importance(dsir.chunks(texts), dsir.chunks(human), folder=folder)
    size = round(settings.share * len(texts))
    return dsir.select(weighed, size=size, seed=settings.seed, shortest=1)  # all passages have one length


def _by_teaching(
    texts: list[str], teaching: list[str], others: list[str], settings: TextSelectionSettings
) -> NDArray[np.int64]:
    classifier = educational.train(teaching, others, seed=settings.seed).classifier
    order = np.argsort(-classifier.scores(texts), kind="stable")
    return np.sort(order[: round(settings.share * len(texts))])


def _by_perplexity(table: pa.Table, prior: Prior, settings: TextSelectionSettings) -> NDArray[np.int64]:
    documents = Documents.of_lists(table.column("passage_id").to_numpy(), table.column("ids").to_pylist())
    sums = np.bincount(documents.owner, weights=log_probs(documents, prior), minlength=len(documents))
    values = np.exp(-sums / np.diff(documents.offsets))
    return perplexity_filter.keep(values, size=round(settings.share * len(values)), region=settings.region)
