"""Table 2 of Feng et al. 2024 (v1): students trained from scratch on synthesized labels, by how these were selected."""

import pandas as pd

from uncollapse.analysis.labellers import alike, replicates
from uncollapse.analysis.selected_labels import SETTING, settings
from uncollapse.analysis.table import ACCURACY, Layout, Row, Table

APART = ("generator_itself", "clean_labels")  # of another spread than students of a generator's labels


def _row_label(row: Row) -> tuple[str, ...]:
    beams, tolerance = row["generation_beam_size"], row["selection_tolerance_percent"]
    greedy = "" if pd.isna(beams) or beams == 1 else f", beam {int(beams)}"
    labels = {
        "none": f"none: all greedy labels{greedy}",
        "data_selection": f"data selection: labels within {tolerance:g}% of the truth{greedy}",
        "label_selection": "label selection: best of one"
        if pd.isna(beams)
        else f"label selection: best of {int(beams)}",
        "random_selection": f"control: a random part of the labels{greedy}",
        "clean_labels": "control: true labels",
        "generator_itself": "the generator that wrote the labels",
    }
    return (labels.get(row["selection"], str(row["selection"]).replace("_", " ")),)


TABLE = Table(
    title="Students of synthesized labels, by how the labels were selected",
    source="Feng et al. 2024 v1, Table 2",
    caption=(
        "Share of test matrices solved (greedy decoding) by students trained from scratch on labels that the generator "
        "wrote, by how the labels were selected, and by the generator itself. The paper prints the best of five seeds: "
        "compare it with our best; the mean and its 95% interval are over the generators that labelled, each "
        "with students of its own, or over seeds where one did, with one spread for all selections unless spreads "
        "differ (the generator is one model then, without an interval)."
    ),
    keys=(*SETTING, "evaluation_tolerance_percent"),
    **ACCURACY,
    pooled=("evaluation_tolerance_percent",),
    layout=Layout(
        row_heads=("training labels",),
        row_label=_row_label,
        column_label=lambda row: f"within {row['evaluation_tolerance_percent']:g}%",
        column_order=lambda row: -row["evaluation_tolerance_percent"],
    ),
)


def rows(*, evaluations: pd.DataFrame, datasets: pd.DataFrame, labellers: pd.DataFrame) -> pd.DataFrame:
    """Greedy accuracy in percent of students on ``datasets`` and of their generators: TABLE.keys, seed, value, alone.

    With several labellers a value is that of one labeller, the mean over its students' seeds, and ``seed`` its place.
    Students of data sets that are not in ``datasets`` are left out. Rows come in the order of ``datasets``, the
    generators last, widest tolerance first.
    """
    keys = settings(datasets)
    students = evaluations[(evaluations["role"] == "downstream") & evaluations["dataset"].isin(list(keys))]
    generator = evaluations[evaluations["model"].isin(alike(labellers)["model"])]
    keys_of_all = keys | {"": ("generator_itself", 1, None, "yes")}
    place = dict(labellers[["model", "labeller"]].itertuples(index=False))
    frame = pd.concat([students, generator.assign(dataset="", labeller=generator["model"].map(place))])
    frame = frame[frame["beams"] == 1].drop_duplicates(["model", "tolerance"])
    frame = replicates(frame, labellers, cell=["dataset", "tolerance"], value="accuracy")
    frame = frame.assign(order=[list(keys_of_all).index(dataset) for dataset in frame["dataset"]])
    frame = frame.sort_values(["order", "tolerance", "seed"], ascending=[True, False, True])
    table = pd.DataFrame([keys_of_all[dataset] for dataset in frame["dataset"]], columns=list(SETTING))
    return table.assign(
        evaluation_tolerance_percent=(100 * frame["tolerance"]).round(9).to_numpy(),
        seed=frame["seed"].to_numpy(),
        value=100 * frame["value"].to_numpy(),
        alone=frame["alone"].to_numpy() | table["selection"].isin(APART).to_numpy(),
    )
