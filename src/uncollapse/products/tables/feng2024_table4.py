"""Table 4 of Feng et al. 2024 (v1): fine-tuning four starting models on the generator's labels."""

import pandas as pd

from uncollapse.analysis.fine_tuned import (
    BEFORE,
    BEFORE_IN_WORDS,
    COLUMNS,
    SCRATCH,
    TOLERANCE,
    labels_in_words,
    setting,
    tuned,
)
from uncollapse.analysis.labellers import alike, replicates
from uncollapse.analysis.table import ACCURACY, Layout, Table

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
    **ACCURACY,
    pooled=("evaluation_tolerance_percent",),
    layout=Layout(
        row_heads=("labels",),
        row_label=lambda row: (labels_in_words(row),),
        column_label=lambda row: COLUMNS.get(row["starting_model"], str(row["starting_model"])),
        column_order=lambda row: [*COLUMNS, row["starting_model"]].index(row["starting_model"]),
        exists=lambda labels, column: labels != (BEFORE_IN_WORDS,) or column != COLUMNS[SCRATCH],
    ),
)


def rows(
    *,
    evaluations: pd.DataFrame,
    group_evaluations: pd.DataFrame,
    groups: pd.DataFrame,
    labellers: pd.DataFrame,
) -> pd.DataFrame:
    """Greedy accuracy in percent at 2%: TABLE.keys, seed, value, alone.

    One column for each group that starts from a model. Students from scratch are those of ``evaluations``, on the data
    sets that are fine-tuned on.
    """
    chosen = tuned(groups)
    every = pd.concat([evaluations.assign(group=""), group_evaluations])
    every = every[(every["beams"] == 1) & ((every["tolerance"] - TOLERANCE).abs() < 1e-9)].drop_duplicates("model")
    by_model = every.set_index("model")["accuracy"]
    wrote = alike(labellers)["model"]
    records = []
    for group, start in chosen[["group", "start"]].drop_duplicates().itertuples(index=False):
        starts = list(wrote) if start in set(wrote) else [start]
        before = enumerate(by_model[model] for model in starts if model in by_model.index)
        records += [(BEFORE, None, BEFORE, group, place, accuracy, True) for place, accuracy in before]
    settings = {row["dataset"]: setting(row) for row in chosen.drop_duplicates("dataset").to_dict("records")}
    for dataset, key in settings.items():
        trained = every[every["dataset"] == dataset]
        for column in [*chosen["group"].unique(), SCRATCH]:
            models = trained[(trained["group"] == column) | ((column == SCRATCH) & (trained["role"] == "downstream"))]
            units = replicates(models.sort_values("seed"), labellers, cell=["dataset"], value="accuracy")
            records += [(*key, column, *unit) for unit in units[["seed", "value", "alone"]].itertuples(index=False)]
    frame = pd.DataFrame(records, columns=[*TABLE.keys[:-1], "seed", "value", "alone"])
    return frame.assign(evaluation_tolerance_percent=100 * TOLERANCE, value=100 * frame["value"])[
        [*TABLE.keys, "seed", "value", "alone"]
    ]
