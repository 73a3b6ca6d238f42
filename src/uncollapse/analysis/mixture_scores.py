"""Perplexities of models with what they were trained on, for tables, figures and claims."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

AVERAGE = "average"  # as the paper's tables name it, so that ours and its number stand in one row
# by what a selection of config goes by
SELECTORS = {
    "dsir": "DSIR",
    "perplexity": "perplexity filter",
    "educational": "educational filter",
    "density": "density sampling",
    "random": "random choice",
}


def named(perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> pd.DataFrame:
    """Perplexities with what ``trained_models`` says of each model, such as machine_share_percent and selection."""
    scores = perplexities.drop(columns=["dataset", "role", "seed"])
    return scores.merge(trained_models, on="model", how="inner", validate="many_to_one")


def of_first(trained_models: pd.DataFrame) -> pd.DataFrame:
    """The models of the first architecture in config."""
    return trained_models[trained_models["architecture"] == trained_models["architecture"].iloc[0]]


def plain(trained_models: pd.DataFrame) -> pd.DataFrame:
    """The models of the first architecture on plain mixtures of the same size: nothing selected, nothing edited."""
    return _plain(of_first(trained_models))


def _plain(models: pd.DataFrame) -> pd.DataFrame:
    chosen = models[models["selection"].isna() & models["edit"].isna() & models["generator"].isna()]
    chosen = chosen[chosen["control"].isna()]
    chosen = chosen[(chosen["part"] == 0) & chosen["how"].isna() & chosen["domain"].isna()]
    return chosen[chosen["tokens"] == chosen["tokens"].mode().iloc[0]] if len(chosen) else chosen


def plain_of_second(trained_models: pd.DataFrame) -> pd.DataFrame:
    """The same of the second architecture: the next in config that is trained on more than one share, or none."""
    others = trained_models[trained_models["family"] != trained_models["family"].iloc[0]]
    for _, models in others.groupby("architecture", sort=False):
        found = _plain(models)
        if found["machine_share_percent"].nunique() > 1:
            return found
    return others.iloc[:0]


def of_family(trained_models: pd.DataFrame) -> pd.DataFrame:
    """The models with the first architecture, however they were trained."""
    return trained_models[trained_models["family"] == trained_models["family"].iloc[0]]


def by_epochs(trained_models: pd.DataFrame) -> pd.DataFrame:
    """The plain mixtures of the first architecture's family, after every number of epochs that there is."""
    family = of_family(trained_models)
    parts = [_plain(models) for _, models in family.groupby("architecture", sort=False)]
    return pd.concat([family.iloc[:0], *(models for models in parts if models["machine_share_percent"].nunique() > 1)])


def mixtures(perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> pd.DataFrame:
    """Perplexities of the plain mixtures."""
    return named(perplexities, plain(trained_models))


def controlled(perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> pd.DataFrame:
    """Average perplexity on human text: of plain mixtures (origin "machine-written") and of controls, by their corpus.

    Columns of :func:`average_of_human`, and ``origin``: the share of the plain mixtures that is none stands once.
    """
    mixed = plain(trained_models)
    models = of_first(trained_models)
    controls = models[models["control"].notna()]
    origin = dict.fromkeys(mixed["dataset"], "machine-written")
    origin |= {name: spaced(corpus) for name, corpus in controls[["dataset", "control"]].itertuples(index=False)}
    found = average_of_human(named(perplexities, pd.concat([mixed, controls])))
    return found.assign(origin=found["dataset"].map(origin))


def average_of_human(scores: pd.DataFrame, value: str = "perplexity") -> pd.DataFrame:
    """Mean over the human corpora, one row per model; what is known of the model stays."""
    human = scores[scores["written_by"] == "human"]
    keys = ["model", "architecture", "dataset", "machine_share_percent", "seed"]
    return human.groupby(keys, sort=False)[value].mean().reset_index()


def human_log_perplexity(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean over the human corpora of log perplexity, one row per model: a ratio weighs the same in every domain."""
    return average_of_human(scores.assign(log_perplexity=np.log(scores["perplexity"])), "log_perplexity")


def share_labels(models: pd.DataFrame) -> dict[str, str]:
    """Words for the machine-written share of each data set, in the order of ``models``."""
    shares = models[["dataset", "machine_share_percent"]].drop_duplicates()
    return {name: f"{share:g}% machine-written" for name, share in shares.itertuples(index=False)}


def text_words(trained_models: pd.DataFrame) -> dict[str, str]:
    """Words for what each data set holds; those alike are told apart by their names in config.

    Such as human text, 50% machine-written text, other human text, machine-written text (DSIR), reviews.
    """
    rows = trained_models.drop_duplicates("dataset").to_dict("records")
    return _told_apart({row["dataset"]: _words(row) for row in rows})


def _words(row: dict[str, Any]) -> str:
    """Words for one data set; of edited text, and of text that models of the experiment write, its name says most."""
    known = {key: value for key, value in row.items() if not pd.isna(value)}
    if "edit" in known or "generator" in known or "how" in known:
        return spaced(row["dataset"])
    if known.get("instructions"):
        return "answers to instructions"
    if "domain" in known:
        return spaced(known["domain"])
    if "control" in known:
        return f"{row['machine_share_percent']:g}% {spaced(known['control'])}"
    text = {0: "human text", 100: "machine-written text"}.get(
        row["machine_share_percent"], f"{row['machine_share_percent']:g}% machine-written text"
    )
    if "selection" in known:
        text += f" ({SELECTORS[known['selection']]})"
    return f"other {text}" if known.get("part") else text


def selection_words(trained_models: pd.DataFrame) -> dict[str, str]:
    """Words for what the selection of each data set goes by; those alike are told apart by their names in config."""
    chosen = trained_models[trained_models["selection"].notna()]
    return _told_apart({name: SELECTORS[by] for name, by in zip(chosen["dataset"], chosen["selection"], strict=True)})


def _told_apart(words: dict[str, str]) -> dict[str, str]:
    """Words by name, with the name behind those that several names share."""
    alike = Counter(words.values())
    return {name: text if alike[text] == 1 else f"{text} ({spaced(name)})" for name, text in words.items()}


def subject_words(subjects: Sequence[str], trained_models: pd.DataFrame) -> dict[str, str]:
    """Short words for kinds of text that stand beside human and machine."""
    selected = selection_words(trained_models)
    return {name: f"machine, {selected[name]}" if name in selected else spaced(name) for name in subjects}


def spaced(name: str) -> str:
    """A name of config as text."""
    return name.replace("_", " ")


def by_corpus(scores: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """trained_on, evaluated_on, seed, value: the average over human corpora first, then every corpus.

    ``labels`` names the data sets in the order of the lines.
    """
    mine = scores[scores["dataset"].isin(list(labels))]
    average = average_of_human(mine).assign(evaluated_on="average of human text")
    rows = pd.concat([average, mine.assign(evaluated_on=mine["corpus"].str.replace("_", " "))], ignore_index=True)
    order = rows["dataset"].map(list(labels).index)
    rows = rows.assign(trained_on=rows["dataset"].map(labels), order=order).sort_values("order", kind="stable")
    return rows.rename(columns={"perplexity": "value"})[["trained_on", "evaluated_on", "seed", "value"]]


def iterated(perplexities: pd.DataFrame, trained_models: pd.DataFrame, iterations: pd.DataFrame) -> pd.DataFrame:
    """process, generation, seed, model, value of models that learn from one another's texts, on human text.

    The data set that a process begins with stands in each of them.
    """
    later = iterations[iterations["generation"] > 0]
    begun = later[["process", "root"]].drop_duplicates()
    begun = begun.assign(dataset=begun["root"], generation=0)
    steps = pd.concat([begun, later], ignore_index=True)[["process", "generation", "dataset"]]
    models = of_family(trained_models)
    models = models[models["epochs"].fillna(0) == (models["epochs"].fillna(0).iloc[0])]  # as long as the others
    scores = average_of_human(named(perplexities, models))
    found = steps.merge(scores, on="dataset", validate="many_to_many").rename(columns={"perplexity": "value"})
    return found.sort_values(["process", "generation", "seed"], kind="stable")
