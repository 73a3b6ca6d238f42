"""Perplexities of models that went on from another one, on texts before and after editing: for tables and claims."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from uncollapse.analysis.mixture_scores import named, spaced, text_words
from uncollapse.analysis.task_scores import task_columns

UNEDITED = "unedited"
OTHERS = "other human text"
_RANDOM, _DELETION = "random positions", "deletion"


def rule(edit: pd.Series) -> str:
    """Words for what an edit of config does.

    Such as ``p >= 0.3, top-k 8``, ``likeliest 10%, top-k 8``, ``random positions``, ``deletion, p >= 0.3``.
    """
    condition = f"p {edit['direction']} {edit['threshold']:g}"
    if pd.notna(edit["share"]) and edit["share"]:
        condition = f"{'likeliest' if edit['direction'] == '>=' else 'rarest'} {100 * edit['share']:g}%"
    if edit["positions"] == "random":
        return _RANDOM
    if edit["action"] == "delete":
        return f"{_DELETION}, {condition}"
    drawn = {
        "top_k": f"top-k {edit['top_k']:g}",
        "top_p": f"top-p {edit['top_p']:g}",
        "full": "whole distribution",
    }
    return f"{condition}, {drawn[edit['sampling']]}"


def controls(comparison: pd.DataFrame, column: str = "trained_on") -> str:
    """Sentences for a caption on the controls in a table, with a space before; nothing where there are none."""
    rules = comparison[column].astype(str)
    told = ""
    if rules.str.startswith(_RANDOM).any():
        told += " Random positions are a control: as many tokens as an edit changed are drawn again anywhere."
    if rules.str.startswith(_DELETION).any():
        told += (
            " Deletion leaves tokens out that an edit may draw again, which shortens the text; the authors' logs show "
            "it for Table 7 and the first row of Tables 5 and 6."
        )
    return told


@dataclass(frozen=True)
class Continued:
    """Models of one name that went on from one model, on one text (``source``) and on its edits.

    models : one row each, with ``rule`` (UNEDITED for the source)
    initial : name of the model from which they started
    corpus : the text's domain, or the instructions
    edits : rows of config's edits of this text, in its order, with ``dataset`` and ``rule``
    """

    name: str
    source: str
    initial: str
    corpus: str
    models: pd.DataFrame
    edits: pd.DataFrame

    def on_corpus(self, perplexities: pd.DataFrame) -> pd.DataFrame:
        """One row per model: log_perplexity on held-out text of the corpus."""
        scores = named(perplexities, self.models)
        return _logarithms(scores[scores["corpus"] == self.corpus])

    def on_others(self, perplexities: pd.DataFrame) -> pd.DataFrame:
        """One row per model: log_perplexity on other human text, the mean over corpora."""
        scores = named(perplexities, self.models)
        return _logarithms(scores[(scores["corpus"] != self.corpus) & (scores["written_by"] == "human")])

    def rows(
        self, perplexities: pd.DataFrame, trained_models: pd.DataFrame, task_scores: pd.DataFrame | None = None
    ) -> pd.DataFrame:
        """rule, evaluated_on, seed, value: perplexity and accuracies before, after the source, and after each edit."""
        before = trained_models[trained_models["model"] == self.initial]
        known = before["dataset"].map(text_words(trained_models))
        before = before.assign(rule="before: trained on " + known.astype(str))
        order = [*before["rule"], UNEDITED, *self.edits["rule"]]
        models = pd.concat([before, self.models], ignore_index=True)
        mine = Continued(self.name, self.source, self.initial, self.corpus, models, self.edits)
        parts = [
            frame.assign(evaluated_on=where, value=np.exp(frame["log_perplexity"]))
            for where, frame in ((self.corpus, mine.on_corpus(perplexities)), (OTHERS, mine.on_others(perplexities)))
        ]
        if len(on_tasks := task_columns(task_scores, models)):
            rules = dict(zip(models["model"], models["rule"], strict=True))
            parts.append(on_tasks.assign(rule=on_tasks["model"].map(rules)))
        rows = pd.concat(parts, ignore_index=True)
        rows = rows.assign(order=rows["rule"].map(order.index)).sort_values("order", kind="stable")
        return rows[["rule", "evaluated_on", "seed", "value"]].reset_index(drop=True)


def _logarithms(scores: pd.DataFrame) -> pd.DataFrame:
    keys = ["model", "dataset", "rule", "seed"]
    logarithms = scores.assign(log_perplexity=np.log(scores["perplexity"]))
    return logarithms.groupby(keys, sort=False)["log_perplexity"].mean().reset_index()


def continued(trained_models: pd.DataFrame, edits: pd.DataFrame, *, instructions: bool) -> list[Continued]:
    """Every group of models that went on from another one: on passages of one corpus, or on instructions."""
    sources = dict(zip(edits["edit"], edits["texts"], strict=True))
    models = trained_models[trained_models["initial"].notna() & (trained_models["instructions"] == instructions)]
    models = models.assign(source=models["edit"].map(sources).fillna(models["dataset"]))
    found = []
    for (name, source), group in models.groupby(["architecture", "source"], sort=False):
        of_edit = group.dropna(subset="edit")[["dataset", "edit"]].drop_duplicates()
        chosen = edits.fillna({"share": 0.0}).merge(of_edit, on="edit", how="inner")
        chosen = chosen.assign(rule=rules_of(chosen))
        rules = dict(zip(chosen["dataset"], chosen["rule"], strict=True))
        unedited = group[group["edit"].isna()]
        if unedited.empty or not (unedited["domain"].iloc[0] or "") or chosen.empty:
            continue
        found.append(
            Continued(
                str(name), str(source), str(group["initial"].iloc[0]), str(unedited["domain"].iloc[0]),
                group.assign(rule=group["dataset"].map(rules).fillna(UNEDITED)), chosen,
            )
        )  # fmt: skip
    return found


def first_group(
    perplexities: pd.DataFrame,
    trained_models: pd.DataFrame,
    edits: pd.DataFrame,
    task_scores: pd.DataFrame | None = None,
    *,
    instructions: bool,
) -> pd.DataFrame:
    """trained_on, evaluated_on, seed, value of the first such group, none of which is an empty frame."""
    groups = continued(trained_models, edits, instructions=instructions)[:1]
    frames = [group.rows(perplexities, trained_models, task_scores) for group in groups]
    found = pd.concat(frames) if frames else pd.DataFrame(columns=["rule", "evaluated_on", "seed", "value"])
    return found.rename(columns={"rule": "trained_on"})


def rules_of(edits: pd.DataFrame) -> list[str]:
    """Words for what each edit does; those alike are told apart by a number."""
    words = [rule(row) for _, row in edits.iterrows()]
    before = [words[:place].count(text) for place, text in enumerate(words)]
    return [f"{text} ({count + 1})" if count else text for text, count in zip(words, before, strict=True)]


def edited_from(models: pd.DataFrame, edits: pd.DataFrame) -> list[tuple[str, str, str, bool]]:
    """Data set, edit, source and whether it is a control, of all data sets of ``models`` that are edits."""
    edited = models[["dataset", "edit"]].dropna().drop_duplicates()
    known = edited.merge(edits[["edit", "texts", "control"]], on="edit", validate="many_to_one")
    return list(known.itertuples(index=False, name=None))


def edited_words(models: pd.DataFrame, trained_models: pd.DataFrame, edits: pd.DataFrame) -> dict[str, str]:
    """Words for what was done to the data sets of ``models`` that are edits of others, and for what these others hold.

    Each text stands before its edits; with several texts, an edit says whose it is.
    """
    edited = models[["dataset", "edit"]].dropna().drop_duplicates()
    edited = edited.merge(edits, on="edit", how="inner", validate="many_to_one")
    texts, words = text_words(trained_models), {}
    several = edited["texts"].nunique() > 1
    for source, mine in edited.groupby("texts", sort=False):
        text = texts.get(source, spaced(source))
        words.setdefault(source, text)
        rules = dict(zip(mine["dataset"], rules_of(mine), strict=True))
        words |= {name: f"{rule}, of {text}" if several else rule for name, rule in rules.items()}
    return words
