"""Students minus the generators that wrote their labels, by how good these are and how long students train."""

import pandas as pd

from uncollapse.analysis.dataset_words import dataset_words
from uncollapse.analysis.generator_quality import TOLERANCE, by_length
from uncollapse.analysis.table import Layout, Table

TABLE = Table(
    title="Students minus their generator, by how good the generator is",
    source="Feng et al. 2024 v1, Tables 2 and 3, which have one generator",
    caption=(
        "Test matrices solved within 2% by students trained from scratch on a generator's labels, minus those that "
        "the generator itself solves (percentage points), one line a generator, weaker ones first. The paper says that "
        "students of selected labels pass their generator. Whether they do depends on how good the generator is and on "
        "how long the students train, so all are shown."
    ),
    keys=("student_steps", "generator_accuracy_percent", "generator", "labels"),
    unit="percentage points",
    bounds=(-100.0, 100.0),
    pooled=("student_steps",),
    measures=("ours",),
    repeats="seeds of the students",
    layout=Layout(
        row_heads=("students' steps", "generator", "solves"),
        row_label=lambda row: (
            f"{row['student_steps']:,}",
            str(row["generator"]),
            f"{row['generator_accuracy_percent']:.1f}%",
        ),
        column_label=lambda row: row["labels"],
    ),
)


def rows(
    *,
    evaluations: pd.DataFrame,
    group_evaluations: pd.DataFrame,
    groups: pd.DataFrame,
    datasets: pd.DataFrame,
    labellers: pd.DataFrame,
    lengths: pd.DataFrame,
) -> pd.DataFrame:
    """TABLE.keys, seed, value: students of ``downstream``, and of groups alike but for their length of training."""
    every = pd.concat([evaluations.assign(group=""), group_evaluations])
    every = every[(every["beams"] == 1) & ((every["tolerance"] - TOLERANCE).abs() < 1e-9)].drop_duplicates("model")
    accuracy = 100 * every.set_index("model")["accuracy"]
    wrote = labellers.set_index("labeller")["model"]
    named = datasets[datasets["select"] != "labels"]
    words = dataset_words(named.to_dict("records"))
    parts = []
    for group, steps in by_length(groups, datasets, lengths).items():
        students = every[(every["group"] == group) & every["dataset"].isin(named["dataset"])]
        generator = students["labeller"].map(wrote)
        level = generator.map(accuracy)
        parts.append(
            students.assign(
                student_steps=steps,
                generator_accuracy_percent=level.round(2),
                generator=generator,
                labels=students["dataset"].map(words),
                value=100 * students["accuracy"] - level,
            )
        )
    found = pd.concat(parts)
    order = {name: place for place, name in enumerate(words.values())}
    found = found.assign(order=found["labels"].map(order)).sort_values([*TABLE.keys[:3], "order", "seed"])
    return found[[*TABLE.keys, "seed", "value"]].reset_index(drop=True)
