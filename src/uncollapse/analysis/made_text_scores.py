"""Perplexities of models from scratch on one corpus, on what a base model made of it, and on its edits."""

import numpy as np
import pandas as pd

from uncollapse.analysis.edited_scores import OTHERS
from uncollapse.analysis.mixture_scores import named

METHODS = ("original", "synthetic", "rephrased", "edited")


def of_made_text(perplexities: pd.DataFrame, trained_models: pd.DataFrame, edits: pd.DataFrame) -> pd.DataFrame:
    """method, evaluated_on (the corpus, or OTHERS), seed, value: the first models of config that learn written text.

    The value is the perplexity on held-out human text, over corpora the geometric mean. Empty without such models.
    """
    models = _by_method(trained_models, edits)
    scores = named(perplexities, models)
    scores = scores[scores["written_by"] == "human"]
    scores = scores.assign(
        evaluated_on=np.where(scores["corpus"] == scores["read"], scores["corpus"], OTHERS),
        value=np.log(scores["perplexity"].astype(float)),
    )
    found = scores.groupby(["method", "evaluated_on", "seed"], sort=False)["value"].mean().reset_index()
    return found.assign(value=np.exp(found["value"]))


def _by_method(trained_models: pd.DataFrame, edits: pd.DataFrame) -> pd.DataFrame:
    """The models with ``method`` and ``read``, the corpus that was written from; one data set for each method."""
    writing = trained_models[trained_models["how"].notna()]
    if writing.empty:
        return writing.assign(method=None, read=None)
    corpus = writing["domain"].iloc[0]
    models = trained_models[trained_models["architecture"] == writing["architecture"].iloc[0]].assign(read=corpus)
    own = (models["domain"] == corpus) & models["edit"].isna()
    method = models["how"].where(own).mask(own & models["how"].isna(), "original")
    originals = models.loc[method == "original", "dataset"]
    of_original = edits[edits["texts"].isin(originals) & ~edits["control"].astype(bool)]["edit"]
    models = models.assign(method=method.mask(models["edit"].isin(of_original), "edited"))
    models = models[models["method"].notna()]
    first = models.groupby("method", sort=False)["dataset"].transform("first")
    return models[models["dataset"] == first]
