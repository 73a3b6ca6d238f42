"""The report's own tables as text: what was known of each data set, what its filter kept, and where rows went.

And examples of what models wrote, and the data card of a corpus.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from uncollapse.analysis.formatting import ABSENT, interval, number
from uncollapse.artifacts.model_names import GENERATOR, Model
from uncollapse.proxy.coverage import LEAST

# The quantities of a data set in reading order, with their signs and what they mean. Feng et al. 2024, section 3.
QUANTITIES = {
    "p": ("p", "share of the candidates that are wrong"),
    "phi": ("φ", "share of the right candidates that were kept"),
    "psi": ("ψ", "share of the wrong candidates that were kept"),
    "kept_precision": ("kept precision", "share of the kept labels that are right"),
    "p_star": ("p*", "1/(1 + ψ/φ): where p lies below it, more than half of the kept labels are right"),
    "effective_share": (
        "effective share",
        f"how much of the prompts' distribution the kept ones still cover; below {LEAST:g} a student sees other "
        "prompts than it will be asked",
    ),
}
COUNTED = {"candidates": "candidates", "kept": "kept"}
LEFT_OUT = ("prompts", "psi/phi")  # in the artifact; here they would only make the table wider
NOT_COVERED = "yes, but on other prompts"
FURTHER_DECIMALS = 3
METRICS = {"rouge1": "ROUGE-1", "rouge2": "ROUGE-2", "rougeL": "ROUGE-L"}
_OPENING = 400  # characters of what is read


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries with None for every null, so that a template can test them."""
    return [{key: None if pd.isna(value) else value for key, value in row.items()} for row in frame.to_dict("records")]


def proxy_rows(proxy: pd.DataFrame) -> dict[str, Any]:
    """Columns, explanations and one line per data set from dataset, quantity, value, low, high.

    Quantities without an entry in QUANTITIES, COUNTED or LEFT_OUT follow under their own names. Each line ends with
    whether p lies below p*, by their intervals: "yes", "no", or "cannot tell"; an en dash where either is not known. A
    "yes" is one on other prompts where the kept ones no longer cover the pool.
    """
    known = [name for name in [*COUNTED, *QUANTITIES] if (proxy["quantity"] == name).any()]
    further = [name for name in proxy["quantity"].drop_duplicates() if name not in known and name not in LEFT_OUT]
    lines = []
    for dataset, group in proxy.groupby("dataset", sort=False):
        values = {row["quantity"]: row for row in group.to_dict("records")}
        cells = [_quantity(name, values.get(name)) for name in [*known, *further]]
        below = _below(values.get("p"), values.get("p_star"))
        if below == "yes" and "effective_share" in values and values["effective_share"]["value"] < LEAST:
            below = NOT_COVERED
        lines.append((str(dataset), cells, below))
    heads = [COUNTED.get(name) or QUANTITIES.get(name, (name.replace("_", " "), ""))[0] for name in [*known, *further]]
    meanings = [QUANTITIES[name] for name in known if name in QUANTITIES]
    return {"heads": heads, "meanings": meanings, "lines": lines}


def feature_rows(features: pd.DataFrame) -> list[tuple[list[str], list[str]]]:
    """Rows of the data sets (or none) and [feature, mean of the kept, of the dropped, relation].

    The kept are "higher" or "lower" where the two intervals do not touch, else "about the same". Data sets that a
    filter makes alike, such as two sizes of one selection, share their rows.
    """
    found: dict[str, list[list[str]]] = {}
    for row in features.to_dict("records"):
        kept = interval(row["kept_mean"], row["kept_low"], row["kept_high"], 2)
        dropped = interval(row["dropped_mean"], row["dropped_low"], row["dropped_high"], 2)
        apart = row["kept_low"] > row["dropped_high"] or row["kept_high"] < row["dropped_low"]
        relation = ("higher" if row["kept_mean"] > row["dropped_mean"] else "lower") if apart else "about the same"
        cells = [str(row["feature"]).replace("_", " "), kept, dropped, relation]
        found.setdefault(str(row.get("dataset", "")), []).append(cells)
    alike: list[tuple[list[str], list[list[str]]]] = []
    for dataset, lines in found.items():
        same = next((names for names, others in alike if others == lines), None)
        if same is None:
            alike.append(([dataset] if dataset else [], lines))
        else:
            same.append(dataset)
    return [(names, cells) for names, lines in alike for cells in lines]


def count_rows(counts: pd.DataFrame) -> list[dict[str, Any]]:
    """One line per stage and artifact: rows in, kept, dropped by reason, and rows that none of these account for."""
    lines = []
    for (stage, artifact), group in counts.groupby(["stage", "artifact"], sort=False):
        if group["rows_in"].nunique() != 1 or group["rows_kept"].nunique() != 1:
            raise ValueError(f"{stage} {artifact}: its rows disagree on how many rows came in or were kept")
        rows_in, kept = int(group["rows_in"].iloc[0]), int(group["rows_kept"].iloc[0])
        dropped = [
            (str(row["reason"]).replace("_", " "), int(row["rows_dropped"]))
            for row in group.to_dict("records")
            if not pd.isna(row["reason"]) and not pd.isna(row["rows_dropped"])
        ]
        lines.append(
            {
                "stage": str(stage),
                "artifact": str(artifact),
                "rows_in": f"{rows_in:,}",
                "rows_kept": f"{kept:,}",
                "dropped": ", ".join(f"{count:,} {reason}" for reason, count in dropped if count) or ABSENT,
                "missing": rows_in - kept - sum(count for _, count in dropped),
            }
        )
    return lines


def _quantity(name: str, row: dict[str, Any] | None) -> str:
    if row is None or pd.isna(row["value"]):
        return ABSENT
    if name in COUNTED or (pd.isna(row["low"]) and float(row["value"]).is_integer() and abs(row["value"]) > 1):
        return f"{int(row['value']):,}"
    if row["low"] == row["high"]:
        return number(row["value"], FURTHER_DECIMALS)
    return interval(row["value"], row["low"], row["high"], FURTHER_DECIMALS)


def _below(p: dict[str, Any] | None, p_star: dict[str, Any] | None) -> str:
    if p is None or p_star is None or pd.isna(p["value"]) or pd.isna(p_star["value"]):
        return ABSENT
    if _high(p) < _low(p_star):
        return "yes"
    return "no" if _low(p) > _high(p_star) else "cannot tell"


def _low(row: dict[str, Any]) -> float:
    return float(row["value"] if pd.isna(row["low"]) else row["low"])


def _high(row: dict[str, Any]) -> float:
    return float(row["value"] if pd.isna(row["high"]) else row["high"])


def example_groups(examples: pd.DataFrame, words: Mapping[str, str]) -> list[dict[str, Any]]:
    """One group per prompt: its place among all, opening, true answer, and a line for each model's text.

    ``words`` say what a data set holds, by its name.
    """
    groups = []
    for _, rows in examples.groupby("prompt_id", sort=False):
        first = rows.iloc[0]
        read = str(first["prompt"])
        groups.append(
            {
                "place": f"{100 * first['quantile']:g}%",
                "opening": read if len(read) <= _OPENING else f"{read[:_OPENING].rsplit(' ', 1)[0]} ...",
                "answer": first["answer"],
                "metric": METRICS.get(first["metric"], first["metric"]),
                "lines": [
                    (_who(row["model"], words), row["text"], number(100 * row["value"]), number(row["perplexity"], 2))
                    for row in rows.to_dict("records")
                ],
            }
        )
    return groups


def _who(name: str, words: Mapping[str, str]) -> str:
    """A model by what it was trained on, with its seed where that is not the first.

    >>> _who("generator-seed0", {}), _who("weak_12-seed1", {"weak_12": "weak, 12.5%"})
    ('the generator', 'student of weak, 12.5% (seed 1)')
    """
    model = Model.parse(name)
    seed = f" (seed {model.seed})" if model.seed else ""
    if model.role == GENERATOR:
        return f"the generator{seed}"
    return f"student of {words.get(model.dataset, model.dataset.replace('_', ' '))}{seed}"


def card_head(card: pd.DataFrame) -> str:
    """One line on where a corpus comes from."""
    row = card.iloc[0]
    named = " ".join(part for part in (row["package"], row["version"]) if part)
    return f"{row['corpus']}: {named} ({row['origin']}); licence: {row['licence']}."
