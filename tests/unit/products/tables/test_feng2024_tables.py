"""Tables 1 and 2: which evaluations fall into which row."""

from __future__ import annotations

import math

import pandas as pd
import pytest
import synthetic_run

from uncollapse.products.tables import feng2024_table1, feng2024_table2

COLUMNS = ["model", "dataset", "labeller", "role", "seed", "decoding", "beams", "selection", "tolerance", "accuracy"]


def evaluation(model: str, beams: int = 1, selection: str = "verify_best", accuracy: float = 0.5) -> tuple[object, ...]:
    name, seed = model.rsplit("-seed", 1)
    generator = name == "generator"
    dataset, role = ("train", "generator") if generator else (name, "downstream")
    return model, dataset, "", role, int(seed), f"beam{beams}", beams, selection, 0.02, accuracy


def frame(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def datasets(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["dataset", "select", "beams", "tolerance", "rows"])


def test_table1_holds_generators_only_in_percent() -> None:
    rows = feng2024_table1.rows(
        generator_evaluations=frame(evaluation("generator-seed0", 5, "verify_all", 0.793), evaluation("none-seed0", 5))
    )
    assert rows.to_dict("records") == [
        {"beam_size": 5, "selection": "verify_all", "tolerance_percent": 2.0, "seed": 0, "value": pytest.approx(79.3)}
    ]


@pytest.mark.parametrize("evaluated", [["verify_best"], ["verify_all"], ["verify_all", "verify_best"]])
def test_greedy_stands_under_both_selections_once(evaluated: list[str]) -> None:
    rows = feng2024_table1.rows(
        generator_evaluations=frame(*(evaluation("generator-seed3", 1, name, 0.669) for name in evaluated))
    )
    assert list(rows["selection"]) == ["verify_all", "verify_best"]
    assert list(rows["value"]) == [pytest.approx(66.9)] * 2


def test_table2_names_each_selector_as_the_reported_table_does() -> None:
    sets = datasets(
        ("plain", "all", 1, None, 100),
        ("filtered", "correct", 1, 0.02, 67),
        ("wide", "best", 25, 0.02, 100),
        ("some", "random", 1, None, 67),
        ("clean", "labels", None, None, 100),
    )
    students = frame(*(evaluation(f"{name}-seed{seed}") for name in sets["dataset"] for seed in (1, 0)))
    generators = frame(evaluation("generator-seed1", accuracy=0.9), evaluation("generator-seed0", accuracy=0.669))
    rows = feng2024_table2.rows(
        evaluations=pd.concat([generators, students]), datasets=sets, labellers=synthetic_run.LABELLERS
    )
    first = rows[rows["seed"] == 0].astype(object).where(rows.notna(), None)
    assert [tuple(row) for row in first[list(feng2024_table2.TABLE.keys)].to_numpy()] == [
        ("none", 1, None, "no", 2.0),
        ("data_selection", 1, 2.0, "no", 2.0),
        ("label_selection", 25, None, "no", 2.0),
        ("random_selection", 1, None, "no", 2.0),
        ("clean_labels", None, None, "no", 2.0),
        ("generator_itself", 1, None, "yes", 2.0),
    ]
    # one of the generators wrote the labels
    assert rows[rows["selection"] == "generator_itself"]["value"].to_list() == [pytest.approx(66.9)]
    second = synthetic_run.LABELLERS.assign(model="generator-seed1")
    other = feng2024_table2.rows(evaluations=generators, datasets=sets, labellers=second)
    assert other["value"].to_list() == [pytest.approx(90.0)]


def test_table2_takes_greedy_answers_once_and_leaves_other_data_sets_out() -> None:
    sets = datasets(("plain", "all", 1, None, 100))
    rows = feng2024_table2.rows(
        evaluations=frame(
            evaluation("plain-seed0", 5, accuracy=0.9),
            evaluation("plain-seed0", 1, "verify_all", 0.6),
            evaluation("plain-seed0", 1, "verify_best", 0.6),
            evaluation("elsewhere-seed0", 1),
            evaluation("generator-seed0", 1, accuracy=0.7),
        ),
        datasets=sets,
        labellers=synthetic_run.LABELLERS,
    )
    assert rows["value"].to_list() == [60.0, 70.0]


def test_a_second_data_set_of_one_row_has_a_row_of_its_own() -> None:
    sets = datasets(("small", "correct", 1, 0.02, 67), ("large", "correct", 1, 0.02, 670))
    assert feng2024_table2.settings(sets) == {
        "small": ("data_selection", 1, 2.0, "no"),
        "large": ("data_selection (large)", 1, 2.0, "no"),
    }


def test_what_another_verifier_selects_is_no_row_of_the_papers() -> None:
    sets = datasets(("mine", "best", 5, None, 67)).assign(verifier="longest", verifier_kind="my_verifier.py")
    assert feng2024_table2.settings(sets) == {"mine": ("label_selection by longest", 5, None, "no")}
    row = dict(zip(feng2024_table2.SETTING, ("label_selection by longest", 5, math.nan, "no"), strict=True))
    assert feng2024_table2.TABLE.layout.row_label(row) == ("label selection by longest",)


def test_an_unknown_selector_is_named() -> None:
    with pytest.raises(ValueError, match="select is 'magic'"):
        feng2024_table2.settings(datasets(("odd", "magic", 1, None, 1)))


@pytest.mark.parametrize("module", [feng2024_table1, feng2024_table2])
def test_every_row_and_column_has_its_own_label(module: object, evaluations: pd.DataFrame) -> None:
    frames = {"generator_evaluations": evaluations}
    if module is feng2024_table2:
        frames = {
            "evaluations": evaluations,
            "datasets": synthetic_run.DATASETS,
            "labellers": synthetic_run.LABELLERS,
        }
    rows = module.rows(**frames)
    layout = module.TABLE.layout
    settings = rows[list(module.TABLE.keys)].drop_duplicates().to_dict("records")
    labels = {(layout.row_label(row), layout.column_label(row)) for row in settings}
    assert len(labels) == len(settings)
    assert {len(label) for label, _ in labels} == {len(layout.row_heads)}
