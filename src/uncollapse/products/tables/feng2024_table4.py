"""Table 4 of Feng et al. 2024 (v1): fine-tuning four starting models on the generator's labels."""

from __future__ import annotations

import pandas as pd

from uncollapse.analysis.table import Layout, Row, Table

SCRATCH, BEFORE = "from_scratch", "before_fine_tuning"
COLUMNS = {
    "model_a": "A, the generator",
    "model_b": "B, as good",
    "model_c": "C, better",
    "model_d": "D, poor",
    SCRATCH: "from scratch",
}
TOLERANCE = 0.02  # the only one that the paper evaluates here


TRUE_LABELS = "true_labels"  # the paper has no such row
_BEFORE_LABEL = "the model before fine-tuning"


def _row_label(row: Row) -> tuple[str, ...]:
    beams = row["generation_beam_size"]
    labels = {
        BEFORE: _BEFORE_LABEL,
        "data_selection": "rejection: greedy labels within 2%",
        "none": "all greedy labels",
        TRUE_LABELS: "true labels (control)",
        "label_selection": "best of one" if pd.isna(beams) else f"best of {int(beams)}",
    }
    return (labels.get(row["selection"], f"{row['selection']} ({row['row_label']})".replace("_", " ")),)


TABLE = Table(
    title="Fine-tuning four models on the generator's labels",
    source="Feng et al. 2024 v1, Table 4",
    caption=(
        "Share of test matrices solved within 2% (greedy decoding) after fine-tuning on labels that the generator "
        "wrote, by how they were selected and by the model that is fine-tuned: the generator itself (A), one as good "
        "that was trained on other matrices (B), a better one (C), a poor one (D). The first line is what each could "
        "do before. From scratch: the students of Table 2. True labels show what fine-tuning does by itself."
    ),
    keys=("selection", "generation_beam_size", "row_label", "starting_model", "evaluation_tolerance_percent"),
    reported_value="accuracy_percent",
    unit="%",
    bounds=(0.0, 100.0),
    layout=Layout(
        row_heads=("labels",),
        row_label=_row_label,
        column_label=lambda row: COLUMNS.get(row["starting_model"], str(row["starting_model"])),
        column_order=lambda row: [*COLUMNS, row["starting_model"]].index(row["starting_model"]),
        exists=lambda labels, column: labels != (_BEFORE_LABEL,) or column != COLUMNS[SCRATCH],
    ),
)


def tuned(groups: pd.DataFrame) -> pd.DataFrame:
    """The part of ``groups`` that starts from another model."""
    return groups[groups["start"].notna()]


def setting(row: Row) -> tuple[str, int | None, str]:
    """selection, generation_beam_size and row_label of a data set, in the reported table's words."""
    beams = None if pd.isna(row["beams"]) else int(row["beams"])
    if row["select"] == "correct":
        return "data_selection", beams, "rejection"
    if row["select"] == "labels":
        return TRUE_LABELS, beams, TRUE_LABELS
    return {"all": "none", "best": "label_selection"}.get(row["select"], row["select"]), beams, f"beam_{beams}"


def rows(*, evaluations: pd.DataFrame, group_evaluations: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Greedy accuracy in percent at 2%: TABLE.keys, seed, value; one column for each group that starts from a model.

    Students from scratch are those of ``evaluations``, on the data sets that are fine-tuned on.
    """
    chosen = tuned(groups)
    every = pd.concat([evaluations.assign(group=""), group_evaluations])
    every = every[(every["beams"] == 1) & ((every["tolerance"] - TOLERANCE).abs() < 1e-9)].drop_duplicates("model")
    by_model = every.set_index("model")["accuracy"]
    records = []
    for group, start in chosen[["group", "start"]].drop_duplicates().itertuples(index=False):
        if start in by_model.index:
            records.append((BEFORE, None, BEFORE, group, 0, by_model[start]))
    settings = {row["dataset"]: setting(row) for row in chosen.drop_duplicates("dataset").to_dict("records")}
    for dataset, key in settings.items():
        trained = every[every["dataset"] == dataset]
        for column in [*chosen["group"].unique(), SCRATCH]:
            models = trained[(trained["group"] == column) | ((column == SCRATCH) & (trained["role"] == "downstream"))]
            records += [
                (*key, column, seed, accuracy)
                for seed, accuracy in models.sort_values("seed")[["seed", "accuracy"]].itertuples(index=False)
            ]
    frame = pd.DataFrame(records, columns=[*TABLE.keys[:-1], "seed", "value"])
    return frame.assign(evaluation_tolerance_percent=100 * TOLERANCE, value=100 * frame["value"])[
        [*TABLE.keys, "seed", "value"]
    ]
