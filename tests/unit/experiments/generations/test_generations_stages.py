"""Every stage of an experiment over generations, on points and on small digits.

Stages run in this process, from the recipes that why.py tells, each with none of the project's modules loaded: what a
recipe says must be all that a stage needs, and what its code names all that it loads.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from stage_workflow import ROOT, Recorded, other_in_another_world

from uncollapse.artifacts.parquet import read_table, row_account
from uncollapse.config.files import read
from uncollapse.errors import DataError
from uncollapse.experiments.generations.artifacts import (
    JUDGED,
    LEARNED,
    MEASURED,
    QUALITY,
    SHOWN,
    YARDSTICK,
    real_schema,
    written_schema,
)
from uncollapse.experiments.generations.kind import KIND
from uncollapse.generations.rows import IMAGES, NUMBERS
from uncollapse.generations.state import load_states
from uncollapse.planning.plan import Plan

TRAINING = {"steps": 3, "batch_size": 16}
BLOCK: dict[str, Any] = {
    "kind": "generations",
    "seeds": [3, 5],
    "shards": 1,
    "learners": {
        "points": {
            "data": {"name": "normal", "dimension": 2},
            "model": {"name": "gaussian"},
            "rows": 30,
            "real": 50,
            "held_out": 20,
            "shown": 2,
        },
        "digits": {
            "data": {"name": "digits"},
            "model": {
                "name": "vae",
                "classes": 10,
                "hidden": 8,
                "latent": 2,
                "training": {"steps": 3, "batch_size": 16},
            },
            "rows": 60,
            "held_out": 40,
        },
    },
    "verifiers": {
        "truth": {"kind": "neighbours", "held_out": True, "threshold": 0.3},
        "few": {"kind": "neighbours", "labels": [0, 1, 2, 3, 4], "threshold": 0.2},
        "nothing": {"kind": "neighbours", "labels": [0, 1, 2, 3, 4], "count": 20, "threshold": 1.0},
    },
    "runs": {
        "accumulate": {"learner": "points", "regime": {"kind": "accumulate"}, "generations": 2},
        "golden": {
            "learner": "points",
            "regime": {"kind": "mixed", "real": 10, "synthetic": 10, "weight": "golden", "fresh": True},
            "generations": 2,
        },
        "verified": {
            "learner": "digits",
            "regime": {"kind": "replace"},
            "generations": 1,
            "verification": {"verifier": "few", "truth": "truth", "candidates": 1.5},
        },
        "nothing": {
            "learner": "digits",
            "regime": {"kind": "replace"},
            "generations": 1,
            "verification": {"verifier": "nothing", "truth": "truth"},
        },
        "drawn": {
            "learner": "digits",
            "regime": {"kind": "replace"},
            "generations": 1,
            "verification": {"verifier": "few", "truth": "truth", "candidates": 1.5, "at_random": True},
        },
    },
    "grids": {"worth": {"learner": "points", "real": [5], "synthetic": [9]}},
}


@pytest.fixture(scope="module")
def workflow(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("generations")
    overlay = {"results": str(folder / "results"), "theory": None}
    experiments = yaml.safe_load((ROOT / "config.yaml").read_text())["experiments"]
    overlay["experiments"] = dict.fromkeys(experiments) | {"small": BLOCK}
    (folder / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    return Recorded(Plan(read(ROOT / "config.yaml", [folder / "overlay.yaml"])))


@pytest.fixture(scope="module")
def at(workflow: Recorded) -> Path:
    return Path(workflow.plan.root) / "small"


def test_real_rows_are_set_aside_once_each(workflow: Recorded, at: Path) -> None:
    rows = read_table(workflow.make(f"{at}/real/digits.parquet"), real_schema(IMAGES)).to_pandas()
    for split, number in (("train", 60), ("held_out", 40)):
        assert sorted(rows.loc[rows["split"] == split, "row_id"]) == list(range(number))
    assert rows["pixels"].map(bytes).nunique() == 100
    account = row_account(at / "real/digits.parquet")
    assert account == {"rows_in": 1797, "kept": 100, "dropped": {"not asked for": 1697}}


def test_accumulate_learns_from_every_row_by_its_name(workflow: Recorded, at: Path) -> None:
    path = workflow.make(f"{at}/learned/accumulate.generation2.1of1.parquet")
    learned = read_table(path, LEARNED).to_pandas()
    counts = learned.groupby(["seed", "origin"])["row_id"].nunique()
    assert counts.to_dict() == {(seed, origin): 30 for seed in (3, 5) for origin in (-1, 0, 1)}
    written = [
        read_table(at / f"written/{name}.1of1.parquet", written_schema(NUMBERS)).to_pandas()
        for name in ("points-30rows.generation0", "accumulate.generation1")
    ]
    real = read_table(at / "real/points.parquet", real_schema(NUMBERS)).to_pandas()
    real = real[(real["split"] == "train") & (real["row_id"] < 30)]
    state = load_states(at / "models/accumulate.generation2.1of1.safetensors")[5]
    expected = np.vstack([*real["values"], *(row for part in written for row in part[part["seed"] == 5]["values"])])
    np.testing.assert_allclose(state.tensors["mean"].numpy(), expected.mean(0))
    np.testing.assert_allclose(state.tensors["covariance"].numpy(), np.cov(expected.T, bias=True))


def test_seeds_and_generations_draw_differently(workflow: Recorded, at: Path) -> None:
    workflow.make(f"{at}/learned/accumulate.generation2.1of1.parquet")
    rows = pd.concat(
        read_table(at / f"written/{name}.1of1.parquet", written_schema(NUMBERS)).to_pandas()
        for name in ("points-30rows.generation0", "accumulate.generation1")
    )
    assert rows["values"].map(lambda row: row.tobytes()).nunique() == len(rows) == 120


def test_a_mixture_takes_fresh_real_rows_and_weighs_them(workflow: Recorded, at: Path) -> None:
    learned = read_table(workflow.make(f"{at}/learned/golden.generation2.1of1.parquet"), LEARNED).to_pandas()
    mine = learned[learned["seed"] == 3]
    assert mine.loc[mine["origin"] == -1, "row_id"].tolist() == list(range(20, 30))
    weights = mine.groupby("origin")["weight"].sum()
    assert weights[-1] / weights.sum() == pytest.approx(0.618, abs=1e-3)


def test_a_cell_of_the_grid_has_its_numbers_of_rows(workflow: Recorded, at: Path) -> None:
    learned = read_table(workflow.make(f"{at}/learned/worth-5x9.generation1.1of1.parquet"), LEARNED).to_pandas()
    assert learned.groupby(["seed", "origin"]).size().to_dict() == {
        (s, k): n for s in (3, 5) for k, n in ((-1, 5), (0, 9))
    }


def test_the_next_generation_learns_from_what_the_verifier_keeps(workflow: Recorded, at: Path) -> None:
    learned = read_table(workflow.make(f"{at}/learned/verified.generation1.1of1.parquet"), LEARNED).to_pandas()
    judged = read_table(at / "judged/verified.generation0.1of1.parquet", JUDGED).to_pandas()
    written = read_table(at / "written/digits-90rows.generation0.1of1.parquet", written_schema(IMAGES)).to_pandas()
    assert len(judged) == len(written) == 180
    for seed, mine in judged.groupby("seed"):
        assert learned.loc[learned["seed"] == seed, "row_id"].tolist() == mine.loc[mine["kept"], "row_id"].tolist()
        labels = written[written["seed"] == seed].set_index("row_id")["label"]
        assert labels[mine.loc[mine["accepted"], "row_id"]].max() <= 4
        assert 0 < mine["kept"].sum() <= 60
    quality = read_table(at / "judged/verified.generation0.1of1.quality.parquet", QUALITY).to_pandas()
    for row in quality.itertuples():
        mine = judged[judged["seed"] == row.seed]
        assert row.right == mine["right"].sum()
        assert row.kept_right == (mine["right"] & mine["accepted"]).sum()
        if row.p_star is not None and not np.isnan(row.p_star):
            assert row.p_star == pytest.approx(1 / (1 + row.psi / row.phi))


def test_the_control_keeps_as_many_at_random(workflow: Recorded, at: Path) -> None:
    drawn, verified = (
        read_table(workflow.make(f"{at}/judged/{run}.generation0.1of1.parquet"), JUDGED).to_pandas()
        for run in ("drawn", "verified")
    )
    assert drawn.groupby("seed")["kept"].sum().equals(verified.groupby("seed")["kept"].sum())
    assert not drawn.loc[drawn["kept"], "accepted"].all()


def test_everything_is_measured_beside_real_rows(workflow: Recorded, at: Path) -> None:
    for run, generation in (("digits", 0), ("verified", 1), ("points", 0), ("accumulate", 1)):
        path = workflow.make(f"{at}/measured/{run}.generation{generation}.1of1.parquet")
        table = read_table(path, MEASURED).to_pandas().pivot(index="seed", columns="quantity", values="value")
        assert {"loss", "diversity", "coverage", "precision", "tail_mass", "memorised"} <= set(table)
        assert table.index.tolist() == [3, 5]
        assert table[["coverage", "precision"]].stack().between(0, 1).all()
    yardstick = read_table(workflow.make(f"{at}/real/digits.measures.parquet"), YARDSTICK).to_pandas()
    assert yardstick.set_index("quantity")["value"]["memorised"] == 0
    shown = read_table(at / "measured/accumulate.generation1.1of1.shown.parquet", SHOWN).to_pandas()
    assert shown[["seed", "row_id"]].to_numpy().tolist() == [[3, 0], [3, 1], [5, 0], [5, 1]]
    assert len(json.loads(shown["row"][0])["values"]) == 2


def test_a_generation_in_which_nothing_is_valid_stops_with_counts(workflow: Recorded, at: Path) -> None:
    told = r"nothing, generation 0, seed 3: the verifier accepts none of 60 rows.*What was made stays"
    with pytest.raises(Exception, match=told):  # of a class that is loaded anew
        workflow.make(f"{at}/judged/nothing.generation0.1of1.parquet")
    assert (at / "written/digits-60rows.generation0.1of1.parquet").exists()


def test_data_without_enough_rows_are_an_error_that_names_the_key() -> None:
    from uncollapse.experiments.generations.stages import read_rows
    from uncollapse.jobs.stage import Stage

    spec = {"data": {"name": "digits"}, "train": 1700, "held_out": 98, "seed": 0, "learner": "digits"}
    stage = Stage(body="a.b", spec=spec, code=[], inputs={}, outputs={})
    with pytest.raises(DataError, match=r"learners\.digits: 1,700 rows to learn from and 98 held out .* has 1,797"):
        read_rows.run(stage)


def test_stages_load_what_their_code_names(workflow: Recorded, at: Path) -> None:
    for run, generation in (("verified", 1), ("golden", 2)):
        workflow.make(f"{at}/measured/{run}.generation{generation}.1of1.parquet")
    assert set(workflow.unseen) <= {f"generations.{name}" for name in KIND.stages}
    assert not {name: unseen for name, unseen in workflow.unseen.items() if unseen}


def test_another_world_leaves_the_same_bytes(workflow: Recorded, at: Path, tmp_path: Path) -> None:
    for run, generation in (("verified", 1), ("golden", 2)):
        workflow.make(f"{at}/measured/{run}.generation{generation}.1of1.parquet")
    different, outputs = other_in_another_world(workflow, tmp_path)
    assert different == []
    assert outputs > 20
