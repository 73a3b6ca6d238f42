"""Human against machine-written against selected training passages (Zhu et al. 2024, section 2.2)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from uncollapse.artifacts.datasets import TRAINING_TEXTS
from uncollapse.artifacts.parquet import read_table
from uncollapse.artifacts.passages import PASSAGES
from uncollapse.diagnostics import bigrams, ngrams, perplexity, token_probabilities
from uncollapse.diagnostics.measurement import Measurement
from uncollapse.errors import DataError
from uncollapse.passage_selection.hashed_ngrams import HashedNgrams

Texts = dict[str, list[str]]


def subjects(
    passages: Path, datasets: dict[str, Path], *, most: int, key: str, human: int | None = None
) -> tuple[Texts, dict[str, NDArray[np.int64]]]:
    """Texts and passage ids: ``human`` (as many of each corpus), ``machine``, and of each data set the machine's part.

    Of each ``most``, or of the first as many as ``human`` says: those that come first by their hash. All passages have
    one length, so that equal numbers of passages are equal numbers of words.

    Raises
    ------
    DataError
        Where one has fewer, with the ``key`` of config's diagnostics that says how many.
    """
    table = read_table(passages, PASSAGES).to_pandas().sort_values("place", kind="stable")
    wanted = {"human": most if human is None else human}
    people = table[table["written_by"] == "human"]
    each = -(-wanted["human"] // people["corpus"].nunique())
    chosen = {
        "human": people[people.groupby("corpus").cumcount() < each].head(wanted["human"]),
        "machine": table[table["written_by"] == "machine"].head(most),
    }
    for name, path in datasets.items():
        ids = read_table(path, TRAINING_TEXTS).select(["passage_id", "written_by"]).to_pandas()
        ids = ids.loc[ids["written_by"] == "machine", "passage_id"]
        chosen[name] = table[table["passage_id"].isin(ids)].head(most)
    for name, rows in chosen.items():
        needed = wanted.get(name, most)
        if len(rows) < needed:
            raise DataError(f"{name}: {len(rows)} passages, {needed} are needed; lower diagnostics.{key}")
    texts = {name: rows["text"].tolist() for name, rows in chosen.items()}
    return texts, {name: rows["passage_id"].to_numpy() for name, rows in chosen.items()}


def of_ngrams(texts: Texts, *, seed: int) -> tuple[list[Measurement], dict[str, Any]]:
    """Concentration of hashed n-grams and of top bigrams; columns of BUCKETS."""
    hasher = HashedNgrams()
    found = {name: ngrams.histograms(each, hasher=hasher) for name, each in texts.items()}
    rows = ngrams.measure(found, rng=np.random.default_rng([seed, 1]))
    rows += bigrams.measure(texts, rng=np.random.default_rng([seed, 2]))[0]
    pairs = [(name, kind) for name in found for kind in ngrams.KINDS]
    details = {
        "subject": [name for name, _ in pairs],
        "kind": [kind for _, kind in pairs],
        "counts": [found[name][kind].counts.tolist() for name, kind in pairs],
    }
    return rows, details


def of_log_probs(
    log_probs: dict[str, Sequence[NDArray[np.float32]]], ids: dict[str, NDArray[np.int64]], *, prior: str, seed: int
) -> tuple[list[Measurement], dict[str, Any]]:
    """Perplexities of passages and probabilities of tokens under one prior; columns of DOCUMENT_PERPLEXITIES."""
    values = {name: perplexity.document_perplexities(each) for name, each in log_probs.items()}
    rows = perplexity.measure(values, prior=prior, rng=np.random.default_rng([seed, 3]))
    rows += token_probabilities.measure(log_probs, prior=prior, rng=np.random.default_rng([seed, 4]))
    details = {
        "subject": [name for name, each in values.items() for _ in each],
        "prior": [prior] * sum(map(len, values.values())),
        "passage_id": np.concatenate([ids[name] for name in values]),
        "perplexity": np.concatenate(list(values.values())),
    }
    return rows, details


def of_embeddings(
    embeddings: dict[str, NDArray[np.float32]], *, prior: str, seed: int
) -> tuple[list[Measurement], pd.DataFrame]:
    """Coverage in the space of sentence embeddings, density responses, and a map of at most 500 passages of each."""
    from uncollapse.diagnostics import density_responses, neighbourhoods
    from uncollapse.diagnostics.embedding_map import draw_map
    from uncollapse.passage_selection import density

    rows = neighbourhoods.measure(embeddings, prior=prior, rng=np.random.default_rng([seed, 5]))
    answers = density.responses(embeddings, seed=seed)
    rows += density_responses.measure(answers, prior=prior, rng=np.random.default_rng([seed, 6]))
    return rows, draw_map(embeddings, seed=seed)
