"""Models trained on one corpus with shares of it rephrased, beside those of plain mixtures."""

import numpy as np
import pandas as pd

from uncollapse.analysis.mixture_scores import human_log_perplexity, mixtures, named

SHARE = "machine_share_percent"


def sweep(trained_models: pd.DataFrame) -> pd.DataFrame:
    """The models of the first entry of config that has shares of rephrased text, with ``share``, in percent.

    Those of the same corpus as it is have the share 0, and of rephrased text alone 100. Empty without such an entry.
    """
    models = trained_models.assign(share=trained_models[SHARE].astype(float))
    mixed = models[(models["how"] == "rephrased") & models["share"].between(0, 100, inclusive="neither")]
    if mixed.empty:
        return mixed
    first = mixed.iloc[0]
    same = models[(models["architecture"] == first["architecture"]) & (models["domain"] == first["domain"])]
    same = same[(same["tokens"] == first["tokens"]) & same["edit"].isna() & (same["part"] == 0)]
    whole = same["how"].eq("rephrased") & same["share"].eq(0)  # a base model writes all of it where no share is given
    same = same.assign(share=same["share"].mask(whole, 100.0))
    return same[same["how"].isna() | same["how"].eq("rephrased")]


def by_share(perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> pd.DataFrame:
    """text, share, seed, value: log perplexity on human text, over all human corpora the mean.

    ``text`` is "machine-written text" (plain mixtures), "rephrased text, on its corpus" or "rephrased text, on others".
    """
    models = sweep(trained_models)
    plain = human_log_perplexity(mixtures(perplexities, trained_models))
    parts = [plain.assign(text="machine-written text", share=plain[SHARE], value=plain["log_perplexity"])]
    if len(models):
        scores = named(perplexities, models)
        scores = scores[scores["written_by"] == "human"].assign(value=lambda rows: np.log(rows["perplexity"]))
        own = scores["corpus"] == scores["domain"]
        scores = scores.assign(text=np.where(own, "rephrased text, on its corpus", "rephrased text, on others"))
        parts.append(scores.groupby(["text", "share", "seed"], sort=False)["value"].mean().reset_index())
    return pd.concat([part[["text", "share", "seed", "value"]] for part in parts], ignore_index=True)
