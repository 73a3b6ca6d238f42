"""Students beside generators of several qualities, and the table and figure of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from uncollapse.analysis import style
from uncollapse.analysis.comparison import compare
from uncollapse.analysis.generator_quality import at_other_lengths, by_length, gains, range_in_words
from uncollapse.products.figures import students_against_generators as figure
from uncollapse.products.tables import generator_quality as table

PROMPTS = 1000
LABELLERS = pd.DataFrame(
    [("", "generator-seed0", ""), ("by1", "generator-seed1", ""), ("by0_longer", "train-longer-seed0", "longer")],
    columns=["labeller", "model", "group"],
)
DATASETS = pd.DataFrame(
    [("plain", "all", 1, None, 100), ("kept", "correct", 1, 0.02, 60), ("clean", "labels", None, None, 100)],
    columns=["dataset", "select", "beams", "tolerance", "rows"],
)
SHARES = {"generator-seed0": 0.40, "generator-seed1": 0.50, "train-longer-seed0": 0.80}
# students minus their generator, by data set and group of the labeller
GAINS = {("plain", ""): -0.10, ("plain", "longer"): -0.20, ("kept", ""): 0.15, ("kept", "longer"): -0.15}


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(0)
    rows: dict[str, list[pd.DataFrame]] = {"outcomes": [], "group_outcomes": []}
    evaluated: dict[str, list[tuple[object, ...]]] = {"evaluations": [], "group_evaluations": []}

    def add(model: str, share: float, about: tuple[object, ...], of: str) -> None:
        errors = np.where(np.arange(PROMPTS) < share * PROMPTS, 0.001, 1.0)
        rng.shuffle(errors)
        outcome = {"model": model, "decoding": "greedy", "prompt_id": np.arange(PROMPTS), "first_error": errors}
        rows[f"{of}outcomes"].append(pd.DataFrame(outcome))
        evaluated[f"{of}evaluations"].append((model, *about, "greedy", 1, 0.02, share))

    for _, model, group in LABELLERS.itertuples(index=False):
        about = ("train", "", "grouped" if group else "generator", int(model[-1]), group)
        add(model, SHARES[model], about, "group_" if group else "")
    for (dataset, group), gain in GAINS.items():
        for labeller, model, of in LABELLERS.itertuples(index=False):
            if of != group:
                continue
            name = ".".join(filter(None, (dataset, labeller)))
            for seed in (0, 1):
                about = (dataset, labeller, "downstream", seed, "")
                add(f"{name}-seed{seed}", SHARES[model] + gain + 0.01 * seed, about, "")
            add(
                f"{name}-shorter-seed0",
                SHARES[model] + gain - 0.05,
                (dataset, labeller, "grouped", 0, "shorter"),
                "group_",
            )
    columns = ["model", "dataset", "labeller", "role", "seed", "group", "decoding", "beams", "tolerance", "accuracy"]
    found = {name: pd.DataFrame(some, columns=columns) for name, some in evaluated.items()}
    groups = [("longer", None, "train"), ("shorter", None, "plain"), ("shorter", None, "kept"), ("tuned", "x", "plain")]
    return {
        **{name: pd.concat(some) for name, some in rows.items()},
        **found,
        "evaluations": found["evaluations"].drop(columns="group"),
        "groups": pd.DataFrame([(*row, 9) for row in groups], columns=["group", "start", "dataset", "rows"]),
        "lengths": pd.DataFrame({"group": ["", "longer", "shorter", "tuned"], "steps": [1200, 680, 600, 200]}),
    }


def test_gains_are_over_generators_of_one_quality_weaker_ones_first(frames: dict[str, pd.DataFrame]) -> None:
    names = ("evaluations", "outcomes", "group_outcomes")
    found = gains(datasets=DATASETS, labellers=LABELLERS, **{name: frames[name] for name in names})
    assert [(gain.group, gain.dataset) for gain in found] == [
        ("", "plain"), ("", "kept"), ("longer", "plain"), ("longer", "kept"),
    ]  # fmt: skip
    assert [gain.level for gain in found] == [45.0, 45.0, 80.0, 80.0]
    assert [gain.gap.value for gain in found] == pytest.approx([-9.5, 15.5, -19.5, -14.5], abs=0.15)
    assert range_in_words(found, "plain").startswith("all labels: below them at ") or "not told" in range_in_words(
        found, "plain"
    )
    assert range_in_words(found, "kept") == "2% filter: above its generators at 45.0%, below them at 80.0%"
    assert range_in_words(found, "clean") == ""


def test_gains_of_students_of_another_length_are_over_their_own_outcomes(frames: dict[str, pd.DataFrame]) -> None:
    names = ("evaluations", "group_evaluations", "outcomes", "group_outcomes", "groups", "lengths")
    found = at_other_lengths(datasets=DATASETS, labellers=LABELLERS, **{name: frames[name] for name in names})
    assert list(found) == [600]
    assert [gain.gap.value for gain in found[600]] == pytest.approx([-15.0, 10.0, -25.0, -20.0], abs=0.15)


def test_lengths_are_those_of_students_trained_alike(frames: dict[str, pd.DataFrame]) -> None:
    assert by_length(frames["groups"], DATASETS, frames["lengths"]) == {"": 1200, "shorter": 600}


def test_the_table_has_a_line_a_generator_and_length_and_the_figure_a_panel_a_length(
    frames: dict[str, pd.DataFrame],
) -> None:
    names = ("evaluations", "group_evaluations", "groups", "lengths")
    rows = table.rows(datasets=DATASETS, labellers=LABELLERS, **{name: frames[name] for name in names})
    keys = rows[["student_steps", "generator"]].drop_duplicates().to_numpy().tolist()
    assert keys == [[steps, model] for steps in (600, 1200) for model in SHARES]
    one = rows[
        (rows["student_steps"] == 1200) & (rows["generator"] == "generator-seed1") & (rows["labels"] == "2% filter")
    ]
    assert one["value"].round(6).to_list() == [15.0, 16.0]
    comparison = compare(rows, None, keys=table.TABLE.keys, reported_value=None)
    drawn = style.styled()(figure.draw)(generator_quality=comparison)
    assert [axes.get_title(loc="left") for axes in drawn.axes] == ["students of 600 steps", "students of 1,200 steps"]
