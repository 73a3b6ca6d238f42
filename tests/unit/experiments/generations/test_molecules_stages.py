"""Stages of an experiment over generations on molecules of a folder, and a generation without a valid one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from pydantic import ValidationError
from stage_workflow import ROOT, Recorded

from uncollapse.artifacts.parquet import read_table
from uncollapse.config.files import read
from uncollapse.errors import ConfigError
from uncollapse.experiments.generations.artifacts import MEASURED, SHOWN, YARDSTICK, written_schema
from uncollapse.experiments.generations.settings import GenerationsSettings
from uncollapse.generations.models import molecules as model
from uncollapse.generations.rows import MOLECULES
from uncollapse.planning.plan import Plan

pytest.importorskip("rdkit")
pytest.importorskip("diffusers")

OWN = {"validity", "uniqueness", "novelty", "held_out_found", "bond_lengths", "pair_distances"}


def block(folder: Path) -> dict[str, Any]:
    learner = {
        "data": {"name": "molecule_files", "folder": str(folder)},
        "model": {
            "name": "molecules",
            "network": {"dimension": 8, "layers": 1},
            "noise": {"steps": 5},
            "training": {"steps": 2, "batch_size": 8},
        },
        "rows": 20,
        "held_out": 10,
        "shown": 3,
    }
    return {
        "kind": "generations",
        "seeds": [3, 5],
        "learners": {"molecules": learner},
        "runs": {
            "accumulate": {"learner": "molecules", "regime": {"kind": "accumulate"}, "generations": 1},
            "replace": {"learner": "molecules", "regime": {"kind": "replace"}, "generations": 1},
        },
    }


@pytest.fixture(scope="module")
def workflow(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Thirty chains of three to five carbons, each a little bent."""
    folder = tmp_path_factory.mktemp("molecules")
    (folder / "files").mkdir()
    rng = np.random.default_rng(0)
    for number in range(30):
        turns = np.cumsum([np.radians(rng.uniform(50, 70)) * (-1) ** k for k in range(2 + number % 3)])
        places = np.cumsum([[0, 0], *(1.53 * np.stack([np.cos(turns), np.sin(turns)], 1))], axis=0)
        lines = [f"C {x:.4f} {y:.4f} 0.0" for x, y in places]
        (folder / "files" / f"{number}.xyz").write_text("\n".join([str(len(lines)), "", *lines]) + "\n")
    overlay: dict[str, Any] = {"results": str(folder / "results"), "theory": None}
    experiments = yaml.safe_load((ROOT / "config.yaml").read_text())["experiments"]
    overlay["experiments"] = dict.fromkeys(experiments) | {"small": block(folder / "files")}
    (folder / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    return Recorded(Plan(read(ROOT / "config.yaml", [folder / "overlay.yaml"])))


@pytest.fixture(scope="module")
def at(workflow: Recorded) -> Path:
    return Path(workflow.plan.root) / "small"


def test_a_generation_is_measured_as_molecules(workflow: Recorded, at: Path) -> None:
    path = workflow.make(f"{at}/measured/accumulate.generation1.1of1.parquet")
    table = read_table(path, MEASURED).to_pandas().pivot(index="seed", columns="quantity", values="value")
    assert table.index.tolist() == [3, 5]
    assert {"loss", "coverage"} | OWN <= set(table)
    assert table["validity"].between(0, 1).all()
    shown = read_table(at / "measured/accumulate.generation1.1of1.shown.parquet", SHOWN).to_pandas()
    assert {len(json.loads(row)["elements"]) for row in shown["row"]} <= {3, 4, 5}
    written = read_table(at / "written/molecules-20rows.generation0.1of1.parquet", written_schema(MOLECULES))
    assert written.num_rows == 40
    yardstick = read_table(workflow.make(f"{at}/real/molecules.measures.parquet"), YARDSTICK).to_pandas()
    real = yardstick.set_index("quantity")["value"]
    assert real["validity"] == 1
    assert real["novelty"] == 0
    assert not {name: unseen for name, unseen in workflow.unseen.items() if unseen}


def test_a_generation_without_a_valid_molecule_ends_the_next_and_stays(workflow: Recorded, at: Path) -> None:
    """Two steps of training teach nothing, so all that is written is noise."""
    with pytest.raises(
        Exception, match=r"generation 1, seed 5: none of .*20 molecules: .*What was made stays"
    ):  # of a class that is loaded anew
        workflow.make(f"{at}/models/replace.generation1.1of1.safetensors")
    assert (at / "written/molecules-20rows.generation0.1of1.parquet").exists()
    assert (at / "models/molecules.generation0.1of1.safetensors").exists()


def test_a_model_that_needs_what_is_not_installed_is_told_before_any_job(tmp_path: Path, monkeypatch) -> None:
    def missing(settings: Any) -> None:
        raise ConfigError("the model molecules needs rdkit: install it")

    monkeypatch.setattr(model, "ready", missing)
    settings = block(tmp_path)
    settings["learners"]["molecules"]["data"] = {"name": "qm9"}
    with pytest.raises(ValidationError, match="needs rdkit: install it, or set the runs of 'molecules' to null"):
        GenerationsSettings(**settings)
    settings["learners"]["points"] = settings["learners"]["molecules"] | {
        "data": {"name": "normal"},
        "model": {"name": "gaussian"},
    }
    settings["runs"] = {"other": settings["runs"]["replace"] | {"learner": "points"}}
    GenerationsSettings(**settings)


def test_an_element_that_none_learned_from_is_told_before_training(
    workflow: Recorded, at: Path, tmp_path: Path
) -> None:
    from uncollapse.artifacts.parquet import write_table
    from uncollapse.errors import DataError
    from uncollapse.experiments.generations.artifacts import real_schema
    from uncollapse.experiments.generations.stages import fit_generation
    from uncollapse.jobs.stage import Stage

    real = read_table(workflow.make(f"{at}/real/molecules.parquet"), real_schema(MOLECULES)).to_pylist()
    last = next(row for row in real if row["split"] == "held_out")
    last["elements"] = [9, *last["elements"][1:]]
    columns = {name: [row[name] for row in real] for name in real_schema(MOLECULES).names}
    write_table(tmp_path / "real.parquet", columns, real_schema(MOLECULES))
    spec = dict(workflow.plan.recipe_of(f"{at}/models/molecules.generation0.1of1.safetensors").spec)
    outputs = {"model": tmp_path / "model.safetensors", "learned": tmp_path / "learned.parquet"}
    stage = Stage(body="a.b", spec=spec, code=[], inputs={"real": [tmp_path / "real.parquet"]}, outputs=outputs)
    with pytest.raises(
        DataError, match=r"generation 0, seed 3: held out: row \d+ has the element F, which no molecule"
    ):
        fit_generation.run(stage)
    assert not (tmp_path / "model.safetensors").exists()
