"""Perplexity on human text of models that learn from one another's texts, by process and generation."""

import pandas as pd

from uncollapse.analysis.mixture_scores import average_of_human, named, of_family


def iterated(perplexities: pd.DataFrame, trained_models: pd.DataFrame, iterations: pd.DataFrame) -> pd.DataFrame:
    """process, generation, seed, model, value; the data set that a process begins with stands in each of them."""
    later = iterations[iterations["generation"] > 0]
    begun = later[["process", "root"]].drop_duplicates()
    begun = begun.assign(dataset=begun["root"], generation=0)
    steps = pd.concat([begun, later], ignore_index=True)[["process", "generation", "dataset"]]
    models = of_family(trained_models)
    models = models[models["epochs"].fillna(0) == (models["epochs"].fillna(0).iloc[0])]  # as long as the others
    scores = average_of_human(named(perplexities, models))
    found = steps.merge(scores, on="dataset", validate="many_to_many").rename(columns={"perplexity": "value"})
    return found.sort_values(["process", "generation", "seed"], kind="stable")
