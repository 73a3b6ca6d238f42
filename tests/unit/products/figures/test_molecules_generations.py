"""The figure of molecules over generations: panels, frames around what is no molecule, and nothing to draw."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from uncollapse.analysis import palette, style
from uncollapse.products.figures import molecules_generations

pytest.importorskip("rdkit")

VALID = {"elements": [6, 8], "positions": [0, 0, 0, 0, 0, 1.42]}
APART = {"elements": [6, 8], "positions": [0, 0, 0, 0, 0, 5.0]}
LEARNERS = pd.DataFrame(
    {"learner": ["points", "few"], "title": ["points", "molecules"], "channels": 1, "hydrogens": ["", "implied"]}
)
FRAME = np.array([int(palette.VERMILLION[k : k + 2], 16) / 255 for k in (1, 3, 5)])


def runs(*regimes: str) -> pd.DataFrame:
    rows = [{"run": regime, "learner": "few", "regime": regime} for regime in regimes]
    return pd.DataFrame(rows).assign(verifier="", at_random=False, edited_by="", grid="", generations=2)


def shown(*files: tuple[str, int], row: dict) -> pd.DataFrame:
    rows = [
        {"run": run, "generation": generation, "seed": seed, "row_id": k, "row": json.dumps(row)}
        for run, generation in files
        for seed in (0, 1)
        for k in range(3)
    ]
    return pd.DataFrame(rows)


def measures(values: dict[tuple[str, int], float]) -> pd.DataFrame:
    rows = [
        {"run": run, "generation": generation, "seed": seed, "quantity": quantity, "value": value + 0.01 * seed}
        for (run, generation), value in values.items()
        for quantity in ("validity", "uniqueness", "bond_lengths", "pair_distances")
        for seed in (0, 1)
    ]
    return pd.DataFrame(rows)


YARDSTICKS = pd.DataFrame({"learner": ["few"], "quantity": ["validity"], "value": [0.97]})
VALUES = {
    ("few", 0): 0.8,
    ("replace", 1): 0.5,
    ("replace", 2): float("nan"),
    ("accumulate", 1): 0.7,
    ("accumulate", 2): 0.6,
}


def drawn(of: pd.DataFrame, molecules: pd.DataFrame):
    return style.styled()(molecules_generations.draw)(
        shown=molecules,
        generation_measures=measures(VALUES),
        yardsticks=YARDSTICKS,
        generation_runs=of,
        learners=LEARNERS,
    )


def test_a_panel_for_each_run_and_for_each_number() -> None:
    rows = pd.concat(
        [shown(("few", 0), ("accumulate", 2), row=VALID), shown(("replace", 2), row=APART)], ignore_index=True
    )
    figure = drawn(runs("replace", "accumulate"), rows)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles[:2] == ["molecules: replace", "molecules: accumulate"]
    assert titles[2:] == ["valid", "different among valid", "bond lengths off, Å", "distances off, Å"]
    validity = figure.axes[2]
    courses = [line for line in validity.lines if line.get_linewidth() == 1.4]
    lines = {tuple(line.get_xdata()): np.asarray(line.get_ydata()).round(3).tolist() for line in courses}
    assert lines[(0, 1)] == [0.805, 0.505]  # of generation 2 nothing could be measured
    assert lines[(0, 1, 2)] == [0.805, 0.705, 0.605]
    assert [0.97, 0.97] in [list(line.get_ydata()) for line in validity.lines]
    framed = [bool((np.abs(axes.images[0].get_array() - FRAME).sum(-1) < 1e-6).any()) for axes in figure.axes[:2]]
    assert framed == [True, False]
    picture = figure.axes[0].images[0].get_array()
    assert picture.shape[1] == picture.shape[0] * 3 / 2  # three molecules of the first seed, two generations


def test_without_molecules_it_says_so() -> None:
    numbers = shown(("few", 0), row={"values": [1.0]})
    figure = drawn(runs("replace"), numbers)
    assert figure.axes[0].texts[0].get_text() == "No learner of molecules: nothing to draw."
