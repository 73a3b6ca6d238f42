"""Starting models and labels of Table 4 of Feng et al. 2024 (v1), in the words of the reported table."""

import pandas as pd

from uncollapse.analysis.table import Row

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
BEFORE_IN_WORDS = "the model before fine-tuning"


def labels_in_words(row: Row) -> str:
    """Words for the labels of a row of Table 4, from selection, generation_beam_size and row_label."""
    beams = row["generation_beam_size"]
    labels = {
        BEFORE: BEFORE_IN_WORDS,
        "data_selection": "rejection: greedy labels within 2%",
        "none": "all greedy labels",
        TRUE_LABELS: "true labels (control)",
        "label_selection": "best of one" if pd.isna(beams) else f"best of {int(beams)}",
    }
    return labels.get(row["selection"], f"{row['selection']} ({row['row_label']})".replace("_", " "))


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
